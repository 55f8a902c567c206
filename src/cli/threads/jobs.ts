import { availableParallelism } from 'node:os';
import type { LineBlock } from '../../bulk/line-blocks.js';
import type { KeyRing } from '../../key/key-ring.js';
import { blockWorkOf, type Task } from '../tasks/task.js';
import type { BlockResult } from '../tasks/work.js';
import { keepMemoryFlat } from './flat-memory.js';
import { inOrder } from './in-order.js';
import { release } from './release.js';
import type { WorkerPool } from './worker-pool.js';

/** By default no more: each thread takes memory, and what feeds them is a single one. */
const MAX_DEFAULT_JOBS = 8;

/** Less than this is done before threads have started, which takes as long as to seal so much. */
const BYTES_FOR_THREADS = 2 ** 20;
/** For each thread what it has, and as much that is done and waits for its turn. */
const BLOCKS_A_JOB = 6;

/** How many threads shall work, this one among them: by default as many as there are cores. */
export function jobsOf({ jobs }: { readonly jobs?: number | undefined }): number {
  return jobs ?? Math.min(availableParallelism(), MAX_DEFAULT_JOBS);
}

/**
 * Works through blocks of lines on several threads, and gives what came of them in order. How many are read ahead of
 * the results is bounded. This thread is one of them, and takes a block where the others have enough: with one job it
 * is the only one, and a short document is done before others have started.
 *
 * @param blocks their bytes are given back once they are done.
 * @param size tells how many bytes they all have, where it is known.
 * @returns results whose bytes are there until the next one is asked for.
 */
export async function* workThrough(
  blocks: AsyncIterable<LineBlock>,
  task: Task,
  ring: KeyRing,
  jobs: number,
  size: () => number | undefined,
): AsyncGenerator<BlockResult> {
  if ((size() ?? Infinity) >= BYTES_FOR_THREADS) keepMemoryFlat();
  const work = blockWorkOf(task, ring);
  let pool: WorkerPool | undefined;
  let loading: Promise<void> | undefined;
  // Loaded only here: a short document does not wait for what threads take.
  const startPool = async () => {
    const module = await import('./worker-pool.js');
    pool = new module.WorkerPool(jobs - 1, task, ring);
  };
  let bytes = 0;
  const start = async (block: LineBlock): Promise<BlockResult> => {
    bytes += block.bytes.length;
    if (jobs > 1 && (size() ?? bytes) >= BYTES_FOR_THREADS) loading ??= startPool();
    const result = pool?.hasRoom ? await pool.run(block) : work(block);
    release(block.bytes);
    return result;
  };
  try {
    for await (const result of inOrder(blocks, start, jobs * BLOCKS_A_JOB)) {
      yield result;
      release(result.bytes);
    }
  } finally {
    await loading;
    await pool?.end();
  }
}
