import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { handoffJob, pushJob, type VaultPause } from '../../src/bullmq/index.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { CredsealError } from '../../src/errors.js';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import { handoffJobId, peekHandoff } from '../../src/queue/index.js';
import { sealedJob } from '../../src/queue/sealed-job.js';
import { openValue } from '../../src/value/sealed-value.js';
import { KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { entryOf, MARK, privateJwk, sealedOf, sleep, tokenOf, until } from '../queue/jobs.js';
import { fleet } from './fleet.js';

const dataOf = (job: { data: unknown } | undefined) => JSON.stringify(job?.data);

test('tokens and sealed entries come into the vault, and leave nothing behind', async () => {
  const { queue, work, idle, list, redis, counts } = await fleet();
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => tokenOf(`token-${index}`)));
  await queue.addBulk(tokens.map((token, index) => handoffJob(token, `token-${index}`)));
  await queue.addBulk([pushJob(sealedOf(50), KEY)]);
  work({}, { concurrency: 4 });
  await idle();
  const stored = await list();
  expect(stored).toHaveLength(70);
  for (const { permissioned_user_id, password } of stored)
    expect(openValue(String(password), KEY)).toBe(`${MARK} password of ${permissioned_user_id}`);
  expect(await counts()).toMatchObject({ failed: 0, completed: 0 });
  const dump = await redis.dump();
  expect(dump).not.toContain(MARK);
  for (const token of tokens) expect(dump).not.toContain(token);
  // Nor was anything in clear ever there.
  expect(await redis.log()).not.toContain(MARK);
});

describe('a replay is refused, and a retry is not', () => {
  test('the same token twice is one job; once that is gone, another job with it is refused', async () => {
    const { queue, work, idle, list, counts, redis } = await fleet();
    const token = await tokenOf('ada');
    await queue.addBulk([handoffJob(token, 'ada'), handoffJob(token, 'ada')]);
    expect(await counts()).toMatchObject({ wait: 1 });
    work({ mode: 'upsert' });
    await idle();
    await sleep(5);
    await queue.add('handoff', { token, user: 'ada' }, { jobId: handoffJobId(token) });
    await idle();
    await queue.add('handoff', { token, user: 'ada' }, { jobId: 'another' });
    await idle();
    const failed = await queue.getFailed();
    expect(failed.map(({ failedReason }) => failedReason)).toEqual(
      Array(2).fill('The token is refused: another job has used it.'),
    );
    for (const job of failed) expect(dataOf(job)).not.toContain(token.slice(0, 40));
    expect(await list()).toHaveLength(1);
    // The claim outlives the token by a minute.
    const client = new Redis(redis.connection);
    const [claim = ''] = await client.keys('*:claim:*');
    expect(await client.expiretime(claim)).toBe(peekHandoff(token).expiresAt + 60);
    client.disconnect();
  });

  test('a job that failed behind its claim goes on with the very payload', async () => {
    const script = [{ drop: true, when: 'after' as const }, { status: 503 }, { status: 500 }];
    const { queue, work, idle, list, counts } = await fleet({ faults: { script } });
    await queue.addBulk([handoffJob(await tokenOf('ada'), 'ada')]);
    work();
    await idle();
    expect(await list()).toHaveLength(1);
    expect(await counts()).toMatchObject({ failed: 0 });
  });

  test('while it waits, the job holds the payload, and no token', async () => {
    const { queue, work, redis } = await fleet({ faults: () => ({ status: 503 }) });
    const token = await tokenOf('ada');
    const { data, name, opts } = handoffJob(token, 'ada');
    const { id = '' } = await queue.add(name, data, opts);
    work();
    await until(async () => (await queue.getJob(id))?.attemptsMade === 1, 'an attempt was made');
    expect(await redis.dump()).not.toContain(token);
    expect((await queue.getJob(id))?.data).toMatchObject({
      entries: [{ permissioned_user_id: 'ada' }],
      mac: expect.any(String),
    });
  });
});

test('an entry of an older token never overwrites a newer one', async () => {
  const { queue, work, idle, stored } = await fleet();
  const older = await tokenOf('ada', { user_alias: 'older' });
  await sleep(1100);
  const newer = await tokenOf('ada', { user_alias: 'newer' });
  work({ mode: 'upsert' });
  await queue.addBulk([handoffJob(newer, 'ada')]);
  await idle();
  await queue.addBulk([handoffJob(older, 'ada')]);
  await idle();
  expect((await stored('ada')).user_alias).toBe('newer');
  const [failed] = await queue.getFailed();
  expect(failed?.failedReason).toMatch(/sealed later/);
});

