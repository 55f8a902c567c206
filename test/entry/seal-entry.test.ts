import { describe, expect, test } from 'vitest';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { isSealed, openValue } from '../../src/value/sealed-value.js';
import { refusal } from '../refusal.js';
import { faultsOf, KEY, OTHER_KEY, open, REF, seal, TOTP } from './sealing.js';

const settings = {
  user_alias: 'Ada',
  persist_cookies: null,
  allow_multiple_sessions: true,
  max_concurrency: 3,
  expiry_time_from_last_use: '01:30:00',
  proxy: { enable: true, target_ip: '203.0.113.7' },
  proxy_setting: 'custom',
  cookies: [{ name: 'sid', value: 'v', domain: 'example.com' }],
  session_storage: { a: [1, { b: null }] },
  headers: [{ name: 'x', value: 'y' }],
  ip_address: '2001:db8::1',
};
const credentials = {
  user_name: 'ada@example.com',
  password: ' pass wörd\n🎉 ',
  tfa_secret: TOTP,
  proxy_value: 'socks5://user:pw@proxy.example.com:1080',
};
const { password, ...otherCredentials } = credentials;
const full = { password, ...settings, ...REF, ...otherCredentials };
const names = (entry: object) => Object.keys(entry);

describe('sealEntry', () => {
  test('seals the credentials and the URL of a custom proxy, and nothing else', () => {
    const sent = seal(full);
    expect(names(sent).filter((name) => isSealed(sent[name]))).toEqual(
      names(full).filter((name) => name in credentials),
    );
    for (const [name, value] of Object.entries(credentials)) {
      expect(openValue(String(sent[name]), KEY)).toBe(value);
    }
  });

  test('sends every other field as it came', () => {
    expect(seal(full)).toMatchObject({ ...settings, ...REF });
  });

  test('keeps the order of the fields', () => {
    expect(names(seal(full))).toEqual(names(full));
    const reversed = Object.fromEntries(Object.entries(full).reverse());
    expect(names(seal(reversed))).toEqual(names(reversed));
  });

  test('changes nothing of what it is given', () => {
    const entry = structuredClone(full);
    const options = { operation: 'update', padTo: 64, allowUnknown: ['x'] };
    seal(entry, options);
    expect(entry).toEqual(full);
    expect(options).toEqual({ operation: 'update', padTo: 64, allowUnknown: ['x'] });
  });

  test('takes frozen entries and options', () => {
    const entry = Object.freeze({ ...full, proxy: Object.freeze({ enable: true }) });
    expect(seal(entry, Object.freeze({ allowUnknown: Object.freeze([]) }))).toHaveProperty('password');
  });

  test('seals the same entry differently every time', () => {
    const sealedTexts = Array.from({ length: 20 }, () => seal(full)).flatMap((sent) =>
      names(credentials).map((name) => sent[name]),
    );
    expect(new Set(sealedTexts).size).toBe(80);
  });

  test('leaves out what is undefined', () => {
    const sent = seal({ ...REF, password: undefined, proxy: undefined, created_at: undefined, x: undefined });
    expect(sent).toStrictEqual(REF);
  });

  test.each(['static', 'country'])('does not seal the proxy_value of %s', (proxy_setting) => {
    const proxy_value = proxy_setting === 'country' ? 'DE' : '203.0.113.7';
    expect(seal({ ...REF, proxy_setting, proxy_value })).toMatchObject({ proxy_value });
  });

  test('sends an interval given as text unchanged, and parts as PostgreSQL writes them', () => {
    const expiry_time_from_last_use = '  1  HOUR 30 minutes ';
    const expiry_time_from_session_data_set = { days: 7, hours: 1 };
    expect(seal({ ...REF, expiry_time_from_last_use, expiry_time_from_session_data_set })).toMatchObject({
      expiry_time_from_last_use,
      expiry_time_from_session_data_set: '7 days 01:00:00',
    });
  });

  test('seals with the current key of a ring', () => {
    const { password } = seal(full, {}, new KeyRing(KEY, [OTHER_KEY]));
    expect(openValue(String(password), KEY)).toBe(full.password);
    refusal('ERR_OPEN_FAILED', () => openValue(String(password), OTHER_KEY));
  });

  test('hides the length of every credential with padTo', () => {
    const lengths = ['a', 'a'.repeat(60), 'é'.repeat(30)].map((text) => {
      const sent = seal({ ...REF, user_name: text, password: text }, { padTo: 64 });
      expect(open(sent)).toMatchObject({ user_name: text, password: text });
      return [String(sent.user_name).length, String(sent.password).length];
    });
    expect(new Set(lengths.flat())).toEqual(new Set([2 * (12 + 64 + 16)]));
  });
});

