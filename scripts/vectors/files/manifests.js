import { invalid, is, object, valid } from '../document.js';
import { fingerprintOf, lineOf, linesOf, macOf, manifestOf } from '../manifesting.js';
import { issuesFrom } from '../rules.js';
import { ivOf, KEY, OTHER_KEY, seal, THIRD_KEY } from '../sealing.js';

const AT = '2026-11-24T08:00:00.000Z';
const RING = [KEY, OTHER_KEY];
const sealed = (text, key) => seal(text, { key, iv: ivOf(`manifests: ${text}`) });
const entry = (user, more = {}) => ({
  permissioned_user_id: user,
  domain: 'https://shop.example',
  user_name: sealed(`${user}: name`),
  password: sealed(`${user}: password`),
  ...more,
});

const ada = entry('ada');
const bob = entry('bob', { domain: 'https://bank.example' });
const cyd = entry('cyd', { tfa_method: 'EMAIL' });
const all = [ada, bob, cyd];
const mia = entry('mia');
const upper = (entry_) => ({
  ...entry_,
  user_name: entry_.user_name.toUpperCase(),
  password: entry_.password.toUpperCase(),
});
const NULLS = { tfa_secret: null, tfa_method: null, proxy: null, headers: null, secret_ref: null };
/** Settings that vault and workflows change, and fields that nobody knows. */
const UNBOUND = {
  id: '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f',
  updated_at: AT,
  user_alias: 'Ada',
  cookies: [{ name: 'a', value: 'b', domain: 'shop.example' }],
  expiry_time_from_last_use: '01:30:00',
  proxy_string: 'http://a.proxy.example',
  grown_since: 1,
};
const headers = [{ value: 'b', name: 'X-A', count: 1e21, more: [0.1, -0, 1e-7, { b: null, a: true }] }];
const proxied = entry('dan', {
  proxy: { enable: true, target_ip: '203.0.113.7' },
  proxy_setting: 'custom',
  proxy_value: sealed('socks5://ada:pw@p.example'),
  headers,
});

/** A manifest that is made, and holds. */
function made(comment, flags, entries, { of = entries, key = KEY, keys = [key], ...members } = {}) {
  const manifest = manifestOf(linesOf(of, key), { key, at: AT, ...members });
  return valid(comment, flags, { keys, entries, at: AT, ...members, manifest, findings: [] });
}
const standard = manifestOf(linesOf(all), { at: AT });
const before = standard.trimEnd().slice(-66, -2);

const makes = [
  made('no entry at all', 'Manifest', []),
  made('one entry', 'Manifest', [ada]),
  made('three entries', 'Manifest', all),
  made('an entry without credentials', 'Manifest', [
    { permissioned_user_id: 'a', domain: 'https://a.example' },
  ]),
  made('a secret provider', 'Manifest', [
    {
      permissioned_user_id: 'a',
      domain: 'https://a.example',
      secret_provider_id: 'aws-1',
      secret_ref: 'arn:aws:1',
      secret_cache_ttl_seconds: 60,
    },
  ]),
  made('proxy and headers', 'Canonical', [proxied]),
  made('a proxy_value that is not sealed', 'Manifest', [
    entry('eve', { proxy_setting: 'country', proxy_value: 'DE' }),
  ]),
  made('names beyond ASCII', 'Order', [
    entry('\u00e9'),
    entry('\u{1f511}'),
    entry('\uff5e'),
    entry('e'),
    entry('\ud800'),
    entry('a"b\\c\n'),
  ]),
  made('a name that begins like another', 'Order', [entry('ab'), entry('a'), entry('a!'), entry('a b')]),
  made('a user in two domains', 'Order', [ada, { ...ada, domain: 'https://a.example' }]),
  made('in any order', 'Order', [cyd, ada, bob], { of: all }),
  made('which vault, and the manifest before', 'Chain', all, {
    vault: 'https://api.cloudcruise.com',
    previous: before,
  }),
  made('the current key of a ring', 'Rotation', all, { keys: RING }),
];

const checkOf = (keys, entries, manifest) => ({ keys, entries, manifest });
const holds = (comment, flags, entries, manifest = standard, keys = [KEY]) =>
  valid(comment, flags, { ...checkOf(keys, entries, manifest), findings: [] });

