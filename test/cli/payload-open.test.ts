import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CREDENTIALS, ENTRY, SETTINGS, second } from './entries.js';
import { runHere, runHereIn } from './in-process.js';
import { inFolder, run, shell } from './run.js';
import { OLD_KEY, sealBytes, WITH_KEY } from './sealing.js';

const open = (stdin: string, args: string[] = [], env: Record<string, string> = WITH_KEY) =>
  runHere(['payload', '--open', ...args], { stdin, env });
const sealedBy = async (stdin: string, args: string[] = []) =>
  (await runHere(['payload', ...args], { stdin, env: WITH_KEY })).stdout;

const PLAIN = { ...SETTINGS, ...CREDENTIALS };
const one = JSON.parse(await sealedBy(JSON.stringify(ENTRY)));
const other = JSON.parse(await sealedBy(JSON.stringify(second)));
const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const shut = { ...other, permissioned_user_id: 'user-3', password: sealBytes('"QZXJWVKY"', OLD_KEY) };

describe('payload --open writes entries in plain text, in the form that they came in', () => {
  test.concurrent.each<[string, string, RegExp, unknown[]]>([
    ['an object in one line', JSON.stringify(one), /^\{.*\}\n$/, [PLAIN]],
    ['an object in many lines', JSON.stringify(one, null, 2), /^\{\n {2}"/, [PLAIN]],
    ['an array', JSON.stringify([one, other]), /^\[\{.*\}\]\n$/, [PLAIN, second]],
    ['an array of none', '[]', /^\[\]\n$/, []],
    ['NDJSON', line(one) + line(other), /^\{.*\}\n\{.*\}\n$/, [PLAIN, second]],
  ])('%s', async (_, stdin, form, expected) => {
    const { code, stdout, stderr } = await open(stdin);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(form);
    const text = stdout.trim();
    const values = /^\[/.test(text) ? text : `[${/\}\n\{/.test(text) ? text.replaceAll('\n', ',') : text}]`;
    expect(JSON.parse(values)).toEqual(expected);
  });

  test('in a file for nobody else to read', async () => {
    await inFolder({ 'sealed.json': line(one) }, async (folder) => {
      const args = ['payload', '--open', 'sealed.json', '-o', 'plain.json'];
      expect(await runHereIn(folder, args, { env: WITH_KEY })).toMatchObject({ code: 0, stdout: '' });
      expect(JSON.parse(await readFile(join(folder, 'plain.json'), 'utf8'))).toEqual(PLAIN);
      expect((await stat(join(folder, 'plain.json'))).mode & 0o777).toBe(0o600);
    });
  });

  test('on several threads, in order', async () => {
    const lines = Array.from({ length: 12_000 }, (_, at) =>
      line({ ...other, permissioned_user_id: `user-${at}` }),
    );
    const { code, stdout } = await run(['payload', '--open', '--jobs', '2'], {
      stdin: lines.join(''),
      env: WITH_KEY,
    });
    const users = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text).permissioned_user_id);
    expect([code, users.length]).toEqual([0, lines.length]);
    expect(users.every((user, at) => user === `user-${at}`)).toBe(true);
  });
});

describe('what payload --open writes, payload --update takes', () => {
  /** As the vault answers it. */
  const answer = {
    ...one,
    id: '123e4567-e89b-12d3-a456-426614174000',
    workspace_id: 'w',
    created_at: '2026-01-01T00:00:00.000Z',
    proxy_string: null,
    session_id: null,
    proxy: null,
    headers: null,
    location: null,
    max_concurrency: null,
    expiry_time_from_last_use: null,
    persist_cookies: null,
    allow_multiple_sessions: false,
  };

  test('an answer goes round, without what only the vault sets and nulls that the API does not take', async () => {
    const { code, stdout, stderr } = await shell(
      'credseal payload --open | credseal payload --update | credseal payload --open',
      { stdin: line(answer), env: WITH_KEY },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ...PLAIN,
      max_concurrency: null,
      expiry_time_from_last_use: null,
      persist_cookies: null,
      allow_multiple_sessions: false,
    });
  });

  test('a credential that is null stays so', async () => {
    const { stdout } = await open(line({ ...one, user_name: null }));
    expect(JSON.parse(stdout)).toEqual({ ...PLAIN, user_name: null });
  });

  test('a field that this version does not know stays, and is told of when it is sealed again', async () => {
    const opened = await open(line({ ...other, grown_since: 1 }));
    expect(JSON.parse(opened.stdout)).toEqual({ ...second, grown_since: 1 });
    const { code, stderr } = await runHere(['payload', '--update'], { stdin: opened.stdout, env: WITH_KEY });
    expect(code).toBe(4);
    expect(stderr).toMatch(/grown_since/);
  });
});

describe('what does not open', () => {
  test.concurrent.each([
    ['NDJSON', line(one) + line(shut) + line(other), /^line 2: password: The value does not open/],
    ['an array', JSON.stringify([one, shut, other]), /^entry \[1\]: password: The value does not open/],
  ])('is named and left out of %s, and the exit is 1', async (_, stdin, report) => {
    const { code, stdout, stderr } = await open(stdin);
    expect(code).toBe(1);
    expect(stderr).toMatch(report);
    expect(stderr).toMatch(/\b1 of 3\b/);
    expect(stdout.match(/permissioned_user_id/g)).toHaveLength(2);
    expect(stdout + stderr).not.toContain(shut.password.slice(0, 20));
  });

  test.concurrent.each<[string, unknown, number]>([
    ['under another key', shut, 5],
    [
      'changed',
      { ...other, password: other.password.replace(/.$/, (digit: string) => (digit === '0' ? '1' : '0')) },
      5,
    ],
    ['no JSON inside', { ...other, password: sealBytes('QZXJWVKY') }, 5],
    ['plain text', { ...other, password: 'QZXJWVKY' }, 4],
    ['no entry', { message: 'QZXJWVKY' }, 4],
  ])('one entry by itself, %s: its own exit code, and nothing is written', async (_, entry, exitCode) => {
    const { code, stdout, stderr } = await open(line(entry));
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).not.toContain('QZXJWVKY');
  });

  test('opens with a previous key', async () => {
    const env = { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OLD_KEY };
    expect(JSON.parse((await open(line(shut), [], env)).stdout).password).toBe('QZXJWVKY');
  });
});

test.concurrent.each([
  ['--update', ['--update']],
  ['--pad-to', ['--pad-to', '8']],
  ['--allow-unknown', ['--allow-unknown', 'x']],
])('--open and %s exclude each other', async (flag, args) => {
  const { code, stdout, stderr } = await open(line(one), args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(`credseal: --open and ${flag} exclude each other. See credseal payload --help.\n`);
});

test('request has no --open', async () => {
  expect(await runHere(['request', '--open'], { stdin: line(one), env: WITH_KEY })).toMatchObject({
    code: 2,
  });
});
