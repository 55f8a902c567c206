/** What one field takes and refuses. */
interface Values {
  /** What must stand beside it, so that no rule between fields speaks. */
  readonly beside?: object;
  readonly operation?: 'update';
  readonly accepted: readonly unknown[];
  /** Each with the rule it breaks, and the path where that is not the field itself. */
  readonly refused: readonly (readonly [value: unknown, rule: string, path?: string])[];
}

const UUID = '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f';

const wrongType = (...values: unknown[]) => values.map((value) => [value, 'setting/type'] as const);
const broken = (rule: string, ...values: unknown[]) => values.map((value) => [value, rule] as const);

const cycle: Record<string, unknown> = {};
cycle.self = cycle;
/** Neither JSON nor anything that JSON could make of it without loss. */
export const NOT_JSON: readonly unknown[] = [
  () => 'text',
  Symbol('s'),
  1n,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  cycle,
  new Map([['a', 1]]),
  new Set([1]),
  new Uint8Array(2),
  /a/,
  new Date(0),
  new URL('https://example.com'),
];

const text: Values = {
  accepted: ['plain', '', ' spaced ', 'héllo 🎉', '"\\\n\t', 'x'.repeat(10_000)],
  refused: wrongType(null, 5, true, {}, ['a'], new String('boxed')),
};
const filledText: Values = {
  accepted: text.accepted.filter((value) => value !== ''),
  refused: text.refused,
};
const flag: Values = {
  accepted: [true, false],
  refused: wrongType(null, 'true', '', 0, 1, [], {}, new Boolean(true)),
};
const flagOrNull: Values = {
  accepted: [true, false, null],
  refused: flag.refused.filter(([value]) => value !== null),
};
const storage: Values = {
  accepted: [
    {},
    { theme: 'dark', nested: { list: [1, null, 'a', false, { deep: [] }] } },
    Object.assign(Object.create(null), { token: 'abc' }),
    JSON.parse('{"constructor":"a","toString":1,"hasOwnProperty":null,"__proto__":{"polluted":true}}'),
    { 'key with space': '', '': 'empty', 'ключ.🎉': -0.5e-7 },
  ],
  refused: wrongType(
    null,
    'text',
    5,
    true,
    [],
    [{}],
    ...NOT_JSON,
    ...NOT_JSON.map((inner) => ({ a: [inner] })),
  ),
};
const interval: Values = {
  accepted: ['01:30:00', '7 days 00:00:00', '1 mon', 'P7D', null, { days: 7, hours: 1 }, { seconds: 0.5 }],
  refused: [
    ...wrongType(5, true, [], ['01:30:00'], () => '01:30:00', new Map([['days', 7]])),
    ...broken('setting/interval', 'banana', '', '-1 day', '0', 'infinity', '5 parsecs'),
    ...broken('setting/interval', {}, { days: -7 }, { day: 7 }, { days: '7' }, { days: 0 }, { days: 1.5 }),
  ],
};

export const IP_ADDRESSES = [
  '203.0.113.7',
  '0.0.0.0',
  '255.255.255.255',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:1',
  '::',
  '::1',
  '1::',
  '::ffff:192.0.2.1',
  '64:ff9b::192.0.2.33',
];
export const NO_IP_ADDRESSES = [
  '999.1.1.1',
  '256.0.0.1',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.4.',
  '.1.2.3.4',
  '1..3.4',
  '1..',
  '...',
  '1.2.3..',
  '3405803783',
  '0x7f.0.0.1',
  '0x7f000001',
  '0177.0.0.1',
  '010.0.0.1',
  '01.2.3.4',
  ' 1.2.3.4',
  '1.2.3.4 ',
  '1.2.3.4\n',
  '1.2.3.4:80',
  '1.2.3.4/24',
  '１.2.3.4',
  'example.com',
  '',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'g::1',
  '[::1]',
  '::1%eth0',
  'fe80::1%25en0',
  '::1/64',
  '::1.2.3',
  '::256.1.1.1',
  '::0x7f.0.0.1',
  '::01.2.3.4',
  '1.2.3.4::',
];
const ipAddress: Values = {
  accepted: IP_ADDRESSES,
  refused: [...wrongType(null, 5, {}, [1, 2, 3, 4]), ...broken('setting/ip-address', ...NO_IP_ADDRESSES)],
};

const cookie = {
  name: 'sid',
  value: 'a=b; c',
  domain: '.example.com',
  path: '/',
  httpOnly: true,
  hostOnly: false,
  secure: true,
  session: false,
  storeId: '0',
  sameSite: 'lax',
  expirationDate: 1_893_456_000.25,
};
const { expirationDate: _, ...sessionCookie } = cookie;
const without = (name: string) => Object.fromEntries(Object.entries(cookie).filter(([key]) => key !== name));

