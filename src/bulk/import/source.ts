import { isObject, typeName } from '../../inspection.js';
import { MARK_BYTES, refuseForeignBeginning } from '../encoding.js';
import { notAnEntry } from '../item.js';
import { readStream } from '../read-stream.js';

/**
 * Where an export is read from: anything with a `stream()` that begins anew each time, such as a `File`, a `Blob`, or
 * `Bun.file(path)`. A stream that can be read once only becomes one by `await new Response(stream).blob()`.
 */
export interface ImportSource {
  stream(): ReadableStream<Uint8Array>;
}

/** What a file is, as far as its beginning tells. */
export type ContentKind = 'zip' | 'json' | 'xml' | 'csv';

/**
 * What is made of a piece is held at once, so that none may be larger: a `Blob` can give all of itself in one. The rows
 * of eight kilobytes and what becomes of them die young; those of sixty-four are copied at every collection.
 */
const PIECE_BYTES = 8192;
/** Enough to pass over white space in front of a document. */
const BEGINNING_BYTES = 1024;

/** @throws CredsealError `ERR_ENTRY_INVALID` if it is no source */
export function checkedSource(source: unknown): ImportSource {
  if (isObject(source) && typeof source.stream === 'function') return source as unknown as ImportSource;
  throw notAnEntry(
    `importEntries reads from something with stream(), such as a File or a Blob; got ${typeName(source)}.`,
  );
}

/** The bytes of a stream that somebody else has made, in pieces: whether they are bytes, shows as they come. */
export async function* chunksOf(stream: unknown): AsyncGenerator<Uint8Array> {
  if (!(isObject(stream) && typeof stream.getReader === 'function'))
    throw notAnEntry('The stream() of an import source gives a ReadableStream of bytes.');
  for await (const chunk of readStream(stream as unknown as ReadableStream<unknown>)) {
    if (!(chunk instanceof Uint8Array))
      throw notAnEntry(`The stream() of an import source gives bytes; got ${typeName(chunk)}.`);
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
  }
}

/**
 * What a file is, by its beginning, and that.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is empty, in another encoding than UTF-8, compressed, binary, or HTML
 */
export async function kindOf(source: ImportSource): Promise<{ kind: ContentKind; beginning: string }> {
  const bytes = await beginningOf(source);
  if (bytes.length === 0) throw notAnEntry('The file is empty. Export again.');
  // "PK", then a file, or the end of an archive without files (APPNOTE.TXT 4.3.7 and 4.3.16).
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5))
    return { kind: 'zip', beginning: '' };
  if (KDBX.every((byte, at) => bytes[at] === byte)) throw notAnEntry(KEEPASS_DATABASE);
  if (bytes.length >= MARK_BYTES) refuseForeignBeginning(bytes);
  if (bytes.includes(0)) throw notAnEntry(BINARY);
  const text = new TextDecoder().decode(bytes).trimStart();
  if (/^<(!doctype )?html\b/i.test(text)) throw notAnEntry(HTML);
  const kind = text[0] === '<' ? 'xml' : text[0] === '{' || text[0] === '[' ? 'json' : 'csv';
  return { kind, beginning: text };
}

const HTML = 'The file is HTML, which is not read: a page that was saved. Export as CSV or JSON.';
const KEEPASS_DATABASE =
  'The file is a database of KeePass, which is encrypted. Export it: keepassxc-cli export FILE, or in KeePassXC Database → Export → CSV.';
/** How a database of KeePass begins (KDBX, signature 1). */
const KDBX = [0x03, 0xd9, 0xa2, 0x9a];

/** What is said of a file that is no text. */
export const BINARY =
  'The file is binary, or damaged: it has a NUL byte. Give the export as CSV, JSON, XML, or the ZIP archive that the product gives.';

async function beginningOf(source: ImportSource): Promise<Uint8Array> {
  const beginning = new Uint8Array(BEGINNING_BYTES);
  let length = 0;
  for await (const chunk of chunksOf(source.stream())) {
    const piece = chunk.subarray(0, BEGINNING_BYTES - length);
    beginning.set(piece, length);
    length += piece.length;
    if (length === BEGINNING_BYTES) break;
  }
  return beginning.subarray(0, length);
}

/**
 * All bytes of a stream, up to a limit.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` with `tooLarge` beyond it
 */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  tooLarge: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > limit) throw notAnEntry(tooLarge);
    pieces.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
