import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { VaultUpdate } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import type { VaultRequests } from '../../src/request/vault-requests.js';
import { isSealed, openValue } from '../../src/value/sealed-value.js';
import { KEY, OTHER_KEY, open, REF, TOTP } from '../entry/sealing.js';
import { refusal } from '../refusal.js';
import { API_KEY, allRequests, ENTRY, vault } from './requests.js';

const BASE = 'https://api.cloudcruise.com';
const QUERY = 'permissioned_user_id=user-1&domain=https%3A%2F%2Fexample.com';
const withoutBody = { 'cc-key': API_KEY };
const withBody = { 'cc-key': API_KEY, 'content-type': 'application/json' };

// docs/vault-api.md, rules 1 to 8.
describe('each call of the API is one request', () => {
  test.each<[keyof VaultRequests, string, string]>([
    ['get', 'GET', `${BASE}/vault?${QUERY}`],
    ['tfaCode', 'GET', `${BASE}/vault/tfa-code?${QUERY}`],
  ])('%s: the entry is in the query, and there is no body', (call, method, url) => {
    expect(vault()[call](REF)).toStrictEqual({ method, url, headers: withoutBody });
  });

  test.each<['delete' | 'clearBrowserState', string, string]>([
    ['delete', 'DELETE', `${BASE}/vault`],
    ['clearBrowserState', 'PATCH', `${BASE}/vault/clear-browser-state`],
  ])('%s: the entry is in the body', (call, method, url) => {
    const { body, ...request } = vault()[call](REF);
    expect(request).toStrictEqual({ method, url, headers: withBody });
    expect(JSON.parse(String(body))).toStrictEqual(REF);
  });

  test.each<['create' | 'update', string]>([
    ['create', 'POST'],
    ['update', 'PUT'],
  ])('%s: the sealed entry is the body', (call, method) => {
    const { body, ...request } = vault()[call](ENTRY);
    expect(request).toStrictEqual({ method, url: `${BASE}/vault`, headers: withBody });
    const payload: Record<string, unknown> = JSON.parse(String(body));
    expect(Object.keys(payload).filter((name) => isSealed(payload[name]))).toEqual([
      'user_name',
      'password',
      'tfa_secret',
    ]);
    expect(open(payload)).toStrictEqual(ENTRY);
  });

  test('list: no query and no body', () => {
    expect(vault().list()).toStrictEqual({ method: 'GET', url: `${BASE}/vault`, headers: withoutBody });
  });

  test('of a reference, no other member is sent', () => {
    const ref = { ...REF, password: 'hunter2', id: 5 };
    const { get, delete: remove, clearBrowserState, tfaCode } = vault();
    for (const call of [get, remove, clearBrowserState, tfaCode]) {
      expect(call(ref)).toStrictEqual(call(REF));
    }
  });

  test('requests are made anew: changing one does not change the next', () => {
    const requests = vault();
    const first = requests.list();
    first.headers['cc-key'] = 'changed';
    expect(requests.list().headers).toStrictEqual(withoutBody);
  });
});

describe('create and update', () => {
  test('seal as their operation says, whatever the options say', () => {
    const requests = vault();
    const withNull: VaultUpdate = { ...REF, password: null };
    const options: object = { operation: 'update' };
    expect(JSON.parse(String(requests.update(withNull).body))).toStrictEqual(withNull);
    refusal('ERR_ENTRY_INVALID', () => Reflect.apply(requests.create, undefined, [withNull]));
    refusal('ERR_ENTRY_INVALID', () => Reflect.apply(requests.create, undefined, [withNull, options]));
  });

  test.each<[string, unknown]>([
    ['a number', 64],
    ['null', null],
    ['an array', []],
    ['a text', 'update'],
    ['another name', { padto: 64 }],
    ['an operation that is none', { operation: 'nonsense' }],
    ['a name in place of names', { allowUnknown: 'new_field' }],
  ])('refuse options as sealEntry does: %s', (_, options) => {
    for (const call of [vault().create, vault().update])
      refusal('ERR_ENTRY_INVALID', () => Reflect.apply(call, undefined, [ENTRY, options]));
  });

  test.each(['create', 'update'] as const)('%s pads and lets through as the options say', (call) => {
    const entry = { ...ENTRY, new_field: 1 };
    const { body } = vault()[call](entry, { padTo: 64, allowUnknown: ['new_field'] });
    const payload: Record<string, unknown> = JSON.parse(String(body));
    expect(payload.new_field).toBe(1);
    expect(String(payload.password)).toHaveLength(2 * (12 + 64 + 16));
    refusal('ERR_ENTRY_INVALID', () => vault()[call](entry));
  });

  test.each(['create', 'update'] as const)('%s seals with the current key of a ring', (call) => {
    const { body } = vault({ key: new KeyRing(OTHER_KEY, [KEY]) })[call](ENTRY);
    expect(openValue(JSON.parse(String(body)).tfa_secret, OTHER_KEY)).toBe(TOTP);
  });

  test.each<[unknown]>([[undefined], [null], ['text'], [[ENTRY]], [{ ...ENTRY, passwrod: 'x' }]])(
    '%o is no entry',
    (entry) => {
      for (const call of ['create', 'update'] as const) {
        const { issues } = refusal('ERR_ENTRY_INVALID', () =>
          Reflect.apply(vault()[call], undefined, [entry]),
        );
        expect(issues).toHaveLength(1);
      }
    },
  );

  test('use the key that is, and not one that was destroyed', () => {
    const key = VaultKey.generate();
    const requests = vault({ key });
    key.destroy();
    refusal('ERR_KEY_DESTROYED', () => requests.create(ENTRY));
    expect(requests.list().method).toBe('GET');
  });
});

