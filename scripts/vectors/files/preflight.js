import { invalid, is, object, valid } from '../document.js';
import { notesOf, rules } from '../rules.js';
import { encrypt, ivOf, KEY, OTHER_KEY, seal, THIRD_KEY } from '../sealing.js';

const REF = { permissioned_user_id: 'user-41', domain: 'https://shop.example' };
const TOTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEE';
const UUID = '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f';
const PROVIDER = { secret_provider_id: 'aws-1', secret_ref: 'arn:aws:1' };
const FIXED_IV = ivOf('preflight: reused');

let count = 0;
const fresh = () => ivOf(`preflight: ${++count}`);
const sealed = (value, key = KEY) => seal(value, { key, iv: fresh() });
const raw = (plaintext, key = KEY) => encrypt(plaintext, { key, iv: fresh() });
const underOneIv = (value) => seal(value, { iv: FIXED_IV });
const payload = (changes = {}) => ({ ...REF, user_name: sealed('ada@shop.example'), ...changes });
const changed = (value) => value.slice(0, -1) + (value.endsWith('0') ? '1' : '0');

/** A payload and everything there is to say about it, each as `path: rule`. The rules are its flags. */
function checkWith({ keys = [KEY], operation = 'create' }, comment, given, ...found) {
  const findings = found.map((each) => {
    const [path, rule] = each.split(': ');
    return { rule, severity: rules[rule].severity, path };
  });
  const rulesBroken = found.length === 0 ? ['Sound'] : [...new Set(findings.map(({ rule }) => rule))];
  const flags = keys === 'none' ? ['NoKey', ...rulesBroken] : rulesBroken;
  const members = { keys, operation, payload: given, findings };
  return findings.some(({ severity }) => severity === 'error')
    ? invalid(comment, flags, 'ERR_PREFLIGHT', members)
    : valid(comment, flags, members);
}
const check = (comment, given, ...found) => checkWith({}, comment, given, ...found);
const update = (comment, given, ...found) => checkWith({ operation: 'update' }, comment, given, ...found);
const ring = (comment, given, ...found) => checkWith({ keys: [KEY, OTHER_KEY] }, comment, given, ...found);
const keyless = (comment, given, ...found) => checkWith({ keys: 'none' }, comment, given, ...found);
const password = (comment, value, ...ids) =>
  check(comment, payload({ password: value }), ...ids.map((id) => `password: ${id}`));
const secret = (comment, text, ...ids) =>
  check(
    comment,
    payload({ tfa_method: 'AUTHENTICATOR', tfa_secret: sealed(text) }),
    ...ids.map((id) => `tfa_secret: ${id}`),
  );
const setting = (name, value, ...ids) =>
  check(`${name} ${JSON.stringify(value)}`, payload({ [name]: value }), ...ids.map((id) => `${name}: ${id}`));
const batch = (...entries) =>
  entries.map((entry, index) => ({ ...REF, permissioned_user_id: `user-${index}`, ...entry }));
const proxied = (proxy_setting, proxy_value, ...ids) =>
  check(
    `proxy_setting ${proxy_setting}, ${/^[0-9a-f]{60,}$/.test(proxy_value) ? 'sealed' : JSON.stringify(proxy_value)}, ${ids.length}`,
    payload({ ...(proxy_setting && { proxy_setting }), proxy_value }),
    ...ids.map((id) => `proxy_value: ${id}`),
  );

const one = sealed('Hunter2!');
const two = sealed('Hunter3!');

const sound = [
  check('nothing but the names', REF),
  check('a user name', payload()),
  check(
    'all credentials',
    payload({ password: sealed('hunter2'), tfa_secret: sealed(TOTP), tfa_method: 'AUTHENTICATOR' }),
  ),
  check(
    'several payloads',
    batch({ password: sealed('a') }, { password: sealed('a') }, { password: sealed('b') }),
  ),
  check('no payload at all', []),
  password('padding inside', raw('"hunter2"       ')),
  password("Python's escapes", raw('"\\u00e9"')),
  password('a lone surrogate', raw('"\\ud800"')),
  password('upper-case hex', sealed('hunter2').toUpperCase()),
  password('a long hex password', sealed('c0ffee5eed'.repeat(8))),
  password('a value inside that is sealed under a key that nobody has', sealed(sealed('x', THIRD_KEY))),
  password('a password like a code', sealed('287082')),
  password('JSON in a password', sealed('{"a":1}')),
  password('space within', sealed('correct horse\tbattery')),
  secret('a TOTP secret of 128 bits', TOTP),
  check(
    'settings',
    payload({
      persist_cookies: true,
      allow_multiple_sessions: true,
      max_concurrency: 3,
      expiry_time_from_last_use: '01:30:00',
      expiry_time_from_session_data_set: null,
      proxy: { enable: true, target_ip: '203.0.113.8' },
      ip_address: '::1',
      local_storage: { passwrod: 'x' },
    }),
  ),
  check('a secret provider', {
    ...REF,
    ...PROVIDER,
    secret_cache_ttl_seconds: 0,
    tfa_method: 'AUTHENTICATOR',
  }),
  proxied('country', 'DE'),
  proxied('static', '203.0.113.8'),
  proxied('random', 'anything'),
  proxied('random', '2001:db8::7'),
  proxied('custom', sealed('socks5://ada:pw@p.example:1080')),
  update('credentials that are taken away', { ...REF, user_name: null, password: null }),
  update('an id and a setting', { ...REF, id: UUID, user_alias: 'Ada' }),
  update('an update without AUTHENTICATOR', { ...REF, tfa_secret: sealed(TOTP) }),
  check('the same plain setting twice', batch({ user_alias: 'a' }, { user_alias: 'a' })),
];

