import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sealEntry, VaultKey } from '../../src/index.js';
import { checkManifest } from '../../src/vault/index.js';
import { rounds } from '../rounds.js';
import { runHere, runHereIn } from './in-process.js';
import { inFolder } from './run.js';
import { FINGERPRINT, KEY, OLD_KEY, WITH_KEY } from './sealing.js';

const key = VaultKey.fromHex(KEY);
const DOMAIN = 'https://example.com';
const sealed = (user: string, vaultKey = key) =>
  sealEntry({ permissioned_user_id: user, domain: DOMAIN, password: `QZXJWVKY ${user}` }, vaultKey);
const entries = ['ada', 'bob', 'cyd'].map((user) => sealed(user));
const ndjson = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const make = (stdin: string, args: string[] = []) =>
  runHere(['manifest', 'make', ...args], { stdin, env: WITH_KEY });
const MANIFEST = (await make(ndjson(entries))).stdout;
const check = (
  stdin: string,
  args: string[] = [],
  env: Record<string, string> = WITH_KEY,
  manifest = MANIFEST,
) => runHere(['manifest', 'check', '--manifest', 'm', ...args], { stdin, env, files: { m: manifest } });

describe('credseal manifest make', () => {
  test.concurrent.each([
    ['NDJSON', ndjson(entries)],
    ['an array', JSON.stringify(entries)],
    ['NDJSON in another order', ndjson(entries.toReversed())],
  ])('writes a manifest of %s, which the library checks', async (_, stdin) => {
    const { code, stdout, stderr } = await make(stdin, ['--vault', 'staging']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await checkManifest(entries, stdout, key)).toEqual({ ok: true, findings: [] });
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      version: 1,
      entries: 3,
      vault: 'staging',
      key: FINGERPRINT,
    });
    expect(stdout).not.toContain('QZXJWVKY');
  });

  test('one entry by itself is a manifest of one', async () => {
    const { stdout } = await make(JSON.stringify(entries[0]));
    expect(await checkManifest([entries[0] as (typeof entries)[0]], stdout, key)).toMatchObject({ ok: true });
  });

  test('in its place: the one before is --previous, and its MAC is in the new one', async () => {
    await inFolder({ m: MANIFEST }, async (folder) => {
      const args = ['manifest', 'make', '-o', 'm', '--previous', 'm'];
      const { code } = await runHereIn(folder, args, { env: WITH_KEY, stdin: ndjson(entries) });
      const last = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
      expect(code).toBe(0);
      expect(last(await readFile(join(folder, 'm'), 'utf8')).previous).toBe(last(MANIFEST).mac);
    });
  });

  test('names what fails by line, and makes no manifest without it: 4', async () => {
    const plain = { permissioned_user_id: 'eve', domain: DOMAIN, password: 'QZXJWVKY' };
    const stdin = `${ndjson([entries[0], plain, entries[0]])}{"password": QZXJWVKY}\n`;
    await inFolder({}, async (folder) => {
      const { code, stdout, stderr } = await runHereIn(folder, ['manifest', 'make', '-o', 'm'], {
        env: WITH_KEY,
        stdin,
      });
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toMatch(
        /^line 2: password is not a sealed value\.\nline 3: .*before it\.\nline 4: not valid JSON/,
      );
      expect(stderr).toMatch(/3 of 4 entries failed; no manifest is made/);
      expect(stderr).not.toContain('QZXJWVKY');
      await expect(readFile(join(folder, 'm'))).rejects.toThrow();
    });
  });

  test.concurrent.each<[string, string[], Record<string, string>, number]>([
    ['no key', [], {}, 3],
    ['a manifest before that was changed', ['--previous', 'forged'], WITH_KEY, 4],
    ['a manifest before that is none', ['--previous', 'none'], WITH_KEY, 4],
    ['a manifest before that is not there', ['--previous', 'QZXJWVKY'], WITH_KEY, 4],
    ['a vault without a name', ['--vault', ''], WITH_KEY, 4],
    ['a file too many', ['a', 'QZXJWVKY'], WITH_KEY, 2],
  ])('%s is refused', async (_, args, env, exitCode) => {
    const forged = MANIFEST.replace('ada', 'adb');
    const files = { forged, none: 'QZXJWVKY' };
    const { code, stdout, stderr } = await runHere(['manifest', 'make', ...args], {
      stdin: ndjson(entries),
      env,
      files,
    });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toMatch(/^credseal: .+\n$/);
    expect(stderr).not.toContain('QZXJWVKY');
  });
});

