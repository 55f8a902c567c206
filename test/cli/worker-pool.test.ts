import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { LineBlock } from '../../src/bulk/line-blocks.js';
import type { Task } from '../../src/cli/tasks/task.js';
import type { BlockResult } from '../../src/cli/tasks/work.js';
import { release } from '../../src/cli/threads/release.js';
import { WorkerPool } from '../../src/cli/threads/worker-pool.js';
import { openEntry } from '../../src/entry/open-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';

const MORTAL = new URL('./workers/mortal.mjs', import.meta.url);
const ring = new KeyRing(VaultKey.generate());

let lines = 0;
/** A block of lines: their numbers go on from the block before. */
function block(text: string): LineBlock {
  const bytes = new TextEncoder().encode(text);
  const count = text.split('\n').length - 1;
  lines += count;
  return { bytes, line: lines - count + 1, lines: count };
}
const textOf = ({ bytes }: BlockResult) => new TextDecoder().decode(bytes);

/** A pool for as long as something runs with it. */
async function withPool<T>(
  size: number,
  work: (pool: WorkerPool) => Promise<T>,
  task: Task = { kind: 'seal', options: {} },
): Promise<T> {
  lines = 0;
  const pool = new WorkerPool(size, task, ring, MORTAL);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

async function hasRoom(pool: WorkerPool): Promise<void> {
  while (!pool.hasRoom) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a worker that dies', () => {
  test.each(['exit', 'throw'])('by %s fails the lines of its block, and no others', async (way) => {
    await withPool(1, async (pool) => {
      await hasRoom(pool);
      const results = await Promise.all(
        ['a\n', `b\n\n${way}\n`, 'c\n', 'd\n'].map((text) => pool.run(block(text))),
      );
      expect(results.map(textOf)).toEqual(['a\n', '', 'c\n', 'd\n']);
      // Line 3 is empty, and cannot fail.
      expect(results[1]?.failures.map(({ line }) => line)).toEqual([2, 4]);
      for (const { problems } of results[1]?.failures ?? [])
        expect(problems.join()).toMatch(/ended.*--jobs 1/);
      expect(results.flatMap(({ failures }) => failures)).toHaveLength(2);
    });
  });

  test('is replaced every time, also where it was one of several', async () => {
    await withPool(2, async (pool) => {
      await hasRoom(pool);
      const texts = Array.from({ length: 12 }, (_, n) => (n % 4 === 1 ? `exit ${n}\n` : `line ${n}\n`));
      const results = await Promise.all(texts.map((text) => pool.run(block(text))));
      expect(results.map(textOf)).toEqual(texts.map((text) => (text.startsWith('exit') ? '' : text)));
      expect(results.flatMap(({ failures }) => failures.map(({ line }) => line))).toEqual([2, 6, 10]);
    });
  });

  test('loses no line that is to be kept although it fails', async () => {
    const task = { kind: 'rotate', keepFailed: true, forUpdate: false } as const;
    await withPool(
      1,
      async (pool) => {
        await hasRoom(pool);
        const given = block('b\n\nexit\n');
        const result = await pool.run(given);
        expect(result.failures).toHaveLength(2);
        // The block is given back, and its results are written later.
        release(given.bytes);
        expect(textOf(result)).toBe('b\n\nexit\n');
      },
      task,
    );
  });

  test('with a line that is too long to be kept fails the document', async () => {
    const task = { kind: 'rotate', keepFailed: true, forUpdate: false } as const;
    await withPool(
      1,
      async (pool) => {
        await hasRoom(pool);
        const given = { ...block('exit\n'), isTooLong: true } as const;
        await expect(pool.run(given)).rejects.toMatchObject({ exitCode: 4 });
      },
      task,
    );
  });

  test('before it has started is asked for nothing', async () => {
    const isAsked = await withPool(
      2,
      async (pool) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return pool.hasRoom;
      },
      { kind: 'rotate', keepFailed: false, forUpdate: false },
    );
    expect(isAsked).toBe(false);
  });
});

test('a document that a worker refuses is refused, with exit code 4', async () => {
  await withPool(1, async (pool) => {
    await hasRoom(pool);
    await expect(pool.run(block('refuse\n'))).rejects.toMatchObject({
      exitCode: 4,
      message: 'No such document.',
    });
  });
});

test('a worker has nothing of the environment, where the key may be', async () => {
  await withPool(1, async (pool) => {
    await hasRoom(pool);
    expect(process.env.PATH).toBeTypeOf('string');
    expect(textOf(await pool.run(block('environment\n')))).toBe('');
  });
});

test('the block that was given is left as it was, since it may be needed again', async () => {
  await withPool(1, async (pool) => {
    await hasRoom(pool);
    const given = block('a\nb\n');
    await pool.run(given);
    expect(new TextDecoder().decode(given.bytes)).toBe('a\nb\n');
  });
});

test('the worker wipes the key that it is handed, and ends when there is no more to do', async () => {
  // Shared memory, which nothing else here is, lets the test look at what the worker does with it.
  const bytes = new Uint8Array(new SharedArrayBuffer(32)).fill(7);
  const script = new URL('../../dist/cli/line-worker.js', import.meta.url);
  const worker = new Worker(script, { workerData: { task: { kind: 'seal', options: {} }, keys: [bytes] } });
  await once(worker, 'message');
  expect(bytes).toEqual(new Uint8Array(32));
  const given = block('{"permissioned_user_id":"u","domain":"https://example.com","password":"p"}\n');
  worker.postMessage(given);
  const [answer] = await once(worker, 'message');
  expect(answer).toMatchObject({ done: 1, failures: [] });
  expect(openEntry(JSON.parse(textOf(answer)), VaultKey.fromBytes(new Uint8Array(32).fill(7))).password).toBe(
    'p',
  );
  worker.postMessage('end');
  expect(await once(worker, 'exit')).toEqual([0]);
});
