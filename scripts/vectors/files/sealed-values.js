import { invalid, is, valid } from '../document.js';
import { encrypt, ivOf, KEY, OTHER_KEY, plaintextOf, seal, THIRD_KEY } from '../sealing.js';

const label = (comment) => ivOf(`sealed-values: ${comment}`);
const points = (...codes) => String.fromCodePoint(...codes);

/** A value that everybody seals to the same bytes, and opens. */
function sealed(comment, flags, value, { key = KEY, padTo } = {}) {
  const iv = label(comment);
  const padding = padTo === undefined ? {} : { padTo };
  return valid(comment, flags, { key, iv, value, ...padding, sealed: seal(value, { key, iv, padTo }) });
}

/** A plaintext that some writer makes, or nobody should. */
const plain = (comment, plaintext, key = KEY) => encrypt(plaintext, { key, iv: label(comment) });
const readable = (comment, flags, plaintext, value) =>
  valid(comment, flags, { key: KEY, sealed: plain(comment, plaintext), value });
const unreadable = (comment, flags, plaintext) =>
  invalid(comment, flags, 'ERR_PLAINTEXT_FORMAT', { key: KEY, sealed: plain(comment, plaintext) });

/** 1 byte to 64 KiB, around blocks of AES and buffers of implementations. The JSON text has two bytes more. */
const LENGTHS = [
  1, 2, 13, 14, 15, 16, 29, 30, 31, 62, 63, 64, 253, 254, 255, 1000, 4065, 4066, 4067, 16_384, 65_536,
];
const text = (length) => 'correct horse battery staple, '.repeat(Math.ceil(length / 30)).slice(0, length);

