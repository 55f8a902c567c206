import { describe, expect, test } from 'vitest';
import { faultsOf, issuesOf, REF, seal, TOTP } from './sealing.js';

type Case = [title: string, entry: object, ...faults: string[]];

const PROVIDER = { secret_provider_id: 'vault', secret_ref: 'item-1' };

const create: Case[] = [
  ['AUTHENTICATOR with tfa_secret', { tfa_method: 'AUTHENTICATOR', tfa_secret: TOTP }],
  ['AUTHENTICATOR without tfa_secret', { tfa_method: 'AUTHENTICATOR' }, 'tfa_secret: totp/missing-secret'],
  [
    'AUTHENTICATOR with tfa_secret undefined',
    { tfa_method: 'AUTHENTICATOR', tfa_secret: undefined },
    'tfa_secret: totp/missing-secret',
  ],
  [
    'AUTHENTICATOR with an empty tfa_secret',
    { tfa_method: 'AUTHENTICATOR', tfa_secret: '' },
    'tfa_secret: credential/empty',
  ],
  ['tfa_secret without tfa_method', { tfa_secret: TOTP }],
  ['EMAIL without tfa_secret', { tfa_method: 'EMAIL' }],
  ['SMS without tfa_secret', { tfa_method: 'SMS' }],
  ['MAGIC_LINK without tfa_secret', { tfa_method: 'MAGIC_LINK' }],
  ['EMAIL with tfa_secret', { tfa_method: 'EMAIL', tfa_secret: TOTP }],
  ['AUTHENTICATOR of a provider-backed entry', { ...PROVIDER, tfa_method: 'AUTHENTICATOR' }],

  ['max_concurrency with several sessions', { max_concurrency: 2, allow_multiple_sessions: true }],
  ['max_concurrency by itself', { max_concurrency: 2 }, 'max_concurrency: setting/concurrency'],
  [
    'max_concurrency with one session',
    { max_concurrency: 1, allow_multiple_sessions: false },
    'max_concurrency: setting/concurrency',
  ],
  ['max_concurrency null by itself', { max_concurrency: null }],
  ['max_concurrency null with one session', { max_concurrency: null, allow_multiple_sessions: false }],
  ['several sessions without max_concurrency', { allow_multiple_sessions: true }],

  ['proxy_value by itself', { proxy_value: 'DE' }, 'proxy_value: setting/proxy'],
  ['proxy_setting by itself', { proxy_setting: 'random' }],
  ['proxy_value of static', { proxy_setting: 'static', proxy_value: '203.0.113.7' }],
  ['proxy_value of country', { proxy_setting: 'country', proxy_value: 'de' }],
  ...['Germany', 'D', 'DEU', 'D1', ' DE', 'DE\n', '203.0.113.7'].map(
    (proxy_value): Case => [
      `proxy_value ${JSON.stringify(proxy_value)} of country`,
      { proxy_setting: 'country', proxy_value },
      'proxy_value: setting/proxy',
    ],
  ),
  ['proxy_value of static', { proxy_setting: 'static', proxy_value: '2001:db8::7' }],
  ...['DE', '999.1.1.1', 'example.com', '203.0.113.7:8080', 'http://203.0.113.7'].map(
    (proxy_value): Case => [
      `proxy_value ${JSON.stringify(proxy_value)} of static`,
      { proxy_setting: 'static', proxy_value },
      'proxy_value: setting/proxy',
    ],
  ),
  ...[
    'socks5://proxy.example.com:1080',
    'http://user:p%40ss@203.0.113.7:8080',
    'https://proxy.example.com/',
    'HTTPS://[2001:db8::7]:443',
    'http://127.0.0.1:3128',
  ].map(
    (proxy_value): Case => [`proxy_value ${proxy_value} of custom`, { proxy_setting: 'custom', proxy_value }],
  ),
  ...[
    'proxy.example.com:8080',
    'DE',
    'socks4://proxy.example.com',
    'socks5h://proxy.example.com',
    'ftp://proxy.example.com',
    'socks5:proxy.example.com',
    'http://',
    'http:///proxy.example.com',
    'https://proxy.example.com:99999',
    ' https://proxy.example.com',
    'https://proxy.example.com\n',
    'https://user:pass word@proxy.example.com',
  ].map(
    (proxy_value): Case => [
      `proxy_value ${JSON.stringify(proxy_value)} of custom`,
      { proxy_setting: 'custom', proxy_value },
      'proxy_value: setting/proxy',
    ],
  ),
  ['proxy beside proxy_setting', { proxy: { enable: true }, proxy_setting: 'country', proxy_value: 'DE' }],

  ['a provider and a reference', PROVIDER],
  ['a provider without reference', { secret_provider_id: 'vault' }, 'secret_ref: setting/provider'],
  ['a reference without provider', { secret_ref: 'item-1' }, 'secret_provider_id: setting/provider'],
  ...['user_name', 'password', 'tfa_secret'].map(
    (name): Case => [`a provider and ${name}`, { ...PROVIDER, [name]: TOTP }, `${name}: setting/provider`],
  ),
  [
    'a provider and every credential',
    { ...PROVIDER, user_name: 'ada', password: 'pw', tfa_secret: TOTP, tfa_method: 'AUTHENTICATOR' },
    'password: setting/provider',
    'tfa_secret: setting/provider',
    'user_name: setting/provider',
  ],
  ['a provider and credentials undefined', { ...PROVIDER, user_name: undefined, password: undefined }],
  ['a provider and a time to cache', { ...PROVIDER, secret_cache_ttl_seconds: 0 }],
  [
    'a time to cache by itself',
    { secret_cache_ttl_seconds: 60 },
    'secret_cache_ttl_seconds: setting/provider',
  ],
  [
    'a time to cache beside credentials',
    { password: 'pw', secret_cache_ttl_seconds: 0 },
    'secret_cache_ttl_seconds: setting/provider',
  ],
  [
    'a provider and a custom proxy',
    { ...PROVIDER, proxy_setting: 'custom', proxy_value: 'http://127.0.0.1' },
  ],
];

