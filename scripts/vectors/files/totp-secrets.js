import { invalid, is, object, valid } from '../document.js';
import {
  account,
  base64,
  batch,
  bytesField,
  fromBase32,
  migrationUri,
  numberField,
  toBase32,
  tokenAt,
  varint,
} from '../totp.js';

const SECRET = 'JBSWY3DPEHPK3PXP';
const SECRET_128 = 'JBSWY3DPEHPK3PXPJBSWY3DPEA';
/** The ASCII secrets of RFC 6238 appendix B. */
const RFC = {
  SHA1: toBase32(Buffer.from('12345678901234567890')),
  SHA256: toBase32(Buffer.from('12345678901234567890123456789012')),
  SHA512: toBase32(Buffer.from('1234567890123456789012345678901234567890123456789012345678901234')),
};

const settingsOf = ({ base32, algorithm = 'SHA1', digits = 6, period = 30, ...names }) => ({
  base32,
  bits: Math.floor((base32.length * 5) / 8) * 8,
  algorithm,
  digits,
  period,
  ...names,
});
const secret = (comment, flags, text, settings = {}) =>
  valid(comment, flags, { secret: text, ...settingsOf({ base32: SECRET, ...settings }) });
const uri = (comment, flags, query, settings, label = 'x') =>
  secret(comment, flags, `otpauth://totp/${label}?secret=${SECRET}${query}`, { label, ...settings });
const malformed = (comment, flags, text) => invalid(comment, flags, 'ERR_TOTP_FORMAT', { secret: text });
const unsupported = (comment, flags, text) =>
  invalid(comment, flags, 'ERR_TOTP_UNSUPPORTED', { secret: text });

