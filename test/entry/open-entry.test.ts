import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encryptToHex } from '#aes-gcm';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { isSealed, sealValue } from '../../src/value/sealed-value.js';
import { refusal } from '../refusal.js';
import { storedForm, validEntry } from './arbitrary-entry.js';
import { KEY, OTHER_KEY, open, REF, seal, sealAndOpen, TOTP } from './sealing.js';

const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];
const SECRETS = [...CREDENTIALS, 'proxy_value'];
const stored = {
  ...REF,
  user_name: sealValue('ada', KEY),
  password: sealValue('hunter2', KEY),
  tfa_secret: sealValue(TOTP, KEY),
  proxy_setting: 'custom',
  proxy_value: sealValue('socks5://proxy.example.com', KEY),
};
const opened = {
  ...REF,
  user_name: 'ada',
  password: 'hunter2',
  tfa_secret: TOTP,
  proxy_setting: 'custom',
  proxy_value: 'socks5://proxy.example.com',
};
/** Sealed under KEY, by somebody who did not serialise a string as JSON. */
const sealedRaw = (plaintext: string) =>
  encryptToHex(Buffer.from(KEY.toHex(), 'hex'), crypto.getRandomValues(new Uint8Array(12)), plaintext);

// docs/vault-api.md, rule 21.
describe('openEntry', () => {
  test('gives back what sealEntry was given', () => {
    fc.assert(
      fc.property(validEntry, fc.constantFrom(undefined, 16, 64), (entry, padTo) => {
        expect(sealAndOpen(entry, { padTo })).toEqual(storedForm(entry));
        expect(Object.keys(sealAndOpen(entry, { padTo }))).toEqual(Object.keys(entry));
      }),
    );
  });

  test('opens every credential and the URL of a custom proxy', () => {
    expect(open(stored)).toEqual(opened);
  });

  test('keeps the order of the fields, and changes nothing of what it is given', () => {
    const answer = structuredClone({ zeta: 1, ...stored, alpha: { deep: [1] } });
    const before = structuredClone(answer);
    expect(Object.keys(open(Object.freeze(answer)))).toEqual(Object.keys(before));
    expect(answer).toEqual(before);
  });

  test('keeps what is null null, and what is absent absent', () => {
    const nulls = Object.fromEntries(SECRETS.map((name) => [name, null]));
    expect(open({ ...REF, ...nulls })).toStrictEqual({ ...REF, ...nulls });
    expect(open({ ...REF, proxy_setting: 'custom' })).toStrictEqual({ ...REF, proxy_setting: 'custom' });
  });

  test('keeps fields that it does not know, sealed or not, as they are', () => {
    const unknown = { new_field: { a: [null] }, new_secret: stored.password, constructor: 'x', id: 5 };
    expect(open({ ...stored, ...unknown })).toEqual({ ...opened, ...unknown });
  });

  test('keeps a member called __proto__ a member', () => {
    const answer: unknown = JSON.parse(JSON.stringify(stored).replace('{', '{"__proto__":{"polluted":1},'));
    const result = open(answer);
    expect(Object.keys(result)).toContain('__proto__');
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect('polluted' in result).toBe(false);
  });

  test.each([null, undefined, 'random', 'static', 'country'])(
    'leaves the proxy_value of proxy_setting %s alone: it is not sealed',
    (proxy_setting) => {
      expect(open({ ...REF, proxy_setting, proxy_value: 'DE' })).toHaveProperty('proxy_value', 'DE');
    },
  );

  test('reads either case of hex, and the JSON of other clients', () => {
    expect(open({ ...stored, password: stored.password.toUpperCase() }).password).toBe('hunter2');
    expect(open({ ...stored, password: sealedRaw('  "p\\u00e4ss"\n') }).password).toBe('päss');
  });

  test('opens an empty credential that another client has stored', () => {
    expect(open({ ...stored, password: sealValue('', KEY) }).password).toBe('');
  });

  test('tries every key of a ring for every credential', () => {
    const mixed = { ...stored, password: sealValue('previous', OTHER_KEY) };
    expect(open(mixed, new KeyRing(KEY, [OTHER_KEY]))).toEqual({ ...opened, password: 'previous' });
    expect(open(mixed, new KeyRing(OTHER_KEY, [KEY]))).toEqual({ ...opened, password: 'previous' });
    const error = refusal('ERR_OPEN_FAILED', () => open(mixed, new KeyRing(KEY, [VaultKey.generate()])));
    expect(error.field).toBe('password');
  });
});

