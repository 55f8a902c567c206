import { invalid, is, valid } from '../document.js';
import { KEY, OTHER_KEY, THIRD_KEY } from '../sealing.js';

const MIXED = '0123456789ABCDEFfedcba9876543210AbCdEf0123456789aBcDeF9876543210';
const base64url = (hex) => Buffer.from(hex, 'hex').toString('base64url');
const jwkOf = (hex, more = {}) => ({ kty: 'oct', k: base64url(hex), ...more });

const key = (comment, flags, hex) => valid(comment, flags, { hex, key: hex.toLowerCase() });
const noKey = (comment, flags, hex) => invalid(comment, flags, 'ERR_KEY_FORMAT', { hex });
const jwk = (comment, flags, given, hex = KEY) => valid(comment, flags, { jwk: given, key: hex });
const noJwk = (comment, flags, given) => invalid(comment, flags, 'ERR_KEY_FORMAT', { jwk: given });

const keys = [
  key('a key', 'Hex', KEY),
  key('another key', 'Hex', OTHER_KEY),
  key('a key without pattern', 'Hex', THIRD_KEY),
  key('digits of 0 to 9 alone', 'Hex', '0123456789'.repeat(7).slice(0, 64)),
  key('letters alone', 'Hex', 'abcdef'.repeat(11).slice(0, 64)),
  key('upper case', 'HexCase', KEY.toUpperCase()),
  key('both cases', 'HexCase', MIXED),
  key('zeros first', 'LeadingZeros', `${'00'.repeat(8)}${KEY.slice(16)}`),
  key('zeros last', 'LeadingZeros', `${KEY.slice(0, 48)}${'00'.repeat(8)}`),
  key('a one after 63 zeros', 'LeadingZeros', '1'.padStart(64, '0')),
  key('all zeros', 'LeadingZeros', '0'.repeat(64)),
  key('all ones', 'Hex', 'f'.repeat(64)),
];

const WHITE = [
  ['\n', 'a line break'],
  ['\r\n', 'a line break of Windows'],
  [' ', 'a space'],
  ['\t', 'a tab'],
  ['\u00a0', 'a no-break space'],
  ['\u200b', 'a zero-width space'],
  ['\ufeff', 'a byte order mark'],
];
const STRANGERS = ['g', 'z', '-', ':', '_', '\0', '/', '@', '`', 'G'];

