import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { sendHandoff } from '../../src/pg-boss/index.js';
import { inFolder, run, runIn } from '../cli/run.js';
import { API_KEY, KEY } from '../emulator/local-vault.js';
import { AUDIENCE, entryOf, MARK, privateJwk, sealedOf, tokenOf } from '../queue/jobs.js';
import { fleet, onePostgres } from './fleet.js';

onePostgres();

const ndjson = (entries: readonly unknown[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
const keyEnv = { CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex() };
const envOf = (url: string) => ({ ...keyEnv, CLOUDCRUISE_API_KEY: API_KEY, CLOUDCRUISE_BASE_URL: url });

test('a file goes on a queue, two workers empty it, and the status says so', async () => {
  const { url, vault, list, boss, dump } = await fleet();
  await inFolder({ 'sealed.ndjson': ndjson(sealedOf(230)) }, async (folder) => {
    const pushed = await runIn(folder, ['push', 'sealed.ndjson', '--queue', url], keyEnv);
    expect(pushed).toEqual({ code: 0, stdout: '', stderr: '230 enqueued in 5 jobs.\n' });
    const status = await runIn(folder, ['queue', 'status', '--queue', url, '--format', 'json']);
    const none = { active: 0, delayed: 0, failed: 0, paused: false };
    expect(JSON.parse(status.stdout)).toEqual({ waiting: 5, ...none });
    await writeFile(join(folder, 'handoff.jwk'), JSON.stringify(privateJwk));
    await sendHandoff(boss, await tokenOf('ada'), 'ada');
    const work = ['work', '--queue', url, '--until-empty', '--handoff-keys', 'handoff.jwk'];
    const workers = await Promise.all(
      [1, 2].map(() => runIn(folder, [...work, '--audience', AUDIENCE], envOf(vault.url))),
    );
    for (const { code, stderr } of workers) {
      expect(stderr).toMatch(/^\d+ created, 0 updated, 0 there already; 0 jobs failed\.\n$/);
      expect(code).toBe(0);
    }
  });
  expect(await list()).toHaveLength(231);
  expect(dump()).not.toContain(MARK);
});

test('what fails preflight comes on no queue, also where it is in another chunk', async () => {
  const { url, counts } = await fleet();
  const entries = [...sealedOf(4), entryOf('plain'), sealEntry(entryOf('user-0'), KEY)];
  const pushed = await run(['push', 'sealed.ndjson', '--queue', url, '--chunk', '2'], {
    env: keyEnv,
    files: { 'sealed.ndjson': ndjson(entries) },
  });
  expect(pushed.code).toBe(1);
  expect(pushed.stderr).toMatch(/4 enqueued in 2 jobs, 2 not, for they fail preflight\.\n$/);
  expect(pushed.stderr).not.toContain(MARK);
  expect(await counts()).toMatchObject({ waiting: 2 });
});

test('jobs that fail are told by their ids, and the exit code says so', async () => {
  const { url, vault, boss } = await fleet();
  const id = randomUUID();
  await boss.insert('vault-push', [{ id, data: { entries: [entryOf('ada')] } }]);
  const worked = await run(['work', '--queue', url, '--until-empty'], { env: envOf(vault.url) });
  expect(worked.code).toBe(1);
  expect(worked.stderr).toMatch(new RegExp(`^job ${id}: The job is not from credseal`));
  expect(worked.stderr).not.toContain(MARK);
});

test('a refused API key pauses the queue, says so, and resume lets it go on', async () => {
  const { url, vault, counts, list } = await fleet();
  await run(['push', '--queue', url], { env: keyEnv, stdin: ndjson(sealedOf(3)) });
  const env = { ...envOf(vault.url), CLOUDCRUISE_API_KEY: 'wrong' };
  const worked = await run(['work', '--queue', url, '--until-empty'], { env });
  expect(worked).toMatchObject({ code: 6, stderr: expect.stringMatching(/The queue is paused: .*\(401\)/) });
  expect(await counts()).toMatchObject({ paused: true, failed: 0 });
  expect(await run(['queue', 'resume', '--queue', url])).toMatchObject({ code: 0 });
  expect(await counts()).toMatchObject({ paused: false });
  expect(await run(['work', '--queue', url, '--until-empty'], { env: envOf(vault.url) })).toMatchObject({
    code: 0,
  });
  expect(await list()).toHaveLength(3);
});

test('a PostgreSQL that is away is told, and so is one that refuses', async () => {
  const away = await run(['queue', 'status', '--queue', 'postgres://app@127.0.0.1:1/app']);
  expect(away).toMatchObject({ code: 6, stderr: expect.stringMatching(/does not answer/) });
  const { url } = await fleet();
  const none = await run(['queue', 'status', '--queue', url.replace(/\w+$/, 'nowhere')]);
  expect(none).toMatchObject({ code: 6, stderr: expect.stringMatching(/refuses \(SQLSTATE 3D000\)/) });
});
