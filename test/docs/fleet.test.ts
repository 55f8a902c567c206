import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fleet } from '../bullmq/fleet.js';
import { end } from '../bullmq/processes.js';
import { run } from '../cli/run.js';
import { sealedOf, tokenOf, until } from '../queue/jobs.js';
import { producing, reader, snippet } from './fleet.js';

const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);

test('docs/fleet.md: producer and worker of BullMQ, and a worker that is killed in the middle', async () => {
  const { redis, vault, list, idle, counts } = await fleet({ faults: { rates: [{ rate: 1, latency: 50 }] } });
  const project = reader(vault.url, { REDIS_URL: redis.url }, 'bullmq', 'ioredis');
  writeFileSync(join(project.directory, 'producer.mjs'), snippet('js', 'handoffJob'));
  const tokens = await Promise.all(users.map(async (user) => ({ token: await tokenOf(user), user })));
  const { child: producer } = project.start('produce.mjs', producing(tokens));
  // As on the page, but that the jobs of a killed worker are missed within seconds, and not within a minute.
  const soon = '...workerOptions, lockDuration: 1500, stalledInterval: 500';
  const worker = snippet('js', 'vaultProcessor').replace('...workerOptions', soon);
  const [victim, other] = [project.start('one.mjs', worker), project.start('other.mjs', worker)];
  await once(producer, 'exit');
  expect(producer.exitCode).toBe(0);
  await until(async () => (await list()).length > 5, 'it has begun');
  await end(victim.child, 'SIGKILL');
  await idle(120_000);
  expect(await list()).toHaveLength(users.length);
  expect(await counts()).toMatchObject({ failed: 0 });
  expect(await end(other.child, 'SIGTERM')).toBe(0);
  expect(other.said()).toBe('');
});

test('docs/fleet.md: the commands', async () => {
  const { redis, vault, list } = await fleet();
  const commands = snippet('sh', 'credseal push').replaceAll('redis://127.0.0.1:6379', redis.url);
  const { env } = reader(vault.url, {});
  const files = {
    'sealed.ndjson': sealedOf(70)
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join(''),
  };
  const outcomes: string[] = [];
  for (const line of commands.trimEnd().split('\n')) {
    const { code, stdout, stderr } = await run(line.split(' ').slice(1), { env, files });
    expect(code).toBe(0);
    outcomes.push(stdout + stderr);
  }
  expect(outcomes).toEqual([
    '70 enqueued in 2 jobs.\n',
    expect.stringMatching(/^waiting +2\n/),
    '70 created, 0 updated, 0 there already; 0 jobs failed.\n',
  ]);
  expect(await list()).toHaveLength(70);
});
