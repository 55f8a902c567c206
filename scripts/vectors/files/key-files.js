// Protected key files with fixed content keys, IVs and salts: nothing here comes from src. Those that are right are by bare
// jose; those that would open, had they not one thing wrong, by node:crypto, which makes what jose refuses to make.
import { createHash, hkdfSync } from 'node:crypto';
import { base64url, CompactEncrypt } from 'jose';
import { invalid, is, valid } from '../document.js';
import { makeToken } from '../jwe.js';

const PASSPHRASE = 'correct horse battery staple';
const KEYS = [
  '0123456789abcdef'.repeat(4),
  'fedcba9876543210'.repeat(4),
  createHash('sha256').update('credseal vectors: third key').digest('hex'),
];

const bytesOf = (label, length) =>
  new Uint8Array(
    createHash('sha512').update(`credseal vectors: key file: ${label}`).digest().subarray(0, length),
  );

function jwkOf(hex, more = {}) {
  const bytes = Buffer.from(hex, 'hex');
  const kid = Buffer.from(hkdfSync('sha256', bytes, '', 'credseal/v1/key-fingerprint', 8)).toString('hex');
  return { kty: 'oct', k: bytes.toString('base64url'), alg: 'A256GCM', kid, ...more };
}
const setOf = (...keys) => ({ keys: keys.map((hex) => jwkOf(hex)) });

/** A file whose random parts depend on nothing but its label. */
async function fileOf(
  label,
  content,
  { header = {}, iterations = 210_000, salt = 16, passphrase = PASSPHRASE } = {},
) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({
      alg: 'PBES2-HS512+A256KW',
      enc: 'A256GCM',
      typ: 'JOSE',
      cty: 'jwk-set+json',
      ...header,
    })
    .setContentEncryptionKey(bytesOf(`cek: ${label}`, 32))
    .setInitializationVector(bytesOf(`iv: ${label}`, 12))
    .setKeyManagementParameters({ p2c: iterations, p2s: bytesOf(`salt: ${label}`, salt) })
    .encrypt(new TextEncoder().encode(passphrase));
}

const whole = await fileOf('ring', setOf(...KEYS.slice(0, 2)));
const parts = whole.split('.');
const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString());
const withPart = (index, part) => parts.map((old, at) => (at === index ? part : old)).join('.');
const withHeader = (members) => withPart(0, base64url.encode(JSON.stringify({ ...header, ...members })));
/** The same part with one bit of its sixth byte changed. */
function flipped(index) {
  const bytes = Buffer.from(parts[index], 'base64url');
  bytes[5] ^= 1;
  return withPart(index, bytes.toString('base64url'));
}

const opens = (comment, flags, file, keys, passphrase = PASSPHRASE) =>
  valid(comment, flags, { file, passphrase, keys });
const refused = (comment, flags, file, passphrase = PASSPHRASE) =>
  invalid(comment, flags, 'ERR_KEY_FILE', { file, passphrase });
const holds = async (comment, content) =>
  refused(comment, 'Content', await fileOf(comment, content, { iterations: 100_000 }));

const [key, old, third] = KEYS;
const few = { iterations: 100_000 };

/** A file that opens under its passphrase, and is refused for the one thing that its header, or its salt, has wrong. */
function opensButFor(comment, flag, members, { salt = 16, ...how } = {}) {
  const label = `key file: ${comment}`;
  const file = makeToken({
    label,
    header: {
      alg: 'PBES2-HS512+A256KW',
      typ: 'JOSE',
      cty: 'jwk-set+json',
      p2c: few.iterations,
      p2s: base64url.encode(bytesOf(`salt: ${comment}`, salt)),
      ...members,
    },
    plaintext: JSON.stringify(setOf(key)),
    secret: PASSPHRASE,
    ...how,
  });
  return refused(comment, flag, file);
}

