import { invalid, is, valid } from '../document.js';
import { issuesFrom, issuesOf, notesOf, rules } from '../rules.js';
import { encrypt, ivOf, KEY, OTHER_KEY, seal } from '../sealing.js';

const REF = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
const TOTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const UUID = '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f';
const PROVIDER = {
  secret_provider_id: 'aws-1',
  secret_ref: 'arn:aws:secretsmanager:eu-central-1:1:secret:a',
};
const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];

const isSealedIn = (entry, name) =>
  typeof entry[name] === 'string' &&
  (CREDENTIALS.includes(name) || (name === 'proxy_value' && entry.proxy_setting === 'custom'));

/**
 * An entry that is sealed, and opened again.
 *
 * @param sent what of it is sent in another form than it was given
 * @param more operation, padTo, allowUnknown
 */
function entry(comment, flags, given, sent = {}, more = {}) {
  const whole = { ...REF, ...given };
  const opened = { ...whole, ...sent };
  const names = Object.keys(opened).filter((name) => isSealedIn(opened, name));
  const ivs = Object.fromEntries(names.map((name) => [name, ivOf(`entries: ${comment}: ${name}`)]));
  const sealed = names.map((name) => [name, seal(opened[name], { iv: ivs[name], padTo: more.padTo })]);
  const sealedEntry = { ...opened, ...Object.fromEntries(sealed) };
  return valid(comment, flags, { key: KEY, ivs, entry: whole, ...more, sealedEntry, opened });
}
const update = (comment, flags, given, sent, more) =>
  entry(comment, flags, given, sent, { operation: 'update', ...more });

/** An entry that breaks rules, each as `path: rule`. The rules are its flags. */
function refused(comment, given, ...faults) {
  return refusedAs({}, comment, { ...REF, ...given }, ...faults);
}
function refusedAs(more, comment, given, ...faults) {
  const issues = issuesFrom(faults);
  const flags = [...new Set(issues.map(({ rule }) => rule))];
  return invalid(comment, flags, 'ERR_ENTRY_INVALID', { key: KEY, ivs: {}, entry: given, ...more, issues });
}
const UPDATE = { operation: 'update' };

