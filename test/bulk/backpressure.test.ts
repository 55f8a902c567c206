import { describe, expect, test } from 'vitest';
import {
  openEntries,
  preflightEntries,
  readNdjson,
  rotateEntries,
  sealEntries,
  writeNdjson,
} from '../../src/bulk/index.js';
import type { VaultEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { streamOf } from './streams.js';

const key = VaultKey.generate();

/** Chunks of ten entries without end, counted as they are asked for. */
function endless(): { source: ReadableStream<Uint8Array>; asked: () => number } {
  let count = 0;
  function* chunks() {
    for (;;) {
      count += 1;
      const lines = Array.from({ length: 10 }, (_, n) =>
        JSON.stringify({
          permissioned_user_id: `${count}-${n}`,
          domain: 'https://example.com',
          password: 'p',
        }),
      );
      yield new TextEncoder().encode(`${lines.join('\n')}\n`);
    }
  }
  return { source: streamOf(chunks()), asked: () => count };
}

const idle = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('a reader that is slow bounds what is read', () => {
  const through = (source: ReadableStream<Uint8Array>) =>
    source
      .pipeThrough(readNdjson<VaultEntry>())
      .pipeThrough(sealEntries(key))
      .pipeThrough(preflightEntries(key))
      .pipeThrough(rotateEntries(key))
      .pipeThrough(openEntries(key))
      .pipeThrough(writeNdjson());

  test('nothing but a little is read while nobody reads', async () => {
    const { source, asked } = endless();
    const reader = through(source).getReader();
    await idle();
    expect(asked()).toBeLessThanOrEqual(4);
    await reader.cancel();
  });

  test('and then no more than a few chunks ahead of what is taken', async () => {
    const { source, asked } = endless();
    const reader = through(source).getReader();
    for (let taken = 1; taken <= 200; taken++) {
      await reader.read();
      if (taken % 50 === 0) await idle();
      expect(asked()).toBeLessThanOrEqual(taken / 10 + 4);
    }
    await reader.cancel();
  });

  test('a sink that waits is waited for', async () => {
    const { source, asked } = endless();
    let written = 0;
    let ahead = 0;
    const sink = new WritableStream<Uint8Array>({
      async write() {
        written += 1;
        if (written % 20 === 0) await idle();
        ahead = Math.max(ahead, asked() - written / 10);
      },
    });
    const stop = new AbortController();
    const piped = through(source).pipeTo(sink, { signal: stop.signal });
    while (written < 200) await idle();
    stop.abort();
    await expect(piped).rejects.toHaveProperty('name', 'AbortError');
    expect(ahead).toBeLessThanOrEqual(5);
  });
});
