import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { generateHandoffKeys, type HandoffPublicJwk, sealHandoff } from '../../src/handoff/index.js';
import { openEntry, VaultKey } from '../../src/index.js';
import { runHere, runHereIn } from './in-process.js';
import { inFolder } from './run.js';
import { KEY, WITH_KEY } from './sealing.js';

const DOMAIN = 'https://shop.example';
const PASSWORD = 'QZXJWVKY correct horse';
let keys: Awaited<ReturnType<typeof generateHandoffKeys>>;
let files: Record<string, string>;

const tokenOf = (user: string, more: object = {}, publicJwk: HandoffPublicJwk = keys.publicJwk) =>
  sealHandoff({ permissioned_user_id: user, domain: DOMAIN, password: PASSWORD, ...more }, publicJwk, {
    expiresIn: 600,
  });
const args = (...more: string[]) => [
  ...['handoff', 'open', 'tokens', '--handoff-keys', 'private', '--max-age', '600', '--expect', 'expect'],
  ...more,
];
const entriesIn = (ndjson: string) =>
  ndjson
    .trimEnd()
    .split('\n')
    .map((line) => openEntry(JSON.parse(line), VaultKey.fromHex(KEY)));

beforeAll(async () => {
  keys = await generateHandoffKeys();
  files = {
    private: JSON.stringify(keys.privateJwk),
    expect: `ada lovelace \t${DOMAIN}\n\nbob ${DOMAIN}\ncarol ${DOMAIN}`,
    tokens: `${await tokenOf('ada lovelace')}\r\n\n  ${await tokenOf('bob')}\n`,
  };
});

describe('credseal handoff keys', () => {
  test.each(['P-256', 'X25519'])('makes a pair whose tokens open: %s', async (curve) => {
    await inFolder({ expect: `u ${DOMAIN}` }, async (cwd) => {
      const { code, stdout } = await runHereIn(cwd, ['handoff', 'keys', '-o', 'private', '--curve', curve]);
      expect([code, JSON.parse(stdout).d]).toEqual([0, undefined]);
      expect((await stat(join(cwd, 'private'))).mode & 0o777).toBe(0o600);
      await writeFile(join(cwd, 'tokens'), await tokenOf('u', {}, JSON.parse(stdout)));
      const opened = await runHereIn(cwd, args(), { env: WITH_KEY });
      expect(opened.code, opened.stderr).toBe(0);
      expect(entriesIn(opened.stdout)).toMatchObject([{ password: PASSWORD }]);
    });
  });

  test('wants a file for the private key, and leaves one that is there', async () => {
    expect(await runHere(['handoff', 'keys'])).toMatchObject({ code: 2, stdout: '' });
    const there = await runHere(['handoff', 'keys', '-o', 'private'], { files });
    expect(there).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('credseal handoff open', () => {
  test('seals what was invited, and says who has not come', async () => {
    const { code, stdout, stderr } = await runHere(args(), { files, env: WITH_KEY });
    expect(code, stderr).toBe(0);
    expect(entriesIn(stdout)).toEqual(
      ['ada lovelace', 'bob'].map((user) => ({
        permissioned_user_id: user,
        domain: DOMAIN,
        password: PASSWORD,
      })),
    );
    expect(stderr).toBe(`2 entries sealed, 0 tokens refused.\nNot come yet: carol ${DOMAIN}.\n`);
  });

  test('names by line what it refuses, and goes on', async () => {
    const bob = await tokenOf('bob');
    const { publicJwk } = await generateHandoffKeys();
    const tokens = [
      bob,
      bob,
      await tokenOf('eve'),
      await tokenOf('carol', { domain: `${DOMAIN}/` }),
      'rubbish',
      await tokenOf('carol', {}, publicJwk),
      `${bob.slice(0, -4)}AAAA`,
      await tokenOf('ada lovelace'),
    ].join('\n');
    const { code, stdout, stderr } = await runHere(args('-q'), {
      files: { ...files, tokens },
      env: WITH_KEY,
    });
    expect(code).toBe(1);
    expect(entriesIn(stdout).map((entry) => entry.permissioned_user_id)).toEqual(['bob', 'ada lovelace']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => /^line (\d)/.exec(line)?.[1])).toEqual(['2', '3', '4', '5', '6', '7']);
    expect(lines[0]).toBe('line 2: the token was used before.');
    expect(lines[1]).toBe(`line 3: eve at ${DOMAIN} is not in --expect.`);
    expect(stderr + stdout).not.toContain('QZXJWVKY');
  });

  test('of two tokens of one entry the later one counts', async () => {
    const tokens = [await tokenOf('bob'), await tokenOf('bob', { password: 'the later one' })].join('\n');
    const { code, stdout, stderr } = await runHere(args('-q'), {
      files: { ...files, tokens },
      env: WITH_KEY,
    });
    expect(code).toBe(1);
    expect(entriesIn(stdout)).toMatchObject([{ password: 'the later one' }]);
    expect(stderr).toBe('line 1: line 2 has a later token for the same entry, which is used instead.\n');
  });

  test('remembers tokens in --used, once the results are written', async () => {
    await inFolder(files, async (cwd) => {
      const run = (...more: string[]) => runHereIn(cwd, args('--used', 'used', ...more), { env: WITH_KEY });
      // What is interrupted before its results are there is as if it had not been.
      expect((await run('-o', 'no-such-folder/out')).code).toBe(2);
      expect((await run('-o', 'out')).code).toBe(0);
      const used = await readFile(join(cwd, 'used'), 'utf8');
      expect(used).toMatch(/^\{"kind":"credseal used tokens","version":1\}\n([0-9a-f]{32}\n){2}$/);
      const again = await run('-o', 'out');
      expect(again.code).toBe(1);
      expect(again.stderr.match(/used before/g)).toHaveLength(2);
      // Nothing is written over what the first run has opened.
      expect(entriesIn(await readFile(join(cwd, 'out'), 'utf8'))).toHaveLength(2);
      await writeFile(join(cwd, 'used'), 'something else\n');
      expect(await run()).toMatchObject({ code: 4, stdout: '' });
    });
  });

  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    [
      'no --expect',
      ['handoff', 'open', 'tokens', '--handoff-keys', 'private', '--max-age', '9'],
      {},
      2,
      /--expect/,
    ],
    [
      'no --max-age',
      ['handoff', 'open', 'tokens', '--handoff-keys', 'private', '--expect', 'expect'],
      {},
      2,
      /--max-age/,
    ],
    [
      'no --handoff-keys',
      ['handoff', 'open', 'tokens', '--max-age', '9', '--expect', 'expect'],
      {},
      2,
      /--handoff-keys/,
    ],
    ['an empty --expect', args(), { expect: '\n' }, 4, /--expect is empty/],
    ['a user without a domain', args(), { expect: `a ${DOMAIN}\nbob\n` }, 4, /--expect, line 2/],
    ['--used over the tokens', args('--used', 'tokens'), {}, 2, /same file/],
    ['-o over the private key', args('-o', 'private'), {}, 2, /same file/],
  ])('refuses %s', async (_, words, changed, exitCode, message) => {
    const { code, stdout, stderr } = await runHere(words, { files: { ...files, ...changed }, env: WITH_KEY });
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toMatch(message);
  });

  test('refuses a public key in place of the private one', async () => {
    const changed = { ...files, private: JSON.stringify(keys.publicJwk) };
    const { code, stderr } = await runHere(args(), { files: changed, env: WITH_KEY });
    expect(code).toBe(4);
    expect(stderr).toMatch(/public key/);
  });
});