const sound = [
  holds('nulls', 'NullAndAbsent', [{ ...ada, ...NULLS }, bob, cyd]),
  holds('hex in upper case', 'HexCase', [upper(ada), bob, cyd]),
  holds('fields that are not bound', 'Unbound', [{ ...ada, ...UNBOUND }, bob, cyd]),
  holds(
    'members in another order',
    'Canonical',
    [{ ...proxied, headers: [{ more: headers[0].more, count: 1e21, name: 'X-A', value: 'b' }] }],
    manifestOf(linesOf([proxied]), { at: AT }),
  ),
  holds('no line break at its end', 'Manifest', all, standard.trimEnd()),
  valid('made under a previous key', 'Rotation', {
    ...checkOf(RING, all, manifestOf(linesOf(all, OTHER_KEY), { key: OTHER_KEY, at: AT })),
    findings: [{ rule: 'manifest/previous-key', severity: 'warning', path: '' }],
  }),
];

/** Entries that are not those of the manifest; what is to be said, each as `path: rule`. */
function found(comment, flags, entries, manifest, ...faults) {
  const findings = issuesFrom(faults).map(({ path, rule }) => ({ rule, severity: 'error', path }));
  return invalid(comment, flags, 'ERR_MANIFEST', { ...checkOf([KEY], entries, manifest), findings });
}
const changed = (comment, flags, entries, ...at) =>
  found(comment, flags, entries, standard, ...at.map((index) => `[${index}]: manifest/changed`));

const attacks = [
  changed(
    'the passwords of two entries exchanged',
    'Swapped',
    [{ ...ada, password: bob.password }, { ...bob, password: ada.password }, cyd],
    0,
    1,
  ),
  changed(
    'user name and password exchanged',
    'Swapped',
    [{ ...ada, password: ada.user_name, user_name: ada.password }, bob, cyd],
    0,
  ),
  changed('another password', 'Changed', [{ ...ada, password: sealed('older') }, bob, cyd], 0),
  changed('a password that is gone', 'Changed', [{ ...ada, password: null }, bob, cyd], 0),
  changed(
    'a password that came in',
    'Changed',
    [{ ...ada, tfa_secret: sealed('JBSWY3DPEHPK3PXP') }, bob, cyd],
    0,
  ),
  changed('a password in plain text', 'Changed', [{ ...ada, password: 'hunter2' }, bob, cyd], 0),
  changed('another second factor', 'Changed', [ada, bob, { ...cyd, tfa_method: 'SMS' }], 2),
  ...[
    ['proxy', { enable: true, target_ip: '203.0.113.66' }],
    ['proxy', { enable: 'true', target_ip: '203.0.113.7' }],
    ['proxy_setting', 'random'],
    ['headers', [...headers, { name: 'X-B', value: 'c' }]],
    ['headers', []],
    ['headers', [{ ...headers[0], name: 'x-a' }]],
    ['secret_ref', 'arn:aws:2'],
    ['secret_cache_ttl_seconds', 0],
  ].map(([name, value]) =>
    found(
      `another ${name}: ${JSON.stringify(value)}`,
      'Changed',
      [{ ...proxied, [name]: value }],
      manifestOf(linesOf([proxied]), { at: AT }),
      '[0]: manifest/changed',
    ),
  ),
  found(
    'an entry under another domain',
    ['Swapped', 'Added', 'Removed'],
    [{ ...ada, domain: 'https://evil.example' }, bob, cyd],
    standard,
    '[0]: manifest/added',
    ': manifest/removed',
  ),
  found('an entry more', 'Added', [...all, entry('mallory')], standard, '[3]: manifest/added'),
  found(
    'a domain with a slash behind',
    ['Added', 'Removed'],
    [{ ...ada, domain: `${ada.domain}/` }, bob, cyd],
    standard,
    '[0]: manifest/added',
    ': manifest/removed',
  ),
  found('an entry less', 'Removed', [ada, cyd], standard, ': manifest/removed'),
  found('no entry', 'Removed', [], standard, ...all.map(() => ': manifest/removed')),
  found(
    'an entry twice, the second with another password',
    'Twice',
    [...all, { ...ada, password: bob.password }],
    standard,
    '[3].permissioned_user_id: batch/duplicate-entry',
  ),
  found(
    'an entry twice that is not in the manifest',
    ['Twice', 'Added'],
    [...all, mia, mia],
    standard,
    '[3]: manifest/added',
    '[4].permissioned_user_id: batch/duplicate-entry',
  ),
  found('something that is no entry', 'NotAnEntry', [...all, null], standard, '[3]: payload/not-an-object'),
  found(
    'an entry without names',
    'NotAnEntry',
    [...all, { password: ada.password, domain: 5 }],
    standard,
    '[3].permissioned_user_id: payload/missing-field',
    '[3].domain: setting/type',
  ),
];