const entries = [
  entry('nothing but the names', 'Entry', {}),
  entry('user name and password', 'Entry', {
    user_name: 'ada@example.com',
    password: 'correct horse battery staple',
  }),
  entry('a password alone', 'Entry', { password: 'hunter2' }),
  entry('a password beyond ASCII', 'Entry', { password: 'Gr\u00fc\u00dfe \u{1f511} \ud800' }),
  entry('a password with space around', 'Entry', { password: '  hunter2\n' }),
  entry('a password that looks like a TOTP code', 'Entry', { password: '287082' }),
  entry('a long hex password', 'Entry', { password: 'c0ffee5eed'.repeat(8) }),
  entry('a password that is sealed under another key', 'Entry', {
    password: seal('hunter2', { key: OTHER_KEY, iv: ivOf('entries: inner') }),
  }),
  entry('all settings', 'Settings', {
    user_name: 'ada',
    password: 'hunter2',
    tfa_secret: TOTP,
    tfa_method: 'AUTHENTICATOR',
    user_alias: 'Ada',
    persist_session_storage: true,
    persist_local_storage: false,
    persist_cookies: null,
    allow_multiple_sessions: true,
    max_concurrency: 2,
    prevent_concurrency_during_login: true,
    expiry_time_from_last_use: '01:30:00',
    expiry_time_from_session_data_set: '7 days 00:00:00',
    proxy: { enable: true, target_ip: '203.0.113.7' },
    cookie_domain_to_store: null,
    skip_csrf_cookies: true,
    cookies: [
      {
        name: 'sid',
        value: 'x',
        domain: '.example.com',
        path: '/',
        httpOnly: true,
        hostOnly: false,
        secure: true,
        session: false,
        storeId: null,
        sameSite: 'lax',
        expirationDate: 1_900_000_000.5,
      },
    ],
    session_storage: { a: '1' },
    local_storage: { b: { c: [1, 2, null] } },
    headers: [{ name: 'X-A', value: 'b' }],
    user_agent: 'Mozilla/5.0',
    location: 'Berlin',
    ip_address: '2001:db8::7',
  }),
  ...['EMAIL', 'SMS', 'MAGIC_LINK'].map((tfa_method) =>
    entry(`second factor by ${tfa_method}`, 'Settings', { password: 'hunter2', tfa_method }),
  ),
  entry('no limit of concurrency', 'Settings', { allow_multiple_sessions: true, max_concurrency: null }),
  entry('a null limit without several sessions', 'Settings', { max_concurrency: null }),
  entry('no expiry', 'Settings', {
    expiry_time_from_last_use: null,
    expiry_time_from_session_data_set: null,
  }),
  entry('a domain that is not rewritten', 'Settings', { domain: 'HTTPS://Portal.Example.com:443/Login/' }),
  entry('an address of version 4 in version 6', 'Settings', { ip_address: '::ffff:192.0.2.1' }),
  entry('a proxy that is off', 'Settings', { proxy: { enable: false } }),
  entry(
    'a TOTP secret in groups',
    'TotpNormalised',
    { tfa_secret: 'jbsw y3dp ehpk 3pxp', tfa_method: 'AUTHENTICATOR' },
    { tfa_secret: 'JBSWY3DPEHPK3PXP' },
  ),
  entry(
    'a TOTP secret with padding',
    'TotpNormalised',
    { tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEA======' },
    { tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEA' },
  ),
  entry(
    'a TOTP secret with bits behind its last byte',
    'TotpNormalised',
    { tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEB' },
    { tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEA' },
  ),
  entry(
    'a TOTP secret as a URI',
    'TotpNormalised',
    { tfa_secret: `otpauth://totp/ACME:ada?secret=${TOTP}&issuer=ACME&digits=6&period=30&algorithm=SHA1` },
    { tfa_secret: TOTP },
  ),
  entry(
    'a TOTP secret of 80 bits',
    'TotpNormalised',
    { tfa_secret: 'JBSW-Y3DP-EHPK-3PXP' },
    { tfa_secret: 'JBSWY3DPEHPK3PXP' },
  ),
  entry(
    'an interval in parts',
    'IntervalParts',
    { expiry_time_from_session_data_set: { days: 7, hours: 1 } },
    { expiry_time_from_session_data_set: '7 days 01:00:00' },
  ),
  entry(
    'an interval in minutes',
    'IntervalParts',
    { expiry_time_from_last_use: { minutes: 90 } },
    { expiry_time_from_last_use: '01:30:00' },
  ),
  entry('a proxy of a country', 'Proxy', { proxy_setting: 'country', proxy_value: 'DE' }),
  entry('a proxy at an address', 'Proxy', { proxy_setting: 'static', proxy_value: '203.0.113.7' }),
  entry('any proxy', 'Proxy', { proxy_setting: 'random' }),
  entry('any proxy, and an address', 'Proxy', { proxy_setting: 'random', proxy_value: '2001:db8::7' }),
  entry("a proxy of one's own, which is sealed", 'Proxy', {
    password: 'hunter2',
    proxy_setting: 'custom',
    proxy_value: 'socks5://ada:pw@proxy.example:1080',
  }),
  entry('a secret provider', 'Provider', PROVIDER),
  entry('a secret provider, AUTHENTICATOR and a cache', 'Provider', {
    ...PROVIDER,
    tfa_method: 'AUTHENTICATOR',
    secret_cache_ttl_seconds: 0,
  }),
  entry(
    'padded to 64',
    'Padding',
    { user_name: 'ada', password: 'hunter2', tfa_secret: TOTP },
    {},
    { padTo: 64 },
  ),
  entry(
    "a proxy of one's own, padded",
    'Padding',
    { proxy_setting: 'custom', proxy_value: 'http://proxy.example' },
    {},
    { padTo: 256 },
  ),
  entry(
    'a field that is let through',
    'AllowUnknown',
    { password: 'hunter2', new_field: { a: 1 } },
    {},
    { allowUnknown: ['new_field'] },
  ),
  update('credentials that are taken away', 'Update', { user_name: null, password: null, tfa_secret: null }),
  update('a new password, and an id', 'Update', { password: 'hunter3', id: UUID }),
  update('settings alone', 'Update', { persist_cookies: true, user_alias: 'Ada' }),
  update("a proxy of one's own that is taken away", 'Update', { proxy_setting: 'custom', proxy_value: null }),
  update('a provider in place of credentials', 'Update', {
    ...PROVIDER,
    user_name: null,
    password: null,
    tfa_secret: null,
  }),
];

const own = (value, key) => seal(value, { key, iv: ivOf(`entries: sealed already: ${value}`) });
const faults = [
  ...[
    ['null', null],
    ['text', 'hunter2'],
    ['a number', 5],
    ['an array', [{ ...REF }]],
    ['true', true],
  ].map(([name, given]) => refusedAs({}, `${name} for an entry`, given, ': payload/not-an-object')),
  refused('passwrod', { passwrod: 'hunter2' }, 'passwrod: payload/unknown-field'),
  refused(
    'camel case',
    { userName: 'ada', tfaSecret: TOTP },
    'userName: payload/unknown-field',
    'tfaSecret: payload/unknown-field',
  ),
  refused('upper case', { PASSWORD: 'hunter2' }, 'PASSWORD: payload/unknown-field'),
  refused('a misspelt field that is null', { passwrod: null }, 'passwrod: payload/unknown-field'),
  refused('the name of a method of objects', { constructor: 'x' }, 'constructor: payload/unknown-field'),
  refusedAs(
    { allowUnknown: ['new_field'] },
    'another field than the one that is let through',
    { ...REF, other_field: 1 },
    'other_field: payload/unknown-field',
  ),
  refusedAs(
    {},
    'no names',
    { password: 'hunter2' },
    'permissioned_user_id: payload/missing-field',
    'domain: payload/missing-field',
  ),
  refusedAs({}, 'no domain', { permissioned_user_id: 'user-1' }, 'domain: payload/missing-field'),
  refusedAs(
    UPDATE,
    'no user in an update',
    { domain: REF.domain, password: 'x' },
    'permissioned_user_id: payload/missing-field',
  ),
  ...[
    'workspace_id',
    'user_id',
    'created_at',
    'updated_at',
    'tfa_email',
    'tfa_phone_number',
    'session_data_set_at',
    'effective_expires_at',
    'proxy_string',
    'session_id',
  ].map((name) =>
    refused(`${name}, which the vault sets`, { [name]: 'x' }, `${name}: payload/read-only-field`),
  ),
  refused('an id on create', { id: UUID }, 'id: payload/read-only-field'),
  refusedAs(
    UPDATE,
    'a read-only field in an update',
    { ...REF, user_id: 'x' },
    'user_id: payload/read-only-field',
  ),
  refused('an empty password', { password: '' }, 'password: credential/empty'),
  refused(
    'everything empty',
    { user_name: '', password: '', tfa_secret: '' },
    'user_name: credential/empty',
    'password: credential/empty',
    'tfa_secret: credential/empty',
  ),
  refusedAs(UPDATE, 'an empty password in an update', { ...REF, password: '' }, 'password: credential/empty'),
  refused(
    'a password that is sealed already',
    { password: own('hunter2') },
    'password: credential/sealed-twice',
  ),
  ...[
    ['a line break behind it', (text) => `${text}\n`],
    ['space around it', (text) => `\u00a0 ${text}\u2003`],
  ].map(([what, around]) =>
    refused(
      `a password that is sealed already, with ${what}`,
      { password: around(own(`a password with ${what}`)) },
      'password: credential/sealed-twice',
    ),
  ),
  refused(
    'a user name that is sealed already, in upper case',
    { user_name: own('ada').toUpperCase() },
    'user_name: credential/sealed-twice',
  ),
  refused(
    'a TOTP secret that is sealed already',
    { tfa_secret: own(TOTP) },
    'tfa_secret: credential/sealed-twice',
  ),
  refused(
    'a proxy URL that is sealed already',
    { proxy_setting: 'custom', proxy_value: own('http://p.example') },
    'proxy_value: credential/sealed-twice',
  ),
  ...[null, 5, true, ['hunter2'], { value: 'hunter2' }].map((password) =>
    refused(`a password that is ${JSON.stringify(password)}`, { password }, 'password: setting/type'),
  ),
  refusedAs(
    UPDATE,
    'a password that is a number, in an update',
    { ...REF, password: 4711 },
    'password: setting/type',
  ),
  refused('a TOTP secret with a 0', { tfa_secret: 'JBSW0Y3DPEHPK3PX' }, 'tfa_secret: totp/format'),
  refused('a code for a TOTP secret', { tfa_secret: '287 082' }, 'tfa_secret: totp/format'),
  refused(
    'a counter-based secret',
    { tfa_secret: `otpauth://hotp/x?secret=${TOTP}&counter=1` },
    'tfa_secret: totp/format',
  ),
  ...['algorithm=SHA256', 'digits=8', 'period=60'].map((setting) =>
    refused(
      `a TOTP secret with ${setting}, which the vault does not keep`,
      { tfa_secret: `otpauth://totp/x?secret=${TOTP}&${setting}` },
      'tfa_secret: totp/format',
    ),
  ),
  refused(
    'a whole export',
    { tfa_secret: 'otpauth-migration://offline?data=AAAA' },
    'tfa_secret: totp/format',
  ),
  refused(
    'AUTHENTICATOR without a secret',
    { tfa_method: 'AUTHENTICATOR' },
    'tfa_secret: totp/missing-secret',
  ),
  refusedAs(
    UPDATE,
    'AUTHENTICATOR, and the secret taken away',
    { ...REF, tfa_method: 'AUTHENTICATOR', tfa_secret: null },
    'tfa_secret: totp/missing-secret',
  ),
  ...['banana', 'authenticator', '', null, 1].map((tfa_method) =>
    refused(`tfa_method ${JSON.stringify(tfa_method)}`, { tfa_method }, 'tfa_method: setting/type'),
  ),
  refused(
    'booleans in words',
    { persist_cookies: 'true', skip_csrf_cookies: 'no' },
    'persist_cookies: setting/type',
    'skip_csrf_cookies: setting/type',
  ),
  refused('an empty user', { permissioned_user_id: '' }, 'permissioned_user_id: setting/type'),
  refused('a number for a user', { permissioned_user_id: 7 }, 'permissioned_user_id: setting/type'),
  refused(
    'a cookie without a value',
    { cookies: [{ name: 'sid', domain: 'a' }] },
    'cookies[0]: setting/type',
  ),
  refused('a header that is text', { headers: ['X-A: b'] }, 'headers[0]: setting/type'),
  refused('storage that is text', { local_storage: '{}' }, 'local_storage: setting/type'),
  refused(
    'a misspelt member of proxy',
    { proxy: { enable: true, targetIp: '203.0.113.7' } },
    'proxy: setting/type',
  ),
  refusedAs(UPDATE, 'an id that is no UUID', { ...REF, id: '42' }, 'id: setting/type'),
  ...['banana', '', '-1 day', 'infinity', '00:00:00', '7 dayz', 'P1D '].map((interval) =>
    refused(
      `the interval ${JSON.stringify(interval)}`,
      { expiry_time_from_last_use: interval },
      'expiry_time_from_last_use: setting/interval',
    ),
  ),
  refused(
    'parts that are misspelt',
    { expiry_time_from_session_data_set: { day: 7 } },
    'expiry_time_from_session_data_set: setting/interval',
  ),
  refused(
    'an interval in seconds',
    { expiry_time_from_last_use: 5400 },
    'expiry_time_from_last_use: setting/type',
  ),
  ...[
    'portal.example.com',
    'https://user:pw@example.com/',
    'http://localhost:3000',
    'ftp://example.com',
    ' https://example.com',
    'https://exam\u200bple.com',
    'https://*.example.com',
  ].map((domain) => refused(`the domain ${JSON.stringify(domain)}`, { domain }, 'domain: setting/domain')),
  ...[
    '999.1.1.1',
    '1.2.3',
    'example.com',
    '',
    '203.0.113.7/24',
    '203.0.113.7:80',
    '010.0.0.1',
    '[::1]',
    '0x7f.0.0.1',
    'fe80::1%eth0',
  ].map((address) =>
    refused(
      `the address ${JSON.stringify(address)}`,
      { ip_address: address },
      'ip_address: setting/ip-address',
    ),
  ),
  refused(
    'the address of a proxy',
    { proxy: { enable: true, target_ip: '999.1.1.1' } },
    'proxy.target_ip: setting/ip-address',
  ),
  ...[0, -1].map((max_concurrency) =>
    refused(
      `max_concurrency ${max_concurrency}`,
      { allow_multiple_sessions: true, max_concurrency },
      'max_concurrency: setting/concurrency',
    ),
  ),
  refused(
    'max_concurrency 1.5',
    { allow_multiple_sessions: true, max_concurrency: 1.5 },
    'max_concurrency: setting/type',
  ),
  refused(
    'max_concurrency without several sessions',
    { max_concurrency: 2 },
    'max_concurrency: setting/concurrency',
  ),
  refused(
    'max_concurrency with one session',
    { allow_multiple_sessions: false, max_concurrency: 2 },
    'max_concurrency: setting/concurrency',
  ),
  refused('proxy_value alone', { proxy_value: 'DE' }, 'proxy_value: setting/proxy'),
  refused(
    'a country in words',
    { proxy_setting: 'country', proxy_value: 'Germany' },
    'proxy_value: setting/proxy',
  ),
  refused(
    'a host for an address',
    { proxy_setting: 'static', proxy_value: 'p.example' },
    'proxy_value: setting/proxy',
  ),
  refused(
    'a proxy URL that would not be sealed',
    { proxy_setting: 'random', proxy_value: 'socks5://ada:pw@p.example' },
    'proxy_value: setting/proxy',
  ),
  ...['p.example:1080:ada:pw', 'ada@p.example'].map((proxy_value) =>
    refused(
      `the proxy ${JSON.stringify(proxy_value)}, which would not be sealed`,
      { proxy_setting: 'random', proxy_value },
      'proxy_value: setting/proxy',
    ),
  ),
  ...['http://p.example:99999', 'http://[::1', 'socks5://ada:pw@:1080', 'https://exa mple'].map(
    (proxy_value) =>
      refused(
        `the proxy ${JSON.stringify(proxy_value)}`,
        { proxy_setting: 'custom', proxy_value },
        'proxy_value: setting/proxy',
      ),
  ),
  ...['p.example:1080', 'ftp://p.example', 'socks5://', ' http://p.example'].map((proxy_value) =>
    refused(
      `the proxy ${JSON.stringify(proxy_value)}`,
      { proxy_setting: 'custom', proxy_value },
      'proxy_value: setting/proxy',
    ),
  ),
  refused('a provider without a reference', { secret_provider_id: 'aws-1' }, 'secret_ref: setting/provider'),
  refused('a reference without a provider', { secret_ref: 'arn' }, 'secret_provider_id: setting/provider'),
  refused(
    'a provider and credentials',
    { ...PROVIDER, user_name: 'ada', password: 'hunter2' },
    'user_name: setting/provider',
    'password: setting/provider',
  ),
  refused(
    'a cache without a provider',
    { secret_cache_ttl_seconds: 60 },
    'secret_cache_ttl_seconds: setting/provider',
  ),
  refused(
    'a cache of negative time',
    { ...PROVIDER, secret_cache_ttl_seconds: -1 },
    'secret_cache_ttl_seconds: setting/provider',
  ),
  refusedAs(
    {},
    'ten problems at once',
    {
      domain: 'example.com',
      passwrod: 'x',
      password: '',
      user_id: 'x',
      tfa_method: 'AUTHENTICATOR',
      tfa_secret: '123456',
      max_concurrency: -1,
      ip_address: 'x',
      expiry_time_from_last_use: 'banana',
    },
    ...[
      'permissioned_user_id: payload/missing-field',
      'domain: setting/domain',
      'passwrod: payload/unknown-field',
      'password: credential/empty',
      'user_id: payload/read-only-field',
    ],
    ...[
      'tfa_secret: totp/format',
      'max_concurrency: setting/concurrency',
      'max_concurrency: setting/concurrency',
      'ip_address: setting/ip-address',
      'expiry_time_from_last_use: setting/interval',
    ],
  ),
];

const at = (label) => ivOf(`entries: stored: ${label}`);
const stored = (comment, flags, given, opened) => {
  const sealedEntry = { ...REF, ...given };
  return valid(comment, flags, { key: KEY, sealedEntry, opened: { ...sealedEntry, ...opened } });
};
const unopened = (comment, code, field, given) =>
  invalid(comment, 'NotOpened', code, { key: KEY, sealedEntry: { ...REF, ...given }, field });
const good = seal('hunter2', { iv: at('good') });
const foreign = seal('x', { key: OTHER_KEY, iv: at('under another key') });
const answers = [
  stored(
    'an answer of the vault',
    'Answer',
    {
      id: UUID,
      workspace_id: 'w',
      created_at: '2026-11-24T08:00:00Z',
      user_name: seal('ada', { iv: at('answer') }),
      password: good,
      tfa_secret: null,
      effective_expires_at: null,
    },
    { user_name: 'ada', password: 'hunter2' },
  ),
  stored(
    'a field that nobody knew',
    'Answer',
    { password: good, grown_since: { a: [1] } },
    { password: 'hunter2' },
  ),
  stored('everything null', 'Answer', { user_name: null, password: null, tfa_secret: null }, {}),
  stored('no credentials', 'Answer', { persist_cookies: true }, {}),
  stored(
    "Python's escapes in a credential",
    'Answer',
    { password: encrypt('"caf\\u00e9"  ', { iv: at('python') }) },
    { password: 'caf\u00e9' },
  ),
  stored(
    "a proxy of one's own in an answer",
    'AnswerProxy',
    { proxy_setting: 'custom', proxy_value: seal('http://p.example', { iv: at('proxy') }) },
    { proxy_value: 'http://p.example' },
  ),
  stored(
    'a proxy in plain text that is no URL of its own',
    'AnswerProxy',
    { proxy_setting: 'country', proxy_value: 'DE' },
    {},
  ),
  stored(
    'a sealed proxy in an answer that leaves out its setting',
    'AnswerProxy',
    { proxy_value: seal('http://q.example', { iv: at('proxy without setting') }) },
    { proxy_value: 'http://q.example' },
  ),
  invalid('a password that is sealed twice', 'credential/sealed-twice', 'ERR_ALREADY_SEALED', {
    key: KEY,
    sealedEntry: { ...REF, password: seal(good, { iv: at('sealed twice') }) },
    field: 'password',
  }),
  invalid(
    'a TOTP secret that is sealed twice, with a line break inside',
    'credential/sealed-twice',
    'ERR_ALREADY_SEALED',
    {
      key: KEY,
      sealedEntry: { ...REF, tfa_secret: seal(`${good}\n`, { iv: at('sealed twice, line break') }) },
      field: 'tfa_secret',
    },
  ),
  stored(
    'a password that is sealed under another key inside',
    'Answer',
    { password: seal(foreign, { iv: at('foreign inside') }) },
    { password: foreign },
  ),
  unopened('another key', 'ERR_OPEN_FAILED', 'password', {
    password: seal('hunter2', { key: OTHER_KEY, iv: at('foreign') }),
  }),
  unopened('a changed value beside a good one', 'ERR_OPEN_FAILED', 'user_name', {
    user_name: good.slice(0, -1) + (good.endsWith('0') ? '1' : '0'),
    password: good,
  }),
  unopened('a value that is cut off', 'ERR_SEALED_FORMAT', 'password', { password: good.slice(0, 40) }),
  unopened('a short tag', 'ERR_SEALED_FORMAT', 'password', { password: good.slice(0, -24) + 'z'.repeat(24) }),
  unopened('plain text', 'ERR_SEALED_FORMAT', 'password', { password: 'hunter2' }),
  unopened('the empty text', 'ERR_SEALED_FORMAT', 'tfa_secret', { tfa_secret: '' }),
  unopened('a number', 'ERR_SEALED_FORMAT', 'user_name', { user_name: 5 }),
  unopened('no JSON inside', 'ERR_PLAINTEXT_FORMAT', 'password', {
    password: encrypt('hunter2', { iv: at('no JSON') }),
  }),
  unopened('the sealed text null', 'ERR_PLAINTEXT_FORMAT', 'password', {
    password: encrypt('null', { iv: at('null') }),
  }),
  ...[
    ['null', null],
    ['a list', [{ ...REF, password: good }]],
    ['an error answer', { message: 'Not found' }],
  ].map(([what, sealedEntry]) =>
    invalid(`${what} for an entry of the vault`, 'NotAnEntry', 'ERR_ENTRY_INVALID', {
      key: KEY,
      sealedEntry,
    }),
  ),
  unopened("a proxy of one's own in plain text", 'ERR_SEALED_FORMAT', 'proxy_value', {
    proxy_setting: 'custom',
    proxy_value: 'http://p.example',
  }),
];

const BROKEN = Object.keys(rules).filter((id) => faults.some(({ flags }) => flags.includes(id)));

export default () => ({
  algorithm: 'vault entry',
  header: [
    'Entries in plain text, and what is sent: credentials sealed under the IV of their field, TOTP secrets canonical, intervals as text, everything else as it came.',
    'An entry that breaks rules is ERR_ENTRY_INVALID with all of them, each with the path of its field; their order does not matter. Flags of refused entries are the rules.',
    'In groups of type OpenEntry, entries as the vault answers them. A credential that does not open is an error that names the field.',
  ],
  notes: {
    Entry: { bugType: 'BASIC', description: 'Credentials, as they are.' },
    Settings: { bugType: 'BASIC', description: 'Settings travel as they came.' },
    TotpNormalised: {
      bugType: 'KNOWN_BUG',
      description:
        'TOTP secrets are sealed in canonical form: the vault reads nothing else. The published clients seal them as they are.',
      effect: 'Every code is wrong, or there is none.',
    },
    IntervalParts: { bugType: 'FUNCTIONALITY', description: 'Intervals in parts are sent as text.' },
    Proxy: {
      bugType: 'CONFIDENTIALITY',
      description: 'proxy_value is sealed where proxy_setting is custom, and nowhere else.',
      effect: "The proxy's password travels in plain text.",
    },
    Provider: { bugType: 'FUNCTIONALITY', description: 'Credentials that are kept at a secret provider.' },
    Padding: { bugType: 'FUNCTIONALITY', description: 'Every credential is padded.' },
    AllowUnknown: {
      bugType: 'FUNCTIONALITY',
      description: 'A field that is named is let through, unsealed.',
    },
    Update: {
      bugType: 'KNOWN_BUG',
      description:
        'Updates: null takes a credential away and is not sealed, and an id may be given. The published JavaScript client seals null.',
    },
    Answer: {
      bugType: 'BASIC',
      description: 'Answers of the vault: credentials sealed or null, and fields that nobody has to know.',
    },
    AnswerProxy: {
      bugType: 'FUNCTIONALITY',
      description:
        'proxy_value is opened where proxy_setting is custom, or where it has the structure of a sealed value, and nowhere else.',
    },
    NotOpened: {
      bugType: 'KNOWN_BUG',
      description:
        'A credential that does not open is never handed back as if it were plain. All published clients do so.',
      effect: 'Written back, the credential is lost.',
    },
    NotAnEntry: {
      bugType: 'EDGE_CASE',
      description: 'What is opened has none of the fields of an entry: a list, an error answer.',
      effect: 'An error passes for an entry without credentials.',
    },
    ...notesOf(BROKEN),
  },
  types: {
    SealAndOpenEntry: {
      methods: ['sealEntry', 'openEntry'],
      given: {
        key: is.key,
        ivs: { type: 'object', additionalProperties: is.iv },
        entry: is.object,
        'operation?': { enum: ['create', 'update'] },
        'padTo?': is.integer,
        'allowUnknown?': { type: 'array', items: is.text },
      },
      expected: { sealedEntry: is.object, opened: is.object },
    },
    SealEntry: {
      methods: ['sealEntry'],
      given: {
        key: is.key,
        ivs: is.object,
        entry: is.object,
        'operation?': is.text,
        'allowUnknown?': { type: 'array', items: is.text },
      },
      expected: { sealedEntry: is.object },
      details: { issues: issuesOf(BROKEN) },
    },
    OpenEntry: {
      methods: ['openEntry'],
      given: { key: is.key, sealedEntry: is.object },
      expected: { opened: is.object },
      details: { 'field?': is.text },
    },
  },
  groups: [
    { type: 'SealAndOpenEntry', tests: entries },
    { type: 'SealEntry', tests: faults },
    { type: 'OpenEntry', tests: answers },
  ],
});