const writers = [
  sealed('a password', 'Ascii', 'hunter2'),
  sealed('a password under another key', 'Ascii', 'hunter2', { key: OTHER_KEY }),
  sealed('an e-mail address', 'Ascii', 'ada.lovelace+vault@example.com'),
  sealed('every printable ASCII character', 'Ascii', points(...Array.from({ length: 95 }, (_, i) => 32 + i))),
  sealed('quotation mark and backslash', 'Ascii', '"\\"'),
  sealed('digits, which are a string all the same', 'Ascii', '4711'),
  sealed('the text null', 'Ascii', 'null'),
  sealed('JSON as the value', 'Ascii', '{"password":"hunter2"}'),
  sealed('a URL with slashes', 'SolidusEscapes', 'socks5://ada:pw@proxy.example:1080/'),
  sealed('angle brackets and ampersand', 'HtmlEscapes', '<pass>&word'),
  sealed('the empty string', 'EmptyString', ''),
  sealed('e with acute, one code point', ['NonAscii', 'NormalForm'], 'caf\u00e9'),
  sealed('e with acute, two code points', ['NonAscii', 'NormalForm'], 'cafe\u0301'),
  sealed('the Kelvin sign, which is no K', 'NormalForm', '\u212a'),
  sealed('a ligature and a fullwidth digit', 'NormalForm', '\ufb01\uff11'),
  sealed('umlauts', 'NonAscii', 'Gr\u00fc\u00dfe'),
  sealed('Japanese', 'NonAscii', '\u65e5\u672c\u8a9e\u30d1\u30b9\u30ef\u30fc\u30c9'),
  sealed('Arabic, right to left', 'NonAscii', '\u0643\u0644\u0645\u0629 \u0627\u0644\u0633\u0631'),
  sealed('an emoji', 'Astral', '\u{1f511}'),
  sealed('an emoji of several code points', 'Astral', '\u{1f469}\u{1f3fd}\u200d\u{1f4bb}'),
  sealed('the last code point', 'Astral', '\u{10ffff}'),
  sealed('a noncharacter', 'NonAscii', '\uffff\ufffe'),
  sealed('the replacement character itself', 'NonAscii', '\ufffd'),
  sealed('every control character', 'ControlCharacters', points(...Array(32).keys(), 127)),
  sealed('NUL in the middle', 'ControlCharacters', 'a\0b'),
  sealed('line breaks and a tab', 'ControlCharacters', 'a\r\nb\tc\n'),
  sealed('C1 control characters', 'ControlCharacters', '\u0080\u0085\u009f'),
  sealed('a high surrogate alone', 'LoneSurrogate', '\ud800'),
  sealed('a low surrogate alone', 'LoneSurrogate', '\udfff'),
  sealed('a high surrogate before a letter', 'LoneSurrogate', 'a\ud83db'),
  sealed('surrogates in the wrong order', 'LoneSurrogate', '\udc00\ud800'),
  sealed('a surrogate before a pair', 'LoneSurrogate', '\ud83d\ud83d\ude00'),
  sealed('line separator and paragraph separator', 'LineSeparator', 'a\u2028b\u2029c'),
  sealed('a byte order mark in the value', 'ByteOrderMark', '\ufeffhunter2'),
  sealed('spaces around', 'SurroundingSpace', '  hunter2  '),
  sealed('a line break behind', 'SurroundingSpace', 'hunter2\n'),
  sealed('a no-break space behind', 'SurroundingSpace', 'hunter2\u00a0'),
  sealed('a single space', 'SurroundingSpace', ' '),
  sealed('a long hex password', 'LooksSealed', 'c0ffee5eed'.repeat(8)),
  sealed(
    'a value that is sealed under another key',
    'LooksSealed',
    seal('hunter2', { key: OTHER_KEY, iv: label('inner, other key') }),
  ),
  sealed(
    'its own sealed value, and a space',
    'LooksSealed',
    `${seal('hunter2', { iv: label('inner, space') })} `,
  ),
  ...LENGTHS.map((length) => sealed(`a value of ${length} bytes`, 'Length', text(length))),
  sealed('a value of 4,098 bytes in 2,049 characters', ['Length', 'NonAscii'], '\u00e9'.repeat(2049)),
  sealed('padded to 64', 'Padding', 'hunter2', { padTo: 64 }),
  sealed('padded to 64, where it fits exactly', 'Padding', text(62), { padTo: 64 }),
  sealed('padded to 64, one byte over', 'Padding', text(63), { padTo: 64 }),
  sealed('padded to 1, which adds nothing', 'Padding', 'hunter2', { padTo: 1 }),
  sealed('padded to 7', 'Padding', 'hunter2', { padTo: 7 }),
  sealed('padded to 1,024', 'Padding', 'hunter2', { padTo: 1024 }),
  sealed('padded by bytes, not by characters', 'Padding', '\u65e5\u672c\u8a9e\u{1f511}', { padTo: 32 }),
  sealed('padded, with a lone surrogate, which is six bytes', ['Padding', 'LoneSurrogate'], '\ud800', {
    padTo: 16,
  }),
  sealed('the empty string, padded', ['Padding', 'EmptyString'], '', { padTo: 16 }),
];

const once = (comment, key = KEY) => seal('hunter2', { key, iv: label(comment) });
const twice = (comment, value) =>
  invalid(comment, 'AlreadySealed', 'ERR_ALREADY_SEALED', { key: KEY, iv: label(comment), value });
const unsealable = (comment, value) =>
  invalid(comment, 'ValueNotAString', 'ERR_PLAINTEXT_FORMAT', { key: KEY, iv: label(comment), value });
const unpaddable = (padTo) => {
  const comment = `padTo ${JSON.stringify(padTo)}`;
  return invalid(comment, 'PadToRange', 'ERR_PLAINTEXT_FORMAT', {
    key: KEY,
    iv: label(comment),
    value: 'hunter2',
    padTo,
  });
};

const refusedWrites = [
  twice('a sealed value', once('sealed once')),
  twice('a sealed value in upper case', once('sealed once, upper case').toUpperCase()),
  twice('a padded one', seal('hunter2', { iv: label('sealed once, padded'), padTo: 64 })),
  twice('a sealed value that is no JSON inside', encrypt('hunter2', { iv: label('sealed once, no JSON') })),
  unsealable('null for a value', null),
  unsealable('a number for a value', 4711),
  unsealable('true for a value', true),
  unsealable('an array for a value', ['hunter2']),
  unsealable('an object for a value', { password: 'hunter2' }),
  ...[0, -1, 1.5, 65_537, 1e9, '64', true, null].map(unpaddable),
];

