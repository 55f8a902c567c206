import { createReadStream } from 'node:fs';
import { CliError, EXIT } from './exit.js';
import { systemReason, withoutMark } from './input.js';
import { parseJson, parseRecords } from './records.js';

/** One entry of a document that is read as a stream: by its line in NDJSON, by its index in an array, or by itself. */
export type StreamedRecord = { readonly line?: number; readonly index?: number } & (
  | { readonly value: unknown }
  | { readonly problem: string }
);

/**
 * The entries of a document, one after the other. NDJSON is read line by line and never held whole; one object over
 * several lines, and an array, are.
 *
 * @param path a file, or `-` for standard input.
 * @param role what it is on the command line, for messages.
 */
export async function* streamRecords(path: string, role: string): AsyncGenerator<StreamedRecord> {
  let line = 0;
  let isNdjson: boolean | undefined;
  // Texts since the last line break, or from the beginning: put together once, when they are complete.
  let pending: string[] = [];
  for await (const text of decoded(path === '-' ? process.stdin : createReadStream(path), role)) {
    pending.push(text);
    // The first line that is complete tells what this is. A document in one piece is for later.
    if (!text.includes('\n') || isNdjson === false) continue;
    const lines = pending.join('').split('\n');
    isNdjson ??= beginsLikeNdjson(lines);
    if (isNdjson === false) continue;
    pending = [lines.pop() ?? ''];
    for (const one of lines) {
      line += 1;
      if (one.trim() !== '') yield { line, ...parseJson(one) };
    }
  }
  const rest = pending.join('');
  if (isNdjson) {
    if (rest.trim() !== '') yield { line: line + 1, ...parseJson(rest) };
    return;
  }
  const { form, records } = parseRecords(rest);
  for (const { place, ...record } of records) {
    const number = Number(/\d+/.exec(place)?.[0]);
    yield {
      ...record,
      ...(form === 'ndjson' && { line: number }),
      ...(form === 'array' && { index: number }),
    };
  }
}

/** Whether the first line that is not empty is an object by itself; undefined if there is none yet. */
function beginsLikeNdjson(lines: readonly string[]): boolean | undefined {
  const first = lines.slice(0, -1).find((line) => line.trim() !== '');
  return first === undefined ? undefined : first.startsWith('{') && 'value' in parseJson(first);
}

// Few lines at a time: what waits to be worked on survives collections of garbage, and V8 gives more memory to what
// much survives in, up to 48 MB for nothing.
const PIECE = 4096;

async function* decoded(chunks: AsyncIterable<Uint8Array>, role: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let isFirst = true;
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const text = decoder.decode(chunk.subarray(at, at + PIECE), { stream: true });
        yield isFirst ? withoutMark(text) : text;
        isFirst = false;
      }
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new CliError(EXIT.input, `${role} is not valid UTF-8.`);
    throw new CliError(EXIT.input, `${role} cannot be read: ${systemReason(error)}.`);
  }
}
