import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outliveAKill, producing, reader, snippet, tokensOfUsers, USERS } from '../docs/fleet.js';
import { fleet, onePostgres } from './fleet.js';

onePostgres();

test('docs/fleet.md: producer and worker of pg-boss, and a worker that is killed in the middle', async () => {
  const { url, vault, list, idle, counts } = await fleet({ faults: { rates: [{ rate: 1, latency: 50 }] } });
  const project = reader(vault.url, { DATABASE_URL: url }, 'pg-boss');
  writeFileSync(join(project.directory, 'producer.mjs'), snippet('js', 'sendHandoff'));
  const { child: producer } = project.start('produce.mjs', producing(await tokensOfUsers()));
  await once(producer, 'exit');
  expect(producer.exitCode).toBe(0);
  const stored = async () => (await list()).length;
  await outliveAKill(project, snippet('js', 'workPush'), { stored, idle });
  expect(await stored()).toBe(USERS.length);
  expect(await counts()).toMatchObject({ failed: 0 });
});
