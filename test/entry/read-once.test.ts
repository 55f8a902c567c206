import { describe, expect, test } from 'vitest';
import { rotateEntry } from '../../src/entry/rotate-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { preflight } from '../../src/preflight/preflight.js';
import { toCurl } from '../../src/request/curl.js';
import { type VaultRequest, vaultRequests } from '../../src/request/vault-requests.js';
import { openValue, sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { vault } from '../request/requests.js';
import { issuesOf, KEY, open, REF, seal } from './sealing.js';

const SECRET = 'hunter2-QZXJW';

/** An object whose member is `first` while its JSON is made, for which it is read twice, and `later` from then on. */
const turning = (rest: object, name: string, first: unknown, later: unknown) => {
  let reads = 0;
  return Object.defineProperty({ ...rest }, name, {
    get() {
      reads += 1;
      return reads <= 2 ? first : later;
    },
    enumerable: true,
  });
};

describe('what is checked is what is sent', () => {
  const cookie = { name: 'a', value: 'b', domain: 'c' };
  const places: [string, (first: unknown, later: unknown) => object][] = [
    ['an entry', (first, later) => turning(REF, 'user_alias', first, later)],
    ['a cookie', (first, later) => ({ ...REF, cookies: [turning(cookie, 'path', first, later)] })],
    ['storage', (first, later) => ({ ...REF, local_storage: { a: [turning({}, 'b', first, later)] } })],
    ['a new field', (first, later) => ({ ...REF, new_field: turning({}, 'b', first, later) })],
    ['a proxy', (first, later) => ({ ...REF, proxy: turning({ enable: true }, 'target_ip', first, later) })],
  ];
  test.each(places)('a getter in %s does not answer for what was checked', (_, make) => {
    const options = { allowUnknown: ['new_field'] };
    const sent = JSON.stringify(seal(make('203.0.113.7', SECRET), options));
    expect(sent).toContain('203.0.113.7');
    expect(sent).not.toContain(SECRET);
    const { body } = vault().create(make('203.0.113.7', SECRET) as never, options);
    expect(body).not.toContain(SECRET);
  });

  test('a toJSON within does not speak for what was checked', () => {
    const speaking = (members: object) =>
      Object.defineProperty(members, 'toJSON', { value: () => ({ password: SECRET }) });
    const entry = { ...REF, proxy: { enable: true }, local_storage: { a: 1 } };
    const { proxy, local_storage } = structuredClone(entry);
    const sent = seal({ ...entry, proxy: speaking(proxy), local_storage: speaking(local_storage) });
    expect(JSON.parse(JSON.stringify(sent))).toEqual(entry);
    const toJSON = () => ({ enable: true });
    expect(issuesOf({ ...REF, proxy: { enable: true, toJSON } })).toMatchObject([{ path: 'proxy' }]);
  });

  test('what is changed afterwards is not what was sealed', () => {
    const entry = { ...REF, headers: [{ name: 'a', value: 'b' }], proxy: { enable: true } };
    const sent = seal(entry);
    entry.headers[0] = { name: 'c', value: 'd' };
    entry.proxy.enable = false;
    expect(sent).toEqual({ ...REF, headers: [{ name: 'a', value: 'b' }], proxy: { enable: true } });
  });
});

describe('what cannot be read is refused with a code, and what it threw is not shown', () => {
  const thrower = () => {
    throw new Error(SECRET);
  };
  const throwing = Object.defineProperty({}, 'name', { get: thrower, enumerable: true });
  const revoked = (target: object = {}) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };

  test.each([
    ['cookies', [throwing]],
    ['headers', throwing],
    ['proxy', Object.defineProperty({}, 'enable', { get: thrower, enumerable: true })],
    ['local_storage', { a: throwing }],
    ['expiry_time_from_last_use', Object.defineProperty({}, 'days', { get: thrower, enumerable: true })],
    ['password', throwing],
    ['cookies', revoked([])],
    ['proxy', revoked()],
    ['local_storage', { a: revoked() }],
    ['expiry_time_from_last_use', revoked()],
    ['password', revoked()],
    ['tfa_secret', revoked()],
    ['tfa_secret', throwing],
    ['permissioned_user_id', revoked()],
  ])('in the field %s', (path, value) => {
    const error = refusal('ERR_ENTRY_INVALID', () => seal({ ...REF, [path]: value }));
    expect(error.issues).toMatchObject([{ path, rule: 'setting/type' }]);
    expectHidden(error, SECRET);
  });

  test('as an entry', () => {
    const ring = new KeyRing(KEY);
    for (const entry of [
      revoked(),
      revoked([]),
      Object.defineProperty({ ...REF }, 'x', { get: thrower, enumerable: true }),
    ])
      for (const call of [
        seal,
        open,
        vault().create,
        vault().update,
        (given: unknown) => rotateEntry(given as never, ring),
      ])
        expectHidden(
          refusal('ERR_ENTRY_INVALID', () => Reflect.apply(call, undefined, [entry])),
          SECRET,
        );
  });

  test.each<[string, Parameters<typeof refusal>[0], (hostile: never) => unknown]>([
    ['a key to seal with', 'ERR_KEY_FORMAT', (key) => sealValue('x', key)],
    ['a key to open with', 'ERR_KEY_FORMAT', (key) => openValue(sealValue('x', KEY), key)],
    ['a key to seal an entry with', 'ERR_KEY_FORMAT', (key) => seal(REF, {}, key)],
    ['a key to open an entry with', 'ERR_KEY_FORMAT', (key) => open(REF, key)],
    ['a key of a ring', 'ERR_KEY_FORMAT', (key) => new KeyRing(key as VaultKey)],
    ['the previous keys of a ring', 'ERR_KEY_FORMAT', (keys) => new KeyRing(KEY, keys)],
    ['an environment', 'ERR_KEY_MISSING', (env) => VaultKey.fromEnv(env)],
    ['a name of a variable', 'ERR_KEY_MISSING', (name) => VaultKey.fromEnv({}, name)],
    ['a key in hex', 'ERR_KEY_FORMAT', (hex) => VaultKey.fromHex(hex)],
    ['a key in bytes', 'ERR_KEY_FORMAT', (bytes) => VaultKey.fromBytes(bytes)],
    ['a key as JWK', 'ERR_KEY_FORMAT', (jwk) => VaultKey.fromJwk(jwk)],
    ['a value to seal', 'ERR_PLAINTEXT_FORMAT', (value) => sealValue(value, KEY)],
    ['options to seal with', 'ERR_PLAINTEXT_FORMAT', (options) => sealValue('x', KEY, options)],
    ['a value to open', 'ERR_SEALED_FORMAT', (value) => openValue(value, KEY)],
    ['options of an entry', 'ERR_ENTRY_INVALID', (options) => seal(REF, options)],
    ['names of new fields', 'ERR_ENTRY_INVALID', (allowUnknown) => seal(REF, { allowUnknown })],
    ['options of preflight', 'ERR_KEY_FORMAT', (options) => preflight(REF, options)],
    ['keys of preflight', 'ERR_KEY_FORMAT', (keys) => preflight(REF, { keys })],
    ['settings of requests', 'ERR_REQUEST_INVALID', (config) => vaultRequests(config)],
    ['a key of requests', 'ERR_KEY_FORMAT', (key) => vault({ key })],
    ['an API key', 'ERR_REQUEST_INVALID', (apiKey) => vault({ apiKey })],
    ['a base URL', 'ERR_REQUEST_INVALID', (baseUrl) => vault({ baseUrl })],
    ['a reference', 'ERR_REQUEST_INVALID', (ref) => vault().get(ref)],
    ['a request', 'ERR_REQUEST_INVALID', (request) => toCurl(request as VaultRequest)],
  ])('a revoked proxy as %s', (_, code, call) => {
    for (const hostile of [revoked(), revoked([]), revoked(thrower)])
      refusal(code, () => call(hostile as never));
  });
});