export const FIELD_VALUES: Readonly<Record<string, Values>> = {
  permissioned_user_id: { ...filledText, refused: [...filledText.refused, ['', 'setting/type']] },
  domain: {
    accepted: ['https://example.com', 'http://127.0.0.1:8080'],
    refused: [
      ...wrongType(null, 5, {}, ['https://example.com'], new URL('https://example.com')),
      ...broken('setting/domain', '', 'example.com', 'https://user:pw@example.com/'),
    ],
  },
  tfa_method: {
    beside: { tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEE' },
    accepted: ['AUTHENTICATOR', 'EMAIL', 'SMS', 'MAGIC_LINK'],
    refused: wrongType('banana', 'authenticator', 'TOTP', ' SMS', '', 'constructor', null, 5, ['SMS']),
  },
  user_alias: text,
  persist_session_storage: flagOrNull,
  persist_local_storage: flagOrNull,
  persist_cookies: flagOrNull,
  allow_multiple_sessions: flag,
  max_concurrency: {
    beside: { allow_multiple_sessions: true },
    accepted: [1, 2, 1_000_000, null],
    refused: [
      ...wrongType(1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '2', '', true, 2n, [2], {}),
      ...broken('setting/concurrency', 0, -0, -1, -100),
    ],
  },
  prevent_concurrency_during_login: flagOrNull,
  expiry_time_from_last_use: interval,
  expiry_time_from_session_data_set: interval,
  proxy: {
    accepted: [
      { enable: true },
      { enable: false },
      ...IP_ADDRESSES.map((target_ip) => ({ enable: true, target_ip })),
    ],
    refused: [
      ...wrongType(null, true, 'on', 5, []),
      ...wrongType({}, { target_ip: '203.0.113.7' }, { enable: true, targetIp: '203.0.113.7' }),
      ...wrongType({ enable: true, constructor: 1, target_ips: [] }, new Map([['enable', true]])),
      ...['true', 1, null].map((enable) => [{ enable }, 'setting/type', 'proxy.enable'] as const),
      ...[5, null, {}].map(
        (target_ip) => [{ enable: true, target_ip }, 'setting/type', 'proxy.target_ip'] as const,
      ),
      ...NO_IP_ADDRESSES.map(
        (target_ip) => [{ enable: true, target_ip }, 'setting/ip-address', 'proxy.target_ip'] as const,
      ),
    ],
  },
  proxy_setting: {
    accepted: ['random', 'static', 'country', 'custom'],
    refused: wrongType('banana', 'Static', '', null, 5, true, ['static']),
  },
  proxy_value: { beside: { proxy_setting: 'random' }, ...filledText, refused: text.refused },
  secret_provider_id: { beside: { secret_ref: 'ref' }, ...filledText },
  secret_ref: { beside: { secret_provider_id: 'provider' }, ...filledText },
  secret_cache_ttl_seconds: {
    beside: { secret_provider_id: 'provider', secret_ref: 'ref' },
    accepted: [0, 1, 86_400],
    refused: [
      ...wrongType(1.5, Number.NaN, Number.NEGATIVE_INFINITY, '60', null, true, 60n, {}),
      ...broken('setting/provider', -1),
    ],
  },
  cookies: {
    accepted: [[], [cookie], [sessionCookie, cookie], [{ ...cookie, partitionKey: { topLevelSite: 'x' } }]],
    refused: [
      ...wrongType(null, {}, cookie, 'sid=1', JSON.stringify([cookie])),
      ...[null, 'sid=1', 5, true].map((item) => [[cookie, item], 'setting/type', 'cookies[1]'] as const),
      ...['name', 'value', 'domain'].map((name) => [[without(name)], 'setting/type', 'cookies[0]'] as const),
      ...Object.keys(cookie).map(
        (name) =>
          [[cookie, { ...cookie, [name]: { wrong: 1 } }], 'setting/type', `cookies[1].${name}`] as const,
      ),
      [[{ ...cookie, secure: 'true' }], 'setting/type', 'cookies[0].secure'],
      ...[Number.NaN, '1893456000'].map(
        (expirationDate) =>
          [[{ ...cookie, expirationDate }], 'setting/type', 'cookies[0].expirationDate'] as const,
      ),
      ...wrongType([{ ...cookie, expirationDate: Number.POSITIVE_INFINITY }]),
      ...wrongType(...NOT_JSON.map((extra) => [{ ...cookie, extra }])),
    ],
  },
  session_storage: storage,
  local_storage: storage,
  cookie_domain_to_store: {
    accepted: [...text.accepted, null],
    refused: text.refused.filter(([value]) => value !== null),
  },
  skip_csrf_cookies: flag,
  headers: {
    accepted: [
      [],
      [{ name: 'x-trace', value: '' }],
      [
        { name: 'Accept-Language', value: 'de' },
        { name: 'a', value: 'é' },
      ],
    ],
    refused: [
      ...wrongType(null, {}, { 'x-trace': '1' }, 'x-trace: 1', new Headers({ 'x-trace': '1' })),
      [[['x-trace', '1']], 'setting/type', 'headers[0]'],
      [[{ name: 'a', value: 'b' }, null], 'setting/type', 'headers[1]'],
      [[{ name: 'a' }], 'setting/type', 'headers[0]'],
      [[{ name: 'a', value: 5 }], 'setting/type', 'headers[0].value'],
      [[{ name: null, value: 'b' }], 'setting/type', 'headers[0].name'],
      ...wrongType(...NOT_JSON.map((extra) => [{ name: 'a', value: 'b', extra }])),
    ],
  },
  user_agent: text,
  location: text,
  ip_address: ipAddress,
  id: {
    operation: 'update',
    accepted: [UUID, UUID.toUpperCase()],
    refused: wrongType(
      null,
      5,
      '',
      'banana',
      UUID.slice(1),
      `${UUID}0`,
      `{${UUID}}`,
      ` ${UUID}`,
      `${UUID}\n`,
    ),
  },
};
