import { invalid, is, valid } from '../document.js';
import { bytesOf, handoffKeys, makeToken } from '../jwe.js';
import { issuesFrom, issuesOf, rules } from '../rules.js';

// Seconds since the epoch: when these tokens were sealed, when they expire, and when they are opened.
const ISSUED = 1_800_000_000;
const EXPIRES = ISSUED + 600;
const NOW = ISSUED + 30;

const p256 = handoffKeys('P-256', 'hand-off key, P-256');
const x25519 = handoffKeys('X25519', 'hand-off key, X25519');
const next = handoffKeys('P-256', 'hand-off key after a rotation');
const p384 = handoffKeys('P-384', 'hand-off key, P-384');
const p521 = handoffKeys('P-521', 'hand-off key, P-521');

const ENTRY = {
  permissioned_user_id: 'user-1',
  domain: 'https://portal.example.com',
  user_name: 'ada@example.com',
  password: 'correct horse battery staple',
};
const padded = (text) => text + ' '.repeat(-Buffer.byteLength(text) & 255);

let count = 0;
/** A token of these keys; its parts are told apart by how many there were before it. */
function token({
  keys = p256,
  entry = ENTRY,
  plaintext = padded(JSON.stringify(entry)),
  header = {},
  ...how
} = {}) {
  const label = `hand-off token ${++count}`;
  const claims = {
    typ: 'credseal-handoff+jwe',
    kid: keys.publicJwk.kid,
    iat: ISSUED,
    exp: EXPIRES,
    jti: bytesOf(`${label}: token id`, 16).toString('base64url'),
  };
  return makeToken({ to: keys.publicJwk, label, plaintext, header: { ...claims, ...header }, ...how });
}

const given = ({ keys = p256, privateKeys = keys.privateJwk, now = NOW, maxAge = 600, audience }) => ({
  privateKeys,
  now,
  maxAge,
  ...(audience === undefined ? {} : { audience }),
});
const opens = (comment, flags, how = {}) =>
  valid(comment, flags, {
    token: 'token' in how ? how.token : token(how),
    ...given(how),
    entry: how.entry ?? ENTRY,
  });
const refused = (comment, flags, how, code = 'ERR_HANDOFF') =>
  invalid(comment, flags, code, { token: 'token' in how ? how.token : token(how), ...given(how) });
const withHeader = (comment, flags, header, how = {}) => refused(comment, flags, { ...how, header });
/** A header written by hand. */
const written = (write) => (header) => write(JSON.stringify(header), header);

const whole = {
  ...ENTRY,
  tfa_method: 'AUTHENTICATOR',
  tfa_secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  expiry_time_from_last_use: { hours: 1, minutes: 30 },
  allow_multiple_sessions: true,
  max_concurrency: 3,
  cookies: [{ name: 'a', value: 'b', domain: 'portal.example.com' }],
};
const nonAscii = { ...ENTRY, user_name: 'Zo\u00eb', password: 'p\u00e4ssw\u00f6rd \u{1f510} \u2028\ud800' };