const lines = standard.trimEnd().split('\n');
const [first, second, third, last] = lines;
const joined = (...parts) => `${parts.join('\n')}\n`;
const forged = (comment, manifest, entries = all) =>
  found(comment, 'Forged', entries, manifest, ': manifest/wrong-key-or-changed');
const older = manifestOf(linesOf([ada]), { at: '2025-11-24T08:00:00.000Z' });
const end = JSON.parse(last);

const forgeries = [
  forged('a line taken out, and its entry', joined(first, third, last), [ada, cyd]),
  forged(
    'a line taken out, and the count made to fit',
    joined(first, third, JSON.stringify({ ...end, entries: 2 })),
    [ada, cyd],
  ),
  forged('two lines in another order', joined(second, first, third, last)),
  forged('a line twice', joined(first, first, second, third, last)),
  forged(
    'a line of another manifest, and its entry',
    joined(lineOf(entry('abe', { domain: 'https://a.example' })), first, second, third, last),
  ),
  forged('a MAC of another entry', joined(first, second.slice(0, -68) + first.slice(-68), third, last)),
  forged(
    'the last line of another manifest',
    joined(first, second, third, older.trimEnd().split('\n').at(-1)),
  ),
  forged('another time', standard.replace(AT, '2026-11-25T08:00:00.000Z')),
  forged(
    'a vault put in',
    joined(
      first,
      second,
      third,
      JSON.stringify({ version: 1, entries: 3, at: AT, vault: 'a', key: end.key, mac: end.mac }),
    ),
  ),
  forged(
    'a manifest before put in',
    joined(
      first,
      second,
      third,
      JSON.stringify({ version: 1, entries: 3, at: AT, previous: before, key: end.key, mac: end.mac }),
    ),
  ),
  forged(
    'a changed digit in its MAC',
    `${standard.slice(0, -4)}${standard.at(-4) === '0' ? '1' : '0'}${standard.slice(-3)}`,
  ),
  forged('another key by name', standard.replace(end.key, fingerprintOf(OTHER_KEY))),
  found(
    'made under another key',
    'ForeignKey',
    all,
    manifestOf(linesOf(all, THIRD_KEY), { key: THIRD_KEY, at: AT }),
    ': manifest/wrong-key-or-changed',
  ),
  found(
    'made under another key, and with the name of this one',
    'ForeignKey',
    all,
    manifestOf(linesOf(all, THIRD_KEY), { key: THIRD_KEY, at: AT }).replace(
      fingerprintOf(THIRD_KEY),
      end.key,
    ),
    ': manifest/wrong-key-or-changed',
  ),
];

const none = (comment, flags, manifest, entries = all) =>
  invalid(comment, flags, 'ERR_MANIFEST', checkOf([KEY], entries, manifest));
/** A last line of any text, with a MAC that is right. */
const ended = (unsigned) =>
  joined(
    ...lines.slice(0, 3),
    `${unsigned.slice(0, -1)},"mac":"${macOf(['credseal/v1/manifest/end', ...lines.slice(0, 3), unsigned])}"}`,
  );
const endWith = (members) =>
  ended(JSON.stringify({ version: 1, entries: 3, at: AT, key: end.key, ...members }));

