import { payload } from './payloads.js';
import { type Case, create, type RuleTable, update } from './rule-case.js';

const LAST_USE = 'expiry_time_from_last_use';
const SESSION_SET = 'expiry_time_from_session_data_set';

/** One payload with that field, on create, and what must be said about the field. */
const field = (name: string, value: unknown, ...rules: string[]): Case =>
  create(
    `${name}: ${JSON.stringify(value) ?? typeof value}`,
    payload({ [name]: value }),
    ...rules.map((rule) => `${name}: ${rule}`),
  );
export const settingCases: RuleTable<
  'setting/type' | 'setting/interval' | 'setting/domain' | 'setting/domain-form' | 'setting/ip-address'
> = {
  'setting/type': {
    severity: 'error',
    broken: [
      ...['user_name', 'password', 'tfa_secret'].map((name) => field(name, null, 'setting/type')),
      create(
        "no proxy of one's own, on create",
        payload({ proxy_setting: 'custom', proxy_value: null }),
        'proxy_value: setting/type',
      ),
      field('permissioned_user_id', 41, 'setting/type'),
      field('domain', ['https://shop.example'], 'setting/type'),
      field('tfa_method', 'banana-QZXJW', 'setting/type'),
      field('user_alias', null, 'setting/type'),
      field('user_alias', () => 'QZXJW', 'setting/type'),
      field('user_alias', Symbol('QZXJW'), 'setting/type'),
      field('persist_cookies', 'true-QZXJW', 'setting/type'),
      field('skip_csrf_cookies', 1, 'setting/type'),
      ...[{ days: 7 }, { hours: 1, minutes: 30 }, ['01:31:00'], 90, true].map((value) =>
        field(LAST_USE, value, 'setting/type'),
      ),
      field(SESSION_SET, { days: 7 }, 'setting/type'),
      update(
        'an interval in parts, on update',
        payload({ [LAST_USE]: { days: 7 } }),
        `${LAST_USE}: setting/type`,
      ),
      create(
        'a cookie that is none',
        payload({ cookies: [{ name: 'a', value: 'b', domain: 'c' }, 'sid=QZXJW'] }),
        'cookies[1]: setting/type',
      ),
      create(
        'a header that is none',
        payload({ headers: [{ name: 'x-trace', value: 5 }] }),
        'headers[0].value: setting/type',
      ),
      create('a member of proxy', payload({ proxy: { enable: 'yes-QZXJW' } }), 'proxy.enable: setting/type'),
      create(
        'a misspelt member of proxy',
        payload({ proxy: { enable: true, targetIp: '203.0.113.7' } }),
        'proxy: setting/type',
      ),
      create(
        'in the second of two',
        [payload(), payload({ domain: 'https://b.example', proxy: { enable: 1 } })],
        '[1].proxy.enable: setting/type',
      ),
      create(
        'a limit in text',
        payload({ allow_multiple_sessions: true, max_concurrency: '2' }),
        'max_concurrency: setting/type',
      ),
      field('local_storage', [], 'setting/type'),
      field('local_storage', 'QZXJW', 'setting/type'),
    ],
    sound: [
      ...['user_name', 'password', 'tfa_secret'].map((name) =>
        update(`${name} taken away`, payload({ [name]: null })),
      ),
      update('proxy_value taken away', payload({ proxy_setting: 'custom', proxy_value: null })),
      ...['persist_cookies', 'cookie_domain_to_store', LAST_USE, SESSION_SET].map((name) =>
        field(name, null),
      ),
      field(LAST_USE, 'banana', 'setting/interval'),
      field('user_alias', ''),
      field('local_storage', { any: [{ thing: null }] }),
      field('password', 5, 'credential/plaintext'),
      field('user_agent', undefined),
    ],
  },
  'setting/interval': {
    severity: 'error',
    broken: [
      ...['banana-QZXJW', '', '0', '00:00:00', '-1 day', 'infinity', '7 dayz', '{"days":7}', '1:2:3:4'].map(
        (value) => field(LAST_USE, value, 'setting/interval'),
      ),
      field(SESSION_SET, '5 parsecs', 'setting/interval'),
      ...[{}, { days: -7 }, { dayz: 7 }].map((value) => field(LAST_USE, value, 'setting/interval')),
      update('on update', payload({ [LAST_USE]: 'banana' }), `${LAST_USE}: setting/interval`),
    ],
    sound: [
      ...['01:31:00', '7 days 00:00:00', 'P7D', '1 mon', '90 minutes', '00:00:00.5', null].map((value) =>
        field(LAST_USE, value),
      ),
      field(LAST_USE, { days: 7 }, 'setting/type'),
    ],
  },
  'setting/domain': {
    severity: 'error',
    broken: [
      ...[
        '',
        'shop.example',
        'www.shop.example/login',
        'ftp://shop.example',
        'https://',
        'https://ada:QZXJW@shop.example',
        'https://ada@shop.example/',
        'https://localhost',
        'http://localhost:3000',
        'https://shop.example\n',
        ' https://shop.example',
        'https:\\\\shop.example',
        'javascript:QZXJW',
        'https://shop .example',
        '//shop.example',
        'https://shop\u200b.example',
        'https://*.shop.example',
        'https://%73hop.example',
      ].map((value) => field('domain', value, 'setting/domain')),
      update('on update', payload({ domain: 'shop.example' }), 'domain: setting/domain'),
    ],
    sound: [
      ...[
        'https://shop.example',
        'http://shop.example',
        'http://127.0.0.1:8080',
        'https://[2001:db8::7]',
        'https://xn--mnchen-3ya.example',
        'https://münchen.example',
      ].map((value) => field('domain', value)),
      field('domain', 'https://shop.example/login', 'setting/domain-form'),
      field('domain', null, 'setting/type'),
    ],
  },
  'setting/domain-form': {
    severity: 'warning',
    broken: [
      ...[
        'https://shop.example/',
        'https://shop.example//',
        'https://shop.example/login',
        'https://shop.example/a/b/',
        'https://shop.example?next=QZXJW',
        'https://shop.example/?a',
        'https://shop.example?',
        'https://shop.example#top',
        'https://shop.example/#',
        'https://Shop.example',
        'HTTPS://shop.example',
        'https://ÄRGER.example',
        'https://Äpfel.example',
        'https://Shop.example/Login?a=b#c',
      ].map((value) => field('domain', value, 'setting/domain-form')),
      update('on update', payload({ domain: 'https://shop.example/' }), 'domain: setting/domain-form'),
    ],
    sound: [
      ...[
        'https://shop.example',
        'https://shop.example:8443',
        'http://127.0.0.1:8080',
        'https://a-b.c1.example',
        'https://äpfel.example',
      ].map((value) => field('domain', value)),
      ...['https://ada:QZXJW@Shop.example/', 'SHOP.example/', 'https://Localhost/'].map((value) =>
        field('domain', value, 'setting/domain'),
      ),
    ],
  },
  'setting/ip-address': {
    severity: 'error',
    broken: [
      ...[
        '999.1.1.1',
        '1.2.3',
        'shop.example',
        '',
        '203.0.113.7/24',
        '203.0.113.7:80',
        '010.0.0.1',
        '[::1]',
      ].map((value) => field('ip_address', value, 'setting/ip-address')),
      create(
        'of a proxy',
        payload({ proxy: { enable: true, target_ip: '999.1.1.1' } }),
        'proxy.target_ip: setting/ip-address',
      ),
      create(
        'in a batch',
        [payload({ proxy: { enable: false, target_ip: 'QZXJW' } })],
        '[0].proxy.target_ip: setting/ip-address',
      ),
    ],
    sound: [
      ...['203.0.113.8', '::1', '2001:db8::8', '::ffff:192.0.2.1'].map((value) => field('ip_address', value)),
      create('of a proxy', payload({ proxy: { enable: true, target_ip: '203.0.113.8' } })),
      field('ip_address', 5, 'setting/type'),
    ],
  },
};