describe('a credential that does not open is never handed back', () => {
  const sealed = stored.password;
  const flipped = (at: number) =>
    `${sealed.slice(0, at)}${sealed[at] === '0' ? '1' : '0'}${sealed.slice(at + 1)}`;
  const broken: [string, unknown, Parameters<typeof refusal>[0]][] = [
    ['in plain text', 'hunter2', 'ERR_SEALED_FORMAT'],
    ['empty', '', 'ERR_SEALED_FORMAT'],
    ['too short', sealed.slice(0, 58), 'ERR_SEALED_FORMAT'],
    ['of an odd length', sealed.slice(1), 'ERR_SEALED_FORMAT'],
    ['with a space behind it', `${sealed} `, 'ERR_SEALED_FORMAT'],
    ['with the tag cut by stray characters', sealed.slice(0, -24) + 'z'.repeat(24), 'ERR_SEALED_FORMAT'],
    ['with 0x before it', `0x${sealed}`, 'ERR_SEALED_FORMAT'],
    ['a number', 5, 'ERR_SEALED_FORMAT'],
    ['false', false, 'ERR_SEALED_FORMAT'],
    ['an object', { value: sealed }, 'ERR_SEALED_FORMAT'],
    ['an array', [sealed], 'ERR_SEALED_FORMAT'],
    ['under another key', sealValue('hunter2', OTHER_KEY), 'ERR_OPEN_FAILED'],
    ['with a changed IV', flipped(0), 'ERR_OPEN_FAILED'],
    ['with a changed ciphertext', flipped(26), 'ERR_OPEN_FAILED'],
    ['with a changed tag', flipped(sealed.length - 1), 'ERR_OPEN_FAILED'],
    ['with a shortened tag', sealed.slice(0, -2), 'ERR_OPEN_FAILED'],
    ['some other hex', 'ab'.repeat(40), 'ERR_OPEN_FAILED'],
    ['sealed without JSON', sealedRaw('hunter2'), 'ERR_PLAINTEXT_FORMAT'],
    ['sealed as a number', sealedRaw('12345'), 'ERR_PLAINTEXT_FORMAT'],
    ['sealed as null', sealedRaw('null'), 'ERR_PLAINTEXT_FORMAT'],
    ['sealed as an object', sealedRaw('{"password":"hunter2"}'), 'ERR_PLAINTEXT_FORMAT'],
  ];
  const cases = SECRETS.flatMap((field) =>
    broken.map(([what, value, code]) => ({ field, what, value, code })),
  );

  test.each(cases)('$field $what: $code', ({ field, value, code }) => {
    const error = refusal(code, () => open({ ...stored, [field]: value }));
    expect(error.field).toBe(field);
    expect(error.message).toContain(field);
  });

  test.each(SECRETS)('%s that was sealed twice, white space around it or not', (field) => {
    const ring = new KeyRing(KEY, [OTHER_KEY]);
    const inner = sealValue('hunter2', OTHER_KEY);
    for (const value of [inner, inner.toUpperCase(), `${inner}\n`, ` ${inner} `]) {
      const answer = { ...stored, [field]: sealValue(value, KEY) };
      const error = refusal('ERR_ALREADY_SEALED', () => open(answer, ring));
      expect([error.field, error.message.includes(inner)]).toEqual([field, false]);
      expect(open(answer)[field]).toBe(value);
    }
  });

  test.each([undefined, null, 'random', 'static', 'country', 'new'])(
    'a proxy_value that is sealed, under the proxy_setting %s',
    (proxy_setting) => {
      const { proxy_value } = stored;
      expect(open({ ...REF, proxy_setting, proxy_value }).proxy_value).toBe(opened.proxy_value);
      const error = refusal('ERR_OPEN_FAILED', () => open({ ...REF, proxy_setting, proxy_value }, OTHER_KEY));
      expect(error.field).toBe('proxy_value');
    },
  );

  test('nor is a value that was sealed twice taken for sealed: it opens to what was sealed', () => {
    const twice = sealValue(sealValue('hunter2', OTHER_KEY), KEY);
    expect(isSealed(open({ ...REF, password: twice }).password)).toBe(true);
    expect(open(seal({ ...REF, password: 'x' })).password).toBe('x');
  });
});

describe('openEntry refuses', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['text', JSON.stringify(stored)],
    ['a number', 5],
    ['the array of a list', [stored]],
    ['a Map', new Map(Object.entries(stored))],
    ['a Promise that nobody awaited', Promise.resolve(stored)],
    ['a Response', new Response(JSON.stringify(stored))],
    ['a function', () => stored],
  ])('%s', (_, answer) => {
    const { issues } = refusal('ERR_ENTRY_INVALID', () => open(answer));
    expect(issues).toMatchObject([{ path: '', rule: 'payload/not-an-object' }]);
  });

  test.each<[string, unknown]>([
    ['an error answer', { message: 'Unauthorized' }],
    ['an error answer of another shape', { error: { message: 'Entry not found' }, statusCode: 404 }],
    ['the answer of another call', { success: true }],
    ['an object of nothing', {}],
    ['a list', [stored]],
  ])('what has nothing of an entry, and says what it may be: %s', (_, answer) => {
    const { message, issues } = refusal('ERR_ENTRY_INVALID', () => open(answer));
    expect(message).toMatch(/not a list or an error answer/);
    expect(issues).toMatchObject([{ path: '', rule: 'payload/not-an-object' }]);
  });

  test.each<[unknown]>([[null], ['0'.repeat(64)], [{}], [[KEY]], [5]])('keys %o', (keys) => {
    refusal('ERR_KEY_FORMAT', () => open(stored, keys as VaultKey));
    refusal('ERR_KEY_FORMAT', () => open(REF, keys as VaultKey));
  });

  test('a destroyed key', () => {
    const key = VaultKey.generate();
    key.destroy();
    refusal('ERR_KEY_DESTROYED', () => open(stored, key));
  });
});