describe('a reference', () => {
  const calls = ['get', 'delete', 'clearBrowserState', 'tfaCode'] as const;
  const incomplete: [string, unknown, string][] = [
    ['undefined', undefined, 'permissioned_user_id'],
    ['null', null, 'permissioned_user_id'],
    ['a text', 'user-1', 'permissioned_user_id'],
    ['a list', [REF], 'permissioned_user_id'],
    ['empty', {}, 'permissioned_user_id'],
    ['without user', { domain: REF.domain }, 'permissioned_user_id'],
    ['without domain', { permissioned_user_id: 'u' }, 'domain'],
    ['with an empty user', { ...REF, permissioned_user_id: '' }, 'permissioned_user_id'],
    ['with an empty domain', { ...REF, domain: '' }, 'domain'],
    ['with a number for user', { ...REF, permissioned_user_id: 5 }, 'permissioned_user_id'],
    ['with null for domain', { ...REF, domain: null }, 'domain'],
    ['with a URL for domain', { ...REF, domain: new URL(REF.domain) }, 'domain'],
  ];
  const cases = calls.flatMap((call) => incomplete.map(([what, ref, field]) => ({ call, what, ref, field })));

  test.each(cases)('$what is refused by $call, which names $field', ({ call, ref, field }) => {
    const error = refusal('ERR_REQUEST_INVALID', () => Reflect.apply(vault()[call], undefined, [ref]));
    expect(error.field).toBe(field);
    expect(error.message).toContain(field);
  });

  test.each(calls)('under a domain that another client stored is within reach of %s', (call) => {
    const ref = { permissioned_user_id: ' ', domain: 'http://localhost/ user:pw@' };
    const { url, body } = vault()[call](ref);
    const sent = body === undefined ? Object.fromEntries(new URL(url).searchParams) : JSON.parse(body);
    expect(sent).toStrictEqual(ref);
  });
});

describe('the requests object shows neither key', () => {
  const shown = (value: unknown) =>
    [
      inspect(value, { showHidden: true, depth: Number.POSITIVE_INFINITY, getters: true }),
      inspect({ deep: [{ value }] }, { depth: Number.POSITIVE_INFINITY, customInspect: false }),
      JSON.stringify({ value }),
      JSON.stringify(Object.entries(Object(value))),
      String(value),
    ].join('\n');

  test('printed, serialised or inspected', () => {
    const requests = vault();
    allRequests(requests);
    expect(shown(requests)).not.toMatch(/sk_test|0123456789abcdef/i);
  });

  test.each(['create', 'list', 'tfaCode'] as const)('nor does its function %s', (call) => {
    expect(shown(vault()[call])).not.toMatch(/sk_test|0123456789abcdef/i);
  });

  test('and its calls work without it', () => {
    const { list, get } = vault();
    expect([list().url, get(REF).url]).toEqual([`${BASE}/vault`, `${BASE}/vault?${QUERY}`]);
  });

  test('nor does a request show the key, or a credential in plain text', () => {
    for (const request of allRequests(vault())) {
      expect(shown(request)).not.toMatch(new RegExp(`0123456789abcdef|hunter2|${TOTP}`, 'i'));
    }
  });
});
