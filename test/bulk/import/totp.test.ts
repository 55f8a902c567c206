import { describe, expect, test } from 'vitest';
import { type ImportOptions, importEntries } from '../../../src/bulk/index.js';
import { readStream } from '../../../src/bulk/read-stream.js';
import { bytesOf, expected, textOf } from '../authenticators/exports.js';

const HEADER = 'name,url,username,password,note';
const CHROME = `${HEADER}
a,https://github.com/login,ada@example.com,pw1,
a,https://github.com/login,bob,pw2,
a,https://www.dropbox.com/,someone,pw3,
a,https://accounts.google.com/,ada@example.com,pw4,
a,https://registry.example/,eve,pw5,
a,https://registry.example/,mallory,pw6,
a,https://npm.example/,ada,old,
a,https://npm.example/,ada,pw7,
`;
const secretOf = (issuer: string, user: string) =>
  expected.find((one) => one.issuer === issuer && one.user === user)?.secret;

async function imported(csv: string, options: ImportOptions) {
  const { items, ...found } = await importEntries(new Blob([csv]), options);
  const rows = new Map<number, unknown>();
  for await (const item of readStream(items)) rows.set(item.line, 'error' in item ? item.error : item.value);
  return { ...found, rows };
}

const aegis = () => new Blob([textOf('aegis.json')]);

/** Accounts read = joined + left + refused, and each of them once. */
function expectEquation({ totp }: Awaited<ReturnType<typeof imported>>) {
  const numbers = [...(totp?.joined ?? []), ...(totp?.left ?? []), ...(totp?.refused ?? [])].map(
    ({ account }) => account,
  );
  expect(numbers.sort((a, b) => a - b)).toEqual(
    Array.from({ length: totp?.accounts ?? 0 }, (_, index) => index + 1),
  );
}

test('secrets of an authenticator join the rows of their sites and users', async () => {
  const found = await imported(CHROME, { totp: [aegis()] });
  expect(Object.fromEntries(found.rows)).toMatchObject({
    1: { tfa_secret: secretOf('GitHub', 'ada@example.com'), tfa_method: 'AUTHENTICATOR', password: 'pw1' },
    2: { tfa_secret: secretOf('GitHub', 'bob') },
    3: { tfa_secret: secretOf('Dropbox', 'ada') },
    // Row 7 names the same entry, and row 8 takes its place.
    8: { tfa_secret: secretOf('npm', 'ada'), password: 'pw7' },
  });
  for (const row of [4, 5, 6]) expect(found.rows.get(row)).not.toHaveProperty('tfa_secret');
  expect(found).toMatchObject({ entries: 7, failed: 0, superseded: new Map([[7, 8]]) });
  expect(found.totp).toMatchObject({
    accounts: 12,
    left: [
      { account: 4, issuer: 'registry.example', reason: 'user name of no row', rows: [5, 6] },
      { account: 5, issuer: 'Société Générale', reason: 'no row of the issuer', rows: [] },
      { account: 9, issuer: '', reason: 'no issuer' },
    ],
    refused: [
      { account: 3, issuer: 'Example Bank', reason: 'settings the vault cannot use' },
      { account: 6, issuer: 'Google', reason: 'settings the vault cannot use' },
      { account: 7, reason: 'HOTP' },
      { account: 8, reason: 'Steam' },
      { account: 12, reason: 'another kind' },
    ],
  });
  expectEquation(found);
});

test('accounts are numbered over all sources, pictures among them, and the same secret may come twice', async () => {
  const picture = new Blob([Uint8Array.from(bytesOf('two.png'))]);
  const found = await imported(CHROME, { totp: [aegis(), picture] });
  expect(found.totp).toMatchObject({ accounts: 14 });
  expect(found.totp?.joined).toEqual(expect.arrayContaining([expect.objectContaining({ account: 13 })]));
  expectEquation(found);
});

test('a map joins by hand', async () => {
  const found = await imported(CHROME, { totp: [aegis()], totpMap: { 5: 4, 6: 4 } });
  expect(found.rows.get(5)).toMatchObject({
    tfa_secret: secretOf('registry.example', 'ada+dev@example.com'),
  });
  expect(found.totp?.joined).toContainEqual({ account: 4, rows: [5, 6] });
  expectEquation(found);
});

