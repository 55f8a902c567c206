import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue } from '../../src/value/sealed-value.js';
import { checkManifest, makeManifest } from '../../src/vault/index.js';
import { KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { atVault, DOMAIN, entryOf, expectNoSecretIn, refOf } from './at-vault.js';

const [OLD, NEW] = [OTHER_KEY.fingerprint, KEY.fingerprint];
const EMPTY = {
  version: 1,
  at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  currentKey: NEW,
  previousKeys: [OLD],
  failed: [],
  underPreviousKeys: 0,
  unopenable: 0,
};
const mixed = () => ({
  current: [entryOf('cyd')],
  previous: [entryOf('ada'), entryOf('bob', { user_alias: 'Bob', persist_cookies: true })],
});

describe('credseal vault rotate', () => {
  test('brings everything under the current key, says so and what that does not mean, and exits with 0', async () => {
    const { credseal, stored } = await atVault(mixed());
    const before = await stored('bob');
    const { code, stdout, stderr } = await credseal(['vault', 'rotate']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^3 entries: 2 rotated, 1 were current before, 0 failed\.\n/);
    expect(stderr).toContain(`another key than ${NEW} any more. Files, backups and queues may`);
    for (const name of ['ada', 'bob', 'cyd'])
      expect(openValue(String((await stored(name)).password), KEY)).toBe(`QZXJWVKY of ${name}`);
    const { updated_at: _, user_name, password, tfa_secret, ...rest } = await stored('bob');
    expect(before).toMatchObject(rest);
    expect([user_name, password, tfa_secret]).not.toContain(before.password);
    expectNoSecretIn(stderr);
  });

  test('--receipt writes the receipt, for its owner alone; --format json prints it', async () => {
    const { credseal, file, url, folder } = await atVault(mixed());
    const args = ['vault', 'rotate', '--receipt', 'receipt.json', '--format', 'json', '-q'];
    const { code, stdout, stderr } = await credseal(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ ...EMPTY, vault: url, entries: 3, rotated: 2, currentBefore: 1 });
    expect(await file('receipt.json')).toBe(stdout);
    expect(statSync(join(folder, 'receipt.json')).mode & 0o777).toBe(0o600);
    expectNoSecretIn(stdout);
  });

  test('again: nothing is written, and the receipt says that all was current before', async () => {
    const { credseal, list } = await atVault(mixed());
    await credseal(['vault', 'rotate']);
    const before = await list();
    const { code, stdout } = await credseal(['vault', 'rotate', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ rotated: 0, currentBefore: 3 });
    expect(code).toBe(0);
    expect(await list()).toEqual(before);
  });

  test('--dry-run names what would be rotated, writes nothing, and exits with 1: it is not done', async () => {
    const { credseal, list, folder } = await atVault(mixed());
    const before = await list();
    const args = ['vault', 'rotate', '--dry-run', '--journal', 'j', '--manifest-out', 'm'];
    const { code, stdout, stderr } = await credseal(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `ada, ${DOMAIN}: would-rotate\nbob, ${DOMAIN}: would-rotate\n` +
        '3 entries: 0 rotated, 1 were current before, 0 failed. Now: 2 under a previous key, 0 that do not open. Nothing was written.\n',
    );
    expect(await list()).toEqual(before);
    expect([existsSync(join(folder, 'j')), existsSync(join(folder, 'm'))]).toEqual([false, false]);
  });

  test('what does not open, and what is a copy, is named and left alone: 1', async () => {
    const { credseal, raw, stored } = await atVault({
      current: [entryOf('cyd')],
      previous: [entryOf('ada'), entryOf('bob'), entryOf('eve')],
    });
    const { password } = await stored('cyd');
    expect((await raw('PUT', '/vault', { ...refOf('bob'), password })).status).toBe(200);
    const { code, stdout, stderr } = await credseal(['vault', 'rotate', '--format', 'json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^cyd, \S+ .*password.*bob.*\n/m);
    expect(stderr).toMatch(/^bob, \S+ .*password.*left as it is\.\n/m);
    expect(stderr).toMatch(/Still: 1 under a previous key, 0 that do not open\.\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ rotated: 2, underPreviousKeys: 1, failed: [{}, {}] });
    expectNoSecretIn(stdout, stderr);

    const env = { CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: VaultKey.generate().toHex() };
    const strange = await credseal(['vault', 'rotate', '--format', 'json'], { env });
    expect(JSON.parse(strange.stdout)).toMatchObject({ underPreviousKeys: 0, unopenable: 1, rotated: 0 });
    expect(strange.code).toBe(1);
  });

  test('a key that the workspace does not have: one write is tried, and everything stays: 1', async () => {
    const paths: string[] = [];
    const { credseal, list } = await atVault({
      ...mixed(),
      onAnswer: ({ method, status }) => void paths.push(`${method} ${status}`),
    });
    const before = await list();
    const env = {
      CLOUDCRUISE_ENCRYPTION_KEY: VaultKey.generate().toHex(),
      CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: `${OTHER_KEY.toHex()},${KEY.toHex()}`,
    };
    const { code, stderr } = await credseal(['vault', 'rotate'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ada, \S+ The vault refuses credentials sealed under the current key \(401\)/);
    expect(stderr).toMatch(/Still: 3 under a previous key/);
    expect(await list()).toEqual(before);
    expect(paths.filter((path) => path.startsWith('PUT'))).toEqual(['PUT 401']);
    expectNoSecretIn(stderr);
  });

  test('without a previous key there is nothing to rotate from: what is there does not open', async () => {
    const { credseal } = await atVault(mixed());
    const env = { CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: '' };
    const { code, stderr } = await credseal(['vault', 'rotate'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/2 that do not open\.\n$/);
  });

  test('--journal: a run that was interrupted goes on, and the receipt counts both', async () => {
    let writes = 0;
    const { credseal, file } = await atVault({
      previous: ['ada', 'bob', 'cyd', 'dan'].map((name) => entryOf(name)),
      faults: ({ method }) => (method === 'PUT' && ++writes > 2 && writes < 5 ? { status: 503 } : undefined),
    });
    const args = ['vault', 'rotate', '--journal', 'j', '--retries', '0', '--format', 'json'];
    const first = await credseal(args);
    expect(first.code).toBe(1);
    expect(JSON.parse(first.stdout)).toMatchObject({ rotated: 2, underPreviousKeys: 2, failed: [{}, {}] });
    const second = await credseal(args);
    expect(JSON.parse(second.stdout)).toMatchObject({ ...EMPTY, entries: 4, rotated: 4, currentBefore: 0 });
    expect(second.code).toBe(0);
    expectNoSecretIn(await file('j'), first.stderr);
  });

  test('a journal of another vault, or a file that is none, is refused before anything is sent', async () => {
    const { credseal, write, list } = await atVault(mixed());
    const before = await list();
    await write('none', 'QZXJWVKY\n');
    await write(
      'other',
      '{"kind":"credseal push journal","version":1,"vault":"https://api.cloudcruise.com"}\n',
    );
    const none = await credseal(['vault', 'rotate', '--journal', 'none']);
    const other = await credseal(['vault', 'rotate', '--journal', 'other']);
    expect([none.code, other.code]).toEqual([4, 2]);
    expect(none.stderr).toMatch(/--journal was not written by credseal/);
    expect(other.stderr).toMatch(/--journal belongs to another vault/);
    expect(await list()).toEqual(before);
  });

  test('--manifest and --manifest-out: the vault is held against the one, and the other names it', async () => {
    const { credseal, file, write, list } = await atVault(mixed());
    await write('old', await makeManifest((await list()) as never, OTHER_KEY));
    const args = ['vault', 'rotate', '--manifest', 'old', '--manifest-out', 'new'];
    const { code, stderr } = await credseal(args);
    expect(stderr).toMatch(/2 rotated/);
    expect(code).toBe(0);
    const last = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
    expect(last(await file('new'))).toMatchObject({ key: NEW, previous: last(await file('old')).mac });
    expect(await checkManifest((await list()) as never, await file('new'), KEY)).toMatchObject({
      ok: true,
      findings: [],
    });
  });

  test('--manifest after an interruption: what the journal has is its own', async () => {
    let writes = 0;
    const { credseal, write, list, file } = await atVault({
      previous: ['ada', 'bob', 'cyd'].map((name) => entryOf(name)),
      faults: ({ method }) => (method === 'PUT' && ++writes > 1 && writes < 4 ? { status: 503 } : undefined),
    });
    await write('old', await makeManifest((await list()) as never, OTHER_KEY));
    const args = ['vault', 'rotate', '--manifest', 'old', '--manifest-out', 'new', '--retries', '0'];
    expect((await credseal([...args, '--journal', 'j'])).code).toBe(1);
    expect((await credseal(args)).stderr).toMatch(/The vault is not as --manifest says/);
    expect((await credseal([...args, '--journal', 'j'])).code).toBe(0);
    expect(await checkManifest((await list()) as never, await file('new'), KEY)).toMatchObject({ ok: true });
  });

  test('what somebody else changes while it runs is in no new manifest: 1', async () => {
    const found = await atVault({
      ...mixed(),
      // Behind the check of the old one, and what is current is not read again.
      onAnswer: ({ method }) => {
        if (method === 'PUT' && changed === undefined)
          changed = found.raw('PUT', '/vault', { ...refOf('cyd'), tfa_method: 'EMAIL' });
      },
    });
    let changed: Promise<unknown> | undefined;
    await found.write('old', await makeManifest((await found.list()) as never, OTHER_KEY));
    const args = ['vault', 'rotate', '--manifest', 'old', '--manifest-out', 'new'];
    const { code, stderr } = await found.credseal(args);
    expect(stderr).toMatch(/The entry of cyd at .* is another than in the manifest/);
    expect(stderr).toMatch(
      /credseal: Somebody else has changed the vault meanwhile: no manifest is made\.\n$/,
    );
    expect(code).toBe(1);
    expect(existsSync(join(found.folder, 'new'))).toBe(false);
  });

  test('a vault that is not as --manifest says: nothing is done: 1', async () => {
    const { credseal, write, list, raw, folder } = await atVault({
      ...mixed(),
      current: [entryOf('cyd'), entryOf('eve')],
    });
    await write('old', await makeManifest((await list()) as never, OTHER_KEY));
    const [cyd, eve] = (await list()).slice(2);
    await raw('PUT', '/vault', { ...refOf('cyd'), password: eve?.password });
    await raw('PUT', '/vault', { ...refOf('eve'), password: cyd?.password });
    const before = await list();
    const { code, stderr } = await credseal([
      'vault',
      'rotate',
      '--manifest',
      'old',
      '--manifest-out',
      'new',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/The entry of cyd at .* is another than in the manifest/);
    expect(stderr).toMatch(/credseal: The vault is not as --manifest says: nothing is done\.\n$/);
    expect(await list()).toEqual(before);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  test.each([
    ['--concurrency', '0'],
    ['--concurrency', '257'],
    ['--retries', '21'],
    ['--timeout', '0'],
    ['--dry-run=QZXJWVKY'],
    ['QZXJWVKY'],
    ['--journal', 'same', '--receipt', 'same'],
  ])('an option that is none: 2, and nothing is sent (%s)', async (...args) => {
    const { credseal, list } = await atVault(mixed());
    const before = await list();
    const { code, stdout, stderr } = await credseal(['vault', 'rotate', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expectNoSecretIn(stderr);
    expect(await list()).toEqual(before);
  });
});