const update: Case[] = [
  [
    'AUTHENTICATOR with tfa_secret null',
    { tfa_method: 'AUTHENTICATOR', tfa_secret: null },
    'tfa_secret: totp/missing-secret',
  ],
  ['EMAIL with tfa_secret null', { tfa_method: 'EMAIL', tfa_secret: null }],
  ['a provider and credentials null', { ...PROVIDER, user_name: null, password: null, tfa_secret: null }],
  ['a provider and a password', { ...PROVIDER, password: 'pw' }, 'password: setting/provider'],
];

const judged = ({ entry, faults, operation }: { entry: object; faults: string[]; operation: string }) => {
  const whole = { ...REF, ...entry };
  if (faults.length > 0) expect(faultsOf(whole, { operation })).toEqual(faults);
  else
    expect(Object.keys(JSON.parse(JSON.stringify(whole)))).toEqual(Object.keys(seal(whole, { operation })));
};
const named = ([title, entry, ...faults]: Case, operation: string) => ({ title, entry, faults, operation });
const onEither = create.flatMap((row) => [named(row, 'create'), named(row, 'update')]);
const onUpdate = update.map((row) => named(row, 'update'));
const rows = [...onEither, ...onUpdate];

describe('fields that agree are accepted', () => {
  test.each(rows.filter(({ faults }) => faults.length === 0))('$title ($operation)', judged);
});

// docs/vault-api.md, rules 14, 15, 17 and 18.
describe('fields that do not agree are refused', () => {
  test.each(rows.filter(({ faults }) => faults.length > 0))('$title ($operation): $faults', judged);
});

describe('all problems of an entry are reported at once', () => {
  const faulty = {
    domain: 'https://user:pw@example.com/',
    passwrod: 'x',
    user_name: '',
    tfa_secret: '123456',
    tfa_method: 'banana',
    created_at: '2026-01-01',
    max_concurrency: -1,
    expiry_time_from_last_use: 'banana',
    proxy: { enable: 'yes', target_ip: '999.1.1.1' },
    cookies: [{ name: 'a', value: 1, domain: 'b' }, 'c=d'],
  };
  const faults = [
    'cookies[0].value: setting/type',
    'cookies[1]: setting/type',
    'created_at: payload/read-only-field',
    'domain: setting/domain',
    'expiry_time_from_last_use: setting/interval',
    'max_concurrency: setting/concurrency',
    'max_concurrency: setting/concurrency',
    'passwrod: payload/unknown-field',
    'permissioned_user_id: payload/missing-field',
    'proxy.enable: setting/type',
    'proxy.target_ip: setting/ip-address',
    'tfa_method: setting/type',
    'tfa_secret: totp/format',
    'user_name: credential/empty',
  ];

  test('each with its path and rule', () => {
    expect(faultsOf(faulty)).toEqual(faults);
  });

  test('each with a sentence that begins with its path and ends in one full stop', () => {
    for (const { path, message } of issuesOf(faulty)) {
      expect(message.startsWith(path)).toBe(true);
      expect(message).toMatch(/[^.][.?]$/);
    }
  });

  test.each(Array.from({ length: 10 }, (_, at) => at + 1))('%i faults are as many issues', (count) => {
    const names = Array.from({ length: count }, (_, at) => `unknown_number_${at}_of_many`);
    const entry = { ...REF, ...Object.fromEntries(names.map((name) => [name, 'x'])) };
    expect(issuesOf(entry).map(({ path }) => path)).toEqual(names);
  });

  test('a hundred thousand of them as well', () => {
    expect(issuesOf({ ...REF, cookies: Array(150_000).fill(null) })).toHaveLength(150_000);
  });
});
