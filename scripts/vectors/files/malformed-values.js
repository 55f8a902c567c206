import { createCipheriv } from 'node:crypto';
import { invalid, is, valid } from '../document.js';
import { encrypt, encryptedParts, ivOf, KEY, OTHER_KEY, plaintextOf, THIRD_KEY } from '../sealing.js';

const VALUE = 'hunter2';
const plaintext = plaintextOf(VALUE);
const at = (label, more) => ({ iv: ivOf(`malformed-values: ${label}`), ...more });
const { iv, ciphertext, tag } = encryptedParts(plaintext, at('base'));
const sealed = iv + ciphertext + tag;
const other = encryptedParts(plaintextOf('hunter3'), at('other'));
const long = encrypt(plaintextOf('correct horse battery staple, correct horse battery staple'), at('long'));
const empty = encrypt(plaintextOf(''), at('empty'));

const opens = (comment, flags, text, value, key = KEY) => valid(comment, flags, { key, sealed: text, value });
/** Not the hex of a sealed value: refused before any cryptography. */
const malformed = (comment, flags, text, key = KEY) =>
  invalid(comment, flags, 'ERR_SEALED_FORMAT', { key, sealed: text });
/** The hex of a sealed value that does not authenticate. */
const closed = (comment, flags, text, key = KEY) =>
  invalid(comment, flags, 'ERR_OPEN_FAILED', { key, sealed: text });

const BYTES = sealed.length / 2;
const everyByte = (make, count = BYTES) => Array.from({ length: count }, (_, index) => make(index));
const partOf = (index) => (index < 12 ? 'IV' : index < BYTES - 16 ? 'ciphertext' : 'tag');
const put = (text, place) => sealed.slice(0, place) + text + sealed.slice(place);
const replaced = (text, place) => sealed.slice(0, place) + text + sealed.slice(place + text.length);

function flipped(text, byte, mask) {
  const bytes = Buffer.from(text, 'hex');
  bytes[byte] ^= mask;
  return bytes.toString('hex');
}

/** CTR alone, CBC: what has no tag of GCM. */
function otherCipher(name, key, ivHex) {
  const cipher = createCipheriv(name, Buffer.from(key, 'hex'), Buffer.from(ivHex, 'hex'));
  return ivHex + cipher.update(plaintext, undefined, 'hex') + cipher.final('hex');
}

const JUNK = ['z', 'g', '-', ' ', '\n', '\0', '\u00e9'];
const SPACES = [
  [' ', 'a space'],
  ['\t', 'a tab'],
  ['\n', 'a line break'],
  ['\r\n', 'a line break of Windows'],
  ['\v', 'a vertical tab'],
  ['\f', 'a form feed'],
  ['\u00a0', 'a no-break space'],
  ['\u2028', 'a line separator'],
  ['\u200b', 'a zero-width space'],
  ['\ufeff', 'a byte order mark'],
];
const UNICODE_DIGITS = [
  [(digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0), 'fullwidth'],
  [(digit) => (/\d/.test(digit) ? String.fromCodePoint(0x660 + Number(digit)) : digit), 'Arabic-Indic'],
  [(digit) => (/\d/.test(digit) ? String.fromCodePoint(0x966 + Number(digit)) : digit), 'Devanagari'],
];

const untouched = [
  opens('the value that others here are made of', 'Untouched', sealed, VALUE),
  opens(
    'the other value that others here are made of',
    'Untouched',
    other.iv + other.ciphertext + other.tag,
    'hunter3',
  ),
  opens('a long value', 'Untouched', long, 'correct horse battery staple, correct horse battery staple'),
  opens('the empty string', 'Untouched', empty, ''),
];

