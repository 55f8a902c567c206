import type { QueueAddress } from '../options/queue.js';
import type { QueueEngine } from './queue-engine.js';

/** Connects to a queue. */
export async function openQueue({ engine, url }: QueueAddress, name: string): Promise<QueueEngine> {
  return engine === 'bullmq'
    ? (await import('./bullmq.js')).openBullmq(url, name)
    : (await import('./pg-boss.js')).openPgBoss(url, name);
}
