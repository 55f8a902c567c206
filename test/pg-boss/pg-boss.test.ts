import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { CredsealError } from '../../src/errors.js';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import {
  createVaultQueues,
  insertPush,
  resumeVaultQueues,
  sendHandoff,
  type VaultPause,
} from '../../src/pg-boss/index.js';
import { peekHandoff } from '../../src/queue/index.js';
import { sealedJob } from '../../src/queue/sealed-job.js';
import { openValue } from '../../src/value/sealed-value.js';
import { KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { entryOf, MARK, privateJwk, sealedOf, sleep, tokenOf, until } from '../queue/jobs.js';
import { fleet, onePostgres } from './fleet.js';

onePostgres();

test('tokens and sealed entries come into the vault, and leave nothing behind', async () => {
  const { boss, work, idle, list, dump, counts } = await fleet();
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => tokenOf(`token-${index}`)));
  for (const [index, token] of tokens.entries()) await sendHandoff(boss, token, `token-${index}`);
  await insertPush(boss, sealedOf(50), KEY);
  expect(await counts()).toEqual({ waiting: 21, active: 0, delayed: 0, failed: 0, paused: false });
  expect(dump()).not.toContain(MARK);
  work({ localConcurrency: 4 });
  await idle();
  const stored = await list();
  expect(stored).toHaveLength(70);
  for (const { permissioned_user_id, password } of stored)
    expect(openValue(String(password), KEY)).toBe(`${MARK} password of ${permissioned_user_id}`);
  expect(await counts()).toMatchObject({ failed: 0 });
  const rows = dump();
  expect(rows).not.toContain(MARK);
  for (const token of tokens) expect(rows).not.toContain(token);
  for (const { password } of stored) expect(rows).not.toContain(password);
});

describe('a token is put on the queue in a transaction of the application', () => {
  test.each([true, false])('which is committed: %s', async (isCommitted) => {
    const { boss, counts } = await fleet();
    const { db, commit, rollback } = (await boss.getDb().beginTransaction?.()) ?? expect.fail();
    await sendHandoff(boss, await tokenOf('ada'), 'ada', { db });
    await insertPush(boss, sealedOf(1), KEY, { db });
    expect(await counts()).toMatchObject({ waiting: 0 });
    await (isCommitted ? commit() : rollback());
    expect(await counts()).toMatchObject({ waiting: isCommitted ? 2 : 0 });
  });
});