/** A passphrase of 32 bytes: a library that is handed it takes it for a key, if the file says so. */
const KEY_PASSPHRASE = 'correct horse battery staple, 32';

/** A file whose key is the passphrase as it is, as a library has it that is handed a passphrase, and asks the file. */
function opensWithoutDerivation(alg) {
  const file = makeToken({
    label: `key file: alg ${alg}`,
    header: { alg, typ: 'JOSE', cty: 'jwk-set+json' },
    plaintext: JSON.stringify(setOf(key)),
    secret: Buffer.from(KEY_PASSPHRASE),
  });
  return refused(`alg ${alg}, with the passphrase for a key`, 'Algorithm', file, KEY_PASSPHRASE);
}

/** A file that is not encrypted at all. */
function notEncrypted() {
  const text = JSON.stringify({ alg: 'none', typ: 'JOSE', cty: 'jwk-set+json' });
  const [first, set] = [text, JSON.stringify(setOf(key))].map((each) => base64url.encode(each));
  return [
    refused('alg none, and the set in clear where the ciphertext belongs', 'Algorithm', `${first}...${set}.`),
    refused('alg none, as a token that is not signed', 'Algorithm', `${first}.${set}.`),
  ];
}

const tests = [
  opens('a ring of two keys', 'Ring', whole, [key, old]),
  opens('a ring of one', 'Ring', await fileOf('one', setOf(third), few), [third]),
  opens('the other way round', 'Ring', await fileOf('turned', setOf(old, key), few), [old, key]),
  opens('one line break behind it', 'LineBreak', `${whole}\n`, [key, old]),
  opens(
    'a header without typ and cty',
    'Header',
    await fileOf('bare', setOf(key), { ...few, header: { typ: undefined, cty: undefined } }),
    [key],
  ),
  opens(
    'cty in full, in another case',
    'Header',
    await fileOf('cty', setOf(key), { ...few, header: { cty: 'application/JWK-SET+JSON' } }),
    [key],
  ),
  opens('keys without kid', 'Kid', await fileOf('no kid', { keys: [jwkOf(key, { kid: undefined })] }, few), [
    key,
  ]),
  opens('a salt of eight bytes', 'Salt', await fileOf('short salt', setOf(key), { ...few, salt: 8 }), [key]),
  opens('100000 iterations', 'Iterations', await fileOf('fewest', setOf(key), few), [key]),
  opens('250000 iterations', 'Iterations', await fileOf('more', setOf(key), { iterations: 250_000 }), [key]),
  opens(
    'a decomposed passphrase',
    'Passphrase',
    await fileOf('nfd', setOf(key), { ...few, passphrase: 'schl\u00fcssel wort' }),
    [key],
    'schlu\u0308ssel wort',
  ),
  opens(
    'a no-break space in it',
    'Passphrase',
    await fileOf('nbsp', setOf(key), { ...few, passphrase: 'drei kleine w\u00f6rter' }),
    [key],
    'drei\u00a0kleine w\u00f6rter',
  ),
  refused('another passphrase', 'Passphrase', whole, 'incorrect horse'),
  refused('another case', 'Passphrase', whole, 'Correct horse battery staple'),
  refused('a line break behind the passphrase', 'Passphrase', whole, `${PASSPHRASE}\n`),
  refused('an empty passphrase', 'Passphrase', whole, ''),
  refused('half of a surrogate pair', 'Passphrase', whole, `${PASSPHRASE}\ud83d`),
  refused('null for a passphrase', 'Passphrase', whole, null),
  refused('a changed encrypted key', 'Changed', flipped(1)),
  refused('a changed IV', 'Changed', flipped(2)),
  refused('a changed ciphertext', 'Changed', flipped(3)),
  refused('a changed tag', 'Changed', flipped(4)),
  refused('a member added to the header', 'Changed', withHeader({ kid: 'x' })),
  refused('another number of iterations', 'Changed', withHeader({ p2c: 210_001 })),
  refused('a tag of 12 bytes', 'Changed', withPart(4, parts[4].slice(0, 16))),
  refused(
    'a tag with bytes of the ciphertext',
    'Changed',
    [...parts.slice(0, 3), parts[3].slice(0, -4), parts[3].slice(-4) + parts[4]].join('.'),
  ),
  ...notEncrypted(),
  ...['dir', 'A256KW', 'A256GCMKW'].map(opensWithoutDerivation),
  ...['none', 'RSA1_5', 'RSA-OAEP-256', 'ECDH-ES+A256KW'].map((alg) =>
    refused(`alg ${alg} in the header of another file`, 'Algorithm', withHeader({ alg })),
  ),
  ...['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW'].map((alg) =>
    opensButFor(`alg ${alg}`, 'Algorithm', { alg }),
  ),
  ...['A128GCM', 'A192GCM'].map((enc) => opensButFor(`enc ${enc}`, 'Algorithm', { enc })),
  opensButFor('enc A256CBC-HS512', 'Algorithm', { enc: 'A256CBC-HS512' }),
  opensButFor('compressed', 'Header', { zip: 'DEF' }),
  opensButFor('crit', 'Header', { crit: ['exp'], exp: 1 }),
  opensButFor(
    'a member of the header twice',
    'Duplicate',
    {},
    { write: (members) => `{"p2c":${few.iterations},${JSON.stringify(members).slice(1)}` },
  ),
  opensButFor(
    'a member of the header twice, once with an escape',
    'Duplicate',
    {},
    { write: (members) => `{"\\u0063ty":"JWT",${JSON.stringify(members).slice(1)}` },
  ),
  opensButFor(
    'a member of the set twice',
    'Duplicate',
    {},
    { plaintext: `{"keys":[],${JSON.stringify(setOf(key)).slice(1)}` },
  ),
  opensButFor(
    'a member of a key twice',
    'Duplicate',
    {},
    { plaintext: JSON.stringify(setOf(key)).replace('"k":', `"k":"${jwkOf(old).k}","k":`) },
  ),
  opensButFor('cty of a JWT', 'Header', { cty: 'JWT' }),
  opensButFor('cty with the sign of the unit kelvin, whose lower case is k', 'Header', {
    cty: 'jw\u212a-set+json',
  }),
  opensButFor('cty with white space behind it', 'Header', { cty: 'jwk-set+json ' }),
  opensButFor('99999 iterations', 'Iterations', { p2c: 99_999 }),
  opensButFor('1000 iterations', 'Iterations', { p2c: 1000 }),
  opensButFor('10000001 iterations', 'Iterations', { p2c: 10_000_001 }),
  refused(
    '2147483647 iterations, of which nobody has the key',
    'Iterations',
    withHeader({ p2c: 2_147_483_647 }),
  ),
  opensButFor('iterations as text', 'Iterations', { p2c: '100000' }),
  refused('no iterations', 'Iterations', withHeader({ p2c: undefined })),
  opensButFor('a salt of seven bytes', 'Salt', {}, { salt: 7 }),
  opensButFor('no salt', 'Salt', { p2s: undefined }),
  opensButFor('a salt with padding', 'Salt', { p2s: 'c2FsdHNhbHQ=' }),
  opensButFor(
    'a byte order mark before the header',
    'Header',
    {},
    { write: (text) => `\ufeff${JSON.stringify(text)}` },
  ),
  opensButFor('a zip that is null', 'Header', { zip: null }),
  opensButFor(
    'a byte order mark before the set',
    'Content',
    {},
    { plaintext: `\ufeff${JSON.stringify(setOf(key))}` },
  ),
  refused('four parts', 'Form', parts.slice(1).join('.')),
  refused('six parts', 'Form', `${whole}.AA`),
  refused('two line breaks behind it', 'Form', `${whole}\n\n`),
  refused('a space before it', 'Form', ` ${whole}`),
  refused('padding', 'Form', `${whole}==`),
  refused('a key in hex', 'Form', key),
  refused('a JWK set', 'Form', JSON.stringify(setOf(key))),
  refused('nothing', 'Form', ''),
  refused('null', 'Form', null),
  await holds('no JSON', '{"keys":['),
  await holds('a JWK by itself', jwkOf(key)),
  await holds('a set of no keys', { keys: [] }),
  await holds('a key of 16 bytes', { keys: [{ kty: 'oct', k: base64url.encode(bytesOf('sixteen', 16)) }] }),
  await holds('a key of another algorithm', { keys: [jwkOf(key, { alg: 'HS256' })] }),
  await holds('a kid that is the fingerprint of another key', {
    keys: [jwkOf(key, { kid: jwkOf(old).kid })],
  }),
];

