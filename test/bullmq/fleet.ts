import { Queue, Worker, type WorkerOptions } from 'bullmq';
import { onTestFinished } from 'vitest';
import { type VaultProcessorOptions, vaultProcessor, workerOptions } from '../../src/bullmq/index.js';
import type { EmulatorOptions } from '../../src/emulator/index.js';
import { API_KEY, KEY, localVault } from '../emulator/local-vault.js';
import { AUDIENCE, answered, privateJwk, until } from '../queue/jobs.js';
import { startRedis } from './redis.js';

/** How soon a job whose worker was killed is worked on again, for tests that cannot wait for half a minute. */
export const QUICK = { lockDuration: 1500, stalledInterval: 500, drainDelay: 1 };

/** A Redis, a local vault, a queue, and workers for them. */
export async function fleet({
  redis: settings = [],
  ...options
}: { readonly redis?: readonly string[] } & Partial<EmulatorOptions> = {}) {
  const redis = await startRedis(...settings);
  const { vault, raw } = await localVault(options);
  const { connection } = redis;
  const queue = new Queue('vault', { connection });
  queue.on('error', () => undefined);
  onTestFinished(() => queue.close());
  const config: VaultProcessorOptions = {
    queue: 'vault',
    connection,
    handoffKeys: privateJwk,
    vaultKey: KEY,
    apiKey: API_KEY,
    baseUrl: vault.url,
    maxAge: 600,
    audience: AUDIENCE,
  };
  function work(more: Partial<VaultProcessorOptions> = {}, of: Partial<WorkerOptions> = {}) {
    const processor = vaultProcessor({ ...config, ...more });
    const worker = new Worker('vault', processor, { connection, ...workerOptions, ...QUICK, ...of });
    const errors: Error[] = [];
    worker.on('error', (error) => errors.push(error));
    let ended: Promise<void> | undefined;
    const end = () => {
      ended ??= processor.end(worker);
      return ended;
    };
    onTestFinished(end);
    return { worker, processor, end, errors };
  }
  const counts = () => queue.getJobCounts('wait', 'active', 'delayed', 'failed', 'completed');
  return {
    redis,
    vault,
    queue,
    work,
    config,
    counts,
    /** Until nothing waits, and nobody works. */
    idle: (ms?: number) =>
      until(
        async () => {
          const { wait = 0, active = 0, delayed = 0 } = await counts();
          return wait + active + delayed === 0;
        },
        'the queue is empty',
        ms,
      ),
    list: () => answered(raw),
    stored: async (user: string): Promise<Record<string, unknown>> => {
      const name = new URLSearchParams({ permissioned_user_id: user, domain: 'https://portal.example.com' });
      return (await raw('GET', `/vault?${name}`)).json;
    },
  };
}