describe('a replay is refused, and a retry is not', () => {
  test('the same token twice is one job; once that is gone, another job with it is refused', async () => {
    const { boss, work, idle, list, counts, refused, dump, postgres, database } = await fleet();
    const token = await tokenOf('ada');
    const id = await sendHandoff(boss, token, 'ada');
    expect(await sendHandoff(boss, token, 'ada')).toBe(id);
    expect(await counts()).toMatchObject({ waiting: 1 });
    work({}, { mode: 'upsert' });
    await idle();
    expect(await sendHandoff(boss, token, 'ada')).toBe(id);
    await idle();
    const other = randomUUID();
    await boss.insert('vault-handoff', [{ id: other, data: { token, user: 'ada' } }]);
    await idle();
    const reason = 'The token is refused: another job has used it.';
    const queue = 'vault-handoff';
    expect(refused).toEqual([
      { id, queue, reason },
      { id: other, queue, reason },
    ]);
    expect(await boss.findJobs('vault-refused')).toMatchObject([
      { id, data: { queue, reason } },
      { id: other, data: { queue, reason } },
    ]);
    expect(dump()).not.toContain(token.slice(0, 40));
    expect(await list()).toHaveLength(1);
    // The claim outlives the token by a minute.
    const until =
      "SELECT extract(epoch FROM keep_until)::int AS until FROM pgboss.credseal_state WHERE kind = 'claim'";
    expect(await postgres.query(database, until)).toEqual([{ until: peekHandoff(token).expiresAt + 60 }]);
  });

  test('an attempt that broke off behind its claim has left none', async () => {
    const { boss, work, idle, list, refused, postgres, database } = await fleet();
    // The payload cannot be put on its queue: the transaction that claims is undone.
    await postgres.query(
      database,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.name = 'vault-push' THEN RAISE EXCEPTION 'not now'; END IF; RETURN NEW; END $$`,
    );
    await postgres.query(
      database,
      'CREATE TRIGGER refuse BEFORE INSERT ON pgboss.job FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    await sendHandoff(boss, await tokenOf('ada'), 'ada');
    work();
    await until(
      async () =>
        (await postgres.query(database, 'SELECT 1 FROM pgboss.job WHERE started_on IS NOT NULL')).length > 0,
      'an attempt was made',
    );
    await sleep(200);
    expect(
      await postgres.query(database, "SELECT 1 FROM pgboss.credseal_state WHERE kind = 'claim'"),
    ).toEqual([]);
    await postgres.query(database, 'DROP TRIGGER refuse ON pgboss.job');
    await idle();
    expect(refused).toEqual([]);
    expect(await list()).toHaveLength(1);
  });

  test('a job that failed behind its claim goes on with the very payload', async () => {
    const script = [{ drop: true, when: 'after' as const }, { status: 503 }, { status: 500 }];
    const { boss, work, idle, list, counts } = await fleet({ faults: { script } });
    await sendHandoff(boss, await tokenOf('ada'), 'ada');
    work();
    await idle();
    expect(await list()).toHaveLength(1);
    expect(await counts()).toMatchObject({ failed: 0 });
  });

  test('while it waits, the job holds the payload, and no token', async () => {
    const { boss, work, dump } = await fleet({ faults: () => ({ status: 503 }) });
    const token = await tokenOf('ada');
    const id = await sendHandoff(boss, token, 'ada');
    work();
    await until(
      async () => ((await boss.findJobs('vault-push', { id }))[0]?.output ?? null) !== null,
      'an attempt was made',
    );
    expect(dump()).not.toContain(token);
    expect((await boss.findJobs('vault-push', { id }))[0]?.data).toMatchObject({
      entries: [{ permissioned_user_id: 'ada' }],
      mac: expect.any(String),
    });
  });
});

test('an entry of an older token never overwrites a newer one', async () => {
  const { boss, work, idle, stored, refused } = await fleet();
  const older = await tokenOf('ada', { user_alias: 'older' });
  await sleep(1100);
  const newer = await tokenOf('ada', { user_alias: 'newer' });
  work({}, { mode: 'upsert' });
  await sendHandoff(boss, newer, 'ada');
  await idle();
  await sendHandoff(boss, older, 'ada');
  await idle();
  expect((await stored('ada')).user_alias).toBe('newer');
  expect(refused).toMatchObject([{ reason: expect.stringMatching(/sealed later/) }]);
});

test('two tokens of one entry are sent one behind the other', async () => {
  let atOnce = 0;
  let most = 0;
  const { boss, work, idle, list } = await fleet();
  for (let index = 0; index < 6; index++)
    await sendHandoff(boss, await tokenOf('ada', { user_alias: `${index}` }), 'ada');
  work(
    {
      localConcurrency: 6,
      fetch: async (...args) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await sleep(30);
        return fetch(...args).finally(() => {
          atOnce -= 1;
        });
      },
    },
    { mode: 'upsert' },
  );
  await idle();
  expect(most).toBe(1);
  expect(await list()).toHaveLength(1);
});

describe('refused for good, scrubbed, and told by job id', () => {
  const [entry] = sealedOf(1);
  const dataOf = (entries: unknown[], key = KEY) => sealedJob(entries as never, key, { mode: 'create' });
  const large = { large: MARK.repeat(1_250_000) };
  const nested = JSON.parse(`{"entries":[${'['.repeat(500)}${']'.repeat(500)}],"mode":"create","mac":""}`);
  test.each<[string, string, () => unknown]>([
    ['rubbish among tokens', 'vault-handoff', () => ({ text: `${MARK} rubbish` })],
    ['rubbish among entries', 'vault-push', () => ({ text: `${MARK} rubbish` })],
    ['an array', 'vault-push', () => Array(9).fill(MARK)],
    ['a plain entry among tokens', 'vault-handoff', () => entryOf('ada')],
    ['a plain entry', 'vault-push', () => entryOf('ada')],
    [
      'a plain entry where sealed ones belong',
      'vault-push',
      () => ({ entries: [entryOf('ada')], mode: 'create', mac: '' }),
    ],
    ['sealed entries without a MAC', 'vault-push', () => ({ entries: sealedOf(1), mode: 'create' })],
    [
      'sealed entries under another domain',
      'vault-push',
      () => ({ ...dataOf(sealedOf(1)), entries: [{ ...entry, domain: 'https://thief.example' }] }),
    ],
    ['a MAC under another key', 'vault-push', () => dataOf(sealedOf(1), OTHER_KEY)],
    ['another mode than the MAC says', 'vault-push', () => ({ ...dataOf(sealedOf(1)), mode: 'upsert' })],
    ['plain text with a MAC', 'vault-push', () => dataOf([entryOf('ada')])],
    ['a job of 10 MB', 'vault-push', () => ({ entries: [large], mode: 'create', mac: '' })],
    ['a token of 10 MB', 'vault-handoff', () => ({ token: large.large, user: 'ada' })],
    ['no token', 'vault-handoff', () => ({ token: MARK, user: 'ada' })],
    ['a token among entries', 'vault-push', async () => ({ token: await tokenOf('ada'), user: 'ada' })],
    [
      'the token of somebody else',
      'vault-handoff',
      async () => ({ token: await tokenOf('ada'), user: 'eve' }),
    ],
    ['a token without a user', 'vault-handoff', async () => ({ token: await tokenOf('ada') })],
    ['nesting without end', 'vault-push', () => nested],
  ])('%s', async (_, queue, make) => {
    const { boss, work, idle, list, refused, dump } = await fleet();
    const data = await make();
    const id = randomUUID();
    await boss.insert(queue, [{ id, data: data as object }]);
    work();
    await idle();
    expect(refused).toEqual([{ id, queue, reason: expect.any(String) }]);
    const [job] = await boss.findJobs<Record<string, unknown>>('vault-refused');
    expect(job).toMatchObject({ id, data: { queue, reason: refused[0]?.reason } });
    const rows = dump();
    expect(rows).not.toContain(MARK);
    expect(rows).not.toContain(JSON.stringify(data).slice(10, 60));
    expect(await list()).toEqual([]);
  });

  test('a token of a foreign key waits for that key as long as it is good, and is scrubbed then', async () => {
    const { boss, work, idle, refused, dump } = await fleet();
    const { publicJwk } = await generateHandoffKeys();
    const token = await tokenOf('ada', {}, 2, publicJwk);
    await sendHandoff(boss, token, 'ada');
    work();
    await idle();
    expect(refused).toMatchObject([{ reason: expect.stringMatching(/expired/) }]);
    expect(dump()).not.toContain(token);
  });
});

test('a private key that is deployed later opens what waited for it', async () => {
  const { boss, work, idle, list, refused } = await fleet();
  const next = await generateHandoffKeys();
  const id = await sendHandoff(boss, await tokenOf('ada', {}, 600, next.publicJwk), 'ada');
  const old = work();
  await until(
    async () => (await boss.findJobs('vault-handoff', { id }))[0]?.state === 'retry',
    'an attempt was made',
  );
  await old.end();
  work({}, { handoffKeys: { keys: [privateJwk, next.privateJwk] } });
  await idle();
  expect(refused).toEqual([]);
  expect(await list()).toHaveLength(1);
});

test.each([401, 403])('%i pauses the queues, says so, and burns nothing', async (status) => {
  const { boss, work, list, idle, counts, refused } = await fleet();
  await sendHandoff(boss, await tokenOf('ada'), 'ada');
  await insertPush(boss, sealedOf(20), KEY);
  const pauses: VaultPause[] = [];
  let answers = 0;
  const refuse: typeof fetch = async () => {
    answers += 1;
    return new Response('{}', { status });
  };
  const { end } = work({ fetch: refuse, onPause: (pause) => pauses.push(pause) });
  await until(async () => (await counts()).paused, 'the queue is paused');
  await until(async () => (await counts()).active === 0, 'nobody works');
  await end();
  expect(answers).toBeLessThanOrEqual(2);
  expect(pauses[0]).toMatchObject({ reason: 'api-key', message: expect.stringContaining(`(${status})`) });
  expect(refused).toEqual([]);
  // Tokens that come in meanwhile do not wait, since they expire.
  work();
  const id = await sendHandoff(boss, await tokenOf('eve'), 'eve');
  await until(async () => (await boss.findJobs('vault-push', { id })).length === 1, 'its payload waits');
  expect(await counts()).toMatchObject({ waiting: 3, paused: true });
  await resumeVaultQueues(boss);
  expect(await counts()).toMatchObject({ paused: false });
  await idle();
  expect(await list()).toHaveLength(22);
});

test('one pause for all: in a closed window no more comes in than was in flight', async () => {
  const { boss, work, idle, vault, list } = await fleet({
    faults: { limit: { requests: 60, per: 60_000, retryAfter: 2 } },
  });
  const tokens = await Promise.all(Array.from({ length: 150 }, (_, index) => tokenOf(`token-${index}`)));
  for (const [index, token] of tokens.entries()) await sendHandoff(boss, token, `token-${index}`);
  for (let index = 0; index < 6; index++) await insertPush(boss, sealedOf(25, `push-${index}`), KEY);
  for (let worker = 0; worker < 2; worker++) work({ localConcurrency: 8 });
  await idle();
  const { closures, whileClosed } = vault.rateLimit();
  expect(closures).toBeGreaterThanOrEqual(3);
  expect(whileClosed / closures).toBeLessThanOrEqual(16);
  expect(await list()).toHaveLength(300);
});

test('a pause is only ever lengthened', async () => {
  const waits = ['30', '1'];
  const { boss, work, counts, postgres, database } = await fleet();
  for (const user of ['ada', 'eve']) await sendHandoff(boss, await tokenOf(user), user);
  let asked = 0;
  const fetch: typeof globalThis.fetch = async () => {
    const seconds = waits[asked++] ?? '1';
    // Both are under way before the first is answered; the one that asks for less is answered last.
    await until(() => asked === 2, 'both are under way');
    if (seconds === '1') await sleep(300);
    return new Response('{}', { status: 429, headers: { 'retry-after': seconds } });
  };
  work({ fetch, localConcurrency: 2 });
  await until(async () => {
    const { active, waiting } = await counts();
    return asked === 2 && active === 0 && waiting === 2;
  }, 'both wait');
  const [row] = await postgres.query(
    database,
    "SELECT extract(epoch FROM until - now())::float8 AS left FROM pgboss.credseal_state WHERE kind = 'pause'",
  );
  expect(Number(row?.left)).toBeGreaterThan(15);
});

test('what the vault refuses of a chunk is kept sealed, with the reasons; the rest is stored', async () => {
  const { boss, work, idle, list, refused } = await fleet();
  work();
  await insertPush(boss, sealedOf(1), KEY);
  await idle();
  await insertPush(boss, [sealEntry(entryOf('user-0'), KEY), ...sealedOf(2, 'more')], KEY);
  await idle();
  expect(await list()).toHaveLength(3);
  expect(refused).toMatchObject([{ reason: expect.stringMatching(/^1 of 3 refused: .*\(409\)/) }]);
  const [job] = await boss.findJobs('vault-refused');
  expect(job?.data).toMatchObject({
    entries: [{ permissioned_user_id: 'user-0' }],
    refused: [{ index: 0, httpStatus: 409 }],
  });
});

test('at the end of a worker, requests under way are finished, and the rest goes back', async () => {
  const { boss, work, idle, list, counts } = await fleet({ faults: { rates: [{ rate: 1, latency: 100 }] } });
  for (let index = 0; index < 4; index++) await insertPush(boss, sealedOf(50, `push-${index}`), KEY);
  const { end } = work({ localConcurrency: 2 });
  await until(async () => (await list()).length >= 10, 'it has begun');
  await end();
  expect(await counts()).toMatchObject({ waiting: 4, active: 0, delayed: 0, failed: 0 });
  expect((await list()).length).toBeLessThan(100);
  work({ concurrency: 8, localConcurrency: 2 });
  await idle();
  expect(await list()).toHaveLength(200);
});

test('what is in clear comes into no job', async () => {
  const { boss, dump } = await fleet();
  await expect(insertPush(boss, [entryOf('ada') as never], KEY)).rejects.toThrow(CredsealError);
  await expect(insertPush(boss, [sealEntry(entryOf('ada'), OTHER_KEY)], KEY)).rejects.toThrow(CredsealError);
  await expect(sendHandoff(boss, MARK, 'ada')).rejects.toThrow(CredsealError);
  await expect(sendHandoff(boss, await tokenOf('ada'), '')).rejects.toThrow(CredsealError);
  expect(dump()).not.toContain(MARK);
});

test('queues are made once, also by several at the same time', async () => {
  const { boss } = await fleet();
  await Promise.all([1, 2, 3, 4].map(() => createVaultQueues(boss)));
  await Promise.all([1, 2, 3, 4].map(() => createVaultQueues(boss, { name: 'other' })));
  expect(
    (await boss.getQueues())
      .map(({ name }) => name)
      .filter((name) => /^other-/.test(name))
      .sort(),
  ).toEqual(['other-handoff', 'other-push', 'other-refused']);
});

test('what need not be known any more is forgotten, and what has to be is not', async () => {
  const { postgres, database, work } = await fleet();
  const rows = () => postgres.query(database, 'SELECT id FROM pgboss.credseal_state ORDER BY id');
  await postgres.query(
    database,
    `INSERT INTO pgboss.credseal_state (queue, kind, id, keep_until)
    VALUES ('vault', 'claim', 'kept', now() + interval '1 minute'), ('vault', 'claim', 'past', now() - interval '1 s')`,
  );
  const { end } = work();
  await until(async () => (await rows()).length === 1, 'one is forgotten');
  expect(await rows()).toEqual([{ id: 'kept' }]);
  await end();
});
