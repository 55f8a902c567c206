import type { Queue } from 'bullmq';
import { installed, inTime, PATIENCE_MS, type QueueEngine } from './queue-engine.js';

const AWAY = 'The queue does not answer: is Redis running and reachable?';

/** A connection for what is done at once: a Redis that is away is tried for some seconds, and then told. */
const connectionOf = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  connectTimeout: PATIENCE_MS / 2,
  retryStrategy: (times: number) => (times > 10 ? null : 50 * times),
});

/** A connection of a worker, which waits for a Redis that starts again. */
const lastingConnectionOf = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  retryStrategy: (times: number) => Math.min(50 * times, 2000),
});

/** BullMQ and what works with it: loaded where a queue is used, and installed by whoever has one. */
async function load() {
  const bullmq = await import('bullmq');
  const { jobOf } = await import('../../bullmq/jobs.js');
  const { vaultProcessor, workerOptions } = await import('../../bullmq/vault-processor.js');
  return { ...bullmq, jobOf, vaultProcessor, workerOptions };
}

/** A queue of BullMQ. */
export async function openBullmq(url: string, name: string): Promise<QueueEngine> {
  const bullmq = await installed(
    load,
    'Queues on Redis need BullMQ beside credseal: npm install bullmq ioredis.',
  );
  const { Queue, Worker, jobOf, vaultProcessor, workerOptions } = bullmq;
  const queue = new Queue(name, { connection: connectionOf(url) });
  // That it is away is told by what waits for it; BullMQ connects again by itself.
  queue.on('error', () => undefined);
  const told = <T>(work: Promise<T>) => inTime(work, AWAY, asTold);
  await told(queue.waitUntilReady()).catch((error: unknown) => {
    closeSoon(queue);
    throw error;
  });
  async function counts() {
    const states = await told(queue.getJobCounts('wait', 'active', 'delayed', 'failed'));
    const { wait = 0, active = 0, delayed = 0, failed = 0 } = states;
    return { waiting: wait, active, delayed, failed, paused: await told(queue.isPaused()) };
  }
  return {
    counts,
    add: async (jobs) => void (await told(queue.addBulk(jobs.map(jobOf)))),
    resume: () => told(queue.resume()),
    work({ jobs, onFailed, ...settings }) {
      const processor = vaultProcessor({ queue, ...settings });
      const lasting = { connection: lastingConnectionOf(url), concurrency: jobs };
      const worker = new Worker(name, processor, { ...lasting, ...workerOptions });
      worker.on('error', () => undefined);
      worker.on('failed', (job, error) => {
        if (job?.finishedOn !== undefined) onFailed(job.id ?? '', error.message);
      });
      return {
        async isEmpty() {
          const { waiting, active, delayed } = await counts();
          return waiting + active + delayed === 0;
        },
        end: () => processor.end(worker),
      };
    },
    close: async () => closeSoon(queue),
  };
}

/** What Redis says, without the command that it says it of. */
function asTold(error: unknown): string {
  const { name = '', message = '' } = error instanceof Error ? error : {};
  if (name !== 'ReplyError') return AWAY;
  const isFull = message.startsWith('OOM');
  const said = isFull ? 'is full (OOM): give it more memory, which workers need, too' : 'refuses';
  return `The Redis of the queue ${said}. ${isFull ? '' : message}`.trim();
}

/** Closes a connection without waiting: one that never came to be does not end. */
function closeSoon(queue: Queue): void {
  queue.disconnect().catch(() => undefined);
}
