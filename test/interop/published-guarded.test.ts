import { CloudCruise, type VaultClient } from 'cloudcruise';
import { afterEach, describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { guardFetch } from '../../src/preflight/guard-fetch.js';
import { sealValue } from '../../src/value/sealed-value.js';
import { vaultClient } from '../../src/vault/index.js';
import { API_KEY, ENTRY, KEY, localVault, OTHER_KEY, REF } from '../emulator/local-vault.js';
import { rejection } from '../vault/vaults.js';

// For those who stay with the published client: one line before it is used, and no call is changed.

const platform = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = platform;
});

/** The published client on a local vault, guarded, with what reached the vault. */
async function guarded(encryptionKey = KEY) {
  const reached: string[] = [];
  const { vault } = await localVault({ onAnswer: ({ method, path }) => reached.push(`${method} ${path}`) });
  globalThis.fetch = guardFetch(fetch, { keys: new KeyRing(KEY, [OTHER_KEY]), baseUrl: vault.url });
  // Its constructor accepts no base URL but its own, so it is set behind it.
  const cloudcruise = new CloudCruise({ apiKey: API_KEY, encryptionKey: encryptionKey.toHex() });
  Reflect.set(cloudcruise, 'baseUrl', vault.url);
  return { client: cloudcruise.vault as VaultClient, reached, url: vault.url };
}
const { permissioned_user_id, domain, ...options } = ENTRY;

async function refused(call: Promise<unknown>): Promise<string[] | undefined> {
  const error = await rejection(call);
  expect(error.code).toBe('ERR_PREFLIGHT');
  for (const secret of [ENTRY.password, ENTRY.user_name, 'QZXJWVKY'])
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(secret);
  return error.report?.findings.map(({ rule, path }) => `${rule} ${path}`);
}

describe('globalThis.fetch = guardFetch(fetch, { keys })', () => {
  test('its calls go through as they are', async () => {
    const { client, reached } = await guarded();
    expect(await client.create(domain, permissioned_user_id, options)).toMatchObject(ENTRY);
    expect(await client.update({ ...REF, user_name: 'new', password: 'other' })).toMatchObject({
      ...REF,
      password: 'other',
    });
    expect(await client.get(REF)).toMatchObject([{ user_name: 'new', password: 'other' }]);
    expect(await client.getTfaCode(permissioned_user_id, domain)).toMatchObject({ type: 'authenticator' });
    await client.delete(REF);
    expect(reached).toEqual([
      'POST /vault',
      'PUT /vault',
      'GET /vault',
      'GET /vault/tfa-code',
      'DELETE /vault',
    ]);
  });

  test.each<[string, object, string[]]>([
    [
      'a misspelt field, which would go in clear',
      { passwrod: 'QZXJWVKY' },
      ['payload/unknown-field passwrod'],
    ],
    [
      'a TOTP secret with spaces',
      { ...options, tfa_secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EE' },
      ['totp/format tfa_secret'],
    ],
    [
      'a TOTP secret as a URI',
      { ...options, tfa_secret: 'otpauth://totp/a?secret=JBSWY3DPEHPK3PXP' },
      ['totp/format tfa_secret'],
    ],
    ['a TOTP code for a secret', { ...options, tfa_secret: '123456' }, ['totp/format tfa_secret']],
    [
      'a value that is sealed already',
      { password: sealValue('QZXJWVKY', KEY) },
      ['credential/sealed-twice password'],
    ],
    [
      'AUTHENTICATOR without a secret',
      { ...options, tfa_secret: undefined },
      ['totp/missing-secret tfa_secret'],
    ],
    [
      'an interval that the database would not read',
      { expiry_time_from_last_use: 'banana' },
      ['setting/interval expiry_time_from_last_use'],
    ],
    ['a method that there is not', { tfa_method: 'banana' }, ['setting/type tfa_method']],
  ])('%s does not reach the vault, neither by create nor by update', async (_, more, findings) => {
    const { client, reached } = await guarded();
    const entry = { user_name: 'ada', password: 'p', ...more } as never;
    expect(await refused(client.create(domain, permissioned_user_id, entry))).toEqual(findings);
    // Of an update nobody can say: the secret may be there already.
    if (!findings[0]?.startsWith('totp/missing'))
      expect(
        await refused(client.update({ ...REF, user_name: 'ada', password: 'p', ...more } as never)),
      ).toEqual(findings);
    expect(reached).toEqual([]);
  });

  test('nor does what is sealed under another key than the one at hand', async () => {
    const { client, reached } = await guarded(VaultKey.generate());
    expect(await refused(client.create(domain, permissioned_user_id, { password: 'p' }))).toEqual([
      'credential/wrong-key-or-changed password',
    ]);
    expect(reached).toEqual([]);
  });
});

test('its call → ours: the same entries come out', async () => {
  const { client, url } = await guarded();
  const ours = vaultClient({ apiKey: API_KEY, keys: KEY, baseUrl: url });
  const created = await client.create(domain, permissioned_user_id, options);
  expect(await ours.get(REF)).toEqual(created);
  expect(await ours.create({ permissioned_user_id: 'user-2', domain, ...options })).toMatchObject(options);
  const listed = [];
  for await (const { entry } of ours.list()) listed.push(entry);
  expect(await client.get()).toEqual(listed);
  expect(await ours.update({ ...REF, user_name: 'b', password: 'c' })).toEqual({
    ...(await client.get(REF))[0],
  });
  const [theirs, code] = [await client.getTfaCode(permissioned_user_id, domain), await ours.tfaCode(REF)];
  expect(code.type).toBe(theirs.type);
  expect(await ours.delete(REF)).toBe(true);
  await client.delete({ permissioned_user_id: 'user-2', domain });
  expect(await client.get()).toEqual([]);
});