const opening = [
  opens('P-256', 'Basic'),
  opens('X25519', 'Basic', { keys: x25519 }),
  opens('an entry of many fields', 'Basic', { entry: whole }),
  opens('text beyond ASCII, and half a surrogate pair', 'NonAscii', { entry: nonAscii }),
  opens('text beyond ASCII under X25519', 'NonAscii', { entry: nonAscii, keys: x25519 }),
  opens('a plaintext that is not padded', 'Plaintext', { plaintext: JSON.stringify(ENTRY) }),
  opens('a plaintext with line breaks', 'Plaintext', { plaintext: JSON.stringify(ENTRY, null, 2) }),
  opens('a plaintext with escapes', 'Plaintext', {
    entry: nonAscii,
    plaintext: JSON.stringify(nonAscii).replaceAll(
      /[^\x20-\x7e]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  }),
  opens('a header with spaces', 'HeaderForm', {
    write: written((text) => text.replaceAll(/([:,])(?=["\d{])/g, '$1 ')),
  }),
  opens('a header in another order', 'HeaderForm', {
    write: (header) => JSON.stringify(Object.fromEntries(Object.entries(header).reverse())),
  }),
  opens('a header with escapes', 'HeaderForm', {
    write: written((text) => text.replace('handoff', '\\u0068andoff')),
  }),
  opens('a token id of 64 letters', 'TokenId', { header: { jti: 'a'.repeat(64) } }),
  opens('a token id that is a UUID', 'TokenId', { header: { jti: '7d444840-9dc0-41d1-b245-5ffdce74fad2' } }),
  opens('for an audience', 'Audience', { header: { aud: 'vault-worker' }, audience: 'vault-worker' }),
  opens('for an audience beyond ASCII', 'Audience', { header: { aud: 'b\u00fcro' }, audience: 'b\u00fcro' }),
  opens('opened by a set of one key', 'KeySet', { privateKeys: { keys: [p256.privateJwk] } }),
  opens('opened by a set after a rotation', 'KeySet', {
    privateKeys: { keys: [next.privateJwk, p256.privateJwk] },
  }),
  opens('opened by a set of both curves', 'KeySet', {
    keys: x25519,
    privateKeys: { keys: [p256.privateJwk, x25519.privateJwk] },
  }),
  opens('opened by a key of another name', 'KeySet', { privateKeys: { ...p256.privateJwk, kid: 'my key' } }),
  opens('opened by a key that says nothing else', 'KeySet', {
    privateKeys: (({ kty, crv, x, y, d }) => ({ kty, crv, x, y, d }))(p256.privateJwk),
  }),
  opens('in the second in which it was sealed', 'Clock', { now: ISSUED }),
  opens('in the last second before it expires', 'Clock', { now: EXPIRES - 1 }),
  opens('as old as it may be', 'Clock', { now: ISSUED + 100, maxAge: 100 }),
  opens('from a clock that is 60 seconds ahead', 'Clock', { now: ISSUED - 60 }),
];

const { d: _, ...publicOnly } = p256.privateJwk;
const good = token();
const [H, K, I, C, T] = good.split('.');
const parts = (...five) => five.join('.');
const flip = (part, at) => {
  const bytes = Buffer.from(part, 'base64url');
  bytes[at < 0 ? bytes.length + at : at] ^= 1;
  return bytes.toString('base64url');
};
const changedHeader = (change) =>
  Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(H, 'base64url').toString()), ...change })).toString(
    'base64url',
  );

const algorithms = [
  ...[
    'none',
    'RSA1_5',
    'RSA-OAEP',
    'RSA-OAEP-256',
    'A256KW',
    'A256GCMKW',
    'ecdh-es+a256kw',
    'HPKE-0',
    '',
  ].map((alg) =>
    refused(`alg "${alg}" on a token that is sound otherwise`, 'Algorithm', {
      token: parts(changedHeader({ alg }), K, I, C, T),
    }),
  ),
  refused('a token that is not encrypted, in five parts', 'Algorithm', {
    token: parts(
      changedHeader({ alg: 'none' }),
      '',
      '',
      Buffer.from(JSON.stringify(ENTRY)).toString('base64url'),
      '',
    ),
  }),
  withHeader(
    'alg dir, under a key that is known',
    'Algorithm',
    { alg: 'dir', epk: undefined },
    { secret: bytesOf('direct key', 32) },
  ),
  withHeader('alg ECDH-ES, without a wrapped key', 'Algorithm', { alg: 'ECDH-ES' }),
  withHeader('alg ECDH-ES+A128KW', 'Algorithm', { alg: 'ECDH-ES+A128KW' }),
  withHeader('alg ECDH-ES+A192KW', 'Algorithm', { alg: 'ECDH-ES+A192KW' }),
  withHeader('alg RSA1_5, and a wrapped key of 256 bytes', 'Algorithm', { alg: 'RSA1_5', epk: undefined }),
  withHeader(
    'alg PBES2-HS512+A256KW, under a passphrase that is known',
    'Algorithm',
    { alg: 'PBES2-HS512+A256KW', p2c: 1000, p2s: 'c2FsdHNhbHQ', epk: undefined },
    { secret: 'passphrase' },
  ),
  withHeader('p2c beside ECDH-ES', 'Algorithm', { p2c: 1_000_000_000 }),
  withHeader('no alg', 'Algorithm', {}, { write: ({ alg, ...header }) => JSON.stringify(header) }),
  withHeader(
    'alg in an array',
    'Algorithm',
    {},
    { write: (header) => JSON.stringify({ ...header, alg: [header.alg] }) },
  ),
  withHeader('enc A128GCM', 'Encryption', { enc: 'A128GCM' }),
  ...['A256CBC-HS512', 'A192GCM', 'a256gcm', ''].map((enc) =>
    refused(`enc "${enc}" on a token that is sound otherwise`, 'Encryption', {
      token: parts(changedHeader({ enc }), K, I, C, T),
    }),
  ),
  withHeader('no enc', 'Encryption', {}, { write: ({ enc, ...header }) => JSON.stringify(header) }),
];

const members = [
  withHeader('zip DEF, compressed', 'Compression', { zip: 'DEF' }),
  withHeader(
    'zip DEF, 100 kB of zeros',
    'Compression',
    { zip: 'DEF' },
    { plaintext: `${JSON.stringify(ENTRY)}${' '.repeat(100_000)}` },
  ),
  withHeader('zip of another name', 'Compression', { zip: 'none' }),
  withHeader('crit that names exp', 'Extension', { crit: ['exp'] }),
  withHeader('crit that names what is not there', 'Extension', { crit: ['b64'] }),
  withHeader('crit that is empty', 'Extension', { crit: [] }),
  withHeader('jwk: a key inside', 'KeyInside', { jwk: next.publicJwk }),
  withHeader('jku: an address of keys', 'KeyInside', { jku: 'https://example.com/keys' }),
  withHeader('x5c: a certificate', 'KeyInside', { x5c: ['MA=='] }),
  withHeader('x5u: an address of certificates', 'KeyInside', { x5u: 'https://example.com/certificate' }),
  withHeader('apu and apv, which the key agreement would take in', 'UnknownMember', { apu: 'QQ', apv: 'Qg' }),
  withHeader('cty', 'UnknownMember', { cty: 'json' }),
  withHeader('nbf', 'UnknownMember', { nbf: ISSUED }),
  withHeader(
    '__proto__',
    'UnknownMember',
    {},
    { write: written((text) => `{"__proto__":{},${text.slice(1)}`) },
  ),
  refused('typ of another token', 'Type', { header: { typ: 'JWT' } }),
  refused('typ in upper case', 'Type', { header: { typ: 'CREDSEAL-HANDOFF+JWE' } }),
  refused('typ with application/', 'Type', { header: { typ: 'application/credseal-handoff+jwe' } }),
  refused('no typ', 'Type', { header: { typ: undefined } }),
  withHeader(
    'a member twice',
    'Duplicate',
    {},
    { write: written((text) => `{"exp":9999999999,${text.slice(1)}`) },
  ),
  withHeader(
    'a member twice, once with an escape',
    'Duplicate',
    {},
    {
      write: written((text) => `{"\\u0061ud":"x","aud":"y",${text.slice(1)}`),
      audience: 'y',
    },
  ),
  withHeader(
    'a member of epk twice',
    'Duplicate',
    {},
    { write: written((text) => text.replace('"epk":{', '"epk":{"crv":"P-384",')) },
  ),
  refused('a member of the entry twice', 'Duplicate', {
    plaintext: padded(`{"domain":"https://example.com",${JSON.stringify(ENTRY).slice(1)}`),
  }),
  refused('a member further inside of the entry twice', 'Duplicate', {
    plaintext: padded(`${JSON.stringify(ENTRY).slice(0, -1)},"local_storage":{"a":1,"\\u0061":2}}`),
  }),
];

const names = [
  withHeader('no kid', 'KeyId', { kid: undefined }),
  withHeader('kid of another key', 'KeyId', { kid: next.publicJwk.kid }),
  withHeader(
    'kid of another key of the set',
    'KeyId',
    { kid: next.publicJwk.kid },
    { privateKeys: { keys: [next.privateJwk, p256.privateJwk] } },
  ),
  withHeader('kid that is no thumbprint', 'KeyId', { kid: 'my key' }),
  withHeader('kid that is a number', 'KeyId', { kid: 1 }),
  withHeader('no jti', 'TokenId', { jti: undefined }),
  withHeader('jti of 15 letters', 'TokenId', { jti: 'a'.repeat(15) }),
  withHeader('jti of 65 letters', 'TokenId', { jti: 'a'.repeat(65) }),
  withHeader('jti with a line break', 'TokenId', { jti: `${'a'.repeat(20)}\n` }),
  withHeader('jti that is a number', 'TokenId', { jti: 1234567890123456 }),
  withHeader('an audience, and none to open it with', 'Audience', { aud: 'vault-worker' }),
  withHeader('another audience', 'Audience', { aud: 'vault-worker' }, { audience: 'other-worker' }),
  withHeader(
    'an audience in another case',
    'Audience',
    { aud: 'Vault-Worker' },
    { audience: 'vault-worker' },
  ),
  refused('no audience, and one to open it with', 'Audience', { audience: 'vault-worker' }),
  withHeader('an audience in an array', 'Audience', { aud: ['vault-worker'] }, { audience: 'vault-worker' }),
  withHeader('an empty audience', 'Audience', { aud: '' }),
  withHeader(
    'an audience of 257 characters',
    'Audience',
    { aud: 'a'.repeat(257) },
    { audience: 'a'.repeat(257) },
  ),
];

const times = [
  refused('in the second in which it expires', 'Clock', { now: EXPIRES, maxAge: 10_000 }),
  refused('a day after it expired', 'Clock', { now: EXPIRES + 86_400, maxAge: 1_000_000 }),
  refused('a second older than it may be', 'Clock', { now: ISSUED + 101, maxAge: 100 }),
  withHeader(
    'years to live, and older than it may be',
    'Clock',
    { exp: ISSUED + 1_000_000_000 },
    { now: ISSUED + 601 },
  ),
  refused('from a clock that is 61 seconds ahead', 'Clock', { now: ISSUED - 61 }),
  withHeader('no exp', 'Clock', { exp: undefined }),
  withHeader('no iat', 'Clock', { iat: undefined }),
  withHeader('exp that is text', 'Clock', { exp: String(EXPIRES) }),
  withHeader('exp that is no whole number', 'Clock', { exp: EXPIRES + 0.5 }),
  withHeader(
    'exp beyond all numbers',
    'Clock',
    {},
    { write: written((text) => text.replace(String(EXPIRES), '1e999')) },
  ),
  withHeader('exp in milliseconds, iat too', 'Clock', { iat: ISSUED * 1000, exp: EXPIRES * 1000 }),
  withHeader('iat that is null', 'Clock', { iat: null }),
  withHeader('iat before the epoch', 'Clock', { iat: -1 }, { maxAge: 9_000_000_000 }),
  withHeader('exp that is iat', 'Clock', { exp: ISSUED }, { now: ISSUED - 10 }),
];

const epk = (change) => (header) => JSON.stringify({ ...header, epk: change(header.epk) });
const ZERO = Buffer.alloc(32).toString('base64url');
const ephemeral = [
  withHeader('no epk', 'EphemeralKey', {}, { write: ({ epk: _, ...header }) => JSON.stringify(header) }),
  withHeader('epk that is text', 'EphemeralKey', {}, { write: epk(({ x }) => x) }),
  withHeader('epk that is null', 'EphemeralKey', {}, { write: epk(() => null) }),
  withHeader('epk with its private key', 'EphemeralKey', {}, { write: epk((key) => ({ ...key, d: ZERO })) }),
  withHeader(
    'epk with more than a key',
    'EphemeralKey',
    {},
    { write: epk((key) => ({ ...key, use: 'enc' })) },
  ),
  withHeader('epk of P-384', 'EphemeralKey', {}, { keys: p384, privateKeys: p256.privateJwk }),
  withHeader('epk of P-521', 'EphemeralKey', {}, { keys: p521, privateKeys: p256.privateJwk }),
  withHeader(
    'epk of P-256 that says P-384',
    'EphemeralKey',
    {},
    { write: epk((key) => ({ ...key, crv: 'P-384' })) },
  ),
  withHeader('epk of kty oct', 'EphemeralKey', {}, { write: epk(() => ({ kty: 'oct', k: ZERO })) }),
  withHeader(
    'epk of kty OKP on P-256',
    'EphemeralKey',
    {},
    { write: epk((key) => ({ ...key, kty: 'OKP' })) },
  ),
  withHeader('epk without y', 'EphemeralKey', {}, { write: epk(({ y: _, ...key }) => key) }),
  withHeader(
    'epk with x of 31 bytes',
    'EphemeralKey',
    {},
    { write: epk((key) => ({ ...key, x: key.x.slice(0, 42) })) },
  ),
  withHeader('epk with padding', 'EphemeralKey', {}, { write: epk((key) => ({ ...key, x: `${key.x}=` })) }),
  withHeader(
    'epk beside the curve',
    'EphemeralKey',
    {},
    { write: epk((key) => ({ ...key, y: flip(key.y, -1) })) },
  ),
  withHeader('epk at zero', 'EphemeralKey', {}, { write: epk((key) => ({ ...key, x: ZERO, y: ZERO })) }),
  withHeader(
    'epk of X25519 for a key of P-256',
    'EphemeralKey',
    { kid: p256.publicJwk.kid },
    { keys: x25519, privateKeys: p256.privateJwk },
  ),
  withHeader(
    'epk of X25519 at zero, whose agreement everybody knows',
    'EphemeralKey',
    {},
    { keys: x25519, write: epk((key) => ({ ...key, x: ZERO })) },
  ),
  withHeader(
    'epk of X25519 of small order',
    'EphemeralKey',
    {},
    {
      keys: x25519,
      write: epk((key) => ({ ...key, x: Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url') })),
    },
  ),
];

const shapes = [
  refused('nothing', 'Structure', { token: '' }),
  refused('four dots', 'Structure', { token: '....' }),
  refused('three parts, as a signed token has', 'Structure', { token: parts(H, K, I) }),
  refused('four parts', 'Structure', { token: parts(H, K, I, C) }),
  refused('six parts', 'Structure', { token: parts(H, K, I, C, T, T) }),
  refused('a dot behind it', 'Structure', { token: `${good}.` }),
  refused('a line break behind it', 'Structure', { token: `${good}\n` }),
  refused('a space before it', 'Structure', { token: ` ${good}` }),
  refused('JSON', 'Structure', {
    token: JSON.stringify({ protected: H, encrypted_key: K, iv: I, ciphertext: C, tag: T }),
  }),
  refused('a sealed value', 'Structure', { token: 'ab'.repeat(60) }),
  refused('an object', 'Structure', { token: { protected: H } }),
  refused('null', 'Structure', { token: null }),
  refused('a header that is no JSON', 'Structure', { token: parts('bm90IEpTT04', K, I, C, T) }),
  refused('a header that is an array', 'Structure', { token: parts('W10', K, I, C, T) }),
  refused('a header that is null', 'Structure', { token: parts('bnVsbA', K, I, C, T) }),
  refused('a header that is not UTF-8', 'Structure', { token: parts('_w', K, I, C, T) }),
  refused('a header with a byte order mark', 'Structure', {
    write: (header) => `\ufeff${JSON.stringify(header)}`,
  }),
  refused('a header of 4,097 characters and more', 'Structure', {
    write: written((text) => text.replace('{', `{${' '.repeat(3000)}`)),
  }),
  refused('an empty header', 'Structure', { token: parts('', K, I, C, T) }),
  refused('no wrapped key', 'Structure', { token: parts(H, '', I, C, T) }),
  refused('a wrapped key cut off', 'Structure', { token: parts(H, K.slice(0, -4), I, C, T) }),
  refused('a wrapped key with more behind it', 'Structure', { token: parts(H, `${K}AAAA`, I, C, T) }),
  refused('no IV', 'Structure', { token: parts(H, K, '', C, T) }),
  refused('an IV of 16 bytes', 'Structure', { token: parts(H, K, `${I}AAAAAA`, C, T) }),
  refused('no ciphertext', 'Structure', { token: parts(H, K, I, '', T) }),
  refused('no tag', 'Structure', { token: parts(H, K, I, C, '') }),
  refused('a tag of 12 bytes', 'ShortTag', { token: parts(H, K, I, C, T.slice(0, 16)) }),
  refused('a tag of 4 bytes', 'ShortTag', {
    token: parts(H, K, I, C, Buffer.from(T, 'base64url').subarray(0, 4).toString('base64url')),
  }),
  refused('base64 in place of base64url', 'Base64url', { token: parts(H, `+${K.slice(1)}`, I, C, T) }),
  refused('padding', 'Base64url', { token: parts(H, K, I, C, `${T}==`) }),
  refused('a ciphertext one character too long', 'Base64url', { token: parts(H, K, I, `${C}A`, T) }),
  refused('bits left over in the tag that are not zero', 'Base64url', {
    token: parts(H, K, I, C, T.slice(0, -1) + { A: 'B', Q: 'R', g: 'h', w: 'x' }[T.at(-1)]),
  }),
  refused('bits left over in the wrapped key that are not zero', 'Base64url', {
    token: parts(H, K.slice(0, -1) + { A: 'B', Q: 'R', g: 'h', w: 'x' }[K.at(-1)], I, C, T),
  }),
];

const changes = [
  refused('the header changed: a later exp', 'Changed', {
    token: parts(changedHeader({ exp: EXPIRES + 1 }), K, I, C, T),
  }),
  refused('the header changed: an audience', 'Changed', {
    token: parts(changedHeader({ aud: 'vault-worker' }), K, I, C, T),
    audience: 'vault-worker',
  }),
  refused('the header written differently', 'Changed', {
    token: parts(Buffer.from(`${Buffer.from(H, 'base64url')} `).toString('base64url'), K, I, C, T),
  }),
  ...[0, 20, 39].map((at) =>
    refused(`a bit of the wrapped key, in byte ${at}`, 'Changed', { token: parts(H, flip(K, at), I, C, T) }),
  ),
  ...[0, 11].map((at) =>
    refused(`a bit of the IV, in byte ${at}`, 'Changed', { token: parts(H, K, flip(I, at), C, T) }),
  ),
  ...[0, 100, -1].map((at) =>
    refused(`a bit of the ciphertext, in byte ${at}`, 'Changed', { token: parts(H, K, I, flip(C, at), T) }),
  ),
  ...[0, 15].map((at) =>
    refused(`a bit of the tag, in byte ${at}`, 'Changed', { token: parts(H, K, I, C, flip(T, at)) }),
  ),
  refused('the ciphertext cut off', 'Changed', { token: parts(H, K, I, C.slice(0, -4), T) }),
  refused('the ciphertext of another token', 'Changed', { token: parts(H, K, I, token().split('.')[3], T) }),
  refused('the wrapped key of another token', 'Changed', { token: parts(H, token().split('.')[1], I, C, T) }),
  refused('sealed to another key than its kid says', 'Changed', {
    keys: next,
    header: { kid: p256.publicJwk.kid },
    privateKeys: p256.privateJwk,
  }),
];

const keys = [
  refused('a set without the key', 'PrivateKeys', { token: good, privateKeys: { keys: [next.privateJwk] } }),
  refused('an empty set', 'PrivateKeys', { token: good, privateKeys: { keys: [] } }),
  refused('a set that is an object', 'PrivateKeys', { token: good, privateKeys: { keys: p256.privateJwk } }),
  refused('a public key', 'PrivateKeys', { token: good, privateKeys: publicOnly }),
  refused('a set with a public key beside the right one', 'PrivateKeys', {
    token: good,
    privateKeys: { keys: [p256.privateJwk, publicOnly] },
  }),
  refused('a key of P-384', 'PrivateKeys', { keys: p384 }),
  refused('a key of P-521', 'PrivateKeys', { keys: p521 }),
  refused('a symmetric key', 'PrivateKeys', { token: good, privateKeys: { kty: 'oct', k: ZERO } }),
  refused('a key for signatures', 'PrivateKeys', {
    token: good,
    privateKeys: { ...p256.privateJwk, use: 'sig' },
  }),
  refused('a key for another algorithm', 'PrivateKeys', {
    token: good,
    privateKeys: { ...p256.privateJwk, alg: 'ECDH-ES' },
  }),
  refused('a key whose d is cut off', 'PrivateKeys', {
    token: good,
    privateKeys: { ...p256.privateJwk, d: p256.privateJwk.d.slice(1) },
  }),
  refused('text', 'PrivateKeys', { token: good, privateKeys: 'key' }),
  refused('null', 'PrivateKeys', { token: good, privateKeys: null }),
  ...[0, -1, 1.5, '600', null].map((maxAge) =>
    refused(`maxAge ${JSON.stringify(maxAge)}`, 'Options', { token: good, maxAge }),
  ),
  ...['', 1, null, ['vault-worker']].map((audience) =>
    refused(`audience ${JSON.stringify(audience)}`, 'Options', { token: good, audience }),
  ),
];

/** An entry that breaks rules, each as `path: rule`. */
const brokenText = (comment, plaintext, ...faults) => ({
  ...refused(comment, 'Entry', { plaintext }, 'ERR_ENTRY_INVALID'),
  issues: issuesFrom(faults),
});
const broken = (comment, changes, ...faults) =>
  brokenText(comment, padded(JSON.stringify({ ...ENTRY, ...changes })), ...faults);
const entries = [
  broken('a misspelt field', { passwrod: 'hunter2' }, 'passwrod: payload/unknown-field'),
  broken('no domain', { domain: undefined }, 'domain: payload/missing-field'),
  broken(
    'a domain with a password',
    { domain: 'https://ada:hunter2@portal.example.com' },
    'domain: setting/domain',
  ),
  broken('a domain that is localhost', { domain: 'https://localhost' }, 'domain: setting/domain'),
  broken('an empty password', { password: '' }, 'password: credential/empty'),
  broken('a password that is a number', { password: 12345678 }, 'password: setting/type'),
  broken('a password that is null', { password: null }, 'password: setting/type'),
  broken('a TOTP secret that is a code', { tfa_secret: '123456' }, 'tfa_secret: totp/format'),
  broken(
    'AUTHENTICATOR without a secret',
    { tfa_method: 'AUTHENTICATOR' },
    'tfa_secret: totp/missing-secret',
  ),
  broken(
    'a field that only the vault sets',
    { created_at: '2026-01-01' },
    'created_at: payload/read-only-field',
  ),
  broken(
    'an interval that is none',
    { expiry_time_from_last_use: 'banana' },
    'expiry_time_from_last_use: setting/interval',
  ),
  broken('max_concurrency by itself', { max_concurrency: 2 }, 'max_concurrency: setting/concurrency'),
  brokenText(
    'a member __proto__',
    JSON.stringify(ENTRY).replace('{', '{"__proto__":{},'),
    '__proto__: payload/unknown-field',
  ),
  brokenText('an array', JSON.stringify([ENTRY]), ': payload/not-an-object'),
  brokenText('null', 'null', ': payload/not-an-object'),
  brokenText('text', '"hunter2"', ': payload/not-an-object'),
  refused('no JSON', 'Plaintext', { plaintext: 'hunter2' }),
  refused('JSON with more behind it', 'Plaintext', { plaintext: `${JSON.stringify(ENTRY)}x` }),
  refused('JSON with a zero byte behind it', 'Plaintext', { plaintext: `${JSON.stringify(ENTRY)}\0` }),
  refused('no UTF-8', 'Plaintext', {
    plaintext: Buffer.concat([Buffer.from('{"password":"'), Buffer.of(0xff), Buffer.from('"}')]),
  }),
  refused('a byte order mark', 'Plaintext', { plaintext: `\ufeff${JSON.stringify(ENTRY)}` }),
];

export default () => ({
  algorithm: 'Compact JWE, ECDH-ES+A256KW, A256GCM, over JSON',
  header: [
    'Hand-off tokens: an entry, sealed by a front end to the public key of a worker, as a compact JWE.',
    'A reader opens each with the private JWK or JWK set, at the time that "now" gives in seconds since the epoch, with',
    'maxAge in seconds and the audience that it is; what is not given, it does not have.',
    'Tokens are authentic wherever that can be: they are refused for what the comment says, and for nothing else.',
    'Ephemeral keys, content keys and IVs are fixed here so that the bytes are the same each time. A real writer takes fresh ones.',
  ],
  notes: {
    Basic: { bugType: 'BASIC', description: 'A token as it should be.' },
    NonAscii: {
      bugType: 'FUNCTIONALITY',
      description: 'The plaintext is UTF-8.',
      effect: 'The password comes out as another one.',
    },
    Plaintext: {
      bugType: 'FUNCTIONALITY',
      description:
        'The plaintext is the JSON text of the entry, as any writer of JSON makes it, with white space around it if the writer wants to hide its length.',
    },
    HeaderForm: { bugType: 'FUNCTIONALITY', description: 'The header is JSON as any writer makes it.' },
    TokenId: {
      bugType: 'MISSING_STEP',
      description: 'jti: 16 to 64 of A to Z, a to z, 0 to 9, - and _.',
      effect: 'A second use cannot be refused.',
    },
    Audience: {
      bugType: 'MISSING_STEP',
      description:
        'aud: one text of 1 to 256 characters. It must be the one that the reader is; and where one of both has none, so must the other (RFC 7519 section 4.1.3).',
      effect: 'A token for one worker is used at another.',
    },
    KeySet: {
      bugType: 'FUNCTIONALITY',
      description: 'kid is the thumbprint of the key (RFC 7638), whatever the JWK calls itself.',
    },
    Clock: {
      bugType: 'MISSING_STEP',
      description:
        'iat and exp are whole seconds. Refused from exp on, at more than maxAge after iat, and at more than 60 seconds before iat.',
      effect: 'Old tokens are used again.',
    },
    Algorithm: {
      bugType: 'MISSING_STEP',
      description:
        'alg is ECDH-ES+A256KW and nothing else. A reader that asks the token how to open it can be told anything.',
      effect: 'Not encrypted at all, under a weak passphrase, or an oracle for RSA (Bleichenbacher).',
    },
    Encryption: { bugType: 'MISSING_STEP', description: 'enc is A256GCM and nothing else.' },
    Compression: {
      bugType: 'MISSING_STEP',
      description: 'There is no zip.',
      effect: 'The length tells what is inside (CRIME), or a small token fills the memory.',
    },
    Extension: { bugType: 'MISSING_STEP', description: 'There is no crit: no extension is known.' },
    KeyInside: { bugType: 'MISSING_STEP', description: 'Keys come from the reader, never from the token.' },
    UnknownMember: {
      bugType: 'MISSING_STEP',
      description:
        'The header has the members alg, enc, typ, kid, iat, exp, jti, epk and, if wanted, aud, and no others.',
    },
    Type: {
      bugType: 'MISSING_STEP',
      description: 'typ is credseal-handoff+jwe.',
      effect: 'A token that was made for something else is taken for a hand-off.',
    },
    Duplicate: {
      bugType: 'MISSING_STEP',
      description: 'No member is there twice, in the header (RFC 7515 section 4) or in the entry.',
      effect: 'Two readers see two different headers, or entries.',
    },
    KeyId: { bugType: 'MISSING_STEP', description: 'kid names the key that the token is sealed to.' },
    EphemeralKey: {
      bugType: 'MISSING_STEP',
      description:
        'epk is a public key of the curve of the key, with the members that make it and no others.',
      effect: 'An invalid curve gives away the private key.',
    },
    Structure: {
      bugType: 'MISSING_STEP',
      description: 'Five parts between dots, of 1 to 4,096, 54, 16, any number of, and 22 characters.',
    },
    ShortTag: {
      bugType: 'AUTH_BYPASS',
      description: 'The tag has 16 bytes.',
      effect: 'A short tag is guessed.',
    },
    Base64url: {
      bugType: 'MISSING_STEP',
      description: 'Base64url without padding; bits left over are zero.',
      effect: 'A token has several spellings, and a list of used ones is got round.',
    },
    Changed: { bugType: 'AUTH_BYPASS', description: 'Any change of any part is found.' },
    PrivateKeys: { bugType: 'MISSING_STEP', description: 'Keys that are none are refused, all of a set.' },
    Options: {
      bugType: 'MISSING_STEP',
      description: 'maxAge is a whole number of seconds from 1, audience a text of 1 to 256 characters.',
    },
    Entry: {
      bugType: 'MISSING_STEP',
      description:
        'What is inside is held against the field table when it is opened: whoever has the public key can seal anything.',
    },
  },
  types: {
    OpenHandoff: {
      methods: ['openHandoff'],
      given: {
        token: is.text,
        privateKeys: is.object,
        now: is.integer,
        maxAge: is.integer,
        'audience?': is.text,
      },
      expected: { entry: is.object },
      details: { 'issues?': issuesOf(Object.keys(rules)) },
    },
  },
  groups: [
    { type: 'OpenHandoff', tests: opening },
    {
      type: 'OpenHandoff',
      tests: [algorithms, members, names, times, ephemeral, shapes, changes, keys, entries].flat(),
    },
  ],
});