const changed = [
  ...everyByte((index) =>
    closed(
      `the lowest bit of byte ${index}, in the ${partOf(index)}, flipped`,
      ['ChangedByte', ...(partOf(index) === 'tag' ? ['TagByte'] : [])],
      flipped(sealed, index, 0x01),
    ),
  ),
  ...everyByte((index) =>
    closed(
      `the highest bit of byte ${index}, in the ${partOf(index)}, flipped`,
      ['ChangedByte', ...(partOf(index) === 'tag' ? ['TagByte'] : [])],
      flipped(sealed, index, 0x80),
    ),
  ),
  ...everyByte(
    (index) =>
      closed(
        `byte ${index} of the empty string's, all bits flipped`,
        'ChangedByte',
        flipped(empty, index, 0xff),
      ),
    empty.length / 2,
  ),
  ...everyByte(
    (index) =>
      closed(`byte ${index} of the long value's, one bit flipped`, 'ChangedByte', flipped(long, index, 0x10)),
    long.length / 2,
  ),
  closed('the tag all zeros', 'TagByte', iv + ciphertext + '0'.repeat(32)),
  closed('the tag all ones', 'TagByte', iv + ciphertext + 'f'.repeat(32)),
  closed(
    'two bytes of the tag changed alike, which an XOR would not see',
    'TagByte',
    flipped(flipped(sealed, BYTES - 1, 0x55), BYTES - 2, 0x55),
  ),
];

const cut = [
  ...everyByte((index) => {
    const rest = sealed.slice(0, index * 2);
    return rest.length < 60
      ? malformed(`cut to ${index} bytes`, 'TooShort', rest)
      : closed(`cut to ${index} bytes`, 'CutOff', rest);
  }),
  ...everyByte((index) => {
    const rest = sealed.slice((index + 1) * 2);
    return rest.length < 60
      ? malformed(`the first ${index + 1} bytes missing`, 'TooShort', rest)
      : closed(`the first ${index + 1} bytes missing`, 'CutOff', rest);
  }),
  ...everyByte((index) =>
    closed(`byte ${index} missing`, 'CutOff', sealed.slice(0, index * 2) + sealed.slice(index * 2 + 2)),
  ),
  ...everyByte((index) =>
    closed(`byte ${index} twice`, 'Inserted', put(sealed.slice(index * 2, index * 2 + 2), index * 2)),
  ),
  ...everyByte((index) => closed(`a zero byte before byte ${index}`, 'Inserted', put('00', index * 2))),
  closed('a zero byte behind it', 'Inserted', `${sealed}00`),
  ...[4, 8, 12, 13, 14, 15].map((length) =>
    closed(
      `a long value with a tag of ${length} bytes, the first ones of the right tag`,
      'TruncatedTag',
      long.slice(0, long.length - 32 + 2 * length),
    ),
  ),
  ...[4, 8, 12, 13, 14, 15].map((length) =>
    closed(
      `a tag of ${length} bytes, with zeros up to 16`,
      'TruncatedTag',
      iv + ciphertext + tag.slice(0, 2 * length).padEnd(32, tag.endsWith('0') ? '1' : '0'),
    ),
  ),
];

