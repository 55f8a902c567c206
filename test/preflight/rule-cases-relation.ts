import { isSealed } from '../../src/value/sealed-value.js';
import { FOREIGN_KEY, OLD_KEY, payload, RING, sealed } from './payloads.js';
import { create, type RuleTable, under, update } from './rule-case.js';

/** The fields of a case, for its name, which is the same in every run. */
const shown = (fields: object) =>
  JSON.stringify(fields, (_, value) => (isSealed(value) ? 'sealed' : value)).replaceAll('"', '');
const proxied = (proxy_setting: unknown, proxy_value: unknown, ...findings: string[]) =>
  create(shown({ proxy_setting, proxy_value }), payload({ proxy_setting, proxy_value }), ...findings);
const sessions = (allow_multiple_sessions: unknown, max_concurrency: unknown, ...findings: string[]) =>
  create(
    shown({ allow_multiple_sessions, max_concurrency }),
    payload({ allow_multiple_sessions, max_concurrency }),
    ...findings,
  );
const provided = (fields: object, ...findings: string[]) =>
  create(shown(fields), payload({ user_name: undefined, ...fields }), ...findings);
const PROVIDER = { secret_provider_id: 'aws-QZXJW', secret_ref: 'arn-QZXJW' };

/** What holds between fields. */
export const relationCases: RuleTable<'setting/concurrency' | 'setting/proxy' | 'setting/provider'> = {
  'setting/concurrency': {
    severity: 'error',
    broken: [
      ...[0, -1, -100].map((value) => sessions(true, value, 'max_concurrency: setting/concurrency')),
      sessions(undefined, 2, 'max_concurrency: setting/concurrency'),
      sessions(false, 1, 'max_concurrency: setting/concurrency'),
      sessions('true', 1, 'allow_multiple_sessions: setting/type', 'max_concurrency: setting/concurrency'),
      update('on update', payload({ max_concurrency: 2 }), 'max_concurrency: setting/concurrency'),
    ],
    sound: [
      sessions(true, 1),
      sessions(true, 1_000_000),
      sessions(true, null),
      sessions(false, null),
      sessions(undefined, undefined),
      sessions(true, 1.5, 'max_concurrency: setting/type'),
    ],
  },
  'setting/proxy': {
    severity: 'error',
    broken: [
      proxied(undefined, 'DE', 'proxy_value: setting/proxy'),
      proxied(undefined, sealed('http://p.example'), 'proxy_value: setting/proxy'),
      ...['Germany', 'D', 'D1', '', 'DE '].map((value) =>
        proxied('country', value, 'proxy_value: setting/proxy'),
      ),
      ...['p.example', '999.1.1.1', '203.0.113.7:80'].map((value) =>
        proxied('static', value, 'proxy_value: setting/proxy'),
      ),
      proxied('country', sealed('DE'), 'proxy_value: setting/proxy'),
      ...['socks5://p.example', 'p.example:1080:ada:QZXJW', 'ada:QZXJW', 'ada@p.example', 'p.example:1'].map(
        (value) => proxied('random', value, 'proxy_value: setting/proxy'),
      ),
      ...['p.example:1080', 'ftp://p.example', 'socks5://', 'http://'].map((url) =>
        proxied('custom', sealed(url), 'proxy_value: setting/proxy'),
      ),
      proxied(
        'custom',
        sealed(' http://p.example'),
        'proxy_value: credential/surrounding-space',
        'proxy_value: setting/proxy',
      ),
      under(RING)(
        'custom, under a previous key',
        payload({ proxy_setting: 'custom', proxy_value: sealed('QZXJW', OLD_KEY) }),
        'proxy_value: credential/previous-key',
        'proxy_value: setting/proxy',
      ),
    ],
    sound: [
      proxied('country', 'DE'),
      proxied('country', 'de'),
      proxied('static', '203.0.113.8'),
      proxied('random', undefined),
      proxied('random', 'anything'),
      proxied('random', '2001:db8::7'),
      ...['socks5://ada:QZXJW@p.example:1080', 'http://p.example', 'HTTPS://p.example/x'].map((url) =>
        proxied('custom', sealed(url)),
      ),
      proxied('custom', undefined),
      proxied('custom', 'p.example', 'proxy_value: credential/plaintext'),
      proxied('custom', sealed('p.example', FOREIGN_KEY), 'proxy_value: credential/wrong-key-or-changed'),
      proxied('banana', 'DE', 'proxy_setting: setting/type'),
    ],
  },
  'setting/provider': {
    severity: 'error',
    broken: [
      provided({ secret_provider_id: 'p' }, 'secret_ref: setting/provider'),
      provided({ secret_ref: 'r' }, 'secret_provider_id: setting/provider'),
      provided({ ...PROVIDER, user_name: sealed('ada') }, 'user_name: setting/provider'),
      provided(
        { ...PROVIDER, password: sealed('x'), tfa_secret: sealed('JBSWY3DPEHPK3PXPJBSWY3DPEE') },
        'password: setting/provider',
        'tfa_secret: setting/provider',
      ),
      provided(
        { ...PROVIDER, password: 'x' },
        'password: credential/plaintext',
        'password: setting/provider',
      ),
      provided({ secret_cache_ttl_seconds: 60 }, 'secret_cache_ttl_seconds: setting/provider'),
      provided({ ...PROVIDER, secret_cache_ttl_seconds: -1 }, 'secret_cache_ttl_seconds: setting/provider'),
      provided({ ...PROVIDER, secret_ref: '' }, 'secret_ref: setting/provider'),
      update('on update', payload({ ...PROVIDER }), 'user_name: setting/provider'),
    ],
    sound: [
      provided(PROVIDER),
      provided({ ...PROVIDER, secret_cache_ttl_seconds: 0 }),
      provided({ ...PROVIDER, proxy_setting: 'custom', proxy_value: sealed('http://p.example') }),
      update(
        'credentials taken away in favour of a provider',
        payload({ ...PROVIDER, user_name: null, password: null }),
      ),
      provided({ password: sealed('x') }),
      provided({ ...PROVIDER, secret_cache_ttl_seconds: '60' }, 'secret_cache_ttl_seconds: setting/type'),
    ],
  },
};