describe('refused for good, scrubbed, and told by job id', () => {
  const [entry] = sealedOf(1);
  const moved = {
    ...pushJob(sealedOf(1), KEY).data,
    entries: [{ ...entry, domain: 'https://thief.example' }],
  };
  const foreign = async () => {
    const { publicJwk } = await generateHandoffKeys();
    return { token: await tokenOf('ada', {}, 1, publicJwk), user: 'ada' };
  };
  test.each<[string, () => unknown]>([
    ['rubbish', () => `${MARK} rubbish`],
    ['an array', () => Array(9).fill(MARK)],
    ['a plain entry', () => entryOf('ada')],
    [
      'a plain entry where sealed ones belong',
      () => ({ entries: [entryOf('ada')], mode: 'create', mac: '' }),
    ],
    ['sealed entries without a MAC', () => ({ entries: sealedOf(1), mode: 'create' })],
    ['sealed entries under another domain', () => moved],
    ['a MAC under another key', () => sealedJob(sealedOf(1), OTHER_KEY, { mode: 'create' })],
    ['another mode than the MAC says', () => ({ ...pushJob(sealedOf(1), KEY).data, mode: 'upsert' })],
    ['plain text with a MAC', () => sealedJob([entryOf('ada') as never], KEY, { mode: 'create' })],
    ['a job of 10 MB', () => ({ entries: [{ large: MARK.repeat(1_250_000) }], mode: 'create', mac: '' })],
    ['a token of 10 MB', () => ({ token: MARK.repeat(1_250_000), user: 'ada' })],
    ['no token', () => ({ token: MARK, user: 'ada' })],
    ['the token of somebody else', async () => ({ token: await tokenOf('ada'), user: 'eve' })],
    ['a token without a user', async () => ({ token: await tokenOf('ada') })],
    [
      'nesting without end',
      () => JSON.parse(`{"entries":[${'['.repeat(500)}${']'.repeat(500)}],"mode":"create","mac":""}`),
    ],
  ])('%s', async (_, make) => {
    const { queue, work, idle, list, redis } = await fleet();
    const data = await make();
    const text = JSON.stringify(data);
    await queue.add('push', data, { jobId: 'suspect', attempts: 3 });
    work();
    await idle();
    const [failed] = await queue.getFailed();
    expect(failed).toMatchObject({ id: 'suspect', attemptsMade: 1, data: { refused: expect.any(Array) } });
    expect(failed?.failedReason).toBeTruthy();
    const dump = await redis.dump();
    expect(dump).not.toContain(MARK);
    expect(dump).not.toContain(text.slice(10, 60));
    expect(await list()).toEqual([]);
  });

  test('a token of a foreign key waits for that key as long as it is good, and is scrubbed then', async () => {
    const { queue, work, idle, redis } = await fleet();
    const data = await foreign();
    await queue.add('handoff', data, {
      jobId: 'foreign',
      attempts: 9,
      backoff: { type: 'fixed', delay: 300 },
    });
    work();
    await idle();
    const [failed] = await queue.getFailed();
    expect(failed?.failedReason).toMatch(/expired/);
    expect(await redis.dump()).not.toContain(data.token);
  });
});

test('a private key that is deployed later opens what waited for it', async () => {
  const { queue, work, idle, list } = await fleet();
  const next = await generateHandoffKeys();
  const job = handoffJob(await tokenOf('ada', {}, 600, next.publicJwk), 'ada');
  await queue.addBulk([job]);
  const old = work();
  await until(
    async () => ((await queue.getJob(job.opts.jobId))?.attemptsMade ?? 0) > 0,
    'an attempt was made',
  );
  await old.end();
  work({ handoffKeys: { keys: [privateJwk, next.privateJwk] } });
  await idle();
  expect(await list()).toHaveLength(1);
});

test.each([401, 403])('%i pauses the queue, says so, and burns nothing', async (status) => {
  const { queue, work, list, idle, counts, config } = await fleet();
  await queue.addBulk([handoffJob(await tokenOf('ada'), 'ada'), pushJob(sealedOf(20), KEY)]);
  const pauses: VaultPause[] = [];
  let answers = 0;
  const refuse: typeof fetch = async () => {
    answers += 1;
    return new Response('{}', { status });
  };
  const { end } = work({ fetch: refuse, onPause: (pause) => pauses.push(pause) });
  await until(() => queue.isPaused(), 'the queue is paused');
  await until(async () => (await counts()).active === 0, 'nobody works');
  await end();
  expect(answers).toBeLessThanOrEqual(2);
  expect(pauses[0]).toMatchObject({ reason: 'api-key', message: expect.stringContaining(`(${status})`) });
  expect(await queue.getJobCounts('failed')).toEqual({ failed: 0 });
  await queue.resume();
  work({ fetch: config.fetch });
  await idle();
  expect(await list()).toHaveLength(21);
});