const strangers = [
  ...Array.from({ length: 32 }, (_, index) =>
    malformed(
      `the last ${index + 1} digits of the tag replaced by z`,
      'ShortTag',
      sealed.slice(0, -index - 1) + 'z'.repeat(index + 1),
    ),
  ),
  malformed(
    'all but 32 bits of the tag of a long value replaced by z',
    'ShortTag',
    long.slice(0, -24) + 'z'.repeat(24),
  ),
  malformed(
    'all but 32 bits of the tag replaced by spaces',
    'ShortTag',
    sealed.slice(0, -24) + ' '.repeat(24),
  ),
  ...['zz', 'zzJUNK!!', 'zz'.repeat(16), '\n-- do not edit! --\n', 'gg00'].map((junk) =>
    malformed(
      `${JSON.stringify(junk)} between ciphertext and tag`,
      'JunkBeforeTag',
      iv + ciphertext + junk + tag,
    ),
  ),
  ...['zz', 'zzJUNK!!', '\0\0'].map((junk) =>
    malformed(
      `${JSON.stringify(junk)} between IV and ciphertext`,
      'StrangeDigit',
      iv + junk + ciphertext + tag,
    ),
  ),
  ...['zz', '\0', '\0\0', ',', '"', ';', '==', '%00'].map((junk) =>
    malformed(`${JSON.stringify(junk)} behind it`, 'StrangeDigit', sealed + junk),
  ),
  ...everyByte((index) => {
    const stranger = JUNK[index % JUNK.length];
    return malformed(
      `the first digit of byte ${index} is ${JSON.stringify(stranger)}`,
      'StrangeDigit',
      replaced(stranger, index * 2),
    );
  }),
  ...everyByte((index) => {
    const stranger = JUNK[(index + 3) % JUNK.length];
    return malformed(
      `the second digit of byte ${index} is ${JSON.stringify(stranger)}`,
      'StrangeDigit',
      replaced(stranger, index * 2 + 1),
    );
  }),
  malformed('O for 0 and l for 1', 'StrangeDigit', long.replaceAll('0', 'O').replaceAll('1', 'l')),
  malformed('a sign before it', 'StrangeDigit', `+${sealed.slice(1)}`),
  malformed('an underscore between digits', 'StrangeDigit', `${sealed.slice(0, 4)}_${sealed.slice(5)}`),
];

const spaced = [
  ...Array.from({ length: BYTES + 1 }, (_, index) => {
    const [space, name] = SPACES[index % SPACES.length];
    const place = index === BYTES ? 'behind the last byte' : `before byte ${index}`;
    return malformed(`${name} ${place}`, 'WhiteSpace', put(space, index * 2));
  }),
  ...SPACES.flatMap(([space, name]) => [
    malformed(`${name} first, before the value`, 'WhiteSpace', space + sealed),
    malformed(`${name} at the end, behind the value`, 'WhiteSpace', sealed + space),
  ]),
  malformed('a space between all bytes', 'WhiteSpace', sealed.match(/../g).join(' ')),
  malformed('lines of 64 digits', 'WhiteSpace', long.match(/.{1,64}/g).join('\n')),
  malformed('two spaces, so that the length stays even', 'WhiteSpace', `${sealed}  `),
];