const readers = [
  readable('Python: an escaped e with acute', 'PythonEscapes', '"caf\\u00e9"', 'caf\u00e9'),
  readable('Python: two code points', ['PythonEscapes', 'NormalForm'], '"cafe\\u0301"', 'cafe\u0301'),
  readable(
    'Python: an emoji as a pair of escapes',
    ['PythonEscapes', 'Astral'],
    '"\\ud83d\\udd11"',
    '\u{1f511}',
  ),
  readable('Python: a lone surrogate', ['PythonEscapes', 'LoneSurrogate'], '"\\ud800"', '\ud800'),
  readable(
    'Python: control characters',
    ['PythonEscapes', 'ControlCharacters'],
    '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\u007f"',
    '\0\b\t\n\v\f\r\x1f\x7f',
  ),
  readable('Python: a line separator', ['PythonEscapes', 'LineSeparator'], '"a\\u2028b"', 'a\u2028b'),
  readable('escapes in upper case', 'PythonEscapes', '"\\u00E9\\uD83D\\uDD11"', '\u00e9\u{1f511}'),
  readable('every short escape of JSON', 'PythonEscapes', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
  readable('an ASCII letter, escaped', 'PythonEscapes', '"\\u0068unter2"', 'hunter2'),
  readable(
    'PHP: escaped slashes',
    ['PythonEscapes', 'SolidusEscapes'],
    '"http:\\/\\/p.example\\/"',
    'http://p.example/',
  ),
  readable(
    'Go: escaped angle brackets',
    ['PythonEscapes', 'HtmlEscapes'],
    '"\\u003cpass\\u003e\\u0026word"',
    '<pass>&word',
  ),
  readable('spaces behind the JSON', 'JsonSpace', '"hunter2"   ', 'hunter2'),
  readable('spaces before the JSON', 'JsonSpace', '   "hunter2"', 'hunter2'),
  readable('tabs and line breaks around the JSON', 'JsonSpace', '\r\n\t "hunter2"\t\r\n', 'hunter2'),
  readable('a line break behind, as echo makes it', 'JsonSpace', '"hunter2"\n', 'hunter2'),
  readable('the empty string between spaces', ['JsonSpace', 'EmptyString'], '  ""  ', ''),
  readable('1,000 spaces', ['JsonSpace', 'Length'], `"hunter2"${' '.repeat(1000)}`, 'hunter2'),
  ...[
    ['a password in upper case', 'hunter2'],
    ['Japanese in upper case', '\u65e5\u672c\u8a9e'],
    ['the empty string in upper case', ''],
  ].map(([comment, value]) =>
    valid(comment, 'UpperCaseHex', {
      key: KEY,
      sealed: seal(value, { iv: label(comment) }).toUpperCase(),
      value,
    }),
  ),
  valid('digits of either case', 'UpperCaseHex', {
    key: KEY,
    sealed: [...seal('hunter2', { iv: label('digits of either case') })]
      .map((digit, at) => (at % 3 === 0 ? digit.toUpperCase() : digit))
      .join(''),
    value: 'hunter2',
  }),
];

/** Values of all kinds, which a reader with another key must not open. */
const OTHERS = [
  ...[
    'hunter2',
    '',
    '4711',
    'null',
    'ada@example.com',
    '  hunter2  ',
    '{"password":"hunter2"}',
    'JBSWY3DPEHPK3PXP',
  ],
  ...['caf\u00e9', '\u65e5\u672c\u8a9e', '\u{1f511}', '\ud800', text(14), text(15), text(255)],
];

const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const quoted = (...inside) => bytes('"', inside, '"');

const refusedReads = [
  unreadable('the text itself', 'NotJson', 'hunter2'),
  unreadable('an e-mail address itself', 'NotJson', 'ada@example.com'),
  unreadable('one quotation mark at the start', 'NotJson', '"hunter2'),
  unreadable('one quotation mark at the end', 'NotJson', 'hunter2"'),
  unreadable('two spaces', 'NotJson', '  '),
  unreadable('two zero bytes', 'NotJson', '\0\0'),
  unreadable('a backslash before the closing quotation mark', 'NotJson', '"hunter2\\"'),
  unreadable('URL-encoded', 'NotJson', '%22hunter2%22'),
  unreadable('a number', 'NotAString', '4711'),
  unreadable('a fraction', 'NotAString', '-1.5e3'),
  unreadable('null, which one client seals', 'NotAString', 'null'),
  unreadable('true', 'NotAString', 'true'),
  unreadable('an empty object', 'NotAString', '{}'),
  unreadable('an object', 'NotAString', '{"password": "hunter2"}'),
  unreadable('an empty array', 'NotAString', '[]'),
  unreadable('an array of one string', 'NotAString', '["hunter2"]'),
  unreadable('NaN, which Python writes', 'NotAString', 'NaN'),
  unreadable('single quotation marks', 'LooseJson', "'hunter2'"),
  unreadable('back quotes', 'LooseJson', '`hunter2`'),
  unreadable('typographic quotation marks', 'LooseJson', '\u201chunter2\u201d'),
  unreadable('a line break inside, not escaped', 'LooseJson', '"hunter\n2"'),
  unreadable('a tab inside, not escaped', 'LooseJson', '"hunter\t2"'),
  unreadable('NUL inside, not escaped', 'LooseJson', '"hunter\x002"'),
  unreadable('the last control character, not escaped', 'LooseJson', '"hunter\x1f2"'),
  unreadable('an escape that JSON does not have', 'LooseJson', '"hunter\\x32"'),
  unreadable('an escaped single quotation mark', 'LooseJson', '"hunter\\\'2"'),
  unreadable('an escape of three digits', 'LooseJson', '"\\u00e"'),
  unreadable('an escape with a code point in braces', 'LooseJson', '"\\u{1f511}"'),
  unreadable('an escaped line break', 'LooseJson', '"hunter\\\n2"'),
  unreadable('a comment behind', 'LooseJson', '"hunter2" // password'),
  unreadable('a no-break space behind the JSON', 'LooseJson', '"hunter2"\u00a0'),
  unreadable('a form feed behind the JSON', 'LooseJson', '"hunter2"\f'),
  unreadable('two strings', 'TrailingData', '"hunter2""hunter3"'),
  unreadable('two strings and a space', 'TrailingData', '"hunter2" "hunter3"'),
  unreadable('a comma behind', 'TrailingData', '"hunter2",'),
  unreadable('a bracket behind', 'TrailingData', '"hunter2"]'),
  unreadable('padded with NUL', 'TrailingData', '"hunter2"\0\0\0\0\0\0\0'),
  unreadable('padded as PKCS #7 does', 'TrailingData', `"hunter2"${'\x07'.repeat(7)}`),
  unreadable('a byte order mark before the JSON', 'ByteOrderMark', '\ufeff"hunter2"'),
  unreadable('a byte order mark behind the JSON', 'ByteOrderMark', '"hunter2"\ufeff'),
  unreadable(
    'UTF-16',
    ['InvalidUtf8', 'ByteOrderMark'],
    bytes([0xff, 0xfe], Buffer.from('"hunter2"', 'utf16le')),
  ),
  unreadable('UTF-16 without a mark', 'InvalidUtf8', Buffer.from('"caf\u00e9"', 'utf16le')),
  unreadable('Latin-1', 'InvalidUtf8', quoted(0x63, 0x61, 0x66, 0xe9)),
  unreadable('the byte FF', 'InvalidUtf8', quoted(0xff)),
  unreadable('a continuation byte alone', 'InvalidUtf8', quoted(0x80)),
  unreadable('a sequence that is cut off', 'InvalidUtf8', quoted(0xe2, 0x82)),
  unreadable('an overlong slash', 'InvalidUtf8', quoted(0xc0, 0xaf)),
  unreadable('an overlong NUL, as Java writes it', 'InvalidUtf8', quoted(0xc0, 0x80)),
  unreadable('a surrogate in three bytes', 'InvalidUtf8', quoted(0xed, 0xa0, 0x80)),
  unreadable('a surrogate pair in six bytes', 'InvalidUtf8', quoted(0xed, 0xa0, 0xbd, 0xed, 0xb4, 0x91)),
  unreadable('a code point past the last', 'InvalidUtf8', quoted(0xf4, 0x90, 0x80, 0x80)),
  ...OTHERS.flatMap((value, index) =>
    [OTHER_KEY, THIRD_KEY].map((key, which) => {
      const comment = `value ${index + 1} under a key that is not the reader's, ${which + 1}`;
      return invalid(comment, 'WrongKey', 'ERR_OPEN_FAILED', {
        key: KEY,
        sealed: encrypt(plaintextOf(value), { key, iv: label(comment) }),
      });
    }),
  ),
  invalid('the same value, and the keys exchanged', 'WrongKey', 'ERR_OPEN_FAILED', {
    key: THIRD_KEY,
    sealed: once('exchanged keys'),
  }),
];

export default () => ({
  algorithm: 'AES-256-GCM over JSON',
  header: [
    'Values and their sealed form: hex of a 12-byte IV, the ciphertext and a 16-byte tag, over the JSON text of a string in UTF-8.',
    'In groups of type SealAndOpen a writer that is given the IV makes exactly these digits, and a reader opens them.',
    'In groups of type Open only a reader is tested: no writer needs to make these digits.',
    'IVs are fixed here so that the bytes can be compared. A real writer takes a fresh random IV for every value.',
  ],
  notes: {
    Ascii: { bugType: 'BASIC', description: 'Text that every encoding and every JSON writer agrees on.' },
    SolidusEscapes: {
      bugType: 'FUNCTIONALITY',
      description:
        'A slash, which PHP writes as \\/ unless told otherwise. A writer leaves it alone, a reader takes both.',
    },
    HtmlEscapes: {
      bugType: 'FUNCTIONALITY',
      description:
        'Characters that Go writes as \\u003c, \\u003e and \\u0026 unless told otherwise. A writer leaves them alone, a reader takes both.',
    },
    EmptyString: {
      bugType: 'EDGE_CASE',
      description: 'The shortest plaintext, two quotation marks; 60 digits in all.',
      effect: 'Implementations that ask for more than 60 digits cannot open it.',
    },
    NonAscii: {
      bugType: 'FUNCTIONALITY',
      description: 'Characters beyond ASCII are UTF-8, not escaped, and not of another encoding.',
      effect: 'The password comes out as another one.',
    },
    NormalForm: {
      bugType: 'FUNCTIONALITY',
      description: 'The same to the eye and different in bytes. Values are never normalised.',
      effect: 'The password comes out as another one, and the site refuses it.',
    },
    Astral: {
      bugType: 'FUNCTIONALITY',
      description: 'Characters beyond U+FFFF: four bytes of UTF-8, not two surrogates of three.',
    },
    ControlCharacters: {
      bugType: 'FUNCTIONALITY',
      description:
        'JSON escapes U+0000 to U+001F: \\b \\t \\n \\f \\r by their letter, the others as \\u00xx in lower case; U+007F and above are not escaped.',
    },
    LoneSurrogate: {
      bugType: 'EDGE_CASE',
      description:
        'Half a surrogate pair has no UTF-8: it is written as an escape, \\ud800, in lower case (ECMA-262, well-formed JSON.stringify).',
      effect: 'Replaced by U+FFFD, the password is lost without an error.',
    },
    LineSeparator: {
      bugType: 'FUNCTIONALITY',
      description: 'U+2028 and U+2029 are not escaped, though writers that care for JavaScript source do so.',
    },
    ByteOrderMark: {
      bugType: 'FUNCTIONALITY',
      description:
        'U+FEFF in a value belongs to it. Before or behind the JSON text it is not JSON; decoders that drop it silently hide that.',
    },
    SurroundingSpace: {
      bugType: 'KNOWN_BUG',
      description:
        'White space at the ends belongs to the value. The command line of the published clients trims it.',
      effect: 'The credential is changed and does not work.',
    },
    LooksSealed: {
      bugType: 'EDGE_CASE',
      description:
        'Text of the shape of a sealed value that does not open under the key is an ordinary value.',
    },
    Length: {
      bugType: 'EDGE_CASE',
      description: 'Lengths around the blocks of AES and the buffers of implementations, up to 64 KiB.',
    },
    Padding: {
      bugType: 'FUNCTIONALITY',
      description: 'padTo: spaces behind the JSON text, up to the next multiple of so many bytes.',
    },
    JsonSpace: {
      bugType: 'FUNCTIONALITY',
      description: 'White space of JSON around the string: other writers make it, and padding is made of it.',
    },
    PythonEscapes: {
      bugType: 'FUNCTIONALITY',
      description:
        "Plaintexts of writers that escape more than they need, as Python's json.dumps does: a reader parses JSON and does not cut quotation marks off.",
      effect: 'The password comes out with backslashes in it.',
    },
    UpperCaseHex: { bugType: 'FUNCTIONALITY', description: 'A reader takes hex digits of either case.' },
    AlreadySealed: {
      bugType: 'KNOWN_BUG',
      description:
        'A value that is itself sealed under the key is refused. All published clients seal it twice.',
      effect: 'The hex text is used as the password, and the credential is lost.',
    },
    ValueNotAString: {
      bugType: 'KNOWN_BUG',
      description: 'Only strings are sealed. The published JavaScript client seals the text null for null.',
      effect: 'The vault holds a credential where there is none.',
    },
    PadToRange: { bugType: 'EDGE_CASE', description: 'padTo is a whole number from 1 to 65,536.' },
    NotJson: {
      bugType: 'KNOWN_BUG',
      description:
        'The tag holds and the plaintext is not JSON. The vault refuses such a value with 401; clients hand the text back, or show it in an error.',
    },
    NotAString: { bugType: 'FUNCTIONALITY', description: 'The plaintext is JSON, and no string.' },
    LooseJson: {
      bugType: 'FUNCTIONALITY',
      description: 'Something that lenient parsers take for JSON (RFC 8259 does not).',
    },
    TrailingData: {
      bugType: 'FUNCTIONALITY',
      description:
        "A JSON string and something behind it that is not white space. Stream parsers, such as Go's Decoder, stop before it.",
    },
    InvalidUtf8: {
      bugType: 'FUNCTIONALITY',
      description: 'The plaintext is not UTF-8 (RFC 3629).',
      effect: 'Replaced by U+FFFD, the password is lost without an error.',
    },
    WrongKey: {
      bugType: 'KNOWN_BUG',
      description:
        'Sealed under another key. All published clients swallow the failure and hand the sealed text back as if it were the password.',
      effect: 'Written back, the credential is lost.',
    },
  },
  types: {
    SealAndOpen: {
      methods: ['seal', 'open'],
      given: { key: is.key, iv: is.iv, value: is.text, 'padTo?': is.integer },
      expected: { sealed: is.sealed },
    },
    Seal: {
      methods: ['seal'],
      given: { key: is.key, iv: is.iv, value: is.text, 'padTo?': is.integer },
      expected: { sealed: is.sealed },
    },
    Open: { methods: ['open'], given: { key: is.key, sealed: is.sealed }, expected: { value: is.text } },
  },
  groups: [
    { type: 'SealAndOpen', tests: writers },
    { type: 'Seal', tests: refusedWrites },
    { type: 'Open', tests: readers },
    { type: 'Open', tests: refusedReads },
  ],
});