describe('credseal manifest check', () => {
  test.concurrent.each([
    ['NDJSON', ndjson(entries)],
    ['an array in another order', JSON.stringify(entries.toReversed())],
  ])('finds nothing in %s that is as it was, names the manifest, and exits with 0', async (_, stdin) => {
    const { code, stdout, stderr } = await check(stdin);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^3 checked: 0 errors, 0 warnings\nManifest of \d{4}-.*Z, mac [0-9a-f]{64}\n$/);
  });

  test('names what was changed, added and removed by line, and exits with 1', async () => {
    const [ada, bob] = entries;
    const { code, stdout } = await check(ndjson([{ ...ada, password: bob?.password }, bob, sealed('mia')]));
    expect(stdout).toMatch(
      /^stdin:1 {2}error {2}manifest\/changed\n {4}The entry of ada at "https:\/\/example\.com"/,
    );
    expect(stdout).toMatch(/\nstdin:3 {2}error {2}manifest\/added\n/);
    expect(stdout).toMatch(/\nm {2}error {2}manifest\/removed\n {4}The entry of cyd at /);
    expect(stdout).toMatch(/\n3 checked: 3 errors, 0 warnings\n/);
    expect(code).toBe(1);
  });

  test('of an array, by its element; and a line that is no JSON is told', async () => {
    const array = JSON.stringify([entries[0], { ...entries[1], tfa_method: 'SMS' }, entries[2]]);
    expect((await check(array)).stdout).toMatch(/^stdin {2}error {2}manifest\/changed {2}\[1\]\n/);
    const { code, stdout } = await check(`${ndjson(entries)}{"password": QZXJWVKY}\n`);
    expect(stdout).toMatch(/^stdin:4 {2}error {2}payload\/not-an-object\n/);
    expect({ code, isShown: stdout.includes('QZXJWVKY') }).toEqual({ code: 1, isShown: false });
  });

  test('a manifest that does not hold vouches for nothing: 1', async () => {
    const { code, stdout } = await check(ndjson(entries), [], WITH_KEY, MANIFEST.replace('"ada"', '"adb"'));
    expect(stdout).toMatch(
      /^m {2}error {2}manifest\/wrong-key-or-changed\n.*\n0 checked: 1 error, 0 warnings\n$/,
    );
    expect(code).toBe(1);
  });

  test('one under a previous key holds, with a warning: 0', async () => {
    const env = { CLOUDCRUISE_ENCRYPTION_KEY: OLD_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: KEY };
    const { code, stdout } = await check(ndjson(entries), [], env);
    expect(stdout).toMatch(/^m {2}warning {2}manifest\/previous-key\n/);
    expect(code).toBe(0);
  });

  test('--format json is one document, with which manifest it was', async () => {
    const { code, stdout } = await check(ndjson(entries.slice(1)), ['--format', 'json']);
    const { findings, ...end } = JSON.parse(stdout);
    expect(end).toEqual({
      ok: false,
      checked: 2,
      errors: 1,
      warnings: 0,
      manifest: {
        version: 1,
        entries: 3,
        at: expect.any(String),
        key: FINGERPRINT,
        mac: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    expect(findings).toMatchObject([{ file: 'm', rule: 'manifest/removed', severity: 'error', path: '' }]);
    expect(code).toBe(1);
  });

  test.concurrent.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['no key', ['--manifest', 'm'], {}, 3, /No key/],
    ['no --manifest', [], WITH_KEY, 2, /--manifest is missing/],
    ['a manifest that is not there', ['--manifest', 'QZXJWVKY'], WITH_KEY, 4, /--manifest cannot be read/],
    ['a manifest that is none', ['--manifest', 'none'], WITH_KEY, 4, /Not a manifest/],
    ['a manifest that is cut off', ['--manifest', 'cut'], WITH_KEY, 4, /cut off/],
    ['entries that are not there', ['QZXJWVKY', '--manifest', 'm'], WITH_KEY, 4, /FILE/],
  ])('%s is refused', async (_, args, env, exitCode, reason) => {
    const files = { m: MANIFEST, none: 'QZXJWVKY', cut: MANIFEST.split('\n').slice(0, 3).join('\n') };
    const { code, stderr, stdout } = await runHere(['manifest', 'check', ...args], { stdin: '', env, files });
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(reason);
    expect(stdout + stderr).not.toContain('QZXJWVKY');
  });

  const COUNT = rounds(5000, 100_000);
  test(`goes through ${COUNT} entries`, async () => {
    await inFolder({}, async (folder) => {
      const many = Array.from({ length: COUNT }, (_, at) => ({
        ...entries[0],
        permissioned_user_id: `user-${at}`,
      }));
      await writeFile(join(folder, 'many'), ndjson(many));
      expect(
        await runHereIn(folder, ['manifest', 'make', 'many', '-o', 'm'], { env: WITH_KEY }),
      ).toMatchObject({
        code: 0,
      });
      const { code, stdout } = await runHereIn(folder, ['manifest', 'check', 'many', '--manifest', 'm'], {
        env: WITH_KEY,
      });
      expect(stdout).toContain(`${COUNT} checked: 0 errors, 0 warnings\n`);
      expect(code).toBe(0);
    });
  });
});