const point = (code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
/** Everywhere: before, between, twice, behind. */
const strewn = (code) => {
  const c = String.fromCodePoint(code);
  return `${c}JBSW${c}${c}Y3DPEHPK${c}3PXP${c}`;
};
const SPACES = [
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f,
  0x205f, 0x3000,
];
const INVISIBLE = [
  0xad, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202e, 0x2060, 0x2066, 0x206f, 0xfeff,
];
const DASHES = [0x2d, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212];

const shapes = [
  secret('canonical, 80 bits', 'Canonical', SECRET),
  secret('24 characters', 'Length', 'JBSWY3DPEHPK3PXPJBSWY3DP', { base32: 'JBSWY3DPEHPK3PXPJBSWY3DP' }),
  secret('26 characters, 128 bits', 'Length', SECRET_128, { base32: SECRET_128 }),
  secret('32 characters, 160 bits', 'Length', RFC.SHA1, { base32: RFC.SHA1 }),
  secret('52 characters, 256 bits', 'Length', RFC.SHA256, { base32: RFC.SHA256 }),
  secret('103 characters, 512 bits', 'Length', RFC.SHA512, { base32: RFC.SHA512 }),
  secret('128 characters', 'Length', 'B'.repeat(128), { base32: 'B'.repeat(128) }),
  secret('2 characters, shorter than any real one', 'Length', 'MY', { base32: 'MY' }),
  secret('4, 5 and 7 are possible: 4', 'Length', 'MZXQ', { base32: 'MZXQ' }),
  secret('4, 5 and 7 are possible: 5', 'Length', 'MZXW6', { base32: 'MZXW6' }),
  secret('4, 5 and 7 are possible: 7', 'Length', 'MZXW6YQ', { base32: 'MZXW6YQ' }),
  secret('eight letters, which are no code', 'Length', 'mzxw6ytb', { base32: 'MZXW6YTB' }),
  secret('eight digits and more', 'Length', '2345672345', { base32: '2345672345' }),
  secret('lower case', 'LowerCase', 'jbswy3dpehpk3pxp'),
  secret('both cases', 'LowerCase', 'jbSWy3dPehPK3pxP'),
  secret('groups of four', ['Groups', 'LowerCase'], 'jbsw y3dp ehpk 3pxp'),
  secret('groups with hyphens', 'Groups', 'JBSW-Y3DP-EHPK-3PXP'),
  secret('groups in lines', 'Groups', '  JBSWY3DP\r\nEHPK3PXP\n'),
  ...SPACES.map((code) => secret(`white space ${point(code)}`, 'Groups', strewn(code))),
  ...INVISIBLE.map((code) =>
    secret(`a character that shows nothing, ${point(code)}`, 'InvisibleCharacters', strewn(code)),
  ),
  ...DASHES.map((code) => secret(`a dash, ${point(code)}`, 'Dashes', strewn(code))),
  secret('padding', 'Padding', `${SECRET_128}======`, { base32: SECRET_128 }),
  secret('too little padding', 'Padding', `${SECRET_128}=`, { base32: SECRET_128 }),
  secret('more padding than any', 'Padding', `${SECRET}========`),
  secret('spaces in the padding', 'Padding', `${SECRET_128} == == ==\n`, { base32: SECRET_128 }),
  secret('bits set behind the last byte, which stay', 'TrailingBits', 'JBSWY3DPEHPK3PXPJBSWY3DPED', {
    base32: 'JBSWY3DPEHPK3PXPJBSWY3DPED',
  }),
  secret('other bits set behind the last byte', 'TrailingBits', 'MZXW7', {
    base32: 'MZXW7',
  }),
];

const uris = [
  uri('a URI', 'KeyUri', '', {}),
  secret('without label', 'KeyUri', `otpauth://totp?secret=${SECRET}`),
  secret('with an empty label', 'KeyUri', `otpauth://totp/?secret=${SECRET}`),
  uri('white space around it', 'KeyUri', '\u00a0\r\n', {}),
  secret(
    'upper case throughout',
    'KeyUriCase',
    `OTPAUTH://TOTP/X?SECRET=${SECRET}&ISSUER=ACME&DIGITS=8&PERIOD=60`,
    { issuer: 'ACME', label: 'X', digits: 8, period: 60 },
  ),
  secret('leading zeros', 'KeyUriNumbers', `otpauth://totp/x?secret=${SECRET}&digits=08&period=060`, {
    label: 'x',
    digits: 8,
    period: 60,
  }),
  secret(
    'a plus before numbers',
    'KeyUriNumbers',
    `otpauth://totp/x?secret=${SECRET}&digits=+8&period=%2B60`,
    {
      label: 'x',
      digits: 8,
      period: 60,
    },
  ),
  secret('scheme and type in mixed case', 'KeyUriCase', `OtpAuth://Totp/x?Secret=${SECRET}`, { label: 'x' }),
  uri(
    'issuer and account in the label',
    'KeyUriNames',
    '',
    { issuer: 'ACME', label: 'alice@example.com' },
    'ACME:alice@example.com',
  ),
  uri(
    'an encoded colon and space',
    'KeyUriNames',
    '',
    { issuer: 'ACME Co', label: 'alice' },
    'ACME%20Co%3A%20alice',
  ),
  uri('issuer as parameter', 'KeyUriNames', '&issuer=ACME', { issuer: 'ACME' }),
  uri(
    'two issuers: the parameter counts',
    'KeyUriNames',
    '&issuer=Parameter',
    { issuer: 'Parameter', label: 'alice' },
    'Label:alice',
  ),
  uri(
    'an empty issuer parameter: the label counts',
    'KeyUriNames',
    '&issuer=',
    { issuer: 'ACME', label: 'alice' },
    'ACME:alice',
  ),
  uri('a plus in a parameter, a space', 'KeyUriNames', '&issuer=ACME+Co', { issuer: 'ACME Co' }),
  uri('an encoded plus in a parameter, a plus', 'KeyUriNames', '&issuer=Canal%2B', { issuer: 'Canal+' }),
  uri(
    'a plus in the label, a plus',
    'KeyUriNames',
    '',
    { label: 'alice+work@example.com' },
    'alice+work@example.com',
  ),
  uri('names beyond ASCII', 'KeyUriNames', '', { issuer: '\u682a', label: '\u00e9' }, '%E6%A0%AA:%C3%A9'),
  secret(
    'a secret in groups, encoded',
    'KeyUriParameters',
    'otpauth://totp/x?secret=jbsw%20y3dp%20ehpk%203pxp',
    { label: 'x' },
  ),
  secret(
    'a secret in groups, as a form encodes it',
    'KeyUriParameters',
    'otpauth://totp/x?secret=jbsw+y3dp+ehpk+3pxp',
    { label: 'x' },
  ),
  secret('a padded secret', 'KeyUriParameters', `otpauth://totp/x?secret=${SECRET_128}======`, {
    label: 'x',
    base32: SECRET_128,
  }),
  secret('a padded secret, encoded', 'KeyUriParameters', 'otpauth://totp/x?secret=MFRGG%3D%3D%3D', {
    label: 'x',
    base32: 'MFRGG',
  }),
  uri(
    'parameters that are not known',
    'KeyUriParameters',
    '&image=https%3A%2F%2Fa.b%2Fc&lock=true&counter=7',
    {},
  ),
  uri('parameters that are not known, broken and twice', 'KeyUriParameters', '&image=%zz&image=1&&=&', {}),
  ...[
    ['SHA1', 'SHA1'],
    ['sha1', 'SHA1'],
    ['SHA-1', 'SHA1'],
    ['', 'SHA1'],
    ['SHA256', 'SHA256'],
    ['sha-256', 'SHA256'],
    ['Sha512', 'SHA512'],
    ['SHA-512', 'SHA512'],
  ].map(([written, algorithm]) =>
    uri(`algorithm=${written}`, 'KeyUriSettings', `&algorithm=${written}`, { algorithm }),
  ),
  ...[6, 7, 8].map((digits) => uri(`digits=${digits}`, 'KeyUriSettings', `&digits=${digits}`, { digits })),
  ...[1, 15, 60, 86_400].map((period) =>
    uri(`period=${period}`, 'KeyUriSettings', `&period=${period}`, { period }),
  ),
];

const refused = [
  malformed('a 0', 'Typo', 'JBSW0Y3DPEHPK3PX'),
  malformed('a 1', 'Typo', 'JBSWY1DPEHPK3PXP'),
  malformed('an 8', 'Typo', '8BSWY3DPEHPK3PXP'),
  malformed('a 9', 'Typo', 'JBSWY3DPEHPK3PX9'),
  malformed('a 0 behind spaces', 'Typo', 'jbsw y3dp eh0k 3pxp'),
  malformed('O, I and B typed as 0, 1 and 8', 'Typo', 'J8SWY3DP0HPK1PXP'),
  malformed('an exclamation mark', 'Stranger', 'JBSWY3DPEHPK3PX!'),
  malformed('a colon', 'Stranger', 'JBSW:Y3DPEHPK3PX'),
  malformed('an underscore', 'Stranger', 'JBSW_Y3DPEHPK3PX'),
  malformed('a plus', 'Stranger', 'JBSW+Y3DP+EHPK+3PXP'),
  malformed('base64', 'Stranger', 'SGVsbG8h3q2+7w=='),
  malformed('hex', 'Stranger', '48656c6c6f21deadbeef'),
  malformed('a letter of another script', 'Stranger', 'JBSWY\u0417DPEHPK3PXP'),
  malformed('a letter whose upper case is in the alphabet', 'Stranger', 'JB\u017fWY3DPEHPK3PXP'),
  malformed('a fullwidth letter', 'Stranger', '\uff2aBSWY3DPEHPK3PXP'),
  malformed('NUL', 'Stranger', `${SECRET}\0`),
  malformed('half a surrogate pair', 'Stranger', `${SECRET}\ud800`),
  ...[
    `"${SECRET}"`,
    `secret=${SECRET}`,
    `Secret: ${SECRET}`,
    `${SECRET}.`,
    `${SECRET},`,
    `${SECRET};`,
    `~${SECRET}`,
    `${SECRET}/30`,
  ].map((text) => malformed(`${text.replace(SECRET, 'a secret')}, as it was pasted`, 'Stranger', text)),
  ...['\u00e9', '\u00df', '\u0131', '\u{1f511}', '\u2603', '\u0660'].map((letter) =>
    malformed(`${letter} among the letters`, 'Stranger', `JBSWY3DP${letter}EHPK3PXP`),
  ),
  malformed('a password', 'Stranger', 'correct horse battery staple!'),
  ...[1, 3, 9, 11, 14, 17, 19, 22].map((length) =>
    malformed(`${length} characters`, 'ImpossibleLength', 'JBSWY3DPEHPK3PXPJBSWY3DP'.slice(0, length)),
  ),
  malformed('one letter, which becomes no byte', 'ImpossibleLength', 'A'),
  malformed('one letter too few, padded', 'ImpossibleLength', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3P=='),
  malformed('six digits', 'CodeNotSecret', '287082'),
  malformed('seven digits', 'CodeNotSecret', '4287082'),
  malformed('eight digits', 'CodeNotSecret', '94287082'),
  malformed('eight digits that are base32', 'CodeNotSecret', '23456723'),
  malformed('seven digits that are base32', 'CodeNotSecret', '2345672'),
  malformed('a code in two groups', 'CodeNotSecret', '287 082'),
  malformed('a code with a hyphen', 'CodeNotSecret', '287-082'),
  malformed('a code with padding', 'CodeNotSecret', '23456723='),
  malformed('nothing', 'Empty', ''),
  malformed('white space', 'Empty', ' \u00a0\u200b\n'),
  malformed('dashes', 'Empty', '---'),
  malformed('padding alone', 'Empty', '===='),
  malformed('padding inside', 'MisplacedPadding', 'JBSWY3DP=EHPK3PXP'),
  malformed('padding first', 'MisplacedPadding', '=JBSWY3DPEHPK3PXP'),
  malformed('two padded secrets in a row', 'MisplacedPadding', `${SECRET_128}======${SECRET}`),
  malformed('null', 'NotAString', null),
  malformed('a number', 'NotAString', 287082),
  malformed('an array of a secret', 'NotAString', [SECRET]),
  malformed('an object', 'NotAString', { secret: SECRET }),
  unsupported('counter-based', 'Hotp', `otpauth://hotp/x?secret=${SECRET}&counter=0`),
  unsupported('counter-based, in upper case', 'Hotp', `OTPAUTH://HOTP/X?SECRET=${SECRET}&COUNTER=1`),
  unsupported("Steam's own scheme", 'Steam', `steam://${SECRET}`),
  unsupported('Steam as the type', 'Steam', `otpauth://steam/Steam:x?secret=${SECRET}`),
  unsupported('Steam as the issuer', 'Steam', `otpauth://totp/x?secret=${SECRET}&issuer=Steam`),
  unsupported(
    'Steam as the issuer, in other letters',
    'Steam',
    `otpauth://totp/x?secret=${SECRET}&issuer=STEAM+`,
  ),
  unsupported('Steam in the label', 'Steam', `otpauth://totp/Steam:x?secret=${SECRET}`),
  unsupported('steam as a parameter', 'Steam', `otpauth://totp/x?secret=${SECRET}&steam`),
  unsupported('steam as a parameter with a value', 'Steam', `otpauth://totp/x?secret=${SECRET}&STEAM=1`),
  unsupported(
    'Steam as the encoder',
    'Steam',
    `otpauth://totp/Steam:x?secret=${SECRET}&digits=5&encoder=steam`,
  ),
  ...['MD5', 'SHA224', 'SHA384', 'SHA3-256', 'HMAC-SHA1', 'banana'].map((name) =>
    unsupported(
      `algorithm=${name}`,
      'UnsupportedAlgorithm',
      `otpauth://totp/x?secret=${SECRET}&algorithm=${name}`,
    ),
  ),
  ...[1, 4, 5, 9, 10, 100].map((digits) =>
    unsupported(
      `${digits} digits`,
      'UnsupportedDigits',
      `otpauth://totp/x?secret=${SECRET}&digits=${digits}`,
    ),
  ),
  ...['six', '', '6.0', '0', '-6', '0x6', '%36%20', '\u0666'].map((digits) =>
    malformed(`digits=${digits}`, 'BadNumber', `otpauth://totp/x?secret=${SECRET}&digits=${digits}`),
  ),
  ...['0', '-30', '29.5', '30s', '', '3e1', '86401', '9'.repeat(40), 'Infinity'].map((period) =>
    malformed(`period=${period}`, 'BadNumber', `otpauth://totp/x?secret=${SECRET}&period=${period}`),
  ),
  malformed('two secrets', 'DuplicateParameter', `otpauth://totp/x?secret=${SECRET}&secret=${SECRET}`),
  malformed(
    'two secrets, one name in upper case',
    'DuplicateParameter',
    `otpauth://totp/x?secret=${SECRET}&SECRET=MFRGG`,
  ),
  malformed(
    'two secrets, one name encoded',
    'DuplicateParameter',
    `otpauth://totp/x?secret=${SECRET}&%73ecret=MFRGG`,
  ),
  malformed('two digits', 'DuplicateParameter', `otpauth://totp/x?secret=${SECRET}&digits=6&digits=6`),
  malformed('a percent sign in the label', 'PercentEncoding', `otpauth://totp/100%?secret=${SECRET}`),
  malformed('a label that is not UTF-8', 'PercentEncoding', `otpauth://totp/%ff?secret=${SECRET}`),
  malformed(
    'an issuer that is cut off',
    'PercentEncoding',
    `otpauth://totp/x?secret=${SECRET}&issuer=%E0%A4`,
  ),
  malformed('a secret that ends in a percent sign', 'PercentEncoding', `otpauth://totp/x?secret=${SECRET}%`),
  malformed('a parameter name that is broken', 'PercentEncoding', `otpauth://totp/x?%zz=1&secret=${SECRET}`),
  malformed('no secret', 'NoSecret', 'otpauth://totp/x?issuer=ACME'),
  malformed('no query', 'NoSecret', 'otpauth://totp/x'),
  malformed('an empty secret', 'NoSecret', 'otpauth://totp/x?secret='),
  malformed('the secret behind a #', 'Fragment', `otpauth://totp/Room #1?secret=${SECRET}`),
  malformed('a fragment', 'Fragment', `otpauth://totp/x?secret=${SECRET}#top`),
  malformed(
    'digits behind a # in the issuer',
    'Fragment',
    `otpauth://totp/x?secret=${SECRET}&issuer=A#1&digits=8`,
  ),
  malformed('&amp; for &', 'Entities', `otpauth://totp/x?secret=${SECRET}&amp;digits=8&amp;period=60`),
  malformed('&#38; for &', 'Entities', `otpauth://totp/x?secret=${SECRET}&#38;digits=8`),
  malformed('a code for a secret, in a URI', 'CodeNotSecret', 'otpauth://totp/x?secret=123456'),
  malformed('a 0 in the secret of a URI', 'Typo', 'otpauth://totp/x?secret=JBSW0Y3DPEHPK3PX'),
  malformed('no type', 'OtherUri', `otpauth://?secret=${SECRET}`),
  malformed('another type', 'OtherUri', `otpauth://banana/x?secret=${SECRET}`),
  malformed('user info', 'OtherUri', `otpauth://a@totp/x?secret=${SECRET}`),
  malformed('a port', 'OtherUri', `otpauth://totp:443/x?secret=${SECRET}`),
  malformed('no slashes', 'OtherUri', `otpauth:totp/x?secret=${SECRET}`),
  malformed('a web address', 'OtherUri', `https://example.com/?secret=${SECRET}`),
  malformed('another scheme', 'OtherUri', `motp://x:y?secret=${SECRET}`),
  malformed('an export, which holds several', 'OtherUri', migrationUri([...account({}), ...batch(1, 0, 1)])),
];

/** RFC 6238 appendix B: seconds, and the codes of SHA1, SHA256, SHA512, 8 digits each. */
const RFC_6238 = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
];
/** RFC 4226 appendix D: the codes of the counters 0 to 9. */
const RFC_4226 = [
  '755224',
  '287082',
  '359152',
  '969429',
  '338314',
  '254676',
  '287922',
  '162583',
  '399871',
  '520489',
];

/** A code, and by which standard it is known, if it is. */
function code(comment, flags, text, settings, time, known) {
  const token = tokenAt(settings, time);
  if (known !== undefined && token !== known)
    throw new Error(`${comment}: ${token} is not the ${known} of the standard.`);
  return valid(comment, flags, { secret: text, time, token });
}

const uriOf = ({ base32, algorithm, digits, period }) =>
  `otpauth://totp/x?secret=${base32}&algorithm=${algorithm}&digits=${digits}&period=${period}`;
const codeOf = (comment, flags, settings, time, known) =>
  code(comment, flags, uriOf(settings), settings, time, known);

/** The first time from a start whose code begins with so many zeros. */
function timeOfZeros(zeros) {
  for (let time = 1_700_000_000; ; time += 30) {
    if (tokenAt({ base32: SECRET }, time).startsWith('0'.repeat(zeros))) return time;
  }
}

const notACode = (comment, time) => invalid(comment, 'BadTime', 'ERR_TOTP_FORMAT', { secret: SECRET, time });
const codes = [
  ...RFC_6238.flatMap(([time, ...tokens]) =>
    ['SHA1', 'SHA256', 'SHA512'].map((algorithm, index) =>
      codeOf(
        `RFC 6238, ${algorithm} at ${time} s`,
        'Rfc6238',
        { base32: RFC[algorithm], algorithm, digits: 8, period: 30 },
        time,
        tokens[index],
      ),
    ),
  ),
  ...RFC_4226.map((token, counter) =>
    code(`RFC 4226, counter ${counter}`, 'Rfc4226', RFC.SHA1, { base32: RFC.SHA1 }, counter * 30, token),
  ),
  code('the first second', 'Period', SECRET, { base32: SECRET }, 0),
  code('the last second of a period', 'Period', SECRET, { base32: SECRET }, 29),
  code('the last millisecond of a period', 'Period', SECRET, { base32: SECRET }, 29.999),
  code('the first second of the next', 'Period', SECRET, { base32: SECRET }, 30),
  codeOf(
    'the last second of a minute',
    'Period',
    { base32: SECRET, algorithm: 'SHA1', digits: 6, period: 60 },
    59,
  ),
  codeOf(
    'the first second of the next minute',
    'Period',
    { base32: SECRET, algorithm: 'SHA1', digits: 6, period: 60 },
    60,
  ),
  codeOf(
    'a period of a second',
    'Period',
    { base32: SECRET, algorithm: 'SHA1', digits: 6, period: 1 },
    1_700_000_001,
  ),
  codeOf(
    'a period of a day',
    'Period',
    { base32: SECRET, algorithm: 'SHA1', digits: 6, period: 86_400 },
    1_700_000_000,
  ),
  codeOf(
    'seven digits',
    'KeyUriSettings',
    { base32: SECRET, algorithm: 'SHA1', digits: 7, period: 30 },
    1_700_000_000,
  ),
  codeOf(
    'SHA256 with a short secret',
    'KeyUriSettings',
    { base32: SECRET, algorithm: 'SHA256', digits: 6, period: 30 },
    1_700_000_000,
  ),
  codeOf(
    'SHA512 with a short secret',
    'KeyUriSettings',
    { base32: SECRET, algorithm: 'SHA512', digits: 8, period: 60 },
    1_700_000_000,
  ),
  code('a counter beyond 32 bits', 'LargeCounter', RFC.SHA1, { base32: RFC.SHA1 }, 30 * 2 ** 32 + 59),
  code('the last counter of 32 bits', 'LargeCounter', RFC.SHA1, { base32: RFC.SHA1 }, 30 * 2 ** 32 - 1),
  code('a code that begins with a zero', 'TokenZeros', SECRET, { base32: SECRET }, timeOfZeros(1)),
  code('a code that begins with two zeros', 'TokenZeros', SECRET, { base32: SECRET }, timeOfZeros(2)),
  code('a code that begins with three zeros', 'TokenZeros', SECRET, { base32: SECRET }, timeOfZeros(3)),
  code('a secret longer than a block of SHA1', 'Length', 'B'.repeat(128), { base32: 'B'.repeat(128) }, 59),
  code('a secret of a byte', 'Length', 'MY', { base32: 'MY' }, 59),
  code(
    'bits set behind the last byte make the same code',
    'TrailingBits',
    'JBSWY3DPEHPK3PXPJBSWY3DPED',
    { base32: SECRET_128 },
    59,
  ),
  notACode('a second before the epoch', -1),
  notACode('far before the epoch', -1e12),
  notACode('later than a date can be', 1e13),
  notACode('a time in words', '59'),
  notACode('no time', null),
  ...['287082', 'JBSW0Y3DPEHPK3PX', `otpauth://totp/x?secret=${SECRET}&digits=x`].map((text) =>
    invalid(`no code of ${text.slice(0, 20)}`, 'Typo', 'ERR_TOTP_FORMAT', { secret: text, time: 59 }),
  ),
  invalid('no code of a counter-based secret', 'Hotp', 'ERR_TOTP_UNSUPPORTED', {
    secret: `otpauth://hotp/x?secret=${SECRET}&counter=1`,
    time: 59,
  }),
  invalid('no code of five digits', 'UnsupportedDigits', 'ERR_TOTP_UNSUPPORTED', {
    secret: `otpauth://totp/x?secret=${SECRET}&digits=5`,
    time: 59,
  }),
];

const plainBatch = { index: 0, size: 1, id: 7 };
const migration = (comment, flags, text, secrets, of = plainBatch) =>
  valid(comment, flags, {
    uri: text,
    secrets: secrets.map((settings) => settingsOf({ base32: SECRET, ...settings })),
    batch: of,
  });
const noMigration = (comment, flags, text) => invalid(comment, flags, 'ERR_TOTP_FORMAT', { uri: text });
const otherMigration = (comment, flags, text) =>
  invalid(comment, flags, 'ERR_TOTP_UNSUPPORTED', { uri: text });

const alice = account({ name: 'alice', issuer: 'ACME', algorithm: 1, digits: 1, type: 2 });
const one = [...alice, ...batch(1, 0, 7)];
/** The same with a field that nobody knows, in as many bytes as make whole groups of base64. */
const inThrees = [[], numberField(15, 1), numberField(99, 200)]
  .map((field) => [...one, ...field])
  .find(({ length }) => length % 3 === 0);
/** Bytes whose base64 has "+" and "/", and needs padding. */
const awkward = account({
  secret: Buffer.from('0000fbefbefbefbeffff', 'hex'),
  name: '\u00fb\u00ff',
  algorithm: 1,
  digits: 1,
  type: 2,
});
const awkwardSettings = {
  base32: toBase32(Buffer.from('0000fbefbefbefbeffff', 'hex')),
  label: '\u00fb\u00ff',
};
const awkwardBytes = [...awkward, ...batch(1, 0, 7)];
if (!/(?=.*\+)(?=.*\/)(?=.*=)/.test(base64(awkwardBytes))) throw new Error('These bytes are not awkward.');
const raw = (data) => `otpauth-migration://offline?data=${data}`;
const aliceSettings = { issuer: 'ACME', label: 'alice' };

const migrations = [
  migration('one account', 'Migration', migrationUri(one), [aliceSettings]),
  migration(
    'three accounts',
    'Migration',
    migrationUri([
      ...alice,
      ...account({ secret: fromBase32(RFC.SHA256), name: 'Bank:bob', algorithm: 2, digits: 2, type: 2 }),
      ...account({ secret: fromBase32(RFC.SHA512), name: 'carol', algorithm: 3, digits: 1, type: 2 }),
      ...batch(1, 0, 7),
    ]),
    [
      aliceSettings,
      { base32: RFC.SHA256, algorithm: 'SHA256', digits: 8, issuer: 'Bank', label: 'bob' },
      { base32: RFC.SHA512, algorithm: 'SHA512', label: 'carol' },
    ],
  ),
  migration(
    'settings that are not specified',
    'MigrationDefaults',
    migrationUri([...account({}), ...batch(1, 0, 7)]),
    [{}],
  ),
  migration(
    'settings that are specified as unspecified',
    'MigrationDefaults',
    migrationUri([...account({ algorithm: 0, digits: 0, type: 0 }), ...batch(1, 0, 7)]),
    [{}],
  ),
  migration('no batch at all', ['MigrationDefaults', 'MigrationBatch'], migrationUri(account({})), [{}], {
    index: 0,
    size: 1,
    id: 0,
  }),
  migration(
    'the second of three QR codes',
    'MigrationBatch',
    migrationUri([...alice, ...batch(3, 1, 7)]),
    [aliceSettings],
    { index: 1, size: 3, id: 7 },
  ),
  migration(
    'a negative batch id',
    'MigrationBatch',
    migrationUri([...alice, ...batch(1, 0, -1206484527)]),
    [aliceSettings],
    { index: 0, size: 1, id: -1206484527 },
  ),
  migration('base64 that needs percent-encoding', 'MigrationEncoding', migrationUri(awkwardBytes), [
    awkwardSettings,
  ]),
  migration('base64 that nobody percent-encoded', 'MigrationEncoding', raw(base64(awkwardBytes)), [
    awkwardSettings,
  ]),
  migration(
    'base64 whose plus became a space',
    'MigrationEncoding',
    raw(base64(awkwardBytes).replaceAll('+', '%20')),
    [awkwardSettings],
  ),
  migration('base64url', 'MigrationEncoding', raw(Buffer.from(awkwardBytes).toString('base64url')), [
    awkwardSettings,
  ]),
  migration(
    'base64 without padding',
    'MigrationEncoding',
    raw(encodeURIComponent(base64(awkwardBytes).replace(/=+$/, ''))),
    [awkwardSettings],
  ),
  migration(
    'scheme in upper case',
    'MigrationEncoding',
    migrationUri(one).replace('otpauth-migration://offline?data', 'OTPAUTH-MIGRATION://OFFLINE?DATA'),
    [aliceSettings],
  ),
  migration(
    'fields that are not known',
    'MigrationUnknownFields',
    migrationUri([
      ...bytesField(1, [...alice.slice(2), ...numberField(99, 5), ...bytesField(98, 'x')]),
      ...numberField(50, 1),
      ...batch(1, 0, 7),
    ]),
    [aliceSettings],
  ),
  migration(
    'fields of fixed size that are not known',
    'MigrationUnknownFields',
    migrationUri([
      ...varint((60 << 3) | 1),
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      ...varint((61 << 3) | 5),
      1,
      2,
      3,
      4,
      ...one,
    ]),
    [aliceSettings],
  ),
  migration(
    'a field that is there twice counts as its last',
    'MigrationUnknownFields',
    migrationUri([...bytesField(1, [...bytesField(2, 'bob'), ...alice.slice(2)]), ...batch(1, 0, 7)]),
    [aliceSettings],
  ),
];

const noMigrations = [
  otherMigration(
    'a counter-based account',
    'MigrationUnsupported',
    migrationUri([...account({ algorithm: 1, digits: 1, type: 1, counter: 3 }), ...batch(1, 0, 7)]),
  ),
  otherMigration(
    'a counter-based account among others',
    'MigrationUnsupported',
    migrationUri([...alice, ...account({ type: 1 }), ...batch(1, 0, 7)]),
  ),
  otherMigration(
    'MD5',
    'MigrationUnsupported',
    migrationUri([...account({ algorithm: 4 }), ...batch(1, 0, 7)]),
  ),
  otherMigration(
    'an algorithm that is not known',
    'MigrationUnsupported',
    migrationUri([...account({ algorithm: 9 }), ...batch(1, 0, 7)]),
  ),
  otherMigration(
    'a number of digits that is not known',
    'MigrationUnsupported',
    migrationUri([...account({ digits: 3 }), ...batch(1, 0, 7)]),
  ),
  otherMigration(
    'a type that is not known',
    'MigrationUnsupported',
    migrationUri([...account({ type: 3 }), ...batch(1, 0, 7)]),
  ),
  otherMigration(
    'a counter-based account before one without a secret',
    'MigrationUnsupported',
    migrationUri([...account({ type: 1 }), ...account({ secret: [] }), ...batch(1, 0, 7)]),
  ),
  noMigration('a secret in base32', 'MigrationUri', SECRET),
  noMigration('a URI of one secret', 'MigrationUri', `otpauth://totp/x?secret=${SECRET}`),
  noMigration('another host', 'MigrationUri', migrationUri(one).replace('offline', 'online')),
  noMigration('no data', 'MigrationUri', 'otpauth-migration://offline?x=1'),
  noMigration('data twice', 'MigrationUri', `${migrationUri(one)}&data=AAAA`),
  noMigration('no query at all', 'MigrationUri', 'otpauth-migration://offline'),
  noMigration('null for an export', 'MigrationUri', null),
  noMigration('not base64', 'MigrationBase64', raw('CjEK*khl')),
  noMigration('base64 of an impossible length', 'MigrationBase64', raw('CjEKC')),
  ...[
    ['an asterisk', '*'],
    ['a line break', '%0A'],
    ['a tab', '%09'],
    ['a full stop', '.'],
  ].map(([what, stranger]) =>
    noMigration(
      `sound base64, but for ${what} in it`,
      'MigrationBase64',
      raw(encodeURIComponent(base64(one)).replace(/^.{12}/, `$&${stranger}`)),
    ),
  ),
  noMigration('sound base64 with a digit more', 'MigrationBase64', raw(`${base64(inThrees)}A`)),
  noMigration('sound base64 with an equals sign more', 'MigrationBase64', raw(`${base64(inThrees)}===`)),
  noMigration('padding inside the base64', 'MigrationBase64', raw('Cg==CjEK')),
  noMigration('a percent sign in the base64', 'MigrationBase64', raw('%4')),
  noMigration('no account', 'MigrationNoAccount', migrationUri(batch(1, 0, 7))),
  noMigration('empty data', 'MigrationNoAccount', raw('')),
  noMigration(
    'an account without secret',
    'MigrationNoAccount',
    migrationUri([...bytesField(1, bytesField(2, 'alice')), ...batch(1, 0, 7)]),
  ),
  noMigration(
    'an account of nothing',
    'MigrationNoAccount',
    migrationUri([...bytesField(1, []), ...batch(1, 0, 7)]),
  ),
  noMigration(
    'an empty secret beside a good one',
    'MigrationNoAccount',
    migrationUri([...alice, ...account({ secret: [] }), ...batch(1, 0, 7)]),
  ),
  ...[1, 2, 3, 10, 20, alice.length - 1].map((length) =>
    noMigration(`cut to ${length} bytes`, 'MigrationDamaged', migrationUri(alice.slice(0, length))),
  ),
  noMigration(
    'cut behind an account that is counter-based',
    'MigrationDamaged',
    migrationUri([...account({ type: 1 }), ...batch(1, 0, 7)].slice(0, -1)),
  ),
  noMigration('a tag of 33 bits', 'MigrationDamaged', migrationUri([...alice, ...varint(2 ** 32 + 8), 0])),
  noMigration(
    'a number of 65 bits',
    'MigrationDamaged',
    migrationUri([...alice, 0x10, ...Array(9).fill(0xff), 0x02]),
  ),
  noMigration('cut in the batch', 'MigrationDamaged', migrationUri(one.slice(0, -1))),
  noMigration('a length past the end', 'MigrationDamaged', migrationUri([0x0a, 0x05, 0x0a, 0x01])),
  noMigration('a length of 4 GB', 'MigrationDamaged', migrationUri([0x0a, ...varint(2 ** 32)])),
  noMigration(
    'a length past the account, but not past the payload',
    'MigrationDamaged',
    migrationUri([...bytesField(1, [0x0a, 0x05, 1, 2]), ...batch(1, 0, 7)]),
  ),
  noMigration(
    'a number that never ends',
    'MigrationDamaged',
    migrationUri([0x10, ...Array(10).fill(0xff), 0x01]),
  ),
  noMigration(
    'a group, which nobody writes any more',
    'MigrationDamaged',
    migrationUri([...alice, (9 << 3) | 3]),
  ),
  noMigration('field 0', 'MigrationDamaged', migrationUri([...alice, 0, 0])),
  noMigration(
    'a number where the secret belongs',
    'MigrationDamaged',
    migrationUri(bytesField(1, numberField(1, 5))),
  ),
  noMigration(
    'bytes where the algorithm belongs',
    'MigrationDamaged',
    migrationUri(bytesField(1, [...bytesField(1, 'secret'), ...bytesField(4, 'x')])),
  ),
  noMigration(
    'a name that is not UTF-8',
    'MigrationDamaged',
    migrationUri(bytesField(1, [...bytesField(1, 'secret'), ...bytesField(2, [0xff])])),
  ),
  noMigration('a batch index past the size', 'MigrationBatch', migrationUri([...alice, ...batch(2, 2, 7)])),
  noMigration('a negative batch index', 'MigrationBatch', migrationUri([...alice, ...batch(2, -1, 7)])),
];

const base32 = { type: 'string', pattern: '^[A-Z2-7]+$' };
const settings = {
  base32,
  bits: { type: 'integer', minimum: 8 },
  algorithm: { enum: ['SHA1', 'SHA256', 'SHA512'] },
  digits: { type: 'integer', minimum: 6, maximum: 8 },
  period: { type: 'integer', minimum: 1, maximum: 86_400 },
  'issuer?': is.text,
  'label?': is.text,
};

export default () => ({
  algorithm: 'TOTP',
  header: [
    'TOTP secrets (RFC 6238) as people and QR codes give them, what they are in canonical form, and their codes at fixed times.',
    'Times are in seconds since the epoch. Refused are ERR_TOTP_FORMAT for what is malformed, ERR_TOTP_UNSUPPORTED for what is sound and would give wrong codes.',
  ],
  notes: {
    Canonical: { bugType: 'BASIC', description: 'Base32 in upper case without spaces and padding.' },
    Length: {
      bugType: 'EDGE_CASE',
      description:
        'Secrets of all lengths, from shorter to longer than any real one. None is refused for being short: real sites issue 80 bits.',
      effect: 'Libraries that asked for 128 bits broke real accounts.',
    },
    LowerCase: { bugType: 'FUNCTIONALITY', description: 'Either case.' },
    Groups: {
      bugType: 'KNOWN_BUG',
      description: 'White space of any kind between groups. The published clients send it along.',
    },
    InvisibleCharacters: {
      bugType: 'FUNCTIONALITY',
      description: 'Characters that show nothing and come along when text is copied.',
    },
    Dashes: { bugType: 'FUNCTIONALITY', description: 'Hyphens, dashes and the minus sign between groups.' },
    Padding: { bugType: 'FUNCTIONALITY', description: 'Equals signs at the end, right in number or not.' },
    TrailingBits: {
      bugType: 'FUNCTIONALITY',
      description: 'Bits set behind the last whole byte: harmless, met in the wild, and kept in the text.',
    },
    KeyUri: {
      bugType: 'KNOWN_BUG',
      description: 'otpauth://totp/LABEL?secret=… The published clients send the whole URI as the secret.',
    },
    KeyUriCase: {
      bugType: 'FUNCTIONALITY',
      description: 'Scheme, type and parameter names in either case, as QR codes have them.',
    },
    KeyUriNames: { bugType: 'FUNCTIONALITY', description: 'Issuer and account, from label and parameter.' },
    KeyUriParameters: {
      bugType: 'FUNCTIONALITY',
      description: 'Encodings of the secret, and parameters that are not known and ignored.',
    },
    KeyUriSettings: {
      bugType: 'FUNCTIONALITY',
      description: 'Algorithm, digits and period.',
      effect: 'Ignored, every code is wrong.',
    },
    Typo: {
      bugType: 'KNOWN_BUG',
      description:
        '0, 1, 8 and 9, which base32 does not have. They are refused and never replaced. The published clients send them.',
      effect: 'A wrong guess is noticed at the next login.',
    },
    Stranger: { bugType: 'FUNCTIONALITY', description: 'A character outside the alphabet.' },
    ImpossibleLength: {
      bugType: 'FUNCTIONALITY',
      description:
        'A length that no bytes have: 1, 3 or 6 modulo 8. Loose decoders make a secret of zero bytes of "A".',
    },
    CodeNotSecret: {
      bugType: 'FUNCTIONALITY',
      description:
        '6 to 8 digits are a code, not a secret; the commonest mistake of users. Some are sound base32, so that this is checked first.',
    },
    Empty: {
      bugType: 'EDGE_CASE',
      description: 'Nothing is left once spaces, dashes and padding are taken away.',
    },
    MisplacedPadding: { bugType: 'FUNCTIONALITY', description: 'An equals sign with something behind it.' },
    NotAString: { bugType: 'EDGE_CASE', description: 'No string at all.' },
    Hotp: { bugType: 'FUNCTIONALITY', description: 'Counter-based secrets.', effect: 'Every code is wrong.' },
    Steam: { bugType: 'FUNCTIONALITY', description: "Steam's own codes of five letters." },
    UnsupportedAlgorithm: {
      bugType: 'FUNCTIONALITY',
      description: 'Another hash than SHA1, SHA256 and SHA512.',
    },
    UnsupportedDigits: { bugType: 'FUNCTIONALITY', description: 'Another number of digits than 6, 7 and 8.' },
    BadNumber: {
      bugType: 'FUNCTIONALITY',
      description: 'Digits or period that is no positive whole number, or a period of more than a day.',
    },
    DuplicateParameter: {
      bugType: 'MALLEABILITY',
      description: 'A parameter twice: readers differ in which one they take.',
    },
    PercentEncoding: {
      bugType: 'FUNCTIONALITY',
      description: 'Malformed percent-encoding in label or parameters.',
    },
    KeyUriNumbers: { bugType: 'EDGE_CASE', description: 'Numbers with leading zeros or a plus.' },
    NoSecret: { bugType: 'EDGE_CASE', description: 'A URI without a secret.' },
    Fragment: {
      bugType: 'FUNCTIONALITY',
      description: 'A bare # in a name cuts the settings off: codes from what is before it would be wrong.',
    },
    Entities: {
      bugType: 'FUNCTIONALITY',
      description: 'HTML entities in place of & hide the settings: codes without them would be wrong.',
    },
    OtherUri: { bugType: 'FUNCTIONALITY', description: 'A URI of something else.' },
    Rfc6238: { bugType: 'BASIC', description: 'Appendix B of RFC 6238.' },
    Rfc4226: { bugType: 'BASIC', description: 'Appendix D of RFC 4226: counters are periods of 30 seconds.' },
    Period: { bugType: 'EDGE_CASE', description: 'Where one period ends and the next begins.' },
    LargeCounter: { bugType: 'EDGE_CASE', description: 'Counters have 64 bits.' },
    TokenZeros: { bugType: 'EDGE_CASE', description: 'A code keeps the zeros that it begins with.' },
    BadTime: { bugType: 'EDGE_CASE', description: 'A time before the epoch, or none.' },
    Migration: {
      bugType: 'BASIC',
      description:
        "Google Authenticator's export: otpauth-migration://offline?data=…, base64 of a protobuf message.",
    },
    MigrationDefaults: {
      bugType: 'FUNCTIONALITY',
      description: 'What is not specified is SHA1, 6 digits, TOTP, and one QR code.',
    },
    MigrationBatch: {
      bugType: 'FUNCTIONALITY',
      description: 'Large exports come as several QR codes.',
      effect: 'Whoever does not look misses accounts.',
    },
    MigrationEncoding: { bugType: 'FUNCTIONALITY', description: 'The ways in which the base64 arrives.' },
    MigrationUnknownFields: {
      bugType: 'FUNCTIONALITY',
      description:
        'Fields that are not known are skipped, and of fields that are there twice the last one counts, as protobuf has it.',
    },
    MigrationUnsupported: {
      bugType: 'FUNCTIONALITY',
      description:
        'An account whose codes would be wrong: the whole export is refused, since one left out without a word is missed when it is needed.',
    },
    MigrationUri: { bugType: 'FUNCTIONALITY', description: 'Not the URI of an export.' },
    MigrationBase64: { bugType: 'FUNCTIONALITY', description: 'The data is not base64.' },
    MigrationNoAccount: { bugType: 'EDGE_CASE', description: 'No account, or one without a secret.' },
    MigrationDamaged: {
      bugType: 'MODIFIED_PARAMETER',
      description: 'The protobuf message is cut off or broken.',
    },
  },
  types: {
    TotpSecret: { methods: ['parseTotp'], given: { secret: is.text }, expected: settings },
    TotpCode: {
      methods: ['totpCode'],
      given: { secret: is.text, time: is.number },
      expected: { token: { type: 'string', pattern: '^[0-9]{6,8}$' } },
    },
    TotpMigration: {
      methods: ['parseMigration'],
      given: { uri: is.text },
      expected: {
        secrets: { type: 'array', minItems: 1, items: object(settings) },
        batch: object({ index: is.integer, size: is.integer, id: is.integer }),
      },
    },
  },
  groups: [
    { type: 'TotpSecret', tests: [...shapes, ...uris] },
    { type: 'TotpSecret', tests: refused },
    { type: 'TotpCode', tests: codes },
    { type: 'TotpMigration', tests: [...migrations, ...noMigrations] },
  ],
});
