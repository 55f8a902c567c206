import type { BulkItem } from '../../src/bulk/item.js';
import { CredsealError } from '../../src/errors.js';

/** A stream of these chunks, each made when it is asked for. */
export function streamOf<T>(chunks: Iterable<T>): ReadableStream<T> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream<T>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Text as bytes, in chunks of this size. */
export function bytesOf(text: string | Uint8Array, size = 7): ReadableStream<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return streamOf(chunks);
}

/** All that comes out of a stream, and the error that ends it, if one does. */
export async function drained<T>(stream: ReadableStream<T>): Promise<{ all: T[]; error: unknown }> {
  const all: T[] = [];
  try {
    for await (const one of stream as unknown as AsyncIterable<T>) all.push(one);
  } catch (error) {
    return { all, error };
  }
  return { all, error: undefined };
}

/** All that comes out of a stream that ends well. */
export async function everything<T>(stream: ReadableStream<T>): Promise<T[]> {
  const { all, error } = await drained(stream);
  if (error !== undefined) throw error;
  return all;
}

/** The error that ends a stream: a CredsealError, or the test fails. */
export async function endOf(stream: ReadableStream<unknown>): Promise<CredsealError> {
  const { error } = await drained(stream);
  if (error instanceof CredsealError) return error;
  throw new Error(`the stream does not end in a CredsealError: ${String(error)}`);
}

/** A line of the result, or what became of it: for comparison. */
export function outcome<T>(item: BulkItem<T>): [line: number, result: unknown] {
  return [item.line, 'error' in item ? item.error.code : item.value];
}
