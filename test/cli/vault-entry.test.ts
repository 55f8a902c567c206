import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { TOTP } from '../emulator/local-vault.js';
import { atVault, COOKIE, DOMAIN, entryOf, expectNoSecretIn } from './at-vault.js';

const ONE = ['ada', DOMAIN];

describe('credseal vault get', () => {
  test('writes the entry as the vault keeps it: sealed, on one line', async () => {
    const { credseal, stored } = await atVault({ current: [entryOf('ada')] });
    const { code, stdout, stderr } = await credseal(['vault', 'get', ...ONE]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(stdout)).toEqual(await stored('ada'));
    expectNoSecretIn(stdout);
  });

  test('--open writes it in plain text, also what is under a previous key', async () => {
    const { credseal } = await atVault({ current: [entryOf('ada')], previous: [entryOf('bob')] });
    for (const name of ['ada', 'bob']) {
      const { code, stdout } = await credseal(['vault', 'get', name, DOMAIN, '--open']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject(entryOf(name));
    }
  });

  test('--open of what no key at hand opens: 5, the field is named, and nothing is written', async () => {
    const { credseal } = await atVault({ previous: [entryOf('bob')] });
    const env = { CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: '' };
    const { code, stdout, stderr } = await credseal(['vault', 'get', 'bob', DOMAIN, '--open'], { env });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(/^credseal: .*user_name.*\n$/);
    expect((await credseal(['vault', 'get', 'bob', DOMAIN], { env })).code).toBe(0);
    expectNoSecretIn(stderr);
  });

  test('an entry that is not there: 1, and why that may be', async () => {
    const { credseal } = await atVault();
    for (const domain of [DOMAIN, `${DOMAIN}/`, 'HTTPS://PORTAL.EXAMPLE.COM'])
      expect(await credseal(['vault', 'get', 'ada', domain])).toEqual({
        code: 1,
        stdout: '',
        stderr:
          'credseal: The vault has no such entry. Both names are matched exactly: case, path and trailing slash count.\n',
      });
  });
});

describe('credseal vault code', () => {
  test('prints the code that the secret gives', async () => {
    const { credseal } = await atVault({ current: [entryOf('ada')], now: () => 1_700_000_000_000 });
    const { code, stdout, stderr } = await credseal(['vault', 'code', ...ONE]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${TotpSecret.parse(TOTP).code(1_700_000_000_000)}\n`,
      stderr: '',
    });
  });

  test('--format json says of which kind it is, and how long it lasts', async () => {
    const { credseal, raw } = await atVault({
      current: [entryOf('ada'), entryOf('eve', { tfa_method: 'EMAIL', tfa_secret: undefined })],
      now: () => 1_700_000_000_000,
    });
    const { stdout } = await credseal(['vault', 'code', ...ONE, '--format', 'json']);
    expect(JSON.parse(stdout)).toEqual({
      type: 'authenticator',
      code: TotpSecret.parse(TOTP).code(1_700_000_000_000),
      secondsLeft: TotpSecret.parse(TOTP).secondsLeft(1_700_000_000_000),
    });
    await raw('POST', '/emulator/email-code', {
      permissioned_user_id: 'eve',
      domain: DOMAIN,
      code: '123456',
    });
    const mail = await credseal(['vault', 'code', 'eve', DOMAIN, '--format', 'json']);
    expect(JSON.parse(mail.stdout)).toEqual({
      type: 'email',
      code: '123456',
      receivedAt: expect.stringMatching(/^2023-/),
    });
  });

  test.each([
    ['EMAIL', 'credseal: The vault has no code (404)'],
    ['SMS', 'credseal: The vault gives no code for this entry (409)'],
  ] as const)('without a code: 6 (%s)', async (tfa_method, said) => {
    const { credseal } = await atVault({ current: [entryOf('ada', { tfa_method, tfa_secret: undefined })] });
    const { code, stdout, stderr } = await credseal(['vault', 'code', ...ONE]);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain(said);
  });
});

describe('credseal vault delete', () => {
  test('deletes with --yes, and says nothing', async () => {
    const { credseal, list } = await atVault({ current: [entryOf('ada'), entryOf('bob')] });
    expect(await credseal(['vault', 'delete', ...ONE, '--yes'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await list()).map(({ permissioned_user_id: name }) => name)).toEqual(['bob']);
  });

  test('without a terminal and without --yes: 2, before anything is sent', async () => {
    const { credseal, list } = await atVault({ current: [entryOf('ada')] });
    const { code, stderr } = await credseal(['vault', 'delete', ...ONE]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^credseal: .*--yes/);
    expect(await list()).toHaveLength(1);
  });

  test('an entry that is not there: 1', async () => {
    const { credseal } = await atVault();
    const { code, stderr } = await credseal(['vault', 'delete', ...ONE, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no such entry/);
  });

  test('one whose answer was lost was deleted: 0', async () => {
    const { credseal, list } = await atVault({
      current: [entryOf('ada')],
      faults: { script: [{ drop: true, when: 'after' }] },
    });
    expect((await credseal(['vault', 'delete', ...ONE, '--yes'])).code).toBe(0);
    expect(await list()).toEqual([]);
  });
});

describe('credseal vault clear-state', () => {
  test('takes cookies and storage away, and nothing else', async () => {
    const { credseal, stored } = await atVault({
      current: [entryOf('ada', { cookies: [COOKIE], local_storage: { a: 'b' } } as object)],
    });
    const before = await stored('ada');
    expect(before.cookies).toHaveLength(1);
    expect(await credseal(['vault', 'clear-state', ...ONE])).toEqual({ code: 0, stdout: '', stderr: '' });
    const { cookies: none, local_storage, password } = await stored('ada');
    expect({ none, local_storage, password }).toEqual({
      none: null,
      local_storage: null,
      password: before.password,
    });
  });

  test('an entry that is not there: 1', async () => {
    const { credseal } = await atVault();
    const { code, stderr } = await credseal(['vault', 'clear-state', ...ONE]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no such entry/);
  });
});

const commands: string[][] = [
  ['vault', 'get', ...ONE],
  ['vault', 'code', ...ONE],
  ['vault', 'delete', ...ONE, '--yes'],
  ['vault', 'clear-state', ...ONE],
  ['vault', 'list'],
  ['vault', 'pull'],
  ['vault', 'pull', '-o', 'out'],
  ['vault', 'status'],
  ['vault', 'rotate'],
  ['plan', '-'],
  ['apply', '-', '--yes'],
];

describe.each(commands.map((words) => [words.join(' '), words] as const))('credseal %s', (_, words) => {
  const stdin = `${JSON.stringify(entryOf('ada'))}\n`;

  test('a wrong API key: 6, in our own words', async () => {
    const { credseal } = await atVault({ current: [entryOf('ada')] });
    const { code, stdout, stderr } = await credseal(words, {
      stdin,
      env: { CLOUDCRUISE_API_KEY: 'QZXJWVKY' },
    });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toMatch(/^credseal: The vault refuses the API key.*\(401\)/);
    expectNoSecretIn(stderr);
  });

  test('a vault out of reach: 6, and how often it was tried', async () => {
    const { credseal } = await atVault();
    const env = { CLOUDCRUISE_BASE_URL: 'http://127.0.0.1:9' };
    const { code, stdout, stderr } = await credseal([...words, '--retries', '0'], { stdin, env });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toMatch(/^credseal: .*given up after 1 attempt/);
    expectNoSecretIn(stderr);
  });

  test.each<[string, Record<string, string>, number, RegExp]>([
    ['no API key', { CLOUDCRUISE_API_KEY: '' }, 2, /No API key: CLOUDCRUISE_API_KEY is not set/],
    ['no vault key', { CLOUDCRUISE_ENCRYPTION_KEY: '' }, 3, /[Kk]ey/],
    ['a malformed vault key', { CLOUDCRUISE_ENCRYPTION_KEY: 'QZXJWVKY' }, 3, /64/],
    ['a base URL in clear elsewhere', { CLOUDCRUISE_BASE_URL: 'http://example.com' }, 2, /https/],
  ])('%s', async (_rule, env, exitCode, said) => {
    const { credseal } = await atVault();
    const { code, stdout, stderr } = await credseal(words, { stdin, env });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toMatch(said);
    expectNoSecretIn(stderr);
  });
});

test.each([['get'], ['code'], ['delete'], ['clear-state']])(
  'vault %s without both names: 2, and nothing that was typed is shown',
  async (command) => {
    const { credseal } = await atVault();
    for (const words of [[], ['QZXJWVKY'], ['QZXJWVKY', DOMAIN, 'QZXJWVKY']]) {
      const { code, stderr } = await credseal(['vault', command, ...words]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^credseal: .*\n$/);
      expectNoSecretIn(stderr);
    }
  },
);

test('values under a key that is not at hand are no reason not to get, delete or clear', async () => {
  const { credseal } = await atVault({ previous: [entryOf('ada')] });
  const env = {
    CLOUDCRUISE_ENCRYPTION_KEY: VaultKey.generate().toHex(),
    CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: '',
  };
  for (const words of [['get'], ['clear-state'], ['delete', '--yes']])
    expect((await credseal(['vault', ...words, ...ONE], { env })).code).toBe(0);
});
