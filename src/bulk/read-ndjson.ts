import { optionInvalid } from '../entry/issue.js';
import { typeName } from '../inspection.js';
import { optionsProblem } from '../options.js';
import { type BulkItem, notAnEntry } from './item.js';
import { checkedLineBytes, type LineBlock, LineBlocks, readBlock } from './line-blocks.js';

/** How {@link readNdjson} reads. */
export interface ReadNdjsonOptions {
  /** Longer lines fail, and are dropped as they come, so that memory stays bounded. By default 16 MiB. */
  readonly maxLineBytes?: number | undefined;
}

/**
 * Reads NDJSON (a JSON text a line, in UTF-8) as a stream of items with the number of their line, counted from 1. Empty
 * lines are passed over and counted; a byte order mark at the beginning is dropped; lines end in LF, or CR and LF, and
 * the last one may have no end. A line is parsed when its item is taken, and the next chunk of the source asked for when
 * all of the last one is.
 *
 * A line that is no JSON, or too long, becomes a failure in its place. What is no text in UTF-8 at all (UTF-16,
 * Latin-1, a binary or compressed file) ends the stream: whatever else is in it cannot be trusted either.
 *
 * @typeParam T what the lines are said to hold; it is checked by the stage that follows, `sealEntries` for instance.
 * @param options see {@link ReadNdjsonOptions}.
 * @returns a pair for `pipeThrough`, from bytes to items. Failures have `ERR_ENTRY_INVALID`, with the column where the JSON
 *   breaks; the stream errors with `ERR_ENTRY_INVALID`, and `issues` whose path is `line N`, on other encodings, and
 *   on chunks that are no bytes.
 * @throws CredsealError `ERR_ENTRY_INVALID` if `maxLineBytes` is no whole number above 0, or there is another option
 * @example
 * const response = await fetch('https://backup.example/entries.ndjson');
 * for await (const item of response.body.pipeThrough(readNdjson())) console.log(item.line, 'value' in item);
 */
export function readNdjson<T = unknown>(
  options: ReadNdjsonOptions = {},
): ReadableWritablePair<BulkItem<T>, Uint8Array> {
  const problem = optionsProblem(options, ['maxLineBytes']);
  if (problem) throw optionInvalid('options', problem);
  const maxLineBytes = checkedLineBytes(options.maxLineBytes);
  const blocks = new LineBlocks(maxLineBytes);
  function* itemsOf(whole: readonly LineBlock[]): Generator<BulkItem<T>, void> {
    for (const block of whole) yield* readBlock(block, maxLineBytes) as Iterable<BulkItem<T>>;
  }
  return oneByOne({
    read(chunk) {
      if (!ArrayBuffer.isView(chunk) || chunk.BYTES_PER_ELEMENT !== 1)
        throw notAnEntry(`readNdjson takes chunks of bytes (Uint8Array); got ${typeName(chunk)}.`);
      return itemsOf(blocks.push(chunk));
    },
    end: () => itemsOf(blocks.end()),
  });
}

/** What became of one chunk, to be taken one by one, and whom to tell when all is taken. */
interface Batch<Out> {
  readonly items: Iterator<Out, void>;
  readonly taken: () => void;
}

/**
 * A pair for `pipeThrough` that makes many of one. Each is made when somebody takes it; the write of a chunk lasts until
 * all that came of it is taken, so that a chunk of any size waits for its reader. A queue of them would be as long as
 * the chunk is large, and an array of that length takes its time at every shift.
 */
function oneByOne<In, Out>(source: {
  readonly read: (chunk: In) => Iterator<Out, void>;
  readonly end: () => Iterator<Out, void>;
}): ReadableWritablePair<Out, In> {
  const give = (items: Iterator<Out, void>, controller: TransformStreamDefaultController<Batch<Out>>) =>
    new Promise<void>((taken) => controller.enqueue({ items, taken }));
  const { readable, writable } = new TransformStream<In, Batch<Out>>({
    transform: (chunk, controller) => give(source.read(chunk), controller),
    flush: (controller) => give(source.end(), controller),
  });
  const reader = readable.getReader();
  let batch: Batch<Out> | undefined;
  // The write ends first: who writes is told of the end of reading only when no write lasts.
  const cancel = (reason: unknown) => {
    batch?.taken();
    return reader.cancel(reason);
  };
  const refill = async (controller: ReadableStreamDefaultController<Out>): Promise<void> => {
    batch?.taken();
    batch = undefined;
    const read = await reader.read();
    if (read.done) return controller.close();
    batch = read.value;
    return pull(controller);
  };
  // Asynchronous only where it has to be: this is done for every item.
  const pull = (controller: ReadableStreamDefaultController<Out>): Promise<void> | undefined => {
    let next: IteratorResult<Out, void> | undefined;
    try {
      next = batch?.items.next();
    } catch (error) {
      return cancel(error).then(() => Promise.reject(error));
    }
    if (next === undefined || next.done) return refill(controller);
    controller.enqueue(next.value);
    return undefined;
  };
  return { writable, readable: new ReadableStream<Out>({ pull, cancel }, { highWaterMark: 0 }) };
}
