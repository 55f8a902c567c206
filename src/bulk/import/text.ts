import { countLines } from '../encoding.js';
import { notAnEntry } from '../item.js';
import { BINARY } from './source.js';

const LINE_FEED = 10;
const CONTINUATION = /^[\x80-\xBF]{0,3}/;

/**
 * Decodes UTF-8 strictly, chunk by chunk, and drops a byte order mark.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` naming the line of what is not UTF-8: a replacement character in its place
 *   would be sealed as part of a password
 */
export async function* decodeText(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for await (const chunk of chunks) {
    if (chunk.includes(0)) throw notAnEntry(BINARY);
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      throw notUtf8(line + linesBeforeFault(chunk));
    }
    line += countLines(chunk);
    yield text;
  }
  try {
    decoder.decode();
  } catch {
    throw notAnEntry(`The file ends within a character, in line ${line}: it was cut off. Export again.`);
  }
}

function notUtf8(line: number): Error {
  return notAnEntry(
    `Line ${line} is not valid UTF-8; the file may be Latin-1 or Windows-1252. Convert it first: iconv -f WINDOWS-1252 -t UTF-8 FILE > utf8-FILE`,
  );
}

/** How many lines of a chunk decode before the one that does not. A character may have begun in the chunk before. */
function linesBeforeFault(chunk: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const begun = CONTINUATION.exec(String.fromCharCode(...chunk.subarray(0, 3)))?.[0].length ?? 0;
  for (let start = begun, lines = 0; ; lines++) {
    const end = chunk.indexOf(LINE_FEED, start);
    if (end === -1) return lines;
    try {
      decoder.decode(chunk.subarray(start, end));
    } catch {
      return lines;
    }
    start = end + 1;
  }
}
