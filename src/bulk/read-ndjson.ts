import { optionInvalid } from '../entry/issue.js';
import { typeName } from '../inspection.js';
import { optionsProblem } from '../options.js';
import { type BulkItem, notAnEntry } from './item.js';
import { checkedLineBytes, LineBlocks, readBlock } from './line-blocks.js';

/** How {@link readNdjson} reads. */
export interface ReadNdjsonOptions {
  /** Longer lines fail, and are dropped as they come, so that memory stays bounded. By default 16 MiB. */
  readonly maxLineBytes?: number | undefined;
}

/**
 * Reads NDJSON (a JSON text a line, in UTF-8) as a stream of items with the number of their line, counted from 1. Empty
 * lines are passed over and counted; a byte order mark at the beginning is dropped; lines end in LF, or CR and LF, and
 * the last one may have no end. No more is read ahead than a chunk of the source.
 *
 * A line that is no JSON, or too long, becomes a failure in its place. What is no text in UTF-8 at all (UTF-16,
 * Latin-1, a binary or compressed file) ends the stream: whatever else is in it cannot be trusted either.
 *
 * @typeParam T what the lines are said to hold; it is checked by the stage that follows, `sealEntries` for instance.
 * @param options see {@link ReadNdjsonOptions}.
 * @returns a `TransformStream` from bytes to items. Failures have `ERR_ENTRY_INVALID`, with the column where the JSON
 *   breaks; the stream errors with `ERR_ENTRY_INVALID`, and `issues` whose path is `line N`, on other encodings, and
 *   on chunks that are no bytes.
 * @throws CredsealError `ERR_ENTRY_INVALID` if `maxLineBytes` is no whole number above 0, or there is another option
 * @example
 * const response = await fetch('https://backup.example/entries.ndjson');
 * for await (const item of response.body.pipeThrough(readNdjson())) console.log(item.line, 'value' in item);
 */
export function readNdjson<T = unknown>(
  options: ReadNdjsonOptions = {},
): TransformStream<Uint8Array, BulkItem<T>> {
  const problem = optionsProblem(options, ['maxLineBytes']);
  if (problem) throw optionInvalid('options', problem);
  const maxLineBytes = checkedLineBytes(options.maxLineBytes);
  const blocks = new LineBlocks(maxLineBytes);
  const enqueueAll = (
    whole: ReturnType<LineBlocks['end']>,
    controller: TransformStreamDefaultController<BulkItem<T>>,
  ) => {
    for (const block of whole) {
      for (const item of readBlock(block, maxLineBytes)) controller.enqueue(item as BulkItem<T>);
    }
  };
  return new TransformStream<Uint8Array, BulkItem<T>>({
    transform(chunk, controller) {
      if (!ArrayBuffer.isView(chunk) || chunk.BYTES_PER_ELEMENT !== 1)
        throw notAnEntry(`readNdjson takes chunks of bytes (Uint8Array); got ${typeName(chunk)}.`);
      enqueueAll(blocks.push(chunk), controller);
    },
    flush: (controller) => enqueueAll(blocks.end(), controller),
  });
}
