import { expect, test } from 'vitest';
import { handoffJob, jobOptions } from '../../src/bullmq/index.js';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import { openValue } from '../../src/value/sealed-value.js';
import { KEY } from '../emulator/local-vault.js';
import { MARK, sleep, tokenOf } from '../queue/jobs.js';
import { rounds } from '../rounds.js';
import { fleet } from './fleet.js';
import { end, startWorker } from './processes.js';

const TOKENS = rounds(60, 300);
const KILLS = rounds(2, 10);
const REPLAYS = 20;
/** Attempts come soon: what is tried here is not patience. */
const quickly = { ...jobOptions, attempts: 60, backoff: { type: 'fixed', delay: 200 } };

test(`${TOKENS} tokens, ${REPLAYS} replays, foreign tokens, ${KILLS} kills, 429s, 500s and dropped answers: each entry once, every replay refused`, async () => {
  const { queue, redis, vault, list, idle, counts } = await fleet({
    faults: {
      limit: { requests: 80, per: 1000, retryAfter: 1 },
      rates: [
        { rate: 0.05, status: 500 },
        { rate: 0.05, status: 502, when: 'after' },
        { rate: 0.05, drop: true, when: 'after' },
        { rate: 0.05, drop: true },
        { rate: 1, latency: 30 },
      ],
    },
  });
  const users = Array.from({ length: TOKENS }, (_, index) => `user-${index}`);
  const tokens = await Promise.all(users.map((user) => tokenOf(user)));
  const jobs = tokens.map((token, index) => handoffJob(token, users[index] ?? ''));
  const { publicJwk } = await generateHandoffKeys();
  const foreign = await Promise.all([1, 2, 3].map((index) => tokenOf(`foreign-${index}`, {}, 2, publicJwk)));
  await queue.addBulk([
    ...jobs.map((job) => ({ ...job, opts: { ...job.opts, ...quickly } })),
    ...jobs.slice(0, REPLAYS).map((job, index) => ({
      ...job,
      // In front: some replays meet a token that nobody has claimed yet.
      opts: { ...job.opts, ...quickly, jobId: `replay-${index}` },
    })),
    ...foreign.map((token, index) => {
      const job = handoffJob(token, `foreign-${index + 1}`);
      return { ...job, opts: { ...job.opts, ...quickly, jobId: `foreign-${index}` } };
    }),
  ]);
  let workers = await Promise.all([startWorker(redis.port, vault.url), startWorker(redis.port, vault.url)]);
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(200 + Math.random() * 600);
    const [victim, other] = workers as [(typeof workers)[0], (typeof workers)[0]];
    await end(victim, 'SIGKILL');
    workers = [other, await startWorker(redis.port, vault.url)];
  }
  await idle(150_000);
  const stored = await list();
  const names = stored.map(({ permissioned_user_id }) => permissioned_user_id);
  expect(names.sort()).toEqual([...users].sort());
  for (const { permissioned_user_id, password } of stored)
    expect(openValue(String(password), KEY)).toBe(`${MARK} password of ${permissioned_user_id}`);
  const failed = await queue.getFailed();
  const reasons = failed.map(({ id, failedReason }) => `${id?.replace(/-.*/, '')}: ${failedReason}`);
  // Of a token and its replay, one is taken and the other is refused.
  const isReplay = (reason: string) => reason.includes('another job has used it');
  const isForeign = (reason: string) => /^foreign: .*expired/.test(reason);
  expect(reasons.filter((reason) => !isReplay(reason) && !isForeign(reason))).toEqual([]);
  expect(reasons.filter(isReplay)).toHaveLength(REPLAYS);
  expect(reasons.filter(isForeign)).toHaveLength(3);
  expect(await counts()).toMatchObject({ failed: REPLAYS + 3, completed: 0 });
  const dump = await redis.dump();
  expect(dump).not.toContain(MARK);
  for (const token of [...tokens, ...foreign]) expect(dump).not.toContain(token);
  expect(await redis.log()).not.toContain(MARK);
  for (const worker of workers) expect(await end(worker, 'SIGTERM')).toBe(0);
});
