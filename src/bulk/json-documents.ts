import { indexOfDuplicateMember } from '../duplicate-member.js';
import { jsonBreaksAt } from '../json-position.js';
import { notAnEntry } from './item.js';

/**
 * What a JSON text holds. Several objects one behind the other, as command lines print them, are an array of them.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` with line and column of what is not JSON, or of a member that an object has
 *   twice; never a piece of it
 */
export function parseDocuments(text: string): unknown {
  const pieces = jsonBreaksAt(text) === undefined ? [] : piecesOf(text);
  if (pieces.length > 1) return pieces.map(({ json, at }) => parsePiece(json, text, at));
  return parseDocument(text);
}

/**
 * What a JSON text holds.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` as {@link parseDocuments}
 */
export function parseDocument(text: string): unknown {
  return parsePiece(text, text, 0);
}

function parsePiece(json: string, text: string, start: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's own message quotes the text.
    const at = start + (jsonBreaksAt(json) ?? json.length);
    const what = at === text.length ? 'ends too early: it was cut off' : 'is not valid JSON';
    throw notAnEntry(`The file ${what}, at ${lineAndColumn(text, at)}. Export again.`);
  }
  const again = indexOfDuplicateMember(json);
  if (again !== -1)
    throw notAnEntry(
      `The file has a member twice, at ${lineAndColumn(text, start + again)}: which one counts, readers do not agree. Export again.`,
    );
  return value;
}

function lineAndColumn(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** The objects of a text, by their braces, and what is left. */
function piecesOf(text: string): { json: string; at: number }[] {
  const pieces: { json: string; at: number }[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}]/gs)) {
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    if (token !== '}' || depth !== 0) continue;
    pieces.push({ json: text.slice(start, index + 1), at: start });
    start = index + 1;
  }
  const rest = text.slice(start);
  return rest.trim() === '' ? pieces : [...pieces, { json: rest, at: start }];
}
