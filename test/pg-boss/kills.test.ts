import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import { sendHandoff } from '../../src/pg-boss/index.js';
import { openValue } from '../../src/value/sealed-value.js';
import { end, startProcess } from '../bullmq/processes.js';
import { KEY } from '../emulator/local-vault.js';
import { MARK, sleep, tokenOf } from '../queue/jobs.js';
import { rounds } from '../rounds.js';
import { fleet, onePostgres } from './fleet.js';

const TOKENS = rounds(120, 300);
const KILLS = rounds(4, 10);
const REPLAYS = 20;

onePostgres();

test(`${TOKENS} tokens, ${REPLAYS} replays, foreign tokens, ${KILLS} kills, 429s, 500s and dropped answers: each entry once, every replay refused`, async () => {
  const { boss, url, vault, list, idle, counts, dump } = await fleet({
    faults: {
      limit: { requests: rounds(10, 20), per: 1000, retryAfter: 1 },
      rates: [
        { rate: 0.05, status: 500 },
        { rate: 0.05, status: 502, when: 'after' },
        { rate: 0.05, drop: true, when: 'after' },
        { rate: 0.05, drop: true },
        { rate: 1, latency: 30 },
      ],
    },
  });
  // Attempts come soon: what is tried here is not patience.
  await boss.updateQueue('vault-push', { retryBackoff: true, retryDelayMax: 1 });
  const users = Array.from({ length: TOKENS }, (_, index) => `user-${index}`);
  const tokens = await Promise.all(users.map((user) => tokenOf(user)));
  const { publicJwk } = await generateHandoffKeys();
  const foreign = await Promise.all([1, 2, 3].map((index) => tokenOf(`foreign-${index}`, {}, 2, publicJwk)));
  // Half of the replays in front: some meet a token that nobody has claimed yet.
  const replay = (from: number, to: number) =>
    boss.insert(
      'vault-handoff',
      tokens.slice(from, to).map((token, index) => ({
        id: randomUUID(),
        data: { token, user: users[from + index] },
      })),
    );
  await replay(0, REPLAYS / 2);
  for (const [index, token] of tokens.entries()) await sendHandoff(boss, token, users[index] ?? '');
  await replay(REPLAYS / 2, REPLAYS);
  for (const [index, token] of foreign.entries()) await sendHandoff(boss, token, `foreign-${index + 1}`);
  const start = () => startProcess(new URL('../pg-boss/worker.js', import.meta.url), vault.url, { URL: url });
  let workers = await Promise.all([start(), start()]);
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(200 + Math.random() * 600);
    const [victim, other] = workers as [(typeof workers)[0], (typeof workers)[0]];
    await end(victim, 'SIGKILL');
    workers = [other, await start()];
  }
  await idle(300_000);
  expect(vault.rateLimit().closures).toBeGreaterThan(0);
  const stored = await list();
  expect(stored.map(({ permissioned_user_id }) => permissioned_user_id).sort()).toEqual([...users].sort());
  for (const { permissioned_user_id, password } of stored)
    expect(openValue(String(password), KEY)).toBe(`${MARK} password of ${permissioned_user_id}`);
  const refused = await boss.findJobs<{ reason: string }>('vault-refused', { limit: 1000 });
  const reasons = refused.map(({ data }) => data.reason);
  // Of a token and its replay, one is taken and the other is refused.
  expect(reasons.filter((reason) => reason.includes('another job has used it'))).toHaveLength(REPLAYS);
  expect(reasons.filter((reason) => reason.includes('expired'))).toHaveLength(3);
  expect(await counts()).toMatchObject({ failed: REPLAYS + 3 });
  const rows = dump();
  expect(rows).not.toContain(MARK);
  for (const token of [...tokens, ...foreign]) expect(rows).not.toContain(token);
  for (const worker of workers) expect(await end(worker, 'SIGTERM')).toBe(0);
});

test('a PostgreSQL that stops and starts again: nothing is lost that was acknowledged, and workers come back', async () => {
  const { boss, postgres, work, idle, list, refused } = await fleet({
    faults: { rates: [{ rate: 1, latency: 30 }] },
  });
  const users = Array.from({ length: 60 }, (_, index) => `user-${index}`);
  await Promise.all(users.map(async (user) => sendHandoff(boss, await tokenOf(user), user)));
  work({ localConcurrency: 4 });
  for (let restart = 0; restart < 2; restart++) {
    const before = (await list()).length;
    while ((await list()).length < before + 5) await sleep(50);
    await postgres.stop('SIGQUIT');
    await sleep(300);
    await postgres.start();
  }
  await idle(120_000);
  expect(await list()).toHaveLength(60);
  expect(refused).toEqual([]);
});
