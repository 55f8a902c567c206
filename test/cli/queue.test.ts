import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { handoffJob } from '../../src/bullmq/index.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { fleet } from '../bullmq/fleet.js';
import { API_KEY, KEY } from '../emulator/local-vault.js';
import { AUDIENCE, entryOf, MARK, privateJwk, sealedOf, tokenOf } from '../queue/jobs.js';
import { inFolder, run, runIn } from './run.js';

const ndjson = (entries: readonly unknown[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
const keyEnv = { CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex() };
const envOf = (url: string) => ({ ...keyEnv, CLOUDCRUISE_API_KEY: API_KEY, CLOUDCRUISE_BASE_URL: url });

test('a file goes on a queue, two workers empty it, and the status says so', async () => {
  const { redis, vault, list, queue } = await fleet();
  await inFolder({ 'sealed.ndjson': ndjson(sealedOf(230)) }, async (folder) => {
    const pushed = await runIn(folder, ['push', 'sealed.ndjson', '--queue', redis.url], keyEnv);
    expect(pushed).toEqual({ code: 0, stdout: '', stderr: '230 enqueued in 5 jobs.\n' });
    const status = await runIn(folder, ['queue', 'status', '--queue', redis.url, '--format', 'json']);
    expect(JSON.parse(status.stdout)).toEqual({
      waiting: 5,
      active: 0,
      delayed: 0,
      failed: 0,
      paused: false,
    });
    await writeFile(join(folder, 'handoff.jwk'), JSON.stringify(privateJwk));
    await queue.addBulk([handoffJob(await tokenOf('ada'), 'ada')]);
    const work = ['work', '--queue', redis.url, '--until-empty', '--handoff-keys', 'handoff.jwk'];
    const workers = await Promise.all(
      [1, 2].map(() => runIn(folder, [...work, '--audience', AUDIENCE], envOf(vault.url))),
    );
    for (const { code, stderr } of workers) {
      expect(stderr).toMatch(/^\d+ created, 0 updated, 0 there already; 0 jobs failed\.\n$/);
      expect(code).toBe(0);
    }
  });
  expect(await list()).toHaveLength(231);
  expect(await redis.log()).not.toContain(MARK);
});

test('what fails preflight comes on no queue, also where it is in another chunk', async () => {
  const { redis, queue } = await fleet();
  const entries = [...sealedOf(4), entryOf('plain'), sealEntry(entryOf('user-0'), KEY)];
  const pushed = await run(['push', 'sealed.ndjson', '--queue', redis.url, '--chunk', '2'], {
    env: keyEnv,
    files: { 'sealed.ndjson': ndjson(entries) },
  });
  expect(pushed.code).toBe(1);
  expect(pushed.stderr).toMatch(/4 enqueued in 2 jobs, 2 not, for they fail preflight\.\n$/);
  expect(pushed.stderr).not.toContain(MARK);
  expect(await queue.getJobCounts('wait')).toEqual({ wait: 2 });
});

test('jobs that fail are told by their ids, and the exit code says so', async () => {
  const { redis, vault, queue } = await fleet();
  await queue.add('push', { entries: [entryOf('ada')] }, { jobId: 'suspect' });
  const worked = await run(['work', '--queue', redis.url, '--until-empty'], { env: envOf(vault.url) });
  expect(worked.code).toBe(1);
  expect(worked.stderr).toMatch(/^job suspect: The job is not from credseal/);
  expect(worked.stderr).not.toContain(MARK);
});

test('a refused API key pauses the queue, and says so', async () => {
  const { redis, vault, queue } = await fleet();
  await run(['push', '--queue', redis.url], { env: keyEnv, stdin: ndjson(sealedOf(3)) });
  const env = { ...envOf(vault.url), CLOUDCRUISE_API_KEY: 'wrong' };
  const worked = await run(['work', '--queue', redis.url, '--until-empty'], { env });
  expect(worked).toMatchObject({ code: 6, stderr: expect.stringMatching(/The queue is paused: .*\(401\)/) });
  expect(await queue.isPaused()).toBe(true);
  expect(await queue.getJobCounts('failed')).toEqual({ failed: 0 });
});

test('the password of a queue is no argument: it comes from the environment, or a file that it names', async () => {
  const { redis } = await fleet({ redis: ['--requirepass', MARK] });
  const url = redis.url.replace('://', `://:${MARK}@`);
  const typed = await run(['queue', 'status', '--queue', url]);
  expect(typed.code).toBe(2);
  expect(typed.stderr).toMatch(/CREDSEAL_QUEUE_URL/);
  expect(typed.stderr).not.toContain(MARK);
  const given = { CREDSEAL_QUEUE_URL: url };
  expect(await run(['queue', 'status'], { env: given })).toMatchObject({ code: 0 });
  const files = { 'queue.url': `${url}\n` };
  const named = { CREDSEAL_QUEUE_URL_FILE: 'queue.url' };
  expect(await run(['queue', 'status', '--queue', 'env'], { env: named, files })).toMatchObject({ code: 0 });
});

test('a refused API key is mended, and the queue goes on', async () => {
  const { redis, vault, list, queue } = await fleet();
  await run(['push', '--queue', redis.url], { env: keyEnv, stdin: ndjson(sealedOf(3)) });
  await queue.pause();
  expect(await run(['queue', 'resume', '--queue', redis.url])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  });
  const worked = await run(['work', '--queue', redis.url, '--until-empty'], { env: envOf(vault.url) });
  expect(worked.code).toBe(0);
  expect(await list()).toHaveLength(3);
});

test('the address of a queue comes from --env-file too, and in one form only', async () => {
  const { redis, vault } = await fleet({ redis: ['--requirepass', MARK] });
  const url = redis.url.replace('://', `://:${MARK}@`);
  const variables = Object.entries({ ...envOf(vault.url), CREDSEAL_QUEUE_URL: url });
  const files = { 'vault.env': variables.map((pair) => `${pair.join('=')}\n`).join(''), 'queue.url': url };
  const work = ['work', '--until-empty', '--env-file', 'vault.env'];
  expect(await run(work, { files })).toMatchObject({ code: 0 });
  expect(await run([...work, '--queue', 'env'], { files })).toMatchObject({ code: 0 });
  const command = { CREDSEAL_QUEUE_URL_COMMAND: 'cat queue.url' };
  expect(
    await run(['queue', 'status'], { env: { ...command, PATH: process.env.PATH ?? '' }, files }),
  ).toMatchObject({
    code: 0,
  });
  const twice = { CREDSEAL_QUEUE_URL: url, CREDSEAL_QUEUE_URL_FILE: 'queue.url' };
  const both = await run(['queue', 'status'], { env: twice, files });
  expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/both set/) });
  expect(both.stderr).not.toContain(MARK);
  const inFile = { 'vault.env': 'CREDSEAL_QUEUE_URL_COMMAND=true\n' };
  expect(await run(work, { files: inFile })).toMatchObject({ code: 3 });
});

