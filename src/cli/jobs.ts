import { availableParallelism } from 'node:os';
import type { LineBlock } from '../bulk/line-blocks.js';
import type { KeyRing } from '../key/key-ring.js';
import { CliError, EXIT } from './exit.js';
import { type BlockResult, type Task, workOf, workOnBlock } from './task.js';
import { WorkerPool } from './worker-pool.js';

/** The option of the commands that work on several cores. */
export interface JobsOption {
  jobs?: string;
}

const MAX_JOBS = 64;
/** By default no more: each thread takes memory, and what feeds them is a single one. */
const MAX_DEFAULT_JOBS = 8;

/** Less is done before threads have started. */
const BYTES_BEFORE_THREADS = 2 ** 19;
/** One in work and one waiting for each thread, and one that is done before its turn. */
const BLOCKS_A_JOB = 2;

/** How many threads shall work, this one among them: by default as many as there are cores. */
export function jobsOf({ jobs }: JobsOption): number {
  if (jobs === undefined) return Math.min(availableParallelism(), MAX_DEFAULT_JOBS);
  const count = Number(jobs);
  if (/^\d+$/.test(jobs) && count >= 1 && count <= MAX_JOBS) return count;
  throw new CliError(EXIT.usage, `--jobs is a whole number from 1 to ${MAX_JOBS}.`);
}

/**
 * Works through blocks of lines on several threads, and gives what came of them in order. How many are read ahead of
 * the results is bounded. This thread is one of them, and takes a block where the others have enough: with one job it
 * is the only one, and a short document is done before others have started.
 */
export async function* workThrough(
  blocks: AsyncIterable<LineBlock>,
  task: Task,
  ring: KeyRing,
  jobs: number,
): AsyncGenerator<BlockResult> {
  const work = workOf(task, ring);
  let pool: WorkerPool | undefined;
  let bytes = 0;
  const start = async (block: LineBlock): Promise<BlockResult> => {
    bytes += block.bytes.length;
    if (jobs > 1 && bytes > BYTES_BEFORE_THREADS) pool ??= new WorkerPool(jobs - 1, task, ring);
    return pool?.hasRoom ? pool.run(block) : workOnBlock(block, work);
  };
  try {
    yield* inOrder(blocks, start, jobs * BLOCKS_A_JOB);
  } finally {
    await pool?.end();
  }
}

/** Starts work on what comes, at most `limit` at a time, and gives the results in the same order, as soon as there are any. */
export async function* inOrder<In, Out>(
  source: AsyncIterable<In>,
  start: (value: In) => Promise<Out>,
  limit: number,
): AsyncGenerator<Out> {
  const iterator = source[Symbol.asyncIterator]();
  const begun: Promise<Out>[] = [];
  let next: Promise<IteratorResult<In>> | undefined;
  let isAtEnd = false;
  try {
    while (!isAtEnd || begun.length > 0) {
      const [oldest] = begun;
      if (!isAtEnd && begun.length < limit) {
        next ??= handled(iterator.next());
        // A source that waits, for somebody who types, holds nothing up that is done.
        const came =
          oldest === undefined ? await next : await Promise.race([next, oldest.then(() => undefined)]);
        if (came !== undefined) {
          next = undefined;
          if (came.done) isAtEnd = true;
          else begun.push(handled(start(came.value)));
          continue;
        }
      }
      if (oldest === undefined) continue;
      begun.shift();
      yield await oldest;
    }
  } finally {
    // Not awaited while it is asked for more: it would answer the question first. Its owner closes it.
    if (next === undefined) await iterator.return?.();
  }
}

/** A promise that is awaited later: its failure is told then, and is not unhandled before. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