const misshapen = [
  none('nothing', 'CutOff', ''),
  none('cut off before the last line', 'CutOff', joined(first, second, third)),
  none('cut off in the last line', 'CutOff', standard.slice(0, -10)),
  none('two manifests', 'Form', standard + older),
  none('an empty line', 'Form', joined(first, '', second, third, last)),
  none('line breaks of Windows', 'Form', standard.replaceAll('\n', '\r\n')),
  none('a space', 'Form', standard.replace(',"domain"', ', "domain"')),
  none('an escape that need not be', 'Form', standard.replace('"ada"', '"\\u0061da"')),
  none('a member twice', 'Form', standard.replace('{"perm', '{"domain":"https://a.example","perm')),
  none('a member more', 'Form', standard.replace('{"perm', '{"note":1,"perm')),
  none(
    'a MAC in upper case',
    'Form',
    standard.replace(/[0-9a-f]{64}/, (mac) => mac.toUpperCase()),
  ),
  none('a short MAC', 'Form', standard.replace(/[0-9a-f]{2}"\}\n/, '"}\n')),
  none('an array', 'Form', JSON.stringify(lines.map((line) => JSON.parse(line)))),
  none('not text', 'Form', lines),
  none('version 2', 'Version', endWith({ version: 2 })),
  none('a version as text', 'Version', endWith({ version: '1' })),
  none('a count that is not right', 'Form', endWith({ entries: 2 })),
  none('a time without milliseconds', 'Form', endWith({ at: '2026-11-24T08:00:00Z' })),
  none('the 30th of February', 'Form', endWith({ at: '2026-02-30T08:00:00.000Z' })),
  none('a member more in the last line', 'Form', endWith({ note: 1 })),
  none('a vault without a name', 'Form', endWith({ vault: '' })),
  none('lines out of order, under a MAC', 'Form', manifestOf([second, first, third], { at: AT })),
  none(
    'an entry twice, under a MAC',
    'Form',
    manifestOf([first, lineOf({ ...ada, password: null })].sort(), { at: AT }),
  ),
];

const unmade = (comment, flags, code, entries, more = {}) =>
  invalid(comment, flags, code, { keys: [KEY], entries, at: AT, ...more });
const refused = (comment, flags, entries, ...faults) =>
  unmade(comment, flags, 'ERR_ENTRY_INVALID', entries, { issues: issuesFrom(faults) });
let deep = 1;
for (let depth = 0; depth < 101; depth++) deep = [deep];

const notMade = [
  unmade('a password in plain text', 'NotSealed', 'ERR_SEALED_FORMAT', [{ ...ada, password: 'hunter2' }], {
    field: 'password',
  }),
  unmade(
    'a user name cut off',
    'NotSealed',
    'ERR_SEALED_FORMAT',
    [{ ...ada, user_name: ada.user_name.slice(1) }],
    { field: 'user_name' },
  ),
  unmade('a password that is a number', 'NotSealed', 'ERR_SEALED_FORMAT', [{ ...ada, password: 5 }], {
    field: 'password',
  }),
  unmade(
    'a custom proxy in plain text',
    'NotSealed',
    'ERR_SEALED_FORMAT',
    [{ ...ada, proxy_setting: 'custom', proxy_value: 'http://p.example' }],
    { field: 'proxy_value' },
  ),
  refused('null among entries', 'NotAnEntry', [ada, null], ': payload/not-an-object'),
  refused(
    'an entry without a domain',
    'NotAnEntry',
    [{ permissioned_user_id: 'a' }],
    'domain: payload/missing-field',
  ),
  refused(
    'a name that is a number',
    'NotAnEntry',
    [{ ...ada, permissioned_user_id: 1 }],
    'permissioned_user_id: setting/type',
  ),
  refused('an entry in place of entries', 'NotAnEntry', ada, ': payload/not-an-object'),
  refused(
    'an entry twice',
    'Twice',
    [ada, bob, { ...ada, password: null }],
    'permissioned_user_id: batch/duplicate-entry',
  ),
  refused('headers nested too deep', 'Canonical', [{ ...ada, headers: deep }], 'headers: setting/type'),
  unmade('a manifest before that is none', 'Chain', 'ERR_MANIFEST', all, { previous: 'yesterday' }),
  unmade('a vault without a name', 'Chain', 'ERR_MANIFEST', all, { vault: '' }),
];

const findings = {
  type: 'array',
  items: object({ rule: is.text, severity: { enum: ['error', 'warning'] }, path: is.text }),
};
const keys = { type: 'array', minItems: 1, items: is.key };
const list = { type: 'array', items: is.object };

export default () => ({
  algorithm: 'HMAC-SHA-256 of vault entries',
  header: [
    'Manifests of entries, and entries held against them. keys are those of the reader, the current one first; a manifest is made under the current one, at the time that at says.',
    'What a manifest finds is ERR_MANIFEST with findings; what is no manifest is ERR_MANIFEST alone.',
    'Every MAC is made by node:crypto.',
  ],
  notes: {
    Manifest: { bugType: 'BASIC', description: 'Manifests that are made, to the byte, and hold.' },
    Order: {
      bugType: 'FUNCTIONALITY',
      description: 'Lines are in the order of the bytes of their UTF-8; that of UTF-16 is another one.',
    },
    Canonical: {
      bugType: 'EDGE_CASE',
      description:
        'Values that are no text, in the one form of RFC 8785: members in order, numbers as ECMAScript writes them.',
    },
    Chain: { bugType: 'FUNCTIONALITY', description: 'The name of the vault, and the manifest before.' },
    Rotation: {
      bugType: 'FUNCTIONALITY',
      description:
        'Rings: a manifest is made under the current key, and one under a previous key holds, with a warning.',
    },
    NullAndAbsent: {
      bugType: 'FUNCTIONALITY',
      description: 'What is null counts as not there: nobody documents which of both an answer has.',
    },
    HexCase: { bugType: 'FUNCTIONALITY', description: 'A sealed value is the same in either case of hex.' },
    Unbound: {
      bugType: 'FUNCTIONALITY',
      description: 'Fields that vault and workflows change, or that nobody knows, do not count.',
      effect: 'Alarms that are false teach people to look away.',
    },
    Swapped: {
      bugType: 'AUTH_BYPASS',
      description:
        'Sealed values that changed places, or an entry whose domain is another: nothing else notices.',
      effect: 'A password is typed into the page of whoever moved it.',
    },
    Changed: {
      bugType: 'AUTH_BYPASS',
      description: 'A field that decides where or how a credential is used is another.',
    },
    Added: { bugType: 'AUTH_BYPASS', description: 'An entry that is not in the manifest.' },
    Removed: { bugType: 'AUTH_BYPASS', description: 'An entry that is in the manifest alone.' },
    Twice: {
      bugType: 'AUTH_BYPASS',
      description: 'An entry that is there twice: readers differ in which one they take.',
    },
    Forged: {
      bugType: 'AUTH_BYPASS',
      description:
        'A manifest of which something was changed, taken out, put in or moved, by somebody without the key.',
      effect: 'It vouches for entries that nobody has made.',
    },
    ForeignKey: {
      bugType: 'AUTH_BYPASS',
      description: 'A manifest under a key that the reader does not have.',
    },
    CutOff: { bugType: 'EDGE_CASE', description: 'A manifest without its last line, or with a part of it.' },
    Form: {
      bugType: 'EDGE_CASE',
      description: 'What is not written in the one form of manifests, to the byte.',
    },
    Version: {
      bugType: 'EDGE_CASE',
      description: 'A manifest of another version, which may mean something else.',
    },
    NotSealed: {
      bugType: 'CONFIDENTIALITY',
      description: 'A credential that is not sealed: a manifest of it would vouch for plain text.',
    },
    NotAnEntry: { bugType: 'EDGE_CASE', description: 'What is no entry, or lacks one of its names.' },
  },
  types: {
    MakeAndCheckManifest: {
      methods: ['makeManifest', 'checkManifest'],
      given: { keys, entries: list, at: is.text, 'vault?': is.text, 'previous?': is.text },
      expected: { manifest: is.text, findings },
    },
    CheckManifest: {
      methods: ['checkManifest'],
      given: { keys, entries: list, manifest: is.text },
      expected: { findings },
      details: { 'findings?': { ...findings, minItems: 1 } },
    },
    MakeManifest: {
      methods: ['makeManifest'],
      given: { keys, entries: list, at: is.text, 'vault?': is.text, 'previous?': is.text },
      expected: { manifest: is.text },
      details: {
        'field?': is.text,
        'issues?': { type: 'array', items: object({ path: is.text, rule: is.text }) },
      },
    },
  },
  groups: [
    { type: 'MakeAndCheckManifest', tests: makes },
    ...[sound, attacks, forgeries, misshapen].map((tests) => ({ type: 'CheckManifest', tests })),
    { type: 'MakeManifest', tests: notMade },
  ],
});
