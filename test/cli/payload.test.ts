import { describe, expect, test } from 'vitest';
import { CREDENTIALS, ENTRY, plainCredentials, SETTINGS, second, unsealed } from './entries.js';
import { runHere } from './in-process.js';
import type { Given } from './run.js';
import { answer, OLD_KEY, plaintextOf, sealBytes, WITH_KEY } from './sealing.js';

const payload = (stdin: string | Uint8Array, options: string[] = [], given: Given = {}) =>
  runHere(['payload', ...options], { stdin, env: WITH_KEY, ...given });

const line = JSON.stringify(ENTRY);
const otherLine = JSON.stringify(second);

const expectSealed = (value: unknown) =>
  expect(unsealed(value as Record<string, unknown>)).toEqual({
    credentials: CREDENTIALS,
    settings: SETTINGS,
  });

describe('payload writes sealed entries in the form that the entries came in', () => {
  test.concurrent.each<[string, string, RegExp]>([
    ['an object in one line', line, /^\{.*\}\n$/],
    ['an object in one line with a line break', `${line}\n`, /^\{.*\}\n$/],
    [
      'an object in many lines',
      JSON.stringify(ENTRY, null, 4),
      /^\{\n {2}"permissioned_user_id": .*\n\}\n$/s,
    ],
    ['an object with a byte order mark', `\uFEFF${line}`, /^\{.*\}\n$/],
    ['an object with white space around', `\r\n ${line} \r\n`, /^\{.*\}\n$/],
  ])('%s', async (_, stdin, form) => {
    const { code, stdout, stderr } = await payload(stdin);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(form);
    expect(Object.keys(JSON.parse(stdout))).toEqual(Object.keys(ENTRY));
    expectSealed(JSON.parse(stdout));
    for (const plain of plainCredentials) expect(stdout).not.toContain(plain);
  });

  test.concurrent.each<[string, string, number, RegExp]>([
    ['an array in one line', `[${line},${otherLine}]`, 2, /^\[\{.*\}\]\n$/],
    ['an array in many lines', JSON.stringify([ENTRY, second], null, 2), 2, /^\[\n {2}\{\n {4}"/],
    ['an array of one', `[${line}]`, 1, /^\[\{.*\}\]\n$/],
    ['an array of none', '[]', 0, /^\[\]\n$/],
  ])('%s', async (_, stdin, count, form) => {
    const { code, stdout, stderr } = await payload(stdin);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(form);
    const entries = JSON.parse(stdout);
    expect(entries).toHaveLength(count);
    if (count > 0) expectSealed(entries[0]);
    for (const plain of plainCredentials) expect(stdout).not.toContain(plain);
  });

  test.concurrent.each<[string, string]>([
    ['NDJSON', `${line}\n${otherLine}\n`],
    ['NDJSON without a line break at the end', `${line}\n${otherLine}`],
    ['NDJSON with line breaks of Windows', `${line}\r\n${otherLine}\r\n`],
    ['NDJSON with empty lines', `\n${line}\n\n  \n${otherLine}\n\n`],
    ['NDJSON with a byte order mark', `\uFEFF${line}\n${otherLine}\n`],
  ])('%s', async (_, stdin) => {
    const { code, stdout, stderr } = await payload(stdin);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\{.*\}\n\{.*\}\n$/);
    const [first, other] = stdout.split('\n').map((text) => text && JSON.parse(text));
    expectSealed(first);
    expect(unsealed(other).credentials).toEqual({ password: 'two' });
    for (const plain of plainCredentials) expect(stdout).not.toContain(plain);
  });
});

describe('payload reads', () => {
  const files = { 'entry.json': line, '-odd name.json': otherLine };

  test.concurrent.each<[string, string[], Given, string]>([
    ['the file that is named', ['entry.json'], { files, stdin: otherLine }, 'user-1'],
    ['standard input for -', ['-'], { files, stdin: otherLine }, 'user-2'],
    ['standard input where nothing is named', [], { files, stdin: otherLine }, 'user-2'],
    ['a file of odd name behind --', ['--', '-odd name.json'], { files }, 'user-2'],
  ])('%s', async (_, args, given, user) => {
    const { stdout } = await runHere(['payload', ...args], { env: WITH_KEY, ...given });
    expect(JSON.parse(stdout).permissioned_user_id).toBe(user);
  });

  test.concurrent.each<[string, string, RegExp]>([
    ['no such file', 'none.json', /no such file/],
    ['a folder', '.', /directory/],
    ['a file that is not UTF-8', 'latin1.json', /UTF-8/],
  ])('%s: 4', async (_, file, reason) => {
    const outcome = await runHere(['payload', file], {
      env: WITH_KEY,
      files: { 'latin1.json': Buffer.from('{"password":"pässword"}', 'latin1') },
    });
    expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(reason) });
  });
});