const payloads = [
  ...[null, 'text', 5, true].map((given) =>
    check(`the payload ${JSON.stringify(given)}`, given, ': payload/not-an-object'),
  ),
  check('null among payloads', [payload(), null], '[1]: payload/not-an-object'),
  check('an array in an array', [[payload()]], '[0]: payload/not-an-object'),
  check('a misspelt field', payload({ passwrod: 'hunter2' }), 'passwrod: payload/unknown-field'),
  check('a field in camel case', payload({ userName: 'ada' }), 'userName: payload/unknown-field'),
  check('a misspelt field that is null', payload({ passwrod: null }), 'passwrod: payload/unknown-field'),
  check('a field of the second payload', batch({}, { pin: '4711' }), '[1].pin: payload/unknown-field'),
  check(
    'no user',
    { domain: REF.domain, user_name: sealed('ada') },
    'permissioned_user_id: payload/missing-field',
  ),
  check('nothing', {}, 'permissioned_user_id: payload/missing-field', 'domain: payload/missing-field'),
  check(
    'one of a batch without domain',
    [payload(), { permissioned_user_id: 'b' }],
    '[1].domain: payload/missing-field',
  ),
  check('a read-only field', payload({ user_id: 'x' }), 'user_id: payload/read-only-field'),
  check('an id on create', payload({ id: UUID }), 'id: payload/read-only-field'),
  update('an update of nothing', REF, ': payload/nothing-to-update'),
  update('an update of nothing, with an id', { ...REF, id: UUID }, ': payload/nothing-to-update'),
  check('the same entry twice', [payload(), payload()], '[1].permissioned_user_id: batch/duplicate-entry'),
  check(
    'the same entry three times',
    [payload(), payload(), payload()],
    '[1].permissioned_user_id: batch/duplicate-entry',
    '[2].permissioned_user_id: batch/duplicate-entry',
  ),
  check('the same user in another domain', [payload(), payload({ domain: 'https://b.example' })]),
];