describe('a row that has a secret', () => {
  const own = (secret: string) =>
    `Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\na,https://github.com,bob,pw,${secret},false,false,,\n`;

  test('fails if another one is offered, and is named', async () => {
    const found = await imported(own('JBSWY3DPEHPK3PXP'), { totp: [aegis()] });
    expect(found.rows.get(1)).toMatchObject({
      code: 'ERR_ENTRY_INVALID',
      message: expect.stringMatching(/^The row has a TOTP secret, and account 10 .* another one/),
    });
    expect(found).toMatchObject({ entries: 0, failed: 1 });
    expect(found.totp?.left).toContainEqual(
      expect.objectContaining({ account: 10, reason: 'row has another secret', rows: [1] }),
    );
    expectEquation(found);
  });

  test('fails so with skipBadTotp, too', async () => {
    const found = await imported(own('JBSWY3DPEHPK3PXP'), { totp: [aegis()], skipBadTotp: true });
    expect(found).toMatchObject({ entries: 0, failed: 1 });
  });

  test('keeps it if the same is offered', async () => {
    const secret = secretOf('GitHub', 'bob') ?? '';
    const found = await imported(own(`otpauth://totp/GitHub:bob?secret=${secret.toLowerCase()}`), {
      totp: [aegis()],
    });
    expect(found.rows.get(1)).toMatchObject({ tfa_secret: secret });
    expect(found.totp?.joined).toContainEqual({ account: 10, rows: [1] });
  });
});

test('rows that fail for each other get no secret, not by a map either', async () => {
  const csv = `${HEADER}\na,https://github.com,bob,pw,\na,https://github.com,bob,,\n`;
  for (const totpMap of [undefined, { 1: 10 }]) {
    const found = await imported(csv, { totp: [aegis()], totpMap });
    expect(found).toMatchObject({ entries: 0, failed: 2 });
    expect(found.totp?.joined).toEqual([]);
    expect(found.totp?.left).toContainEqual(
      expect.objectContaining({ account: 10, reason: totpMap ? 'row failed' : 'several rows' }),
    );
    expectEquation(found);
  }
});

test('without totp there is no account of it', async () => {
  expect(await imported(CHROME, {})).not.toHaveProperty('totp');
});

test('no user name and no secret is in what is told', async () => {
  const uris = `otpauth://totp/ada%40example.com:x?secret=JBSWY3DPEHPK3PXP\n${textOf('ente.txt')}`;
  const { totp } = await imported(CHROME, { totp: [new Blob([uris])] });
  const told = JSON.stringify(totp);
  for (const { user, secret } of expected) {
    expect(told).not.toContain(secret);
    if (user.includes('@')) expect(told).not.toContain(user);
  }
});

describe('options are refused', () => {
  test.each<[string, object, RegExp]>([
    ['totp that is no list', { totp: new Blob(['x']) }, /totp is a list of sources/],
    ['a source that is none', { totp: ['codes.json'] }, /stream\(\)/],
    ['a map without totp', { totpMap: { 1: 1 } }, /totpMap needs totp/],
    ['a map of row 0', { totp: [aegis()], totpMap: { 0: 1 } }, /Pair 1 of totpMap/],
    ['a map to a text', { totp: [aegis()], totpMap: { 1: '1' } }, /Pair 1 of totpMap/],
    ['a map to no account', { totp: [aegis()], totpMap: { 1: 99 } }, /account 99, which is not there/],
    [
      'a map to an account that cannot be used',
      { totp: [aegis()], totpMap: { 1: 7 } },
      /account 7, .*cannot be used/,
    ],
    [
      'a source that is no export',
      { totp: [aegis(), new Blob([CHROME])] },
      /TOTP source 2: Line 1 is no otpauth/,
    ],
  ])('%s', async (_, options, message) => {
    const error = await imported(CHROME, options).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'ERR_ENTRY_INVALID', message: expect.stringMatching(message) });
  });
});
