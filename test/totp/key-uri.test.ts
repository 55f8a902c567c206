import fc from 'fast-check';
import { TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';

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
