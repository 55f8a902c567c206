import { indexOfDuplicateMember } from '../../duplicate-member.js';
import { isObject } from '../../inspection.js';
import { jsonBreaksAt } from '../../json-position.js';
import { CliError, EXIT } from '../exit.js';
import type { Place } from './place.js';

/** How a document holds its entries; results are written in the same form. */
export type Form = 'one' | 'array' | 'ndjson';

type Read = { readonly value: unknown } | { readonly problem: string };

/** One entry of a document with its place, or what kept it from being read. */
export type DocumentRecord = Place & Read;

/** The entries of a document: one JSON object, a JSON array, or NDJSON (an object a line, empty lines allowed). */
export function parseRecords(text: string): { form: Form; records: DocumentRecord[] } {
  if (text.trim() === '') throw new CliError(EXIT.input, 'The input contains no entry.');
  const whole = parseJson(text);
  if ('value' in whole) {
    const problem = duplicateIn(text);
    if (problem !== undefined) throw new CliError(EXIT.input, `The input is ${problem}.`);
    if (!Array.isArray(whole.value)) return { form: 'one', records: [{ value: withoutSchema(whole.value) }] };
    return {
      form: 'array',
      records: whole.value.map((value, index) => ({ index, value: withoutSchema(value) })),
    };
  }
  const lines = text.split(/\r?\n/);
  if (!lines.some(isWholeObject)) {
    throw new CliError(
      EXIT.input,
      `The input is neither a JSON object or array nor NDJSON: ${whole.problem}.`,
    );
  }
  const records: DocumentRecord[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== '') records.push({ line: index + 1, ...parseLine(line) });
  }
  return { form: 'ndjson', records };
}

/** What tells NDJSON from a broken JSON document, whose inner objects are indented or followed by a comma. */
export function isWholeObject(line: string): boolean {
  return line.startsWith('{') && 'value' in parseJson(line);
}

/** The value of a line of NDJSON, or why nobody can tell what it is; never a piece of it. */
export function parseLine(text: string): Read {
  const read = parseJson(text);
  const problem = 'value' in read ? duplicateIn(text) : undefined;
  if (problem !== undefined) return { problem };
  return 'value' in read ? { value: withoutSchema(read.value) } : read;
}

/** An entry without the schema that its file names for editors: it is no field, and is not sent. */
function withoutSchema(entry: unknown): unknown {
  if (!isObject(entry) || typeof entry.$schema !== 'string') return entry;
  const { $schema: _, ...rest } = entry;
  return rest;
}

function parseJson(text: string): Read {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The parser's own message quotes the input.
    const position = jsonBreaksAt(text) ?? text.length;
    return { problem: `not valid JSON, at ${lineAndColumn(text, position)}` };
  }
}

/** Of a member that is there twice, JSON.parse would take the last one without a word. */
function duplicateIn(json: string): string | undefined {
  const position = indexOfDuplicateMember(json);
  if (position === -1) return undefined;
  return `JSON with a member twice, at ${lineAndColumn(json, position)}: which one counts, readers do not agree`;
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return before.length === 1
    ? `column ${position + 1}`
    : `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