test.each([
  ['redis://127.0.0.1:1?password=QZXJWVKY'],
  ['redis://user@127.0.0.1:1'],
  ['postgres://app:QZXJWVKY@127.0.0.1/app'],
  ['postgres://app@127.0.0.1/app?password=QZXJWVKY'],
  ['postgres://app@127.0.0.1/app?sslpassword=QZXJWVKY'],
])('%s has a password, and is no argument', async (url) => {
  for (const command of [['queue', 'status'], ['queue', 'resume'], ['work'], ['push']]) {
    const { code, stdout, stderr } = await run([...command, '--queue', url], { env: keyEnv });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/CREDSEAL_QUEUE_URL/);
    expect(stderr).not.toContain(MARK);
  }
});

test('a queue on PostgreSQL asks for a newer Node', async () => {
  const asked = await run(['queue', 'status', '--queue', 'postgres://app@127.0.0.1/app']);
  const isOld = Number(process.versions.node.split('.')[0]) < 22;
  expect(asked).toMatchObject(
    isOld ? { code: 2, stderr: expect.stringMatching(/need Node 22\.12/) } : { code: 6 },
  );
});

test.each([['http://127.0.0.1'], ['redis://'], ['nowhere'], ['postgres:///app']])(
  '%s is no queue',
  async (url) => {
    expect(await run(['queue', 'status', '--queue', url])).toMatchObject({ code: 2, stdout: '' });
  },
);

test('without an address there is no queue, and a Redis that is away is told', async () => {
  expect(await run(['work'], { env: keyEnv })).toMatchObject({ code: 2 });
  const away = await run(['queue', 'status', '--queue', 'redis://127.0.0.1:1']);
  expect(away).toMatchObject({ code: 6, stderr: expect.stringMatching(/does not answer/) });
});