const noKeys = [
  noKey('65 digits', 'TooLong', `${KEY}0`),
  noKey('66 digits', 'TooLong', `${KEY}00`),
  noKey('128 digits', 'TooLong', KEY + KEY),
  noKey('a zero before it', 'TooLong', `0${KEY}`),
  noKey('a comma-separated list of two', 'TooLong', `${KEY},${OTHER_KEY}`),
  noKey('nothing', 'TooShort', ''),
  noKey('one digit', 'TooShort', '0'),
  noKey('63 digits', 'TooShort', KEY.slice(1)),
  noKey('62 digits', 'TooShort', KEY.slice(2)),
  noKey('48 digits, an AES-192 key', 'TooShort', KEY.slice(0, 48)),
  noKey('32 digits, an AES-128 key', 'TooShort', KEY.slice(0, 32)),
  ...WHITE.flatMap(([space, name]) => [
    noKey(`${name} behind it`, 'WhiteSpace', KEY + space),
    noKey(`${name} before it`, 'WhiteSpace', space + KEY),
    noKey(`${name} in the middle`, 'WhiteSpace', KEY.slice(0, 32) + space + KEY.slice(32)),
  ]),
  noKey('a space in the place of the last digit', 'WhiteSpace', `${KEY.slice(0, 63)} `),
  noKey('groups of four', 'WhiteSpace', KEY.match(/.{4}/g).join(' ')),
  noKey('64 spaces', 'WhiteSpace', ' '.repeat(64)),
  noKey('zz behind it', 'TrailingJunk', `${KEY}zz`),
  noKey('a comment behind it', 'TrailingJunk', `${KEY} # production`),
  noKey('a NUL behind it', 'TrailingJunk', `${KEY}\0`),
  noKey('a carriage return alone behind it', ['TrailingJunk', 'WhiteSpace'], `${KEY}\r`),
  ...Array.from({ length: 32 }, (_, index) => {
    const stranger = STRANGERS[index % STRANGERS.length];
    return noKey(
      `digit ${index * 2 + 1} is ${JSON.stringify(stranger)}`,
      'StrangeDigit',
      KEY.slice(0, index * 2) + stranger + KEY.slice(index * 2 + 1),
    );
  }),
  noKey('the letter O for zeros', 'StrangeDigit', KEY.replaceAll('0', 'O')),
  noKey('64 times z', 'StrangeDigit', 'z'.repeat(64)),
  noKey('0x before it', 'Prefix', `0x${KEY}`),
  noKey('0x and 62 digits', 'Prefix', `0x${KEY.slice(2)}`),
  noKey('quotation marks around it', 'Prefix', `"${KEY}"`),
  noKey('the line of an .env file', 'Prefix', `CLOUDCRUISE_ENCRYPTION_KEY=${KEY}`),
  noKey('hex: before it', 'Prefix', `hex:${KEY}`),
  noKey('colons between bytes', 'Prefix', KEY.match(/../g).join(':')),
  noKey('a fullwidth digit', 'UnicodeDigit', KEY.replace('0', '\uff10')),
  noKey(
    'fullwidth digits throughout',
    'UnicodeDigit',
    KEY.replaceAll(/./g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  ),
  noKey('an Arabic-Indic digit', 'UnicodeDigit', KEY.replace('1', '\u0661')),
  noKey('a Cyrillic a', 'UnicodeDigit', KEY.replace('a', '\u0430')),
  noKey('half a surrogate pair behind it', 'UnicodeDigit', `${KEY}\ud800`),
  noKey('base64 of the bytes', 'Encoding', Buffer.from(KEY, 'hex').toString('base64')),
  noKey('base64url of the bytes', 'Encoding', base64url(KEY)),
  noKey('32 characters, a password', 'Encoding', 'correct horse battery staple 123'),
  noKey('the JSON of a JWK', 'Encoding', JSON.stringify(jwkOf(KEY))),
  noKey('a fingerprint', 'Encoding', '0506ba9cf11f46ea'),
  noKey('null', 'NotAString', null),
  noKey('a number', 'NotAString', 42),
  noKey('a number of 64 digits, rounded', 'NotAString', 1e63),
  noKey('true', 'NotAString', true),
  noKey('an array of one key', 'NotAString', [KEY]),
  noKey('an array of 32 bytes', 'NotAString', [...Buffer.from(KEY, 'hex')]),
  noKey('an object', 'NotAString', { hex: KEY }),
];

const jwks = [
  jwk('a JWK', 'Jwk', jwkOf(KEY, { alg: 'A256GCM' })),
  jwk('a JWK of another key', 'Jwk', jwkOf(THIRD_KEY, { alg: 'A256GCM' }), THIRD_KEY),
  jwk('without alg', 'Jwk', jwkOf(KEY)),
  jwk('all zeros', 'Jwk', jwkOf('00'.repeat(32)), '00'.repeat(32)),
  jwk(
    'bytes that need - and _',
    'Jwk',
    jwkOf('fb'.repeat(16) + 'ff'.repeat(16)),
    'fb'.repeat(16) + 'ff'.repeat(16),
  ),
  jwk(
    'with members that say nothing about the bytes',
    'JwkMembers',
    jwkOf(KEY, { kid: '2026-11', use: 'enc', key_ops: ['encrypt', 'decrypt'], ext: true, x: 1 }),
  ),
];

const k = base64url(KEY);
const noJwks = [
  noJwk('no kty', 'JwkMembers', { k }),
  noJwk('no k', 'JwkMembers', { kty: 'oct' }),
  noJwk('kty of an elliptic curve', 'JwkMembers', { kty: 'EC', crv: 'P-256', k }),
  noJwk('kty RSA', 'JwkMembers', { kty: 'RSA', k }),
  noJwk('kty in upper case', 'JwkMembers', { kty: 'OCT', k }),
  noJwk('alg of a shorter key', 'JwkMembers', { kty: 'oct', k, alg: 'A128GCM' }),
  noJwk('alg of a signature', 'JwkMembers', { kty: 'oct', k, alg: 'HS256' }),
  noJwk('alg of key wrapping', 'JwkMembers', { kty: 'oct', k, alg: 'A256GCMKW' }),
  noJwk('alg null', 'JwkMembers', { kty: 'oct', k, alg: null }),
  noJwk('a set of keys', 'JwkMembers', { keys: [{ kty: 'oct', k }] }),
  ...[0, 1, 16, 24, 31, 33, 64].map((length) =>
    noJwk(`${length} bytes`, 'JwkLength', {
      kty: 'oct',
      k: Buffer.alloc(length, 0x5a).toString('base64url'),
    }),
  ),
  noJwk('padded', 'JwkEncoding', { kty: 'oct', k: `${k}=` }),
  noJwk('with + and /', 'JwkEncoding', {
    kty: 'oct',
    k: Buffer.from('fb'.repeat(16) + 'ff'.repeat(16), 'hex')
      .toString('base64')
      .replace('=', ''),
  }),
  noJwk('a line break behind it', 'JwkEncoding', { kty: 'oct', k: `${k}\n` }),
  noJwk('a space in it', 'JwkEncoding', { kty: 'oct', k: `${k.slice(0, 20)} ${k.slice(20)}` }),
  noJwk('hex', 'JwkEncoding', { kty: 'oct', k: KEY }),
  noJwk('bits set behind the last byte', 'JwkTrailingBits', { kty: 'oct', k: `${k.slice(0, -1)}9` }),
  noJwk('other bits set behind the last byte', 'JwkTrailingBits', { kty: 'oct', k: `${k.slice(0, -1)}_` }),
  noJwk('k null', 'JwkNotText', { kty: 'oct', k: null }),
  noJwk('k an array of bytes', 'JwkNotText', { kty: 'oct', k: [...Buffer.from(KEY, 'hex')] }),
  noJwk('k an object', 'JwkNotText', { kty: 'oct', k: { k } }),
  noJwk('null', 'JwkNotText', null),
  noJwk('an array of a JWK', 'JwkNotText', [{ kty: 'oct', k }]),
  noJwk('the JSON text of a JWK', 'JwkNotText', JSON.stringify({ kty: 'oct', k })),
  noJwk('the key in hex', 'JwkNotText', KEY),
];

export default () => ({
  algorithm: 'AES-256 key',
  header: [
    'Keys as text: 64 hex digits in either case and nothing else, or a JSON Web Key of type oct with 32 bytes.',
    'What comes out is the key in lower-case hex. Whatever is refused is refused where the key is read, with ERR_KEY_FORMAT.',
  ],
  notes: {
    Hex: { bugType: 'BASIC', description: '64 hex digits.' },
    HexCase: { bugType: 'FUNCTIONALITY', description: 'Digits of either case are the same key.' },
    LeadingZeros: {
      bugType: 'EDGE_CASE',
      description: 'Zero bytes at the ends of a key, which are lost where it is read as a number.',
    },
    TooLong: {
      bugType: 'KNOWN_BUG',
      description: 'More than 64 digits. The published JavaScript client takes 65: the last is dropped.',
      effect:
        'A key that was pasted twice or cut in the wrong place seems to work, until another implementation reads it.',
    },
    TooShort: {
      bugType: 'WEAK_PARAMS',
      description: 'Fewer than 64 digits.',
      effect: 'Padded with zeros, or used for AES-128, the key is weaker than it seems.',
    },
    WhiteSpace: {
      bugType: 'KNOWN_BUG',
      description:
        'White space anywhere, such as the line break at the end of a file. The published JavaScript client drops it at the end.',
      effect: 'The same key works in one place and not in another.',
    },
    TrailingJunk: {
      bugType: 'KNOWN_BUG',
      description: 'Something behind the 64th digit. The published JavaScript client drops it.',
    },
    StrangeDigit: {
      bugType: 'MODIFIED_PARAMETER',
      description: 'A character in place of a digit, at every byte.',
      effect: 'Read as 0, or skipped, it makes another key without an error.',
    },
    Prefix: {
      bugType: 'FUNCTIONALITY',
      description: 'Something before the digits, or around or between them.',
    },
    UnicodeDigit: {
      bugType: 'MALLEABILITY',
      description: 'Digits of other scripts, which Unicode-aware number readers take.',
    },
    Encoding: {
      bugType: 'WRONG_PRIMITIVE',
      description: 'The key in another encoding, or something else altogether: no guess is made.',
    },
    NotAString: { bugType: 'EDGE_CASE', description: 'No string at all.' },
    Jwk: {
      bugType: 'BASIC',
      description:
        'A JSON Web Key (RFC 7517; RFC 7518 section 6.4): kty is oct, k is 32 bytes in base64url without padding; alg, if it is there, is A256GCM.',
    },
    JwkMembers: {
      bugType: 'FUNCTIONALITY',
      description: 'Other members are ignored; kty and alg must be right.',
    },
    JwkLength: { bugType: 'WEAK_PARAMS', description: 'A JWK with another number of bytes than 32.' },
    JwkEncoding: {
      bugType: 'MALLEABILITY',
      description: 'k is not base64url without padding (RFC 4648 section 5).',
    },
    JwkTrailingBits: {
      bugType: 'MALLEABILITY',
      description:
        'Of the 43rd character the last two bits belong to no byte, and must be zero: one key has one spelling.',
    },
    JwkNotText: { bugType: 'EDGE_CASE', description: 'k is no string, or the JWK no object.' },
  },
  types: {
    KeyHex: { methods: ['parseKey'], given: { hex: is.text }, expected: { key: is.key } },
    KeyJwk: { methods: ['parseJwk'], given: { jwk: is.object }, expected: { key: is.key } },
  },
  groups: [
    { type: 'KeyHex', tests: [...keys, ...noKeys] },
    { type: 'KeyJwk', tests: [...jwks, ...noJwks] },
  ],
});
