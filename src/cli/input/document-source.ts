import { createReadStream, fstatSync, type ReadStream, statSync } from 'node:fs';
import { decodeLines } from '../../bulk/encoding.js';
import { DEFAULT_MAX_LINE_BYTES, type LineBlock, LineBlocks } from '../../bulk/line-blocks.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { keepMemoryFlat } from '../threads/flat-memory.js';
import { fileChunks } from './file-chunks.js';
import { unread } from './read.js';
import { isWholeObject } from './records.js';

/** What is not NDJSON is held whole, and up to this size. */
export const MAX_DOCUMENT_BYTES = 256 * 2 ** 20;
/** What is made of so much fits among the young objects of a heap that is kept flat: it is not promoted, and costs less. */
const FILE_CHUNK_BYTES = 48 * 2 ** 10;

/** The bytes of a document as they are read. */
export interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** How many bytes it has; undefined where nobody knows, and before the first is read. */
  size(): number | undefined;
  /** How much of it is read, from 0 to 1; undefined where nobody knows how much there is. */
  part(): number | undefined;
  /** Stops reading, also where somebody still waits for more. */
  close(): void;
}

/**
 * Opens a file, or standard input for `-`. That a file is not there shows when it is read.
 *
 * @param name what the file is on the command line, for messages.
 */
export function openSource(file: string, context: Context, name = 'FILE'): Source {
  const isStdin = file === '-';
  if (isStdin && context.stdin.isTTY)
    context.stderr.write('Reading from the terminal; end with Ctrl-D on a line of its own.\n');
  let stream: Context['stdin'] | ReadStream | undefined;
  let pieces: AsyncGenerator<Uint8Array, void> | undefined;
  const role = isStdin ? 'Standard input' : name;
  let read = 0;
  let size: number | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      const path = located(file, context);
      const found = isStdin ? undefined : statSync(path, { throwIfNoEntry: false });
      // Opened here, so that somebody listens when it cannot be.
      if (found?.isFile()) {
        size = found.size;
        pieces = fileChunks(path, FILE_CHUNK_BYTES);
      } else stream = isStdin ? context.stdin : createReadStream(path, { highWaterMark: FILE_CHUNK_BYTES });
      for await (const chunk of pieces ?? (stream as AsyncIterable<Uint8Array>)) {
        size ??= sizeOf(stream !== undefined && 'fd' in stream ? stream.fd : undefined);
        read += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw unread(role, error);
    }
  }
  return {
    chunks: chunks(),
    size: () => size || undefined,
    part: () => (size ? read / size : undefined),
    close: () => {
      stream?.destroy();
      void pieces?.return();
    },
  };
}

/** The size of a file that is open; 0 for anything else. */
function sizeOf(fd: unknown): number {
  if (typeof fd !== 'number') return 0;
  const found = fstatSync(fd);
  return found.isFile() ? found.size : 0;
}

/** A document that is NDJSON, to be read on, or the text of one that is something else. */
export type Document = { readonly blocks: AsyncIterable<LineBlock> } | { readonly text: string };

interface DocumentForm {
  /** Longer lines of NDJSON fail. */
  readonly maxLineBytes?: number;
  /** Whether one line alone, with a line break behind it, is NDJSON as well, rather than one entry. */
  readonly isLineEnough?: boolean;
}

/**
 * Reads so much of a document as it takes to tell what it is: its first line that is not empty is an object by itself,
 * and not the only one, in NDJSON. Anything else (one object, an array, NDJSON that begins with a broken line) is
 * read to its end.
 */
export async function beginDocument(
  { chunks }: Pick<Source, 'chunks'>,
  { maxLineBytes = DEFAULT_MAX_LINE_BYTES, isLineEnough = false }: DocumentForm = {},
): Promise<Document> {
  // Until it is known to be one, a whole document may be a single line.
  const cutter = new LineBlocks(MAX_DOCUMENT_BYTES);
  const held: LineBlock[] = [];
  let heldBytes = 0;
  let isTooLarge = false;
  const form = new FormOf(isLineEnough ? 1 : 2);
  const pieces = blocksOf(chunks, cutter);
  for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) {
    for (const block of piece.value) {
      held.push(block);
      heldBytes += block.bytes.length;
      isTooLarge ||= block.isTooLong === true || heldBytes > MAX_DOCUMENT_BYTES;
      form.see(block);
    }
    if (form.isNdjson) {
      cutter.limitLines(maxLineBytes);
      return { blocks: continued(held, pieces) };
    }
    if (isTooLarge) throw tooLarge();
  }
  return { text: decodeLines(joined(held), 1) };
}

async function* blocksOf(chunks: AsyncIterable<Uint8Array>, cutter: LineBlocks): AsyncGenerator<LineBlock[]> {
  for await (const chunk of chunks) yield cutter.push(chunk);
  yield cutter.end();
}

async function* continued(held: LineBlock[], pieces: AsyncGenerator<LineBlock[]>): AsyncGenerator<LineBlock> {
  yield* held.splice(0);
  // What is read at once needs no settings, which take a while to load.
  let count = 0;
  for await (const blocks of pieces) {
    count += 1;
    if (count === 2) keepMemoryFlat();
    yield* blocks;
  }
}

/** Looks at the first lines that are not empty. */
class FormOf {
  isNdjson: boolean | undefined;
  readonly #linesOfNdjson: number;
  #lines = 0;

  /** @param linesOfNdjson how many lines it takes, if the first is an object by itself. */
  constructor(linesOfNdjson: number) {
    this.#linesOfNdjson = linesOfNdjson;
  }

  see(block: LineBlock): void {
    if (this.isNdjson !== undefined || block.isTooLong) return;
    for (const text of decodeLines(block.bytes, block.line).split('\n')) {
      if (text.trim() === '') continue;
      this.#lines += 1;
      if (this.#lines === 1 && !isWholeObject(text)) this.isNdjson = false;
      // Without a line break behind it, a line alone is a document.
      else if (this.#lines >= this.#linesOfNdjson && !(block.isOpenEnded && this.#lines === 1))
        this.isNdjson = true;
      if (this.isNdjson !== undefined) return;
    }
  }
}

/** What is said of a document that cannot be held. */
export function tooLarge(): CliError {
  return new CliError(
    EXIT.input,
    `The input is not NDJSON, and larger than ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB. Give one entry a line: jq -c '.[]'`,
  );
}

function joined(blocks: readonly LineBlock[]): Uint8Array {
  return Buffer.concat(blocks.map(({ bytes }) => bytes));
}