export default () => ({
  algorithm: 'PBES2-HS512+A256KW',
  header: [
    'Protected key files: a compact JWE (RFC 7516) with PBES2-HS512+A256KW and A256GCM (RFC 7518) around a JWK set (RFC 7517) of vault keys.',
    'What comes out are the keys in lower-case hex, the current one first. Everything else is refused with ERR_KEY_FILE.',
    'The passphrase is brought into Normalization Form C, with every space separator as U+0020 (RFC 8265 section 4.2.2), and encoded as UTF-8.',
  ],
  notes: {
    Ring: {
      bugType: 'BASIC',
      description: 'The keys of the set in their order: the first is the current one.',
    },
    LineBreak: {
      bugType: 'FUNCTIONALITY',
      description: 'A file may end in one line break, as editors and shells leave it.',
    },
    Header: {
      bugType: 'FUNCTIONALITY',
      description:
        'The header may have more members, and need not have typ and cty. A zip, a crit and another cty are refused.',
    },
    Kid: { bugType: 'FUNCTIONALITY', description: 'A kid need not be there.' },
    Salt: {
      bugType: 'MISSING_STEP',
      description: 'The salt has at least 8 bytes (RFC 7518 section 4.8.1.1).',
    },
    Iterations: {
      bugType: 'MISSING_STEP',
      description:
        'From 100000 to 10000000, checked before any work. 1000, 99999 and 10000001 open without that check; 2147483647 would take a quarter of an hour and open nothing: it proves only that a reader does not try.',
      effect: 'A weak file is taken for a safe one, or a hostile one keeps a service busy.',
    },
    Passphrase: {
      bugType: 'EDGE_CASE',
      description: 'The same passphrase however a system composes it, and no other.',
      effect: 'A file that was made on one system does not open on another.',
    },
    Changed: {
      bugType: 'AUTH_BYPASS',
      description: 'A changed file does not open, whichever part is changed.',
    },
    Algorithm: {
      bugType: 'AUTH_BYPASS',
      description:
        'No other algorithm is accepted. Files under the passphrase as it is, PBES2 of other hashes, other contents and none at all open where the file is asked how. RSA and ECDH-ES would need a private key, which no reader of these has: their names stand in the header of another file, and prove only that they are no way in.',
      effect: 'Whoever can write the file chooses how, and with which keys, it is opened.',
    },
    Duplicate: {
      bugType: 'MISSING_STEP',
      description: 'No member is there twice, in the header (RFC 7515 section 4) or in what it protects.',
      effect: 'Two readers see two different keys.',
    },
    Form: {
      bugType: 'FUNCTIONALITY',
      description: 'Five parts of base64url without padding, and nothing around them.',
    },
    Content: {
      bugType: 'MISSING_STEP',
      description: 'What opens, and is no JWK set of vault keys with their fingerprints.',
    },
  },
  types: {
    KeyFile: {
      methods: ['unprotect'],
      given: { file: is.text, passphrase: is.text },
      expected: { keys: { type: 'array', minItems: 1, items: is.key } },
    },
  },
  groups: [{ type: 'KeyFile', tests }],
});
