import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder } from '../../src/cli/threads/in-order.js';
import { jobsOf } from '../../src/cli/threads/jobs.js';
import { runHere } from './in-process.js';
import { WITH_KEY } from './sealing.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function* from<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

describe('inOrder', () => {
  test('gives results in the order of the source, however long each takes, and starts no more than its limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        async (times, limit) => {
          let running = 0;
          let most = 0;
          const start = async (index: number) => {
            running += 1;
            most = Math.max(most, running);
            await pause(times[index] ?? 0);
            return index;
          };
          const results: number[] = [];
          for await (const result of inOrder(from(times.keys()), start, limit)) {
            running -= 1;
            results.push(result);
          }
          expect(results).toEqual([...times.keys()]);
          expect(most).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('gives what is done while the source waits', async () => {
    let goOn = () => undefined as unknown;
    async function* slow() {
      yield 1;
      await new Promise((resolve) => {
        goOn = () => resolve(undefined);
      });
      yield 2;
    }
    const results = inOrder(slow(), async (value) => value, 4);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    const second = results.next();
    await pause(2);
    goOn();
    expect(await second).toEqual({ done: false, value: 2 });
    expect(await results.next()).toMatchObject({ done: true });
  });

  test('ends with the first failure in order, after what came before it', async () => {
    const start = async (value: number) => {
      if (value === 2) throw new Error('two');
      await pause(5);
      return value;
    };
    const seen: number[] = [];
    const run = async () => {
      for await (const result of inOrder(from([0, 1, 2, 3, 4]), start, 4)) seen.push(result);
    };
    await expect(run()).rejects.toThrow('two');
    expect(seen).toEqual([0, 1]);
  });

  test('passes on the failure of the source, after the results of what came before', async () => {
    async function* broken() {
      yield 1;
      throw new Error('source');
    }
    const start = async (value: number) => {
      await pause(5);
      return value;
    };
    const results = inOrder(broken(), start, 3);
    const seen: number[] = [];
    const run = async () => {
      for await (const result of results) seen.push(result);
    };
    await expect(run()).rejects.toThrow('source');
    expect(seen).toEqual([1]);
  });
});

describe('--jobs', () => {
  test.each([1, 64])('%i', async (jobs) => {
    expect(jobsOf({ jobs })).toBe(jobs);
    const { code } = await runHere(['payload', '--jobs', String(jobs)], { stdin: '[]', env: WITH_KEY });
    expect(code).toBe(0);
  });

  test.each(['0', '65', '-1', '1.5', 'two', '', ' 2', '1e1'])('%j is refused as usage', async (jobs) => {
    const { code, stderr } = await runHere(['payload', `--jobs=${jobs}`], { env: WITH_KEY });
    expect(code).toBe(2);
    expect(stderr).toContain('--jobs takes a whole number from 1 to 64.');
  });

  test('by default the cores, within bounds', () => {
    const count = jobsOf({});
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(8);
  });
});
