import fc from 'fast-check';
import { TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { expectHidden, refusal } from './refusal.js';

const SECRET = 'JBSWY3DPEHPK3PXP';
const base = {
  base32: SECRET,
  algorithm: 'SHA1',
  digits: 6,
  period: 30,
  issuer: undefined,
  label: undefined,
};

const settings = ({ base32, algorithm, digits, period, issuer, label }: TotpSecret) => ({
  ...{ base32, algorithm, digits, period, issuer, label },
});

describe('a key URI is read', () => {
  test.each<[string, string, Partial<Record<keyof TotpSecret, unknown>>]>([
    ['the least there is', 'otpauth://totp/?secret=JBSWY3DPEHPK3PXP', {}],
    ['without a label at all', 'otpauth://totp?secret=JBSWY3DPEHPK3PXP', {}],
    ['a label', 'otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP', { label: 'alice' }],
    [
      'the example of the Key URI format',
      'otpauth://totp/ACME%20Co:john.doe@email.com?secret=HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30',
      { base32: 'HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ', issuer: 'ACME Co', label: 'john.doe@email.com' },
    ],
    [
      'an issuer as prefix',
      'otpauth://totp/ACME:alice?secret=JBSWY3DPEHPK3PXP',
      { issuer: 'ACME', label: 'alice' },
    ],
    [
      'an encoded colon and a space',
      'otpauth://totp/ACME%3A%20alice?secret=JBSWY3DPEHPK3PXP',
      { issuer: 'ACME', label: 'alice' },
    ],
    [
      'an encoded colon, lower case',
      'otpauth://totp/ACME%3aalice?secret=JBSWY3DPEHPK3PXP',
      { issuer: 'ACME', label: 'alice' },
    ],
    ['a prefix without account', 'otpauth://totp/ACME:?secret=JBSWY3DPEHPK3PXP', { issuer: 'ACME' }],
    ['an account without prefix', 'otpauth://totp/:alice?secret=JBSWY3DPEHPK3PXP', { label: 'alice' }],
    [
      'a second colon, as part of the account',
      'otpauth://totp/a:b:c?secret=JBSWY3DPEHPK3PXP',
      { issuer: 'a', label: 'b:c' },
    ],
    ['a slash in the label', 'otpauth://totp/a/b?secret=JBSWY3DPEHPK3PXP', { label: 'a/b' }],
    [
      'the issuer parameter, over the prefix',
      'otpauth://totp/Old:alice?secret=JBSWY3DPEHPK3PXP&issuer=New',
      { issuer: 'New', label: 'alice' },
    ],
    [
      'an empty issuer parameter, under the prefix',
      'otpauth://totp/ACME:alice?secret=JBSWY3DPEHPK3PXP&issuer=',
      { issuer: 'ACME', label: 'alice' },
    ],
    [
      'a plus in a parameter, as a space',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=ACME+Co',
      { issuer: 'ACME Co', label: 'x' },
    ],
    [
      'an encoded plus in a parameter, as a plus',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=Canal%2B',
      { issuer: 'Canal+', label: 'x' },
    ],
    [
      'a plus in the label, as a plus',
      'otpauth://totp/alice+work@example.com?secret=JBSWY3DPEHPK3PXP',
      { label: 'alice+work@example.com' },
    ],
    [
      'names beyond ASCII',
      'otpauth://totp/%E6%A0%AA:%C3%A9?secret=JBSWY3DPEHPK3PXP',
      { issuer: '株', label: 'é' },
    ],
    [
      'names that nobody encoded',
      'otpauth://totp/Ä Co:é?secret=JBSWY3DPEHPK3PXP',
      { issuer: 'Ä Co', label: 'é' },
    ],
    ['an encoded question mark', 'otpauth://totp/why%3F?secret=JBSWY3DPEHPK3PXP', { label: 'why?' }],
    [
      'upper case throughout',
      'OTPAUTH://TOTP/X?SECRET=JBSWY3DPEHPK3PXP&ISSUER=ACME&DIGITS=8',
      { issuer: 'ACME', label: 'X', digits: 8 },
    ],
    [
      'white space around',
      '\n\u200b otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=60\u00a0\r\n',
      { label: 'x', period: 60 },
    ],
    ['a secret in groups, encoded', 'otpauth://totp/x?secret=jbsw%20y3dp%20ehpk%203pxp', { label: 'x' }],
    ['a secret in groups, form-encoded', 'otpauth://totp/x?secret=jbsw+y3dp+ehpk+3pxp', { label: 'x' }],
    [
      'a padded secret',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXPJBSWY3DPEA======',
      { label: 'x', base32: 'JBSWY3DPEHPK3PXPJBSWY3DPEA' },
    ],
    ['a padded secret, encoded', 'otpauth://totp/x?secret=MFRGG%3D%3D%3D', { label: 'x', base32: 'MFRGG' }],
    [
      'unknown parameters',
      'otpauth://totp/x?image=https%3A%2F%2Fa.b%2Fc&lock=true&secret=JBSWY3DPEHPK3PXP&counter=7',
      { label: 'x' },
    ],
    [
      'unknown parameters, broken or twice',
      'otpauth://totp/x?image=%zz&image=1&&=&secret=JBSWY3DPEHPK3PXP&',
      { label: 'x' },
    ],
    ['a fragment', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP#top', { label: 'x' }],
    ['another encoder', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&encoder=default', { label: 'x' }],
  ])('with %s', (_, uri, expected) => {
    expect(settings(TotpSecret.parse(uri))).toEqual({ ...base, ...expected });
  });

  test.each([
    ['SHA1', 'SHA1'],
    ['SHA-1', 'SHA1'],
    ['sha1', 'SHA1'],
    ['', 'SHA1'],
    ['SHA256', 'SHA256'],
    ['sha-256', 'SHA256'],
    ['Sha512', 'SHA512'],
    ['SHA-512', 'SHA512'],
  ])('algorithm=%s is %s', (written, algorithm) => {
    expect(TotpSecret.parse(`otpauth://totp/x?secret=${SECRET}&algorithm=${written}`).algorithm).toBe(
      algorithm,
    );
  });

  test.each([6, 7, 8])('digits=%i makes codes of so many digits', (digits) => {
    const totp = TotpSecret.parse(`otpauth://totp/x?secret=${SECRET}&digits=${digits}`);
    expect(totp.code(0)).toMatch(new RegExp(`^[0-9]{${digits}}$`));
  });

  test.each([1, 10, 30, 60, 86_400])('period=%i is taken', (period) => {
    expect(TotpSecret.parse(`otpauth://totp/x?secret=${SECRET}&period=${period}`).period).toBe(period);
  });

  test('as otpauth writes it', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !text.includes(':') && text.trim() === text);
    const algorithm = fc.constantFrom('SHA1', 'SHA256', 'SHA512');
    fc.assert(
      fc.property(
        name,
        name,
        algorithm,
        fc.integer({ min: 6, max: 8 }),
        fc.integer({ min: 1, max: 86_400 }),
        fc.boolean(),
        (issuer, label, hash, digits, period, issuerInLabel) => {
          const config = { issuer, label, algorithm: hash, digits, period };
          const uri = new TOTP({ ...config, issuerInLabel, secret: SECRET }).toString();
          expect(settings(TotpSecret.parse(uri))).toEqual({ ...config, base32: SECRET });
        },
      ),
    );
  });
});

describe('a URI is refused as malformed', () => {
  test.each([
    ['without secret', 'otpauth://totp/x?issuer=ACME', /no "secret" parameter/],
    ['without query', 'otpauth://totp/x', /no "secret" parameter/],
    ['with the secret behind a #', 'otpauth://totp/Room #1?secret=JBSWY3DPEHPK3PXP', /no "secret" parameter/],
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
    ['as a web address', 'https://example.com/?secret=JBSWY3DPEHPK3PXP', /a web address/],
    ['as a web address without TLS', 'HTTP://example.com', /a web address/],
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
    ['MD5', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=MD5', /"algorithm" parameter is none of/],
    [
      'SHA224',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=SHA224',
      /"algorithm" parameter is none of/,
    ],
    [
      'SHA3-256',
      'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=SHA3-256',
      /"algorithm" parameter is none of/,
    ],
    ['5 digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=5', /none of 6, 7 and 8/],
    ['9 digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=9', /none of 6, 7 and 8/],
    ['10 digits', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=10', /none of 6, 7 and 8/],
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
    { numRuns: 2000 },
  );
});
