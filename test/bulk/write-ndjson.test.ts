import { describe, expect, test } from 'vitest';
import { type BulkFailure, type BulkItem, writeNdjson } from '../../src/bulk/index.js';
import { CredsealError } from '../../src/errors.js';
import { drained, endOf, everything, streamOf } from './streams.js';

const decode = (chunks: Uint8Array[]) => chunks.map((chunk) => new TextDecoder().decode(chunk));
const failure = (line: number): BulkFailure => ({
  line,
  error: new CredsealError('ERR_OPEN_FAILED', `does not open ${line}`, { field: 'password' }),
});
const items = (count: number): BulkItem<unknown>[] =>
  Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? { line: index + 1, value: { n: index + 1 } } : failure(index + 1),
  );

describe('writeNdjson', () => {
  test('writes a line a value, in order', async () => {
    const values = [{ a: 1 }, 'ä\n', null, [1, 2]];
    const stream = streamOf(values.map((value, index) => ({ line: index + 1, value })));
    expect(decode(await everything(stream.pipeThrough(writeNdjson())))).toEqual([
      '{"a":1}\n',
      '"ä\\n"\n',
      'null\n',
      '[1,2]\n',
    ]);
  });

  test('gives failures to onFailure, in order, and waits for it', async () => {
    const seen: unknown[] = [];
    const onFailure = async ({ line, error }: BulkFailure) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      seen.push([line, error.code]);
    };
    const lines = decode(await everything(streamOf(items(6)).pipeThrough(writeNdjson({ onFailure }))));
    expect(lines).toEqual(['{"n":1}\n', '{"n":3}\n', '{"n":5}\n']);
    expect(seen).toEqual([2, 4, 6].map((line) => [line, 'ERR_OPEN_FAILED']));
  });

  test('errors where onFailure throws', async () => {
    const stop = new Error('stop');
    const onFailure = () => {
      throw stop;
    };
    const { error } = await drained(streamOf(items(6)).pipeThrough(writeNdjson({ onFailure })));
    expect(error).toBe(stop);
  });

  test.each([1, 5])(
    'without onFailure, all good lines can be read, by a reader that waits %i ms, then it errors',
    async (ms) => {
      const reader = streamOf(items(9)).pipeThrough(writeNdjson()).getReader();
      const lines: Uint8Array[] = [];
      const read = async (): Promise<unknown> => {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, ms));
          const { done, value } = await reader.read();
          if (done) return undefined;
          lines.push(value);
        }
      };
      const error = await read().catch((reason: unknown) => reason);
      expect(decode(lines)).toEqual([1, 3, 5, 7, 9].map((n) => `{"n":${n}}\n`));
      expect(error).toMatchObject({
        code: 'ERR_ENTRY_INVALID',
        message: expect.stringMatching(/^4 lines.*line 2/),
      });
      expect((error as CredsealError).issues).toEqual(
        [2, 4, 6, 8].map((line) => ({
          path: `line ${line}`,
          rule: 'payload/not-an-object',
          message: `does not open ${line}`,
          code: 'ERR_OPEN_FAILED',
        })),
      );
    },
  );

  test('tells a hundred failures one by one, and counts the others', async () => {
    const failures = Array.from({ length: 250 }, (_, index) => failure(index + 1));
    const error = await endOf(streamOf(failures).pipeThrough(writeNdjson()));
    expect(error.issues).toHaveLength(100);
    expect(error.message).toMatch(/^250 lines failed/);
  });

  test('a value that JSON cannot hold fails by its line', async () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const throwing = {
      toJSON() {
        throw new Error('hunter2');
      },
    };
    const values = [cycle, 1n, undefined, () => 1, throwing, 'good'];
    const { all, error } = await drained(
      streamOf(values.map((value, index) => ({ line: index + 1, value }))).pipeThrough(writeNdjson()),
    );
    expect(decode(all)).toEqual(['"good"\n']);
    expect((error as CredsealError).issues?.map(({ path }) => path)).toEqual(
      [1, 2, 3, 4, 5].map((n) => `line ${n}`),
    );
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  test.each([
    ['an entry'],
    [{ permissioned_user_id: 'u' }],
    [{ line: '1', value: 1 }],
    [{ line: 1, error: 'x' }],
    [null],
    [[1]],
  ])('refuses what is no item: %j', async (item) => {
    const error = await endOf(streamOf([item as never]).pipeThrough(writeNdjson()));
    expect(error).toMatchObject({ code: 'ERR_ENTRY_INVALID', message: expect.stringMatching(/items/) });
  });

  test('a reader that cancels stops the source', async () => {
    let cancelled: unknown;
    const source = new ReadableStream<BulkItem<unknown>>({
      pull: (controller) => controller.enqueue({ line: 1, value: 1 }),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    const reader = source.pipeThrough(writeNdjson()).getReader();
    await reader.read();
    await reader.cancel('enough');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(cancelled).toBe('enough');
  });
});
