import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fleet } from '../bullmq/fleet.js';
import { run } from '../cli/run.js';
import { sealedOf } from '../queue/jobs.js';
import { outliveAKill, producing, reader, snippet, tokensOfUsers, USERS } from './fleet.js';

test('docs/fleet.md: producer and worker of BullMQ, and a worker that is killed in the middle', async () => {
  const { redis, vault, list, idle, counts } = await fleet({ faults: { rates: [{ rate: 1, latency: 50 }] } });
  const project = reader(vault.url, { REDIS_URL: redis.url }, 'bullmq', 'ioredis');
  writeFileSync(join(project.directory, 'producer.mjs'), snippet('js', 'handoffJob'));
  const { child: producer } = project.start('produce.mjs', producing(await tokensOfUsers()));
  // As on the page, but that the jobs of a killed worker are missed within seconds, and not within a minute.
  const soon = '...workerOptions, lockDuration: 1500, stalledInterval: 500';
  const worker = snippet('js', 'vaultProcessor').replace('...workerOptions', soon);
  await once(producer, 'exit');
  expect(producer.exitCode).toBe(0);
  await outliveAKill(project, worker, { stored: async () => (await list()).length, idle });
  expect(await list()).toHaveLength(USERS.length);
  expect(await counts()).toMatchObject({ failed: 0 });
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
