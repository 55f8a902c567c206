import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, sealValue } from '../../src/value/sealed-value.js';
import { makeManifest } from '../../src/vault/index.js';
import { KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { scripted } from '../vault/vaults.js';
import { atVault, DOMAIN, entryOf, envAt, expectNoSecretIn, jsonLines, refOf } from './at-vault.js';
import { runHere } from './in-process.js';

const STRANGE = VaultKey.generate();

/** A command at a vault that answers as it is told. */
async function atScripted(
  entries: readonly Record<string, unknown>[],
  fault: Parameters<typeof scripted>[0] = () => undefined,
) {
  const { server } = await scripted(fault);
  for (const entry of entries)
    server.stored.set(JSON.stringify([entry.permissioned_user_id, entry.domain]), entry);
  const env = envAt(server.url);
  return {
    server,
    credseal: (args: string[], files: Record<string, string> = {}) => runHere(args, { env, files }),
  };
}
const sealedUnder = (name: string, key: VaultKey) => ({ ...refOf(name), password: sealValue('p', key) });
const CURRENT = sealedUnder('current', KEY);
const ALL_STATES = [
  CURRENT,
  sealedUnder('previous', OTHER_KEY),
  { ...sealedUnder('mixed', KEY), user_name: sealValue('u', OTHER_KEY) },
  sealedUnder('strange', STRANGE),
  { ...refOf('none'), user_alias: 'No credential' },
];

describe('credseal vault list', () => {
  test('a line an entry: names, alias, 2FA method, key; no credential', async () => {
    const { credseal } = await atVault({
      current: [entryOf('ada', { user_alias: 'Ada' })],
      previous: [entryOf('bob', { tfa_method: 'SMS', tfa_secret: undefined })],
    });
    const { code, stdout, stderr } = await credseal(['vault', 'list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`bob  ${DOMAIN}  -  SMS  previous\nada  ${DOMAIN}  Ada  AUTHENTICATOR  current\n`);
    expectNoSecretIn(stdout);
  });

  test.each(['kept', 'absent'] as const)(
    '--format json has the same members for every entry: nulls %s',
    async (nulls) => {
      const { credseal } = await atVault({
        current: [{ ...refOf('ada'), user_name: 'a', password: 'b' }],
        nulls,
      });
      const { stdout } = await credseal(['vault', 'list', '--format', 'json']);
      expect(stdout).toBe(
        `{"permissioned_user_id":"ada","domain":"${DOMAIN}","user_alias":null,"tfa_method":null,"key":"current"}\n`,
      );
    },
  );

  test('says which key an entry is under, whatever that is', async () => {
    const { credseal } = await atScripted(ALL_STATES);
    const { stdout } = await credseal(['vault', 'list', '--format', 'json']);
    expect(jsonLines(stdout).map(({ key }) => key)).toEqual([
      'current',
      'previous',
      'mixed',
      'unopenable',
      'none',
    ]);
  });

  test('what a terminal would obey is not sent to one', async () => {
    const { credseal } = await atScripted([{ ...refOf('a'), user_alias: 'x\u001b[2J\ny' }]);
    expect((await credseal(['vault', 'list'])).stdout).toBe(`a  ${DOMAIN}  x\uFFFD[2J\uFFFDy  -  none\n`);
  });

  test('an empty vault is an empty list: 0', async () => {
    const { credseal } = await atVault();
    expect(await credseal(['vault', 'list'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('a list that is cut off is asked for again, and each entry is there once', async () => {
    const lists = [
      `[${JSON.stringify(ALL_STATES[0])},${JSON.stringify(ALL_STATES[1])},{"permi`,
      JSON.stringify(ALL_STATES),
    ];
    const { credseal, server } = await atScripted([], () => ({ status: 200, body: lists.shift() }));
    const { code, stdout } = await credseal(['vault', 'list', '--format', 'json']);
    expect(code).toBe(0);
    expect(jsonLines(stdout).map(({ permissioned_user_id: name }) => name)).toEqual(
      ALL_STATES.map(({ permissioned_user_id: name }) => name),
    );
    expect(server.received).toHaveLength(2);
  });

  test('one that is always cut off: 6', async () => {
    const { credseal, server } = await atScripted([], () => ({ status: 200, body: '[{"domain":"' }));
    const { code, stderr } = await credseal(['vault', 'list', '--retries', '1']);
    expect(code).toBe(6);
    expect(stderr).toMatch(/^credseal: The list of entries was cut off/);
    expect(server.received).toHaveLength(2);
  });

  test.each([['{"entries":[]}'], ['<html>'], ['[1]'], ['null']])(
    'what is no list is refused, never taken for an empty one: 6 (%s)',
    async (body) => {
      for (const words of [['list'], ['pull'], ['status'], ['rotate']]) {
        const { credseal } = await atScripted([], () => ({ status: 200, body }));
        const { code, stderr } = await credseal(['vault', ...words]);
        expect(code).toBe(6);
        expect(stderr).toMatch(/check the base URL/);
      }
    },
  );
});

describe('credseal vault pull', () => {
  test.each(['kept', 'absent'] as const)(
    'NDJSON without what only the vault sets and without nulls: nulls %s',
    async (nulls) => {
      const { credseal, stored } = await atVault({ current: [entryOf('ada', { user_alias: 'A' })], nulls });
      const { code, stdout, stderr } = await credseal(['vault', 'pull']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [entry] = jsonLines(stdout);
      const { password, user_name, tfa_secret } = await stored('ada');
      expect(entry).toEqual({
        ...refOf('ada'),
        user_name,
        password,
        tfa_secret,
        tfa_method: 'AUTHENTICATOR',
        user_alias: 'A',
        allow_multiple_sessions: false,
      });
      expectNoSecretIn(stdout);
    },
  );

  test('--open writes plain text; what does not open is named and left out: 1', async () => {
    const { credseal } = await atScripted(ALL_STATES);
    const { code, stdout, stderr } = await credseal(['vault', 'pull', '--open']);
    expect(code).toBe(1);
    expect(jsonLines(stdout).map(({ permissioned_user_id: name, password }) => [name, password])).toEqual([
      ['current', 'p'],
      ['previous', 'p'],
      ['mixed', 'p'],
      ['none', undefined],
    ]);
    expect(stderr).toMatch(/^strange, https:\/\/portal\.example\.com: password: .*\n/);
    expect(stderr).toMatch(/\n1 of 5 entries do not open, and are left out\.\n$/);
  });

  test('-o writes a file that appears whole or not at all', async () => {
    const { credseal, file } = await atVault({ current: [entryOf('ada')] });
    expect(await credseal(['vault', 'pull', '-o', 'sealed'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(jsonLines(await file('sealed'))).toHaveLength(1);
    const before = await file('sealed');
    const bad = await credseal(['vault', 'pull', '-o', 'sealed'], { env: { CLOUDCRUISE_API_KEY: 'wrong' } });
    expect(bad.code).toBe(6);
    expect(await file('sealed')).toBe(before);
  });

  test('what it writes, rotate, preflight --update, push --update, apply and payload --open take as it is', async () => {
    const { credseal, file, write, list } = await atVault({
      current: [entryOf('ada', { expiry_time_from_last_use: '90 minutes' })],
      previous: [entryOf('bob', { proxy_setting: 'custom', proxy_value: 'https://u:p@proxy.example' })],
    });
    expect((await credseal(['vault', 'pull', '-o', 'pulled'])).code).toBe(0);
    expect((await credseal(['rotate', 'pulled', '-o', 'rotated'])).code).toBe(0);
    const rotated = jsonLines(await file('rotated'));
    expect(openValue(String(rotated[0]?.password), KEY)).toBe('QZXJWVKY of bob');
    const checked = await credseal(['preflight', '--update', 'rotated']);
    expect(checked.stdout).toMatch(/2 checked: 0 errors, 0 warnings/);
    expect(checked.code).toBe(0);
    expect(await credseal(['apply', 'pulled', '--yes'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('= 2 unchanged'),
    });
    expect((await credseal(['push', '--update', 'rotated'])).code).toBe(0);
    const passwords = (await list()).map(({ password }) => openValue(String(password), KEY));
    expect(passwords.sort()).toEqual(['QZXJWVKY of ada', 'QZXJWVKY of bob']);
    const opened = await credseal(['payload', '--open', 'pulled']);
    expect(opened.code).toBe(0);
    await write('plain', opened.stdout);
    expect((await credseal(['plan', 'plain', '--check', '--prune'])).code).toBe(0);
  });

  test('what pull --open writes, payload --update, plan and apply take as it is', async () => {
    const { credseal, write } = await atVault({
      current: [entryOf('ada', { persist_cookies: true })],
      previous: [entryOf('bob')],
    });
    const { stdout } = await credseal(['vault', 'pull', '--open']);
    await write('plain', stdout);
    expect((await credseal(['payload', '--update', 'plain'])).code).toBe(0);
    expect((await credseal(['plan', 'plain', '--check', '--prune'])).code).toBe(0);
    expect((await credseal(['apply', 'plain', '--yes'])).code).toBe(0);
  });
});

describe('credseal vault status', () => {
  test('a vault in order: 0, and how many entries are under which key', async () => {
    const { credseal } = await atVault({ current: [entryOf('ada'), entryOf('bob')] });
    const { code, stdout, stderr } = await credseal(['vault', 'status']);
    expect(stdout).toBe('2 checked: 0 errors, 0 warnings\n');
    expect(stderr).toBe('2 entries: 2 under the current key\n');
    expect(code).toBe(0);
    expect(await credseal(['vault', 'status', '-q'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('an empty vault: 0', async () => {
    const { credseal } = await atVault();
    const { code, stderr } = await credseal(['vault', 'status']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '0 entries: nothing is there\n' });
  });

  test('what is under a previous key: 1, though it is a warning', async () => {
    const { credseal } = await atVault({ current: [entryOf('ada')], previous: [entryOf('bob')] });
    const { code, stdout, stderr } = await credseal(['vault', 'status']);
    expect(stdout).toMatch(/^bob, https:\S+ {2}warning {2}credential\/previous-key/);
    expect(stderr).toBe('2 entries: 1 under a previous key, 1 under the current key\n');
    expect(code).toBe(1);
    expectNoSecretIn(stdout, stderr);
  });

  test('another warning leaves 0', async () => {
    const { credseal } = await atVault({ current: [entryOf('ada', { tfa_secret: 'JBSWY3DPEHPK3PXP' })] });
    const { code, stdout } = await credseal(['vault', 'status']);
    expect(stdout).toMatch(/warning {2}totp\/short/);
    expect(code).toBe(0);
  });

  test('what opens under no key, copies and duplicates: 1, each with the name of its entry', async () => {
    const copied = { ...sealedUnder('copy', KEY), password: CURRENT.password };
    const twice = sealedUnder('current', KEY);
    const { credseal } = await atScripted([], () => ({ status: 200, body: [...ALL_STATES, copied, twice] }));
    const { code, stdout, stderr } = await credseal(['vault', 'status', '--format', 'json']);
    const { findings, ...end } = JSON.parse(stdout);
    expect(findings.map(({ file, rule }: Record<string, string>) => [file?.split(',')[0], rule])).toEqual([
      ['previous', 'credential/previous-key'],
      ['mixed', 'credential/previous-key'],
      ['strange', 'credential/wrong-key-or-changed'],
      ['copy', 'credential/copied'],
      ['current', 'batch/duplicate-entry'],
    ]);
    expect(end).toMatchObject({ ok: false, checked: 7, errors: 3, warnings: 2 });
    expect(stderr).toContain('7 entries: 3 under the current key');
    expect(code).toBe(1);
  });

  test('--manifest: what was exchanged, added and removed is told; without a change 0', async () => {
    const { credseal, list, raw, write } = await atVault({
      current: [entryOf('ada'), entryOf('bob'), entryOf('cyd')],
    });
    await write('m', await makeManifest((await list()) as never, KEY, { vault: 'v' }));
    const fine = await credseal(['vault', 'status', '--manifest', 'm']);
    expect(fine).toMatchObject({ code: 0, stdout: expect.stringContaining('Manifest of 20') });

    const [ada, bob] = await list();
    await raw('PUT', '/vault', { ...refOf('ada'), password: bob?.password });
    await raw('PUT', '/vault', { ...refOf('bob'), password: ada?.password });
    await raw('DELETE', '/vault', refOf('cyd'));
    await raw('POST', '/vault', { ...refOf('eve'), password: sealValue('p', KEY) });
    const { code, stdout } = await credseal(['vault', 'status', '--manifest', 'm']);
    expect(code).toBe(1);
    expect(stdout.match(/manifest\/\w+/g)).toEqual([
      'manifest/changed',
      'manifest/changed',
      'manifest/added',
      'manifest/removed',
    ]);
    expectNoSecretIn(stdout);
  });

  test('--manifest that was changed vouches for nothing: 1; that is none: 4', async () => {
    const { credseal, list, write } = await atVault({ current: [entryOf('ada')] });
    const manifest = await makeManifest((await list()) as never, KEY);
    await write('m', manifest.replace('"ada"', '"adb"'));
    const { code, stdout } = await credseal(['vault', 'status', '--manifest', 'm']);
    expect(stdout).toMatch(/^m {2}error {2}manifest\/wrong-key-or-changed/);
    expect(code).toBe(1);
    await write('m', 'QZXJWVKY');
    const none = await credseal(['vault', 'status', '--manifest', 'm']);
    expect(none).toMatchObject({ code: 4, stdout: '' });
    expectNoSecretIn(none.stderr);
  });

  test('--format github annotates', async () => {
    const { credseal } = await atVault({ previous: [entryOf('bob')] });
    const { code, stdout } = await credseal(['vault', 'status', '--format', 'github']);
    expect(stdout).toMatch(/^::warning /m);
    expect(code).toBe(1);
  });
});
