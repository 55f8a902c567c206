import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { handoffJob, pushJob } from '../../src/bullmq/index.js';
import { KEY } from '../emulator/local-vault.js';
import { sealedOf, sleep, tokenOf, until } from '../queue/jobs.js';
import { fleet } from './fleet.js';

test('a Redis that is killed and starts again: nothing is lost that was acknowledged, and workers come back', async () => {
  const { queue, redis, work, idle, list } = await fleet({ faults: { rates: [{ rate: 1, latency: 30 }] } });
  const users = Array.from({ length: 60 }, (_, index) => `user-${index}`);
  const jobs = await Promise.all(users.map(async (user) => handoffJob(await tokenOf(user), user)));
  await queue.addBulk(
    jobs.map((job) => ({ ...job, opts: { ...job.opts, backoff: { type: 'fixed', delay: 200 } } })),
  );
  work({}, { concurrency: 4 });
  for (let restart = 0; restart < 2; restart++) {
    const before = (await list()).length;
    await until(async () => (await list()).length > before + 5, 'it goes on');
    await redis.kill();
    await sleep(300);
    await redis.start();
  }
  await idle();
  expect(await list()).toHaveLength(60);
  expect(await queue.getJobCounts('failed')).toEqual({ failed: 0 });
});

test('a Redis that is full: producers get its error, workers stand still until it has room, and nothing is lost that was acknowledged', async () => {
  const settings = ['--maxmemory', '6mb', '--maxmemory-policy', 'noeviction'];
  const { queue, redis, work, idle, list } = await fleet({ redis: settings });
  let acknowledged = 0;
  let refusal: unknown;
  for (let chunk = 0; chunk < 1000 && refusal === undefined; chunk++) {
    const job = pushJob(sealedOf(50, `push-${chunk}`), KEY);
    await queue.addBulk([job]).then(
      () => {
        acknowledged += 50;
      },
      (error: unknown) => {
        refusal = error;
      },
    );
  }
  expect(String(refusal)).toMatch(/OOM/);
  expect(acknowledged).toBeGreaterThan(0);
  // Workers have to write, too: also what takes a job away is refused.
  const { errors } = work({ concurrency: 4 }, { concurrency: 2 });
  await until(() => errors.some((error) => /OOM/.test(String(error))), 'a worker is refused, too');
  expect(await list()).toEqual([]);
  const client = new Redis(redis.connection);
  onTestFinished(() => client.disconnect());
  await client.config('SET', 'maxmemory', '64mb');
  await idle(120_000);
  expect(await list()).toHaveLength(acknowledged);
});

test('a Redis that answers slowly: what waits for it is done when it answers', async () => {
  const { queue, redis, work, idle, list } = await fleet();
  await queue.addBulk([pushJob(sealedOf(40), KEY)]);
  work();
  const client = new Redis(redis.connection);
  onTestFinished(() => client.disconnect());
  for (let pause = 0; pause < 4; pause++) {
    await client.client('PAUSE', 700, 'ALL');
    await sleep(800);
  }
  await idle();
  expect(await list()).toHaveLength(40);
});

test('a Redis that is away: a producer with a bounded patience gets an error', async () => {
  const { redis } = await fleet();
  const connection = { ...redis.connection, maxRetriesPerRequest: 1, retryStrategy: () => 50 };
  const queue = new Queue('vault', { connection });
  queue.on('error', () => undefined);
  await queue.waitUntilReady();
  await redis.kill();
  await expect(queue.addBulk([pushJob(sealedOf(1), KEY)])).rejects.toThrow(/retries/);
  // Without a Redis, BullMQ does not end.
  await redis.start();
  await queue.close();
});