const spelt = [
  ...['0x', '0X', '\\x', 'x', '#', 'hex:', '$'].map((prefix) =>
    malformed(`${prefix} before it`, 'Separators', prefix + sealed),
  ),
  ...[':', '-', '.', ',', '_', '\\x'].map((separator) =>
    malformed(`${separator} between all bytes`, 'Separators', sealed.match(/../g).join(separator)),
  ),
  malformed('dots between IV, ciphertext and tag', 'Separators', [iv, ciphertext, tag].join('.')),
  malformed('colons between IV, ciphertext and tag', 'Separators', [iv, ciphertext, tag].join(':')),
  malformed('quotation marks around it', 'Separators', `"${sealed}"`),
  malformed('braces around it', 'Separators', `{${sealed}}`),
  ...['base64', 'base64url', 'latin1'].map((encoding) =>
    malformed(`${encoding} instead of hex`, 'Encoding', Buffer.from(long, 'hex').toString(encoding)),
  ),
  malformed(
    'base64 of 88 characters, an even number',
    'Encoding',
    Buffer.from(encrypt(plaintextOf('correct horse battery staple'), at('base64')), 'hex').toString('base64'),
  ),
  malformed('base32 instead of hex', 'Encoding', base32(Buffer.from(sealed, 'hex'))),
  malformed('a JSON object of the three parts', 'Encoding', JSON.stringify({ iv, ciphertext, tag })),
  ...UNICODE_DIGITS.map(([digitOf, name]) =>
    malformed(`${name} digits`, 'UnicodeDigit', sealed.replaceAll(/./g, digitOf)),
  ),
  malformed('one fullwidth digit', 'UnicodeDigit', replaced(UNICODE_DIGITS[0][0](sealed[10]), 10)),
  malformed('a Cyrillic letter that looks like a', 'UnicodeDigit', sealed.replace('a', '\u0430')),
  malformed(
    'a digit in bold',
    'UnicodeDigit',
    sealed.replace(/\d/, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
  ),
  malformed('half a surrogate pair behind it', 'UnicodeDigit', `${sealed}\ud800`),
  malformed('one digit missing at the end', 'OddDigits', sealed.slice(0, -1)),
  malformed('one digit missing at the start', 'OddDigits', sealed.slice(1)),
  malformed('one digit missing between ciphertext and tag', 'OddDigits', iv + ciphertext.slice(0, -1) + tag),
  malformed('one digit too many at the end', 'OddDigits', `${sealed}0`),
  malformed('one digit too many at the start', 'OddDigits', `0${sealed}`),
  malformed('one digit too many, of a long value', 'OddDigits', `${long}f`),
  malformed('61 digits', 'OddDigits', `${empty}0`),
  malformed('59 digits', ['OddDigits', 'TooShort'], empty.slice(0, -1)),
];

const short = [
  malformed('nothing', 'TooShort', ''),
  malformed('an IV alone', 'TooShort', iv),
  malformed(
    'the IV and the tag of the empty plaintext, which GCM accepts',
    'TooShort',
    encrypt('', at('no plaintext')),
  ),
  malformed('a plaintext of one byte, which GCM accepts', 'TooShort', encrypt('1', at('one byte'))),
  malformed('58 zeros', 'TooShort', '0'.repeat(58)),
  closed('60 zeros', 'ChangedByte', '0'.repeat(60)),
  closed('a thousand zeros', 'ChangedByte', '0'.repeat(1000)),
];

const forms = [
  ...[8, 11, 13, 16, 32].map((length) =>
    closed(
      `an IV of ${length} bytes`,
      'IvSize',
      encrypt(plaintext, { iv: Buffer.alloc(length, 7).toString('hex') }),
    ),
  ),
  closed(
    'an IV of 16 bytes, as PyCryptodome makes it by itself',
    'IvSize',
    encrypt(plaintext, { iv: `${ivOf('malformed-values: long IV')}00112233` }),
  ),
  ...[
    ['the name of the field', 'password'],
    ['the name of the entry', 'user-1'],
    ['one byte', '\0'],
  ].map(([name, additionalData]) =>
    closed(
      `additional data: ${name}`,
      'AdditionalData',
      encrypt(plaintext, at(`data ${name}`, { additionalData })),
    ),
  ),
  closed(
    'the IV itself as additional data',
    'AdditionalData',
    (() => {
      const own = ivOf('malformed-values: data IV');
      return encrypt(plaintext, { iv: own, additionalData: Buffer.from(own, 'hex') });
    })(),
  ),
  closed('the tag first', 'Order', tag + iv + ciphertext),
  closed('the tag between IV and ciphertext', 'Order', iv + tag + ciphertext),
  closed('the IV last', 'Order', ciphertext + tag + iv),
  closed('the IV between ciphertext and tag', 'Order', ciphertext + iv + tag),
  closed('the bytes in reverse', 'Order', Buffer.from(sealed, 'hex').reverse().toString('hex')),
  closed('the digits of each byte exchanged', 'Order', sealed.replace(/(.)(.)/g, '$2$1')),
  closed('the IV of another value', 'Spliced', other.iv + ciphertext + tag),
  closed('the ciphertext of another value', 'Spliced', iv + other.ciphertext + tag),
  closed('the tag of another value', 'Spliced', iv + ciphertext + other.tag),
  closed('two values in a row', 'Spliced', sealed + other.iv + other.ciphertext + other.tag),
  closed('the same value twice in a row', 'Spliced', sealed + sealed),
  closed(
    'the first half of one and the second of another',
    'Spliced',
    iv + ciphertext.slice(0, 8) + other.ciphertext.slice(8) + other.tag,
  ),
  closed(
    'AES-128-GCM with the first half of the key',
    'OtherCipher',
    encrypt(plaintext, at('128', { cipher: 'aes-128-gcm', key: KEY.slice(0, 32) })),
  ),
  closed(
    'AES-192-GCM with the first 24 bytes of the key',
    'OtherCipher',
    encrypt(plaintext, at('192', { cipher: 'aes-192-gcm', key: KEY.slice(0, 48) })),
  ),
  closed(
    'ChaCha20-Poly1305',
    'OtherCipher',
    encrypt(plaintext, at('chacha', { cipher: 'chacha20-poly1305' })),
  ),
  closed('AES-256-OCB', 'OtherCipher', encrypt(plaintext, at('ocb', { cipher: 'aes-256-ocb' }))),
  closed(
    'AES-256-CTR, and zeros in the place of the tag',
    'OtherCipher',
    `${otherCipher('aes-256-ctr', KEY, `${ivOf('malformed-values: ctr')}00000002`)}${'00'.repeat(16)}`,
  ),
  closed('AES-256-CBC', 'OtherCipher', otherCipher('aes-256-cbc', KEY, 'a5'.repeat(16))),
  closed('another key', 'WrongKey', sealed, OTHER_KEY),
  closed('a third key', 'WrongKey', sealed, THIRD_KEY),
  ...[0, 7, 15, 16, 31].map((index) =>
    closed(`a key with another bit in byte ${index}`, 'WrongKey', sealed, flipped(KEY, index, 1)),
  ),
  closed('a key of the same digits in reverse', 'WrongKey', sealed, [...KEY].reverse().join('')),
];

const unsealed = [
  malformed('a password in plain text', 'NotSealed', VALUE),
  malformed(
    'a long password in plain text',
    'NotSealed',
    'correct horse battery staple, correct horse battery staple, and more',
  ),
  malformed('an e-mail address', 'NotSealed', 'ada.lovelace@example.com'),
  malformed('a TOTP secret', 'NotSealed', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
  malformed('a URL', 'NotSealed', 'https://example.com/'.padEnd(80, 'a')),
  malformed('the JSON text of a value', 'NotSealed', JSON.stringify(sealed)),
  malformed('the word null', 'NotSealed', 'null'),
  malformed('asterisks', 'NotSealed', '*'.repeat(64)),
  malformed('null', 'NotAString', null),
  malformed('a number', 'NotAString', 4711),
  malformed('true', 'NotAString', true),
  malformed('an array of the value', 'NotAString', [sealed]),
  malformed('an object of the value', 'NotAString', { sealed }),
  malformed('an array of bytes', 'NotAString', [...Buffer.from(sealed, 'hex')]),
];

function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits
    .match(/.{1,5}/g)
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

export default () => ({
  algorithm: 'AES-256-GCM over JSON',
  header: [
    'Damage and forgeries of sealed values: every class that was seen in the wild, at every byte where there is a place.',
    'What is not the hex of a sealed value is ERR_SEALED_FORMAT, before any cryptography; what does not authenticate is ERR_OPEN_FAILED.',
  ],
  notes: {
    Untouched: { bugType: 'BASIC', description: 'The values that the others are made of. They open.' },
    ChangedByte: {
      bugType: 'AUTH_BYPASS',
      description: 'One byte is another one, at every place.',
      effect: 'Whoever does not check the tag takes a changed password for the right one.',
    },
    TagByte: {
      bugType: 'AUTH_BYPASS',
      description: 'Every byte of the tag counts.',
      effect: 'A reader that compares some of them can be forged to.',
    },
    CutOff: {
      bugType: 'MODIFIED_PARAMETER',
      description: 'Bytes are missing at an end or in between, and enough are left to look like a value.',
    },
    Inserted: { bugType: 'MODIFIED_PARAMETER', description: 'A byte too many, at every place.' },
    TruncatedTag: {
      bugType: 'AUTH_BYPASS',
      description:
        'A tag of less than 16 bytes, all of them right. GCM as a standard allows down to 4; this format does not.',
      effect: 'Shorter tags are forged, and give the authentication key away (SP 800-38D, appendix C).',
    },
    ShortTag: {
      bugType: 'AUTH_BYPASS',
      description:
        'The end of the tag is no hex. The published JavaScript client and command line decode it with Buffer.from(…, "hex"), which stops there, and check what is left of the tag: 32 bits, if 24 digits are replaced.',
      effect: 'One forgery in 2^32 is accepted, instead of one in 2^128.',
    },
    JunkBeforeTag: {
      bugType: 'MALLEABILITY',
      description: 'Text between ciphertext and tag, which the same decoding drops.',
      effect: 'One value has many spellings.',
    },
    StrangeDigit: {
      bugType: 'MALLEABILITY',
      description:
        'A character that is no hex digit, at every place. Decoders stop there, skip it, or read it as 0.',
    },
    WhiteSpace: {
      bugType: 'MALLEABILITY',
      description:
        "White space at the ends or at any byte. Python's bytes.fromhex ignores it, and others trim.",
      effect: 'One value has many spellings, and comparisons of sealed values fail.',
    },
    Separators: {
      bugType: 'MALLEABILITY',
      description: 'Prefixes, separators and quotation marks that some hex readers take.',
    },
    Encoding: { bugType: 'FUNCTIONALITY', description: 'The right bytes in another encoding.' },
    UnicodeDigit: {
      bugType: 'MALLEABILITY',
      description:
        "Digits of other scripts, which Unicode-aware number readers take (Python's int, Java's Character.digit).",
    },
    OddDigits: {
      bugType: 'MODIFIED_PARAMETER',
      description:
        'An odd number of digits: a copy that lost or gained one. Decoders drop the last, or put a 0 somewhere.',
    },
    TooShort: {
      bugType: 'EDGE_CASE',
      description:
        'Fewer than 60 digits: the shortest plaintext is two quotation marks. Refused before any cryptography, though GCM would accept an empty plaintext.',
    },
    IvSize: {
      bugType: 'FUNCTIONALITY',
      description: 'An IV of another size than 12 bytes, such as the 16 of PyCryptodome.',
    },
    AdditionalData: {
      bugType: 'FUNCTIONALITY',
      description:
        'Sealed with additional data; the format has none. A reader without the tag check opens it.',
    },
    Order: {
      bugType: 'FUNCTIONALITY',
      description: 'IV, ciphertext and tag in another order, as other libraries write them.',
    },
    Spliced: { bugType: 'AUTH_BYPASS', description: 'Parts of several values.' },
    OtherCipher: {
      bugType: 'WRONG_PRIMITIVE',
      description: 'Another cipher, mode or key size with the same key.',
    },
    WrongKey: {
      bugType: 'KNOWN_BUG',
      description:
        'The reader has another key. All published clients hand the sealed text back as if it were the password.',
      effect: 'Written back, the credential is lost.',
    },
    NotSealed: {
      bugType: 'KNOWN_BUG',
      description:
        'Plain text where a sealed value belongs. All published clients hand it back as if it had been sealed.',
      effect: 'Nobody notices that it is kept and sent in clear.',
    },
    NotAString: { bugType: 'EDGE_CASE', description: 'No string at all.' },
  },
  types: {
    Open: { methods: ['open'], given: { key: is.key, sealed: is.sealed }, expected: { value: is.text } },
  },
  groups: [
    { type: 'Open', tests: untouched },
    ...[changed, cut, strangers, spaced, spelt, short, forms, unsealed].map((tests) => ({
      type: 'Open',
      tests,
    })),
  ],
});
