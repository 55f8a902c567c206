import type { Queue } from 'bullmq';
import { CliError, EXIT } from '../exit.js';

/** BullMQ and what works with it: loaded where a queue is used, and installed by whoever has one. */
export async function loadBullmq() {
  try {
    const bullmq = await import('bullmq');
    const jobs = await import('../../bullmq/jobs.js');
    const { vaultProcessor, workerOptions } = await import('../../bullmq/vault-processor.js');
    return { ...bullmq, ...jobs, vaultProcessor, workerOptions };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new CliError(EXIT.usage, 'Queues need BullMQ beside credseal: npm install bullmq ioredis.');
  }
}

const AWAY = 'The queue does not answer: is its Redis there, and reachable?';
/** How long nothing from a Redis is taken for a Redis that is away, in ms. */
const PATIENCE_MS = 10_000;

/** A connection for what is done at once: a Redis that is away is tried for some seconds, and then told. */
export const connectionOf = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  connectTimeout: PATIENCE_MS / 2,
  retryStrategy: (times: number) => (times > 10 ? null : 50 * times),
});

/** A connection of a worker, which waits for a Redis that starts again. */
export const lastingConnectionOf = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  retryStrategy: (times: number) => Math.min(50 * times, 2000),
});

/** Does something with the queue that Redis has to answer in time. */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CliError(EXIT.network, AWAY)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw asTold(error);
  } finally {
    clearTimeout(timer);
  }
}

/** What Redis says, without the command that it says it of. */
function asTold(error: unknown): unknown {
  if (error instanceof CliError) return error;
  const { name = '', message = '' } = error instanceof Error ? error : {};
  if (name !== 'ReplyError') return new CliError(EXIT.network, AWAY);
  const isFull = message.startsWith('OOM');
  const said = isFull ? 'is full (OOM): give it more memory, or let workers empty it' : 'refuses';
  return new CliError(EXIT.network, `The Redis of the queue ${said}. ${isFull ? '' : message}`.trim());
}

/** How many jobs are in which state. */
export async function countsOf(queue: Queue) {
  const {
    wait = 0,
    active = 0,
    delayed = 0,
    failed = 0,
  } = await inTime(queue.getJobCounts('wait', 'active', 'delayed', 'failed'));
  return { waiting: wait, active, delayed, failed, paused: await inTime(queue.isPaused()) };
}

/** Closes a connection without waiting: one that never came to be does not end. */
export function closeSoon(queue: Queue): void {
  queue.disconnect().catch(() => undefined);
}