describe('sealEntry reads entries of every make', () => {
  test('instances of a class', () => {
    class Entry {
      permissioned_user_id = 'user-1';
      domain = 'https://example.com';
      password = 'pw';
      notOwn() {}
    }
    expect(open(seal(new Entry()))).toEqual({ ...REF, password: 'pw' });
  });

  test('objects without a prototype', () => {
    const entry = Object.assign(Object.create(null), REF, { password: 'pw' });
    expect(open(seal(entry))).toEqual({ ...REF, password: 'pw' });
  });

  test.each([
    ['password', 'first'],
    ['tfa_method', 'EMAIL'],
    ['allow_multiple_sessions', true],
    ['proxy_setting', 'custom'],
    ['secret_ref', undefined],
  ])('a getter of %s once: what was checked is what is sent', (name, first) => {
    let reads = 0;
    const entry = { ...REF, max_concurrency: 2, allow_multiple_sessions: true };
    const get = () => {
      reads += 1;
      return reads === 1 ? first : 5;
    };
    Object.defineProperty(entry, name, { get, enumerable: true });
    expect(open(seal(entry))[name]).toBe(first);
    expect(reads).toBe(1);
  });
});

describe('what is no object is payload/not-an-object', () => {
  const nothings: [string, unknown][] = [
    ['null', null],
    ['undefined', undefined],
    ['text', JSON.stringify(full)],
    ['a number', 5],
    ['a boolean', true],
    ['a bigint', 1n],
    ['a symbol', Symbol('entry')],
    ['a function', () => full],
    ['an array', [full]],
    ['an empty array', []],
    ['a Map', new Map(Object.entries(full))],
    ['a Set', new Set([full])],
    ['a Date', new Date(0)],
    ['FormData', new FormData()],
    ['a Promise that nobody awaited', Promise.resolve(full)],
    ['bytes', new Uint8Array(8)],
  ];
  test.each(nothings)('%s', (_, entry) => {
    expect(faultsOf(entry)).toEqual([': payload/not-an-object']);
    expect(faultsOf(entry, { operation: 'update' })).toEqual([': payload/not-an-object']);
  });

  test.each([[{}], [Object.create(null)], [KEY]])('%s is one, but has no fields', (entry) => {
    expect(faultsOf(entry)).toEqual([
      'domain: payload/missing-field',
      'permissioned_user_id: payload/missing-field',
    ]);
  });
});

describe('options and keys of the wrong kind are refused', () => {
  test.each<[unknown]>([
    [null],
    ['update'],
    [5],
    [true],
    [() => ({})],
    [{ operation: 'delete' }],
    [{ operation: 'UPDATE' }],
    [{ operation: null }],
    [{ operation: '' }],
    [{ operation: ['update'] }],
    [{ allowUnknown: 'new_field' }],
    [{ allowUnknown: null }],
    [{ allowUnknown: { new_field: true } }],
    [{ allowUnknown: new Set(['new_field']) }],
  ])('options %o', (options) => {
    refusal('ERR_ENTRY_INVALID', () => seal(full, options));
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '64', 65_537, {}])('padTo %o', (padTo) => {
    refusal('ERR_PLAINTEXT_FORMAT', () => seal(full, { padTo }));
  });

  test.each<[unknown]>([[undefined], [null], [KEY.toHex()], [{}], [[KEY]], [new Uint8Array(32)], [5]])(
    'key %o',
    (key) => {
      refusal('ERR_KEY_FORMAT', () => sealEntry(REF, key as VaultKey));
      refusal('ERR_KEY_FORMAT', () => sealEntry({ ...REF, password }, key as VaultKey));
    },
  );

  test('a destroyed key', () => {
    const key = VaultKey.generate();
    const ring = new KeyRing(key);
    key.destroy();
    refusal('ERR_KEY_DESTROYED', () => seal(full, {}, key));
    refusal('ERR_KEY_DESTROYED', () => seal(full, {}, ring));
  });

  test.each<[unknown]>([
    [undefined],
    [{}],
    [{ operation: undefined, padTo: undefined, allowUnknown: undefined }],
  ])('but options %o are as good as none', (options) => {
    expect(open(seal(full, options))).toMatchObject(full);
  });
});

describe('members called like those of Object.prototype', () => {
  const parsed = (text: string) => ({ ...REF, ...JSON.parse(text) });
  test.each([
    ['{"constructor":"x"}', 'constructor: payload/unknown-field'],
    ['{"toString":"x"}', 'toString: payload/unknown-field'],
    ['{"hasOwnProperty":null}', 'hasOwnProperty: payload/unknown-field'],
    ['{"__proto__":{"password":"x"}}', '__proto__: payload/unknown-field'],
    ['{"__proto__":null}', '__proto__: payload/unknown-field'],
  ])('%s are unknown fields', (text, fault) => {
    expect(faultsOf(parsed(text))).toEqual([fault]);
  });

  test('that are symbols are none, and do not travel', () => {
    const sent = seal({ ...REF, password: 'hunter2', [Symbol('password')]: 'hunter2' });
    expect(Reflect.ownKeys(sent)).toEqual([...names(REF), 'password']);
  });

  test('do not stand in for required ones', () => {
    const entry: unknown = JSON.parse(`{"__proto__":${JSON.stringify(REF)}}`);
    expect(faultsOf(entry)).toContain('domain: payload/missing-field');
  });

  test('let through by allowUnknown are members like any, and change no prototype', () => {
    const sent = seal(
      parsed('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
      {
        allowUnknown: ['__proto__', 'constructor'],
      },
    );
    expect(Object.getPrototypeOf(sent)).toBe(Object.prototype);
    expect(JSON.stringify(sent)).toContain('"__proto__":{"polluted":true}');
    expect('polluted' in {}).toBe(false);
  });
});