describe('payload seals', () => {
  test.concurrent('with --pad-to: credentials of every length look alike', async () => {
    const { stdout } = await payload(line, ['--pad-to', '128']);
    const { user_name, password, tfa_secret } = JSON.parse(stdout);
    const lengths = [user_name, password, tfa_secret].map((sealed) => plaintextOf(sealed).length);
    expect([user_name.length, password.length]).toEqual([tfa_secret.length, tfa_secret.length]);
    expect(lengths.every((length) => length >= 120)).toBe(true);
    expectSealed(JSON.parse(stdout));
  });

  test.concurrent('a custom proxy too, which may hold a password', async () => {
    const proxy = { proxy_setting: 'custom', proxy_value: 'socks5://ada:hunter2@proxy.example:1080' };
    const { stdout } = await payload(JSON.stringify({ ...second, ...proxy }));
    expect(JSON.parse(plaintextOf(JSON.parse(stdout).proxy_value))).toBe(proxy.proxy_value);
  });

  test.concurrent('for --update: credentials may be null, the id may be given', async () => {
    const update = { ...second, password: null, id: '123e4567-e89b-12d3-a456-426614174000' };
    const [create, made] = await Promise.all([
      payload(JSON.stringify(update)),
      payload(JSON.stringify(update), ['--update']),
    ]);
    expect(create).toMatchObject({ code: 4, stdout: '' });
    expect(create.stderr).toMatch(/password/);
    expect(create.stderr).toMatch(/\bid\b/);
    expect(JSON.parse(made.stdout)).toEqual(update);
  });

  test.concurrent('a field that the API has grown, where --allow-unknown names it', async () => {
    const entry = JSON.stringify({ ...second, new_field: { a: [1] }, newer: 'b' });
    const [refused, allowed] = await Promise.all([
      payload(entry, ['--allow-unknown', 'new_field']),
      payload(entry, ['--allow-unknown', 'new_field', '--allow-unknown', 'newer']),
    ]);
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toMatch(/newer/);
    expect(refused.stderr).not.toMatch(/new_field/);
    expect(JSON.parse(allowed.stdout)).toMatchObject({ new_field: { a: [1] }, newer: 'b' });
  });

  test.concurrent('for --update: without what only the vault sets, and with all else refused as ever', async () => {
    const { new_field, ...known } = answer;
    const [create, made, misspelt] = await Promise.all([
      payload(JSON.stringify({ ...known, ...second })),
      payload(JSON.stringify({ ...known, ...second }), ['--update']),
      payload(JSON.stringify({ ...answer, ...second, passwrod: 'two' }), ['--update']),
    ]);
    expect(create).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(/workspace_id is set by/),
    });
    // null is written where the API takes it.
    expect(Object.keys(JSON.parse(made.stdout)).sort()).toEqual(
      [...Object.keys(second), 'max_concurrency', 'persist_cookies'].sort(),
    );
    // A name outside the table may be one that somebody misspelt in editing.
    expect(misspelt).toMatchObject({ code: 4, stdout: '' });
    expect(misspelt.stderr.match(/^.*$/gm)).toEqual([
      expect.stringContaining('new_field is not a field'),
      expect.stringContaining('passwrod is not a field'),
      '',
    ]);
  });

  test.concurrent('never what a key of the ring has sealed already', async () => {
    const entry = JSON.stringify({ ...second, password: sealBytes('"x"', OLD_KEY) });
    const outcome = await payload(entry, ['--previous-key-file', 'old'], { files: { old: OLD_KEY } });
    expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/password.*sealed/) });
  });
});
