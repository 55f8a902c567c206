import { describe, expect, test } from 'vitest';
import { expected, plain, read, readText, textOf } from './exports.js';

type Expected = (typeof expected)[number];

/** What an account becomes, whichever app wrote it. */
const wanted = ({ type, ...account }: Expected) =>
  type === 'totp' ? account : { issuer: account.issuer, reason: type === 'hotp' ? 'HOTP' : 'Steam' };
const all = (): readonly object[] => expected.map(wanted);
const without = (...types: string[]) => expected.filter(({ type }) => !types.includes(type)).map(wanted);
/** Where the name of an account stands in for an issuer that nobody wrote. */
const named = () => expected.map((one) => wanted(one.issuer === '' ? { ...one, issuer: 'bob' } : one));

/** steam:// has no issuer. */
const unnamedSteam = () => expected.map((one) => wanted(one.type === 'steam' ? { ...one, issuer: '' } : one));

/** What is in a migration URI has a period of 30 s. */
const migrated = () =>
  expected.filter(({ type }) => type !== 'steam').map((one) => wanted({ ...one, period: 30 }));

describe('every account of an export is read, or kept with the reason why not', () => {
  test.each<[file: string, format: string, accounts: readonly object[]]>([
    ['aegis.json', 'Aegis', [...all(), { issuer: 'Old VPN', reason: 'another kind' }]],
    ['2fas.2fas', '2FAS', [...named(), { issuer: 'Vault', reason: 'hidden secret' }]],
    ['andotp.json', 'andOTP', all()],
    ['freeotp-plus.json', 'FreeOTP+', without('steam')],
    ['ente.txt', 'otpauth:// URIs', [...all(), { issuer: 'Old shop', reason: 'deleted' }]],
    ['stratum.json', 'Stratum', all()],
    ['bitwarden-authenticator.json', 'Bitwarden Authenticator', named()],
    ['proton-authenticator.json', 'Proton Authenticator', unnamedSteam()],
    [
      'lastpass-authenticator.json',
      'LastPass Authenticator',
      [...without('steam', 'hotp'), { issuer: 'Typo', reason: 'unreadable' }],
    ],
    ['google-migration.txt', 'Google Authenticator', migrated()],
  ])('%s', async (file, format, accounts) => {
    const found = await read(file);
    expect(found.format).toBe(format);
    expect(found.warnings).toEqual([]);
    expect(found.accounts.map(plain)).toEqual(accounts);
  });
});

test('a byte order mark and Windows line ends change nothing', async () => {
  for (const file of ['aegis.json', 'ente.txt']) {
    const { accounts } = await readText(`\uFEFF${textOf(file).replaceAll('\n', '\r\n')}`);
    expect(accounts.map(plain)).toEqual((await read(file)).accounts.map(plain));
  }
});

test('a URI that is listed twice is one account', async () => {
  const text = textOf('ente.txt');
  expect((await readText(text + text)).accounts).toHaveLength((await readText(text)).accounts.length);
});

test('an export that comes as several QR codes says which are missing', async () => {
  const [first = ''] = textOf('google-migration.txt').split('\n');
  const { warnings } = await readText(first);
  expect(warnings).toEqual(['This is QR code 1 of 2 of the export; the others hold more accounts.']);
});

describe('encrypted exports are named, with the way out', () => {
  test.each<[string, unknown, RegExp]>([
    ['Aegis', { version: 1, header: { slots: [{}], params: {} }, db: 'AAAA' }, /encrypted.*Aegis.*untick/],
    ['2FAS', { services: [], servicesEncrypted: 'a:b:c', schemaVersion: 4 }, /encrypted.*2FAS.*password/],
    [
      'Ente Auth',
      { version: 1, kdfParams: {}, encryptedData: 'x', encryptionNonce: 'y' },
      /encrypted.*Ente.*Plain text/,
    ],
    ['Proton Authenticator', { version: 1, salt: 'x', content: 'y' }, /encrypted.*Proton/],
    ['Bitwarden', { encrypted: true, passwordProtected: true, salt: 'x', data: 'y' }, /encrypted.*Bitwarden/],
  ])('%s', async (_, document, message) => {
    await expect(readText(JSON.stringify(document))).rejects.toThrow(message);
  });

  test('what is binary may be encrypted', async () => {
    await expect(readText('AUTHENTICATORPRO\0\0\0\x01')).rejects.toThrow(/binary.*Stratum/);
  });
});

describe('what fits no shape as a whole is refused, with what it looks like', () => {
  const bitwarden = {
    encrypted: false,
    items: [{ name: 'a', login: { totp: 'JBSWY3DPEHPK3PXP', uris: [{ uri: 'https://a.example' }] } }],
  };
  test.each<[string, string, RegExp]>([
    ['a vault of Bitwarden', JSON.stringify(bitwarden), /looks like the vault of Bitwarden/],
    ['1Password', JSON.stringify({ accounts: [{ vaults: [] }] }), /looks like.*1Password/],
    ['an entry', '{"domain":"https://a.example"}', /looks like an entry/],
    ['a JSON with some entries', '{"version":1,"entries":[{"name":"a"}]}', /another shape/],
    ['an empty array', '[]', /another shape/],
    ['an export without accounts', '{"tokens":[],"tokenOrder":[]}', /no account/],
    ['CSV', 'name,url,username,password\n', /Line 1 is no otpauth:\/\/ URI.*password manager/],
    ['HTML', '<html>', /XML or HTML/],
    ['nothing', '', /empty/],
    ['a GIF', 'GIF89a\0', /GIF.*PNG and JPEG/],
    ['a member twice', '{"tokens":[],"tokens":[],"tokenOrder":[]}', /member twice, at line 1, column 14/],
    ['a file that was cut off', textOf('aegis.json').slice(0, 900), /cut off/],
    ['a line that is none', `${textOf('ente.txt')}JBSWY3DPEHPK3PXP`, /Line 14 is no otpauth/],
  ])('%s', async (_, text, message) => {
    const error = await readText(text).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'ERR_ENTRY_INVALID', message: expect.stringMatching(message) });
  });

  test('UTF-16 and Latin-1 are refused with the command that converts them', async () => {
    const { accountsIn } = await import('../../../src/bulk/authenticators/read-accounts.js');
    await expect(accountsIn(new Uint8Array(Buffer.from('\uFEFFotpauth://', 'utf16le')))).rejects.toThrow(
      /iconv/,
    );
    await expect(accountsIn(Uint8Array.of(0x6f, 0xe9, 0x0a))).rejects.toThrow(
      /Line 1 is not valid UTF-8.*iconv/,
    );
  });
});

test('no reason shows anything of a secret', async () => {
  const { accounts } = await read('lastpass-authenticator.json');
  for (const account of accounts) {
    if ('error' in account) expect(account.error.message).not.toContain('JBSW');
  }
});
