import { jsonBreaksAt } from '../bulk/json-position.js';
import { CliError, EXIT } from './exit.js';

/** How a document holds its entries; results are written in the same form. */
export type Form = 'one' | 'array' | 'ndjson';

/** One entry of a document, or what kept it from being read. */
export type DocumentRecord = { readonly place: string } & (
  | { readonly value: unknown }
  | { readonly problem: string }
);

/** The entries of a document: one JSON object, a JSON array, or NDJSON (an object a line, empty lines allowed). */
export function parseRecords(text: string): { form: Form; records: DocumentRecord[] } {
  if (text.trim() === '') throw new CliError(EXIT.input, 'There is no entry in the input.');
  const whole = parseJson(text);
  if ('value' in whole) {
    if (!Array.isArray(whole.value))
      return { form: 'one', records: [{ place: 'entry', value: whole.value }] };
    return {
      form: 'array',
      records: whole.value.map((value, index) => ({ place: `entry [${index}]`, value })),
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
    if (line.trim() !== '') records.push({ place: `line ${index + 1}`, ...parseJson(line) });
  }
  return { form: 'ndjson', records };
}

/** What tells NDJSON from a broken JSON document, whose inner objects are indented or followed by a comma. */
function isWholeObject(line: string): boolean {
  return line.startsWith('{') && 'value' in parseJson(line);
}

/** A JSON value, or where the text stops being one; never a piece of it. */
export function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The parser's own message quotes the input.
    const position = jsonBreaksAt(text) ?? text.length;
    return { problem: `not valid JSON, at ${lineAndColumn(text, position)}` };
  }
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return before.length === 1
    ? `column ${position + 1}`
    : `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
