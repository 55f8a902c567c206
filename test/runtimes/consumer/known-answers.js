// What any implementation gives, and none of it made by this one.

export const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

// Sealed by others: with OpenSSL under IV 00 … 0b, and by the published JavaScript client.
const IV = '000102030405060708090a0b';
export const HUNTER2 = `${IV}a36cef737282503ab8a8803cca6ce3a6dcaf255eb03df9a8f3`;
export const PUBLISHED_KEY = '0e8b066af21fa540b3e09c562132b71a02b2b483b4cc5bbd7771ee15f0d10c3b';
export const KNOWN = [
  ['a password', HUNTER2, 'hunter2'],
  ['upper-case hex', HUNTER2.toUpperCase(), 'hunter2'],
  ['JSON with spaces around', `${IV}a124b8757389566de8f9eb3357431a3a18b22f60812382cd8007ad7362`, 'hunter2'],
  [
    'JSON in ASCII, as Python writes it',
    `${IV}a367fb7b5a921238fff2e94f02db9af32c9061dabfc11b3f3cbb234cc7e0d19e38aed0db8dabeb29`,
    'caf\u00e9 \ud83d\udd11',
  ],
  ['a lone surrogate', `${IV}a358ef793ed7122a8e07e667c05674e70342c4027b3e61a2`, '\ud800'],
];
export const PUBLISHED = [
  ['8dc4db3f0d7af77be8f86b42988a8b0663a18d2f855ae09b9dc57e80a4d63e375d2471', 'alice'],
  ['d9eb30ebe18069be122d62da03b8e11a1fa35b1f6569139b9eb5122eefc9', ''],
];
export const REFUSED = [
  ['a number', `${IV}b5366fd8a29d7f31a63de652174c2b568300`, 'ERR_PLAINTEXT_FORMAT'],
  ['half an object', `${IV}fa26fb3f3cd6b6b6769acf3d3e2951ac8fbc31ac3933`, 'ERR_PLAINTEXT_FORMAT'],
  ['invalid UTF-8', `${IV}a3fbb80121fa49aee7656cd5cdb86d6830821e`, 'ERR_PLAINTEXT_FORMAT'],
  ['nothing', '', 'ERR_SEALED_FORMAT'],
  ['half a byte', `${HUNTER2}0`, 'ERR_SEALED_FORMAT'],
  ['a line break at the end', `${HUNTER2}\n`, 'ERR_SEALED_FORMAT'],
  ['a stranger among the digits', `${HUNTER2.slice(0, -2)}0g`, 'ERR_SEALED_FORMAT'],
  ['an IV and a tag, and no room for text', HUNTER2.slice(0, 58), 'ERR_SEALED_FORMAT'],
  ['a byte too many', `${HUNTER2}00`, 'ERR_OPEN_FAILED'],
  ['a number in place of text', 42, 'ERR_SEALED_FORMAT'],
  ['nothing at all', undefined, 'ERR_SEALED_FORMAT'],
];
export const TEXTS = [
  ['ASCII', 'correct horse battery staple'],
  ['the empty text', ''],
  ['accents, composed', 'p\u00e4ssw\u00f6rd'],
  ['accents, decomposed', 'pa\u0308sswo\u0308rd'],
  ['emoji', '\u{1f511}\u{1f469}\u200d\u{1f4bb}'],
  ['control characters', '\0\b\t\n\r\x1f\x7f'],
  ['line separators', '\u2028\u2029'],
  ['lone surrogates', 'a\ud800b\udc00'],
  ['64 KiB', 'x'.repeat(65_536)],
];

export const TOTP_SECRETS = {
  SHA1: BASE32,
  SHA256: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  SHA512: `${BASE32.repeat(3)}GEZDGNA`,
};
// RFC 6238 appendix B: seconds since the epoch, and the codes by SHA1, SHA256 and SHA512.
export const CODES = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
];

// Version 1, one account of one: the secret above.
export const MIGRATION =
  'otpauth-migration://offline?data=Ch8KFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEgFhIAEoATACEAEYASAAKAU%3D';
