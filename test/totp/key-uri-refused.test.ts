import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { expectHidden, refusal } from '../refusal.js';
import { rounds } from '../rounds.js';

const SECRET = 'JBSWY3DPEHPK3PXP';

describe('a URI is refused as malformed', () => {
  test.each([
    ['without secret', 'otpauth://totp/x?issuer=ACME', /no "secret" parameter/],
    ['without query', 'otpauth://totp/x', /no "secret" parameter/],
    [
      'with the secret behind a #',
      'otpauth://totp/Room #1?secret=JBSWY3DPEHPK3PXP',
      /has a "#".*in a name it is %23/,
    ],
    ['with a fragment', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP#top', /has a "#"/],
    [
      'with HTML entities',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&amp;digits=8',
      /has HTML entities.*write & for &amp;/,
    ],
    ['with an empty secret', 'otpauth://totp/x?secret=', /"secret" parameter is empty/],
    ['with a secret without value', 'otpauth://totp/x?secret', /"secret" parameter is empty/],
    [
      'with a 0 in the secret',
      'otpauth://totp/x?secret=JBSW0Y3DPEHPK3PX',
      /"secret" parameter has, at position 5, "0"/,
    ],
    ['with a code for a secret', 'otpauth://totp/x?secret=123456', /a code, not a secret/],
    ['with an impossible length', 'otpauth://totp/x?secret=ABC', /has 3 characters/],
    [
      'with two secrets',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&secret=JBSWY3DPEHPK3PXP',
      /"secret" twice/,
    ],
    [
      'with two secrets in different case',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&SECRET=MFRGG',
      /"secret" twice/,
    ],
    [
      'with two secrets, one name encoded',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&%73ecret=MFRGG',
      /"secret" twice/,
    ],
    ['with two issuers', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=&issuer=B', /"issuer" twice/],
    ['with two digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=6&digits=6', /"digits" twice/],
    [
      'with digits in words',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=six',
      /"digits" parameter is not a positive whole number/,
    ],
    ['with empty digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=', /"digits" parameter is not/],
    [
      'with a fraction of digits',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=6.0',
      /"digits" parameter is not/,
    ],
    ['with no digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=0', /"digits" parameter is not/],
    [
      'with negative digits',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=-6',
      /"digits" parameter is not/,
    ],
    [
      'with hexadecimal digits',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=0x6',
      /"digits" parameter is not/,
    ],
    ['with a period of 0', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=0', /"period" parameter is not/],
    [
      'with a negative period',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=-30',
      /"period" parameter is not/,
    ],
    [
      'with a fraction of a period',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=29.5',
      /"period" parameter is not/,
    ],
    [
      'with a period with unit',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=30s',
      /"period" parameter is not/,
    ],
    ['with an empty period', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=', /"period" parameter is not/],
    [
      'with a period in exponents',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=3e1',
      /"period" parameter is not/,
    ],
    [
      'with a period over a day',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=86401',
      /over 86400 seconds/,
    ],
    [
      'with an endless period',
      `otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=${'9'.repeat(400)}`,
      /over 86400 seconds/,
    ],
    ['with a broken label', 'otpauth://totp/100%?secret=JBSWY3DPEHPK3PXP', /percent-encoding in the label/],
    [
      'with a label that is not UTF-8',
      'otpauth://totp/%ff?secret=JBSWY3DPEHPK3PXP',
      /percent-encoding in the label/,
    ],
    [
      'with a broken issuer',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=%E0%A4',
      /percent-encoding in the parameter "issuer"/,
    ],
    [
      'with a broken secret',
      'otpauth://totp/x?secret=JBSWY3DP%',
      /percent-encoding in the parameter "secret"/,
    ],
    [
      'with a broken name',
      'otpauth://totp/x?%zz=1&secret=JBSWY3DPEHPK3PXP',
      /percent-encoding in a parameter name/,
    ],
    ['of no type', 'otpauth://?secret=JBSWY3DPEHPK3PXP', /begins with otpauth:\/\/totp\//],
    ['of another type', 'otpauth://banana/x?secret=JBSWY3DPEHPK3PXP', /begins with otpauth:\/\/totp\//],
    ['with user info', 'otpauth://a@totp/x?secret=JBSWY3DPEHPK3PXP', /begins with otpauth:\/\/totp\//],
    ['with a port', 'otpauth://totp:443/x?secret=JBSWY3DPEHPK3PXP', /begins with otpauth:\/\/totp\//],
    ['without slashes', 'otpauth:totp/x?secret=JBSWY3DPEHPK3PXP', /begins with otpauth:\/\/totp\//],
    ['as an export of accounts', 'otpauth-migration://offline?data=AAAA', /TotpSecret\.parseMigration/],
    ['as an export, upper case', ' OTPAUTH-MIGRATION://OFFLINE?DATA=AAAA', /TotpSecret\.parseMigration/],
    ['as a web address', 'https://example.com/?secret=JBSWY3DPEHPK3PXP', /not a TOTP secret/],
    ['as a web address without TLS', 'HTTP://example.com', /not a TOTP secret/],
    ['of another scheme', 'motp://x:y?secret=JBSWY3DPEHPK3PXP', /begins with otpauth:\/\/totp\//],
  ])('%s', (_, uri, message) => {
    expect(refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(uri)).message).toMatch(message);
  });
});

describe('a URI whose codes would be wrong here is refused as unsupported', () => {
  test.each([
    ['counter-based', 'otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=0', /HOTP/],
    ['counter-based, upper case', 'OTPAUTH://HOTP/X?SECRET=JBSWY3DPEHPK3PXP', /HOTP/],
    ["Steam's own scheme", 'steam://JBSWY3DPEHPK3PXP', /Steam/],
    ["Steam's own scheme, upper case", ' STEAM://JBSWY3DPEHPK3PXP', /Steam/],
    ['Steam as a type', 'otpauth://steam/Steam:x?secret=JBSWY3DPEHPK3PXP', /Steam/],
    ['Steam as an encoder', 'otpauth://totp/Steam:x?secret=JBSWY3DPEHPK3PXP&digits=5&encoder=steam', /Steam/],
    ['MD5', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=MD5', /"algorithm" parameter is not/],
    ['SHA224', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=SHA224', /"algorithm" parameter is not/],
    [
      'SHA3-256',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=SHA3-256',
      /"algorithm" parameter is not/,
    ],
    ['5 digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=5', /not 6, 7 or 8/],
    ['9 digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=9', /not 6, 7 or 8/],
    ['10 digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=10', /not 6, 7 or 8/],
  ])('%s', (_, uri, message) => {
    expect(refusal('ERR_TOTP_UNSUPPORTED', () => TotpSecret.parse(uri)).message).toMatch(message);
  });
});

describe('a refused URI is not shown', () => {
  const marker = fc.string({ unit: fc.constantFrom(...'QXZJKV2357'), minLength: 24, maxLength: 64 });

  test.each<[string, 'ERR_TOTP_FORMAT' | 'ERR_TOTP_UNSUPPORTED', (marker: string) => string]>([
    ['a stranger', 'ERR_TOTP_FORMAT', (secret) => `otpauth://totp/x?secret=${secret}0`],
    ['a secret twice', 'ERR_TOTP_FORMAT', (secret) => `otpauth://totp/x?secret=${secret}&secret=${secret}`],
    ['broken encoding', 'ERR_TOTP_FORMAT', (secret) => `otpauth://totp/x?secret=${secret}%`],
    ['a misspelt name', 'ERR_TOTP_FORMAT', (secret) => `otpauth://totp/x?secrt=${secret}`],
    ['a secret as type', 'ERR_TOTP_FORMAT', (secret) => `otpauth://${secret}`],
    ['a secret as scheme', 'ERR_TOTP_FORMAT', (secret) => `X${secret}://x`],
    ['a secret as digits', 'ERR_TOTP_FORMAT', (secret) => `otpauth://totp/x?secret=MFRGG&digits=${secret}Q`],
    [
      'a secret as algorithm',
      'ERR_TOTP_UNSUPPORTED',
      (secret) => `otpauth://totp/x?secret=MFRGG&algorithm=${secret}`,
    ],
    ['HOTP', 'ERR_TOTP_UNSUPPORTED', (secret) => `otpauth://hotp/x?secret=${secret}`],
    ['Steam', 'ERR_TOTP_UNSUPPORTED', (secret) => `steam://${secret}`],
    ['a migration URI', 'ERR_TOTP_FORMAT', (secret) => `otpauth-migration://offline?data=${secret}`],
    ['a web address', 'ERR_TOTP_FORMAT', (secret) => `https://example.com/${secret}`],
  ])('for %s', (_, code, uriOf) => {
    fc.assert(
      fc.property(marker, (secret) => {
        expectHidden(
          refusal(code, () => TotpSecret.parse(uriOf(secret))),
          secret,
        );
      }),
      { numRuns: 20 },
    );
  });
});

test('whatever follows otpauth://totp/, it is parsed or refused', () => {
  const parts = fc.constantFrom(
    'secret=',
    SECRET,
    '&',
    '?',
    '%',
    '%3A',
    ':',
    '#',
    '/',
    '=',
    'digits=8',
    'period=',
    'issuer=',
    '\ud800',
    'é',
    '+',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(parts).map((some) => some.join('')),
      ),
      (rest) => {
        try {
          expect(TotpSecret.parse(`otpauth://totp/${rest}`).base32).toMatch(/^[A-Z2-7]+$/);
        } catch (error) {
          expect(error).toHaveProperty('name', 'CredsealError');
        }
      },
    ),
    { numRuns: rounds(300, 2000) },
  );
});