test('one pause for all: in a closed window no more comes in than was in flight', async () => {
  const { queue, work, idle, vault, list } = await fleet({
    faults: { limit: { requests: 60, per: 60_000, retryAfter: 2 } },
  });
  const tokens = await Promise.all(Array.from({ length: 150 }, (_, index) => tokenOf(`token-${index}`)));
  await queue.addBulk(tokens.map((token, index) => handoffJob(token, `token-${index}`)));
  await queue.addBulk(Array.from({ length: 6 }, (_, index) => pushJob(sealedOf(25, `push-${index}`), KEY)));
  for (let worker = 0; worker < 2; worker++) work({}, { concurrency: 8 });
  await idle();
  const { closures, whileClosed } = vault.rateLimit();
  expect(closures).toBeGreaterThanOrEqual(3);
  expect(whileClosed / closures).toBeLessThanOrEqual(16);
  expect(await list()).toHaveLength(300);
});

test('a pause is only ever lengthened', async () => {
  const waits = ['30', '1'];
  const { queue, work, counts } = await fleet();
  await queue.addBulk([handoffJob(await tokenOf('ada'), 'ada'), handoffJob(await tokenOf('eve'), 'eve')]);
  let asked = 0;
  const fetch: typeof globalThis.fetch = async () => {
    const seconds = waits[asked++] ?? '1';
    // Both are under way before the first is answered; the one that asks for less is answered last.
    await until(() => asked === 2, 'both are under way');
    if (seconds === '1') await sleep(300);
    return new Response('{}', { status: 429, headers: { 'retry-after': seconds } });
  };
  work({ fetch }, { concurrency: 2 });
  await until(async () => asked === 2 && (await counts()).active === 0, 'both wait');
  const client = await queue.backend.client;
  const left = Number(await client.get(queue.keys.limiter ?? ''));
  expect(left).toBeGreaterThanOrEqual(Number.MAX_SAFE_INTEGER);
  expect(await queue.getRateLimitTtl(1)).toBeGreaterThan(20_000);
});

test('a job whose worker was killed between scrubbing it and failing it fails for the reason that it had', async () => {
  const { queue, work, idle } = await fleet();
  const data = { refused: [{ reason: 'The token of the job: another job has used it.' }] };
  await queue.add('handoff', data, { jobId: 'scrubbed', attempts: 3 });
  work();
  await idle();
  const [failed] = await queue.getFailed();
  expect(failed).toMatchObject({ id: 'scrubbed', attemptsMade: 1, data });
  expect(failed?.failedReason).toBe(data.refused[0]?.reason);
});

test('what the vault refuses of a chunk is kept sealed, with the reasons; the rest is stored', async () => {
  const { queue, work, idle, list } = await fleet();
  work();
  await queue.addBulk([pushJob(sealedOf(1), KEY)]);
  await idle();
  await queue.addBulk([pushJob([sealEntry(entryOf('user-0'), KEY), ...sealedOf(2, 'more')], KEY)]);
  await idle();
  expect(await list()).toHaveLength(3);
  const [failed] = await queue.getFailed();
  expect(failed?.failedReason).toMatch(/^1 of 3 refused: .*\(409\)/);
  expect(failed?.data).toMatchObject({
    entries: [{ permissioned_user_id: 'user-0' }],
    refused: [{ index: 0, httpStatus: 409 }],
  });
});

test('what is on its way out is whole: at the end of a worker, requests under way are finished, and the rest goes back', async () => {
  const { queue, work, idle, list, counts } = await fleet({ faults: { rates: [{ rate: 1, latency: 100 }] } });
  await queue.addBulk(Array.from({ length: 4 }, (_, index) => pushJob(sealedOf(50, `push-${index}`), KEY)));
  const { end } = work({}, { concurrency: 2 });
  await until(async () => (await list()).length >= 10, 'it has begun');
  const start = performance.now();
  await end();
  expect(performance.now() - start).toBeLessThan(3000);
  expect(await counts()).toMatchObject({ wait: 4, active: 0, delayed: 0, failed: 0 });
  const before = (await list()).length;
  expect(before).toBeLessThan(100);
  work({ concurrency: 8 }, { concurrency: 2 });
  await idle();
  expect(await list()).toHaveLength(200);
});

test('what is in clear comes into no job', () => {
  expect(() => pushJob([entryOf('ada') as never], KEY)).toThrow(CredsealError);
  expect(() => pushJob([sealEntry(entryOf('ada'), OTHER_KEY)], KEY)).toThrow(CredsealError);
  expect(() => handoffJob(MARK, 'ada')).toThrow(CredsealError);
  expect(() => handoffJob(MARK, '')).toThrow(CredsealError);
});
