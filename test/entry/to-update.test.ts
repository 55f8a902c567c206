import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OpenedEntry, openEntry, type StoredEntry, toUpdate } from '../../src/entry/open-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { sealValue } from '../../src/value/sealed-value.js';
import { refusal } from '../refusal.js';
import { storedForm, validEntry } from './arbitrary-entry.js';
import { KEY, open, REF, seal, TOTP } from './sealing.js';

/** docs/vault-api.md, rule 20. */
const vaultSet = {
  id: '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f',
  workspace_id: '0b8e3f8a-0000-4000-8000-000000000001',
  user_id: '0b8e3f8a-0000-4000-8000-000000000002',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-02T00:00:00.000Z',
  tfa_email: 'info+user-1+example.com@cloudcruise.com',
  tfa_phone_number: null,
  session_data_set_at: null,
  effective_expires_at: null,
  proxy_string: null,
  session_id: 'abc',
};
/** Settings that nobody set, as a database answers them. */
const unset = {
  tfa_method: null,
  user_alias: null,
  allow_multiple_sessions: null,
  proxy: null,
  proxy_setting: null,
  secret_provider_id: null,
  secret_ref: null,
  secret_cache_ttl_seconds: null,
  cookies: null,
  session_storage: null,
  local_storage: null,
  skip_csrf_cookies: null,
  headers: null,
  user_agent: null,
  location: null,
  ip_address: null,
};
/** Settings that may be null, and so may be written as null. */
const nullable = {
  persist_session_storage: null,
  persist_local_storage: null,
  persist_cookies: null,
  max_concurrency: null,
  prevent_concurrency_during_login: null,
  expiry_time_from_last_use: null,
  expiry_time_from_session_data_set: null,
  cookie_domain_to_store: null,
};
const settings = {
  user_alias: 'Ada',
  tfa_method: 'AUTHENTICATOR',
  allow_multiple_sessions: true,
  max_concurrency: 2,
  expiry_time_from_last_use: '01:30:00',
  proxy: { enable: true, target_ip: '203.0.113.7' },
  proxy_setting: 'custom',
  cookies: [{ name: 'a', value: 'b', domain: 'c' }],
  session_storage: { a: 1 },
  headers: [],
};
const sealed = {
  user_name: sealValue('ada', KEY),
  password: sealValue('hunter2', KEY),
  tfa_secret: sealValue(TOTP, KEY),
  proxy_value: sealValue('https://proxy.example.com', KEY),
};

/** Read, change, write, read again. */
function roundTrip(answer: object, change: object = {}): Record<string, unknown> {
  const update = toUpdate(openEntry({ ...REF, ...answer } as StoredEntry, KEY));
  return open(sealEntry({ ...update, ...change }, KEY, { operation: 'update' }));
}
const update = (entry: unknown): object => toUpdate(entry as OpenedEntry);

describe('toUpdate', () => {
  test.each(Object.entries(vaultSet))('leaves out %s, which only the vault sets', (name, value) => {
    expect(update({ ...REF, [name]: value })).toStrictEqual(REF);
  });

  test.each(['new_field', 'constructor', '__proto__', 'Password'])(
    'leaves out %s, which is unknown',
    (name) => {
      const entry = Object.defineProperty({ ...REF }, name, { value: 'x', enumerable: true });
      expect(update(entry)).toStrictEqual(REF);
    },
  );

  test.each(Object.keys(unset))('leaves out %s if it is null, which cannot be written', (name) => {
    expect(update({ ...REF, [name]: null })).toStrictEqual(REF);
    expect(() => seal({ ...REF, [name]: null }, { operation: 'update' })).toThrow();
  });

  test('leaves out proxy_value if it is null: nobody set it, though an update may say null to take it away', () => {
    expect(update({ ...REF, proxy_value: null })).toStrictEqual(REF);
    expect(seal({ ...REF, proxy_value: null }, { operation: 'update' })).toStrictEqual({
      ...REF,
      proxy_value: null,
    });
  });

  test.each(Object.keys(nullable))('keeps %s that is null', (name) => {
    const entry = { ...REF, [name]: null };
    expect(update(entry)).toStrictEqual(entry);
    expect(seal(entry, { operation: 'update' })).toStrictEqual(entry);
  });

  test.each(['user_name', 'password', 'tfa_secret'])('keeps a %s that is null', (name) => {
    const entry = { ...REF, [name]: null };
    expect(update(entry)).toStrictEqual(entry);
    expect(roundTrip(entry)).toEqual(entry);
  });

  test('keeps everything else as it is, in its order, and changes nothing of what it is given', () => {
    const entry = Object.freeze({ ...settings, ...REF, ...nullable, password: 'pw' });
    expect(update(entry)).toEqual(entry);
    expect(Object.keys(update(entry))).toEqual(Object.keys(entry));
  });

  test('keeps everything that an entry can hold', () => {
    fc.assert(
      fc.property(validEntry, (entry) => {
        expect(update({ ...entry, ...vaultSet })).toEqual(entry);
      }),
    );
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a list', [REF]],
    ['text', 'entry'],
    ['a Map', new Map()],
    ['a Promise', Promise.resolve(REF)],
  ])('refuses %s', (_, entry) => {
    expect(refusal('ERR_ENTRY_INVALID', () => update(entry)).issues).toMatchObject([
      { path: '', rule: 'payload/not-an-object' },
    ]);
  });
});

describe('a complete answer of the vault can be written back', () => {
  test('with every field set', () => {
    const expected = { ...REF, ...settings, user_name: 'ada', password: 'hunter2', tfa_secret: TOTP };
    expect(roundTrip({ ...vaultSet, ...settings, ...sealed, new_field: 1 })).toEqual({
      ...expected,
      proxy_value: 'https://proxy.example.com',
    });
  });

  test('with every field null that can be', () => {
    const credentials = { user_name: null, password: null, tfa_secret: null };
    expect(roundTrip({ ...vaultSet, ...unset, ...nullable, ...credentials, new_field: null })).toEqual({
      ...REF,
      ...nullable,
      ...credentials,
    });
  });

  test('of a provider-backed entry, whose credentials are null', () => {
    const provider = { secret_provider_id: 'p', secret_ref: 'r', secret_cache_ttl_seconds: 60 };
    const credentials = { user_name: null, password: null, tfa_secret: null };
    const answer = { ...vaultSet, ...unset, ...provider, ...credentials };
    expect(roundTrip(answer)).toEqual({ ...REF, ...provider, ...credentials });
    expect(roundTrip({ ...answer, tfa_method: 'AUTHENTICATOR' })).toHaveProperty(
      'tfa_method',
      'AUTHENTICATOR',
    );
  });

  test('whatever valid entry it was made from', () => {
    fc.assert(
      fc.property(validEntry, (entry) => {
        expect(roundTrip({ ...seal(entry), ...vaultSet, new_field: 1 })).toEqual(storedForm(entry));
      }),
    );
  });

  test('with the change that was made', () => {
    const answer = { ...vaultSet, ...unset, ...sealed, proxy_value: null };
    expect(roundTrip(answer, { password: 'new', user_name: null, id: vaultSet.id })).toEqual({
      ...REF,
      id: vaultSet.id,
      user_name: null,
      password: 'new',
      tfa_secret: TOTP,
    });
  });
});
