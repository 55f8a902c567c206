import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encryptToHex } from '#aes-gcm';
import type { StoredEntry } from '../../src/entry/open-entry.js';
import { rotateEntry } from '../../src/entry/rotate-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openBytes, type Sealed, sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { validEntry } from './arbitrary-entry.js';
import { KEY, OTHER_KEY, open, REF, seal, TOTP } from './sealing.js';

const PREVIOUS = OTHER_KEY;
const ring = new KeyRing(KEY, [PREVIOUS]);
const SECRETS = ['user_name', 'password', 'tfa_secret', 'proxy_value'];

const old = {
  ...REF,
  user_name: sealValue('ada', PREVIOUS),
  password: sealValue('hunter2', PREVIOUS, { padTo: 64 }),
  tfa_secret: sealValue(TOTP, PREVIOUS),
  proxy_setting: 'custom',
  proxy_value: sealValue('socks5://proxy.example.com', PREVIOUS),
};

/** `rotateEntry` without its types. */
const rotate = (entry: unknown, keys: VaultKey | KeyRing = ring): Record<string, unknown> =>
  rotateEntry(entry as StoredEntry, keys);
const sealedRaw = (plaintext: string, key = PREVIOUS) =>
  encryptToHex(Buffer.from(key.toHex(), 'hex'), crypto.getRandomValues(new Uint8Array(12)), plaintext);
const plaintextOf = (sealed: unknown, key: VaultKey) =>
  Buffer.from(openBytes(sealed as Sealed, [key])?.plaintext ?? []).toString();

describe('rotateEntry', () => {
  test('brings every credential and the URL of a custom proxy under the current key', () => {
    expect(open(rotate(old), KEY)).toEqual(open(old, PREVIOUS));
    refusal('ERR_OPEN_FAILED', () => open(rotate(old), PREVIOUS));
  });

  test('any entry opens under the current key to what it was, with its fields in their order', () => {
    fc.assert(
      fc.property(validEntry, fc.constantFrom(undefined, 16, 64), (entry, padTo) => {
        const sealed = seal(entry, { padTo }, PREVIOUS);
        const rotated = rotate(sealed);
        expect(open(rotated, KEY)).toEqual(open(sealed, PREVIOUS));
        expect(Object.keys(rotated)).toEqual(Object.keys(sealed));
      }),
    );
  });

  test('seals the very plaintext, so that padding and the spelling of the JSON stay, and the length with them', () => {
    for (const plaintext of ['"hunter2"      ', ' "p\\u00e4ss"\n', '"päss"', '""']) {
      const password = sealedRaw(plaintext);
      const rotated = rotate({ ...REF, password }).password;
      expect(plaintextOf(rotated, KEY)).toBe(plaintext);
      expect(String(rotated)).toHaveLength(password.length);
    }
  });

  test('gives a fresh IV to each value, every time', () => {
    const ivs = [rotate(old), rotate(old)].flatMap((entry) =>
      SECRETS.map((field) => String(entry[field]).slice(0, 24)),
    );
    expect(new Set(ivs).size).toBe(2 * SECRETS.length);
  });

  test('hands back the very entry where everything is current', () => {
    const current = { ...rotate(old), password: String(sealValue('x', KEY)).toUpperCase() };
    const before = structuredClone(current);
    expect(rotate(current)).toBe(current);
    expect(current).toEqual(before);
    expect(rotate(REF)).toBe(REF);
  });

  test('leaves a credential that is current untouched to the byte, beside one that is not', () => {
    const password = String(sealValue('x', KEY)).toUpperCase();
    const rotated = rotate({ ...old, password });
    expect(rotated.password).toBe(password);
    expect(rotated.user_name).not.toBe(old.user_name);
  });

  test('is done after one run', () => {
    const once = rotate(old);
    expect(rotate(once)).toBe(once);
  });

  test('changes nothing of what it is given', () => {
    const before = structuredClone(old);
    rotate(Object.freeze({ ...old }));
    expect(old).toEqual(before);
  });

  test('keeps null null, absent absent, and the fields of an answer as they are', () => {
    const answer = {
      ...old,
      user_name: null,
      id: '8c5ab1b8-2f63-4c1a-9d1f-1d8b9b3f5c1e',
      updated_at: '2026-01-01T00:00:00Z',
      tfa_email: null,
      new_field: { deep: [1] },
      new_secret: old.password,
    };
    const { password, tfa_secret, proxy_value, ...rest } = rotate(answer);
    const { password: _p, tfa_secret: _t, proxy_value: _v, ...expected } = answer;
    expect(rest).toStrictEqual(expected);
  });

  test.each([null, undefined, 'random', 'static', 'country'])(
    'leaves the proxy_value of proxy_setting %s alone',
    (proxy_setting) => {
      expect(rotate({ ...old, proxy_setting, proxy_value: 'DE' }).proxy_value).toBe('DE');
    },
  );

  test('opens under any key of the ring, the oldest too', () => {
    const three = new KeyRing(VaultKey.generate(), [KEY, PREVIOUS]);
    const mixed = { ...old, password: sealValue('newer', KEY), user_name: sealValue('ada', three.current) };
    const rotated = rotate(mixed, three);
    expect(open(rotated, three.current)).toEqual({ ...open(old, PREVIOUS), password: 'newer' });
    expect(rotated.user_name).toBe(mixed.user_name);
  });

  test('with a key by itself only finds out whether all is current', () => {
    const current = rotate(old);
    expect(rotate(current, KEY)).toBe(current);
    expect(refusal('ERR_OPEN_FAILED', () => rotate(old, KEY)).field).toBe('user_name');
  });

  test('finds what is not current without telling more than the fingerprints tried', () => {
    const secret = 'correct horse battery staple';
    const strange = { ...REF, password: sealValue(secret, VaultKey.generate()) };
    const error = refusal('ERR_OPEN_FAILED', () => rotate(strange));
    expect(error.field).toBe('password');
    expect(error.message).toContain(KEY.fingerprint);
    expect(error.message).toContain(PREVIOUS.fingerprint);
    expectHidden(error, secret);
    expectHidden(error, strange.password);
  });
});

