import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { end } from '../bullmq/processes.js';
import { producing, reader, snippet } from '../docs/fleet.js';
import { tokenOf, until } from '../queue/jobs.js';
import { fleet, onePostgres } from './fleet.js';

onePostgres();

test('docs/fleet.md: producer and worker of pg-boss, and a worker that is killed in the middle', async () => {
  const { url, vault, list, idle, counts } = await fleet({ faults: { rates: [{ rate: 1, latency: 50 }] } });
  const project = reader(vault.url, { DATABASE_URL: url }, 'pg-boss');
  writeFileSync(join(project.directory, 'producer.mjs'), snippet('js', 'sendHandoff'));
  const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
  const tokens = await Promise.all(users.map(async (user) => ({ token: await tokenOf(user), user })));
  const { child: producer } = project.start('produce.mjs', producing(tokens));
  await once(producer, 'exit');
  expect(producer.exitCode).toBe(0);
  const worker = snippet('js', 'workPush');
  const [victim, other] = [project.start('one.mjs', worker), project.start('other.mjs', worker)];
  await until(async () => (await list()).length > 5, 'it has begun');
  await end(victim.child, 'SIGKILL');
  await idle(120_000);
  expect(await list()).toHaveLength(users.length);
  expect(await counts()).toMatchObject({ failed: 0 });
  expect(await end(other.child, 'SIGTERM')).toBe(0);
  expect(other.said()).toBe('');
});