const credentials = [
  password('a password in plain text', 'hunter2', 'credential/plaintext'),
  password(
    'a long password in plain text',
    'correct horse battery staple, correct horse battery staple',
    'credential/plaintext',
  ),
  password('a number', 4711, 'credential/plaintext'),
  password('an object', { value: 'hunter2' }, 'credential/plaintext'),
  password('asterisks', '*'.repeat(64), 'credential/plaintext'),
  check('a TOTP secret in plain text', payload({ tfa_secret: TOTP }), 'tfa_secret: credential/plaintext'),
  check(
    'a proxy URL in plain text',
    payload({ proxy_setting: 'custom', proxy_value: 'http://p.example' }),
    'proxy_value: credential/plaintext',
  ),
  password('a digit missing', one.slice(0, -1), 'credential/malformed'),
  password('a line break behind it', `${one}\n`, 'credential/malformed'),
  password('a space before it', ` ${one}`, 'credential/malformed'),
  password('a short tag', one.slice(0, -24) + 'z'.repeat(24), 'credential/malformed'),
  password('cut to 40 digits', one.slice(0, 40), 'credential/malformed'),
  password('another key', sealed('hunter2', THIRD_KEY), 'credential/wrong-key-or-changed'),
  password('a changed digit', changed(sealed('hunter2')), 'credential/wrong-key-or-changed'),
  password('60 zeros', '0'.repeat(60), 'credential/wrong-key-or-changed'),
  check(
    'every value under another key',
    { ...REF, user_name: sealed('ada', THIRD_KEY), password: sealed('x', THIRD_KEY) },
    'user_name: credential/wrong-key-or-changed',
    'password: credential/wrong-key-or-changed',
  ),
  ring(
    'a previous key',
    payload({ password: sealed('hunter2', OTHER_KEY) }),
    'password: credential/previous-key',
  ),
  ring('the current key of a ring', payload({ password: sealed('hunter2') })),
  ring(
    'a key outside the ring',
    payload({ password: sealed('hunter2', THIRD_KEY) }),
    'password: credential/wrong-key-or-changed',
  ),
  checkWith(
    { keys: [OTHER_KEY, KEY] },
    'a ring the other way round',
    payload(),
    'user_name: credential/previous-key',
  ),
  password('the text itself', raw('hunter2'), 'credential/not-json-string'),
  password('null inside', raw('null'), 'credential/not-json-string'),
  password('digits inside', raw('4711'), 'credential/not-json-string'),
  password('an object inside', raw('{"password":"x"}'), 'credential/not-json-string'),
  password('no UTF-8 inside', raw(Buffer.from([0x22, 0xff, 0x22])), 'credential/not-json-string'),
  password('a byte order mark inside', raw('\ufeff"hunter2"'), 'credential/not-json-string'),
  ring(
    'no JSON under a previous key',
    payload({ password: raw('hunter2', OTHER_KEY) }),
    'password: credential/not-json-string',
    'password: credential/previous-key',
  ),
  password('the empty text', '', 'credential/empty'),
  password('the empty text, sealed', sealed(''), 'credential/empty'),
  check('an empty TOTP secret', payload({ tfa_secret: sealed('') }), 'tfa_secret: credential/empty'),
  password('sealed twice', sealed(sealed('hunter2')), 'credential/sealed-twice'),
  password('sealed three times', sealed(sealed(sealed('hunter2'))), 'credential/sealed-twice'),
  password(
    'sealed twice, with a line break inside',
    sealed(`${sealed('hunter2')}\n`),
    'credential/sealed-twice',
  ),
  password(
    'sealed twice, in upper case inside',
    sealed(sealed('hunter2').toUpperCase()),
    'credential/sealed-twice',
  ),
  check(
    'a TOTP secret that is sealed twice',
    payload({ tfa_secret: sealed(sealed(TOTP)) }),
    'tfa_secret: credential/sealed-twice',
  ),
  ring(
    'a value of a previous key inside',
    payload({ password: sealed(sealed('x', OTHER_KEY)) }),
    'password: credential/sealed-twice',
  ),
  ...[
    ' hunter2',
    'hunter2 ',
    '\thunter2',
    'hunter2\n',
    'hunter2\r\n',
    '\u00a0hunter2',
    'hunter2\u3000',
    ' ',
  ].map((text) =>
    password(`the password ${JSON.stringify(text)}`, sealed(text), 'credential/surrounding-space'),
  ),
  check(
    'space around a user name',
    payload({ user_name: sealed(' ada') }),
    'user_name: credential/surrounding-space',
  ),
  check(
    'one IV in one payload',
    { ...REF, user_name: underOneIv('a'), password: underOneIv('b') },
    'password: credential/iv-reused',
  ),
  check(
    'one IV in two payloads',
    batch({ password: underOneIv('a') }, {}, { password: underOneIv('b') }),
    '[2].password: credential/iv-reused',
  ),
  check(
    'one IV in upper and lower case',
    batch({ password: underOneIv('a').toUpperCase() }, { password: underOneIv('b') }),
    '[1].password: credential/iv-reused',
  ),
  check(
    'one IV, and different lengths',
    batch({ password: underOneIv('a') }, { password: underOneIv('aa') }),
    '[1].password: credential/iv-reused',
  ),
  check(
    'user name and password the same value',
    { ...REF, user_name: one, password: one },
    'password: credential/copied',
  ),
  check(
    'a value in two payloads',
    batch({ password: one }, { password: one }),
    '[1].password: credential/copied',
  ),
  check(
    'a value in another field of another payload',
    batch({ password: one }, { user_name: two }, { user_name: sealed('y'), password: two }),
    '[2].password: credential/copied',
  ),
  check(
    'a value in upper case',
    batch({ password: one }, { password: one.toUpperCase() }),
    '[1].password: credential/copied',
  ),
  check(
    'a whole entry under another name',
    batch({ user_name: one, password: two }, { user_name: one, password: two }),
    '[1].user_name: credential/copied',
    '[1].password: credential/copied',
  ),
];