describe('rotateEntry refuses', () => {
  const changed = (at: number) =>
    old.password.slice(0, at) + (old.password[at] === '0' ? '1' : '0') + old.password.slice(at + 1);
  const broken: [string, unknown, Parameters<typeof refusal>[0]][] = [
    ['plain text', 'hunter2', 'ERR_SEALED_FORMAT'],
    ['empty text', '', 'ERR_SEALED_FORMAT'],
    ['a number', 5, 'ERR_SEALED_FORMAT'],
    ['an object', {}, 'ERR_SEALED_FORMAT'],
    ['a value under no key of the ring', sealValue('x', VaultKey.generate()), 'ERR_OPEN_FAILED'],
    ['a changed IV', changed(3), 'ERR_OPEN_FAILED'],
    ['a changed tag', changed(old.password.length - 1), 'ERR_OPEN_FAILED'],
    ['a plaintext that is no JSON', sealedRaw('hunter2'), 'ERR_PLAINTEXT_FORMAT'],
    ['a plaintext that is a JSON number', sealedRaw('12345'), 'ERR_PLAINTEXT_FORMAT'],
    ['the same under the current key', sealedRaw('hunter2', KEY), 'ERR_PLAINTEXT_FORMAT'],
  ];
  test.each(SECRETS.flatMap((field) => broken.map((row) => [field, ...row] as const)))(
    '%s that is %s, and names the field',
    (field, _, value, code) => {
      const error = refusal(code, () => rotate({ ...old, [field]: value }));
      expect(error.field).toBe(field);
      expect(error.message).toContain(field);
    },
  );

  test.each<[unknown]>([[null], [undefined], ['{}'], [[old]], [new Map()], [Promise.resolve(old)]])(
    'what is no entry: %o',
    (entry) => {
      refusal('ERR_ENTRY_INVALID', () => rotate(entry));
    },
  );

  test.each<[unknown]>([[null], ['0'.repeat(64)], [{}], [[KEY]]])('keys %o', (keys) => {
    refusal('ERR_KEY_FORMAT', () => rotate(old, keys as VaultKey));
    refusal('ERR_KEY_FORMAT', () => rotate(REF, keys as VaultKey));
  });

  test('a ring whose current key is destroyed', () => {
    const current = VaultKey.generate();
    const destroyed = new KeyRing(current, [PREVIOUS]);
    current.destroy();
    refusal('ERR_KEY_DESTROYED', () => rotate(old, destroyed));
  });
});

test('what is sealed twice is not rotated: with the previous key, it would be lost for good', () => {
  const [now, old] = [VaultKey.generate(), VaultKey.generate()];
  const twice = sealValue(sealValue('hunter2', old), VaultKey.generate());
  const outer = VaultKey.generate();
  const doubly = sealValue(sealValue('hunter2', old), outer);
  const ring = new KeyRing(now, [old, outer]);
  const entry = { permissioned_user_id: 'u', domain: 'https://example.com', password: doubly };
  refusal('ERR_ALREADY_SEALED', () => rotateEntry(entry, ring));
  const inFile = sealValue(`${sealValue('hunter2', old)}\n`, outer);
  refusal('ERR_ALREADY_SEALED', () => rotateEntry({ ...entry, password: inFile }, ring));
  refusal('ERR_OPEN_FAILED', () => rotateEntry({ ...entry, password: twice }, ring));
});
