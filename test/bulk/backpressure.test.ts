import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  importEntries,
  openEntries,
  preflightEntries,
  readNdjson,
  rotateEntries,
  sealEntries,
  writeNdjson,
} from '../../src/bulk/index.js';
import type { VaultEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { everything, streamOf } from './streams.js';

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

describe('a chunk is as large as the source makes it, and', () => {
  const COUNT = 10_000;
  const entryOf = (index: number) =>
    JSON.stringify({ permissioned_user_id: `user-${index}`, domain: 'https://example.com', password: 'p' });
  const linesOf = (count: number) =>
    new TextEncoder().encode(Array.from({ length: count }, (_, index) => `${entryOf(index)}\n`).join(''));
  afterEach(() => vi.restoreAllMocks());

  test('no more of its lines are parsed than are taken', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const reader = streamOf([linesOf(COUNT)])
      .pipeThrough(readNdjson())
      .getReader();
    await idle();
    expect(parse.mock.calls.length).toBeLessThanOrEqual(1);
    for (let taken = 1; taken <= 20; taken++) await reader.read();
    await idle();
    expect(parse.mock.calls.length).toBeLessThanOrEqual(21);
    await reader.cancel();
    await idle();
    expect(parse.mock.calls.length).toBeLessThanOrEqual(21);
  });

  test('the next one is not asked for before all its lines are taken', async () => {
    let asked = 0;
    function* chunks() {
      for (; asked < 3; ) {
        asked += 1;
        yield linesOf(10);
      }
    }
    const reader = streamOf(chunks()).pipeThrough(readNdjson()).getReader();
    for (let taken = 1; taken <= 30; taken++) {
      await reader.read();
      await idle();
      expect(asked).toBeLessThanOrEqual(Math.floor(taken / 10) + 1);
    }
    expect((await reader.read()).done).toBe(true);
  });

  test('whoever stops within it stops the source', async () => {
    let reason: unknown;
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(linesOf(10)),
      cancel: (given) => {
        reason = given;
      },
    });
    const reader = source.pipeThrough(readNdjson()).getReader();
    await reader.read();
    await reader.cancel('enough');
    await idle();
    expect(reason).toBe('enough');
  });

  test('what is no text in UTF-8 within it stops the source, too', async () => {
    let reason: unknown;
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(Buffer.from('"good"\n"b\xe4d"\n', 'latin1'))),
      cancel: (given) => {
        reason = given;
      },
    });
    await expect(everything(source.pipeThrough(readNdjson()))).rejects.toThrow(/UTF-8/);
    await idle();
    expect(reason).toMatchObject({ code: 'ERR_ENTRY_INVALID' });
  });

  test('when the source fails behind it, its lines are given before the failure', async () => {
    const taken: unknown[] = [];
    const source = streamOf(
      (function* () {
        yield linesOf(10);
        throw new Error('the disk is gone');
      })(),
    );
    const reading = (async () => {
      for await (const item of source.pipeThrough(readNdjson()) as unknown as AsyncIterable<unknown>) {
        taken.push(item);
        await idle();
      }
    })();
    await expect(reading).rejects.toThrow('the disk is gone');
    expect(taken).toHaveLength(10);
  });

  /** How long it takes to read all, in ms: the shortest of some, since others may keep the machine busy. */
  async function timeOf(read: () => Promise<unknown>): Promise<number> {
    const times: number[] = [];
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      await read();
      times.push(performance.now() - start);
    }
    return Math.min(...times);
  }
  const inPieces = (bytes: Uint8Array) =>
    streamOf(
      Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
        bytes.subarray(index * 65_536, (index + 1) * 65_536),
      ),
    );

  test('reading it takes about as long as reading the same in pieces', { retry: 3 }, async () => {
    const bytes = linesOf(80_000);
    const count = async (source: ReadableStream<Uint8Array>) =>
      expect(await everything(source.pipeThrough(readNdjson()))).toHaveLength(80_000);
    const pieces = await timeOf(() => count(inPieces(bytes)));
    expect((await timeOf(() => count(streamOf([bytes])))) / pieces).toBeLessThan(2);
  });

  test('an export is read piece by piece all the same', async () => {
    const rows = Array.from({ length: COUNT }, (_, index) => `P,https://e${index}.example,ada,p\n`);
    const csv = new TextEncoder().encode(`name,url,username,password\n${rows.join('')}`);
    const largest = { chunk: 0 };
    const decode = TextDecoder.prototype.decode;
    vi.spyOn(TextDecoder.prototype, 'decode').mockImplementation(function (this: TextDecoder, ...args) {
      largest.chunk = Math.max(largest.chunk, args[0]?.byteLength ?? 0);
      return decode.apply(this, args);
    });
    const { items } = await importEntries({ stream: () => streamOf([csv]) });
    expect(await everything(items)).toHaveLength(COUNT);
    expect(csv.length).toBeGreaterThan(200_000);
    expect(largest.chunk).toBeLessThanOrEqual(65_536);
  });
});