const secrets = [
  secret('lower case', TOTP.toLowerCase(), 'totp/format'),
  secret('groups', 'JBSW Y3DP EHPK 3PXP', 'totp/format'),
  secret('hyphens', 'JBSWY3DP-EHPK3PXP', 'totp/format'),
  secret('padding', `${TOTP}======`, 'totp/format'),
  secret('a URI', `otpauth://totp/shop:ada?secret=${TOTP}`, 'totp/format'),
  secret('a URI of a counter', `otpauth://hotp/shop:ada?secret=${TOTP}`, 'totp/format'),
  secret('a code', '287082', 'totp/format'),
  secret('a 0', 'JBSWY3DPEHPK3PX0', 'totp/format'),
  secret('a length that base32 never has', TOTP.slice(0, -1), 'totp/format'),
  secret('a password', 'Hunter2!', 'totp/format'),
  secret('80 bits', 'JBSWY3DPEHPK3PXP', 'totp/short'),
  secret('120 bits', 'JBSWY3DPEHPK3PXPJBSWY3DP', 'totp/short'),
  secret('8 bits', 'QY', 'totp/short'),
  secret('bits behind the last byte', 'JBSWY3DPEHPK3PXPJBSWY3DPEB', 'totp/not-canonical'),
  secret('bits behind the last byte of a short one', 'QZ', 'totp/not-canonical', 'totp/short'),
  check(
    'AUTHENTICATOR without a secret',
    payload({ tfa_method: 'AUTHENTICATOR' }),
    'tfa_secret: totp/missing-secret',
  ),
  update(
    'AUTHENTICATOR, and the secret taken away',
    payload({ tfa_method: 'AUTHENTICATOR', tfa_secret: null }),
    'tfa_secret: totp/missing-secret',
  ),
  ...['EMAIL', 'SMS', 'MAGIC_LINK'].map((tfa_method) =>
    check(
      `a secret beside ${tfa_method}`,
      payload({ tfa_method, tfa_secret: sealed(TOTP) }),
      'tfa_secret: totp/unused-secret',
    ),
  ),
];

const settings = [
  ...['banana', 'authenticator', null].map((method) => setting('tfa_method', method, 'setting/type')),
  setting('persist_cookies', 'true', 'setting/type'),
  setting('permissioned_user_id', '', 'setting/type'),
  setting('password', null, 'setting/type'),
  setting('local_storage', [], 'setting/type'),
  check(
    'a misspelt member of proxy',
    payload({ proxy: { enable: true, targetIp: '203.0.113.7' } }),
    'proxy: setting/type',
  ),
  check(
    'parts of an interval, which only a library takes',
    payload({ expiry_time_from_last_use: { days: 7 } }),
    'expiry_time_from_last_use: setting/type',
  ),
  ...['banana', '', '-1 day', 'infinity', '00:00:00', '7 dayz'].map((interval) =>
    setting('expiry_time_from_last_use', interval, 'setting/interval'),
  ),
  setting('expiry_time_from_session_data_set', '7 days 00:00:00'),
  ...[
    'shop.example',
    'https://ada:pw@shop.example',
    'http://localhost',
    'ftp://shop.example',
    'https://shop .example',
    'https://shop\u00ad.example',
    'https://*.shop.example',
    '',
  ].map((domain) => setting('domain', domain, 'setting/domain')),
  ...[
    'https://shop.example/',
    'https://shop.example/login',
    'https://shop.example?next=a',
    'https://shop.example#top',
    'https://Shop.example',
    'HTTPS://shop.example',
    'https://Shop.example/Login?a=b#c',
  ].map((domain) => setting('domain', domain, 'setting/domain-form')),
  ...['https://shop.example:8443', 'http://127.0.0.1:8080', 'https://m\u00fcnchen.example'].map((domain) =>
    setting('domain', domain),
  ),
  ...['999.1.1.1', '1.2.3', 'shop.example', '203.0.113.7/24', '010.0.0.1'].map((address) =>
    setting('ip_address', address, 'setting/ip-address'),
  ),
  check(
    'the address of a proxy',
    payload({ proxy: { enable: true, target_ip: '999.1.1.1' } }),
    'proxy.target_ip: setting/ip-address',
  ),
  ...[0, -1].map((max_concurrency) =>
    check(
      `max_concurrency ${max_concurrency}`,
      payload({ allow_multiple_sessions: true, max_concurrency }),
      'max_concurrency: setting/concurrency',
    ),
  ),
  check(
    'max_concurrency without several sessions',
    payload({ max_concurrency: 2 }),
    'max_concurrency: setting/concurrency',
  ),
  proxied(undefined, 'DE', 'setting/proxy'),
  proxied('country', 'Germany', 'setting/proxy'),
  proxied('static', 'p.example', 'setting/proxy'),
  proxied('random', 'socks5://ada:pw@p.example', 'setting/proxy'),
  proxied('random', 'p.example:1080:ada:pw', 'setting/proxy'),
  proxied('country', sealed('DE'), 'setting/proxy'),
  proxied('custom', sealed('p.example:1080'), 'setting/proxy'),
  check(
    'a provider without a reference',
    { ...REF, secret_provider_id: 'p' },
    'secret_ref: setting/provider',
  ),
  check(
    'a reference without a provider',
    { ...REF, secret_ref: 'r' },
    'secret_provider_id: setting/provider',
  ),
  check('a provider and a user name', payload(PROVIDER), 'user_name: setting/provider'),
  check(
    'a cache without a provider',
    payload({ secret_cache_ttl_seconds: 60 }),
    'secret_cache_ttl_seconds: setting/provider',
  ),
];

