/**
 * What a stream gives, by its reader: not every runtime iterates over streams. Whoever stops early cancels the stream.
 * Not public.
 */
export async function* readStream<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  let isAtEnd = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isAtEnd = done;
      if (done) return;
      yield value;
    }
  } finally {
    // What is to be said about a source that fails was said by reading; in closing it may fail once more.
    if (!isAtEnd) await reader.cancel().catch(() => undefined);
  }
}