const withoutKey = [
  keyless('a sealed value', payload()),
  keyless('a value under any key', payload({ password: sealed('hunter2', THIRD_KEY) })),
  keyless('a changed value', payload({ password: changed(sealed('hunter2')) })),
  keyless('no JSON inside', payload({ password: raw('hunter2') })),
  keyless('the empty text inside', payload({ password: sealed('') })),
  keyless('a value that is sealed twice', payload({ password: sealed(sealed('hunter2')) })),
  keyless('a TOTP secret inside that is none', payload({ tfa_secret: sealed('287082') })),
  keyless('no proxy URL inside', payload({ proxy_setting: 'custom', proxy_value: sealed('p.example') })),
  keyless('plain text that happens to be long hex', payload({ password: 'c0ffee5eed'.repeat(8) })),
  keyless('plain text', payload({ password: 'hunter2' }), 'password: credential/plaintext'),
  keyless('59 hex digits', payload({ password: 'c'.repeat(59) }), 'password: credential/malformed'),
  keyless('the empty text', payload({ password: '' }), 'password: credential/empty'),
  keyless('a digit missing', payload({ password: one.slice(0, -1) }), 'password: credential/malformed'),
  keyless('a misspelt field', payload({ passwrod: 'x' }), 'passwrod: payload/unknown-field'),
  keyless('no object', null, ': payload/not-an-object'),
  keyless(
    'one IV in two payloads',
    batch({ password: underOneIv('a') }, { password: underOneIv('b') }),
    '[1].password: credential/iv-reused',
  ),
  keyless(
    'a value in two payloads',
    batch({ password: one }, { password: one.toUpperCase() }),
    '[1].password: credential/copied',
  ),
  keyless('the same entry twice', [payload(), payload()], '[1].permissioned_user_id: batch/duplicate-entry'),
  keyless(
    'a proxy URL in plain text',
    payload({ proxy_setting: 'custom', proxy_value: 'http://p.example' }),
    'proxy_value: credential/plaintext',
  ),
];

const ids = Object.keys(rules);
const findings = {
  type: 'array',
  items: object({ rule: { enum: ids }, severity: { enum: ['error', 'warning'] }, path: is.text }),
};

export default () => ({
  algorithm: 'vault payload',
  header: [
    'Payloads, one or several in an array, as they would be sent, and everything that is to be said about them before they are.',
    'keys are those of the reader, the current one first. A payload with an error is ERR_PREFLIGHT; one with warnings alone is valid. The order of findings does not matter.',
    'Flags are the rules that are broken, or Sound; and NoKey where keys is the word none, and nothing is to be opened.',
  ],
  notes: {
    Sound: {
      bugType: 'FUNCTIONALITY',
      description: 'Nothing is to be said, though some of it resembles a mistake.',
      effect: 'False alarms teach people to look away.',
    },
    NoKey: {
      bugType: 'FUNCTIONALITY',
      description: 'A reader without a key, who says all that needs none, and nothing of what is inside.',
      effect: 'A wrong guess about what is inside is a false alarm, or a false comfort.',
    },
    ...notesOf(ids),
  },
  types: {
    Preflight: {
      methods: ['preflight'],
      given: {
        keys: { oneOf: [{ type: 'array', minItems: 1, items: is.key }, { const: 'none' }] },
        operation: { enum: ['create', 'update'] },
        payload: true,
      },
      expected: { findings },
      details: { findings: { ...findings, minItems: 1 } },
    },
  },
  groups: [sound, payloads, credentials, secrets, settings, withoutKey].map((tests) => ({
    type: 'Preflight',
    tests,
  })),
});
