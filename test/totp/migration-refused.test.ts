import fc from 'fast-check';
import { Secret } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { expectHidden, refusal } from '../refusal.js';
import {
  type Account,
  account,
  batch,
  bytesField,
  HELLO,
  migrationUri,
  numberField,
  varint,
} from './migration-payload.js';

const parse = (bytes: Iterable<number>) => TotpSecret.parseMigration(migrationUri(bytes));

describe('an export is refused as malformed', () => {
  test.each([
    ['not a URI', 'JBSWY3DPEHPK3PXP', /begins with otpauth-migration:\/\/offline/],
    ['empty', '', /begins with otpauth-migration/],
    ['a key URI', 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP', /begins with otpauth-migration/],
    ['of another host', 'otpauth-migration://online?data=AAAA', /begins with otpauth-migration/],
    ['without query', 'otpauth-migration://offline', /begins with otpauth-migration/],
    ['without data', 'otpauth-migration://offline?x=1', /no "data" parameter/],
    ['with data twice', 'otpauth-migration://offline?data=AAAA&data=AAAA', /"data" twice/],
    ['with empty data', 'otpauth-migration://offline?data=', /holds no accounts/],
    [
      'with broken percent-encoding',
      'otpauth-migration://offline?data=%4',
      /percent-encoding in the parameter "data"/,
    ],
    ['not base64', 'otpauth-migration://offline?data=CjEK*khl', /not base64/],
    ['with padding inside', 'otpauth-migration://offline?data=Cg==CjEK', /not base64/],
    ['with too much padding', 'otpauth-migration://offline?data=Cg====', /not base64/],
    ['with a line break in base64', 'otpauth-migration://offline?data=CjEK%0ACkhl', /not base64/],
    ['with base64 of an impossible length', 'otpauth-migration://offline?data=CjEKC', /not base64/],
    [
      'megabytes of it',
      `otpauth-migration://offline?data=${'A'.repeat(2_000_000)}`,
      /at most 262144 characters/,
    ],
  ])('%s', (_, uri, message) => {
    expect(refusal('ERR_TOTP_FORMAT', () => TotpSecret.parseMigration(uri)).message).toMatch(message);
  });

  const NINE_MORE = Array<number>(9).fill(0xff);
  test.each<[string, number[], RegExp]>([
    ['no account', batch(1, 0, 1), /no accounts/],
    [
      'an account without secret',
      bytesField(1, bytesField(2, 'alice')),
      /Account 1 of this export has no secret/,
    ],
    ['an account of nothing', bytesField(1, []), /Account 1 of this export has no secret/],
    [
      'an empty secret in the second account',
      [...account(), ...account({ secret: [] })],
      /Account 2 of this export has no secret/,
    ],
    ['a truncated tag', [0x8a], /is damaged/],
    ['a truncated length', [0x0a, 0x80], /is damaged/],
    ['a missing length', [0x0a], /is damaged/],
    ['a truncated varint', [...account(), 0x10, 0xff], /is damaged/],
    ['a length past the end', [0x0a, 0x05, 0x0a, 0x01], /is damaged/],
    ['a length one past the end', [0x0a, 0x02, 0x0a], /is damaged/],
    ['a length of 4 GB', [0x0a, ...varint(2 ** 32)], /is damaged/],
    ['a length of 64 bits', [0x0a, ...varint(2n ** 64n - 1n), 1, 2], /is damaged/],
    ['a length past the end inside an account', bytesField(1, [0x0a, 0x05, 1, 2]), /is damaged/],
    [
      'a length past the account, but not the payload',
      [...bytesField(1, [0x0a, 0x05, 1, 2]), 0x10, 0x01, 0x10, 0x01],
      /is damaged/,
    ],
    ['a varint of 11 bytes', [0x10, ...NINE_MORE, 0x81, 0x00], /is damaged/],
    ['a varint of 65 bits', [0x10, ...NINE_MORE, 0x02], /is damaged/],
    ['an endless varint', [0x10, ...Array<number>(100).fill(0x80)], /is damaged/],
    ['truncated 64 bits', [(15 << 3) | 1, 1, 2, 3, 4, 5, 6, 7], /is damaged/],
    ['truncated 32 bits', [(15 << 3) | 5, 1, 2, 3], /is damaged/],
    ['a group', [(15 << 3) | 3, (15 << 3) | 4], /is damaged/],
    ['the end of a group', [(15 << 3) | 4], /is damaged/],
    ['wire type 6', [(15 << 3) | 6, 0], /is damaged/],
    ['wire type 7', [(15 << 3) | 7, 0], /is damaged/],
    ['field 0', [0x00, 0x00], /is damaged/],
    ['a field of more than 29 bits', [...varint(2n ** 32n), 0x00], /is damaged/],
    ['an account that is a number', numberField(1, 1), /is damaged/],
    ['an account of fixed length', [(1 << 3) | 5, 1, 2, 3, 4], /is damaged/],
    ['a secret that is a number', bytesField(1, numberField(1, 1)), /is damaged/],
    ['a name that is a number', bytesField(1, [...bytesField(1, HELLO), ...numberField(2, 1)]), /is damaged/],
    [
      'an algorithm that is text',
      bytesField(1, [...bytesField(1, HELLO), ...bytesField(4, 'SHA1')]),
      /is damaged/,
    ],
    ['a batch size that is text', [...account(), ...bytesField(3, '2')], /is damaged/],
    ['a batch size of fixed length', [...account(), (3 << 3) | 5, 2, 0, 0, 0], /is damaged/],
    [
      'a name that is not UTF-8',
      bytesField(1, [...bytesField(1, HELLO), ...bytesField(2, [0xff])]),
      /is damaged/,
    ],
    [
      'an issuer that is not UTF-8',
      bytesField(1, [...bytesField(1, HELLO), ...bytesField(3, [0xed, 0xa0, 0x80])]),
      /is damaged/,
    ],
    ['an index past the batch', [...account(), ...batch(2, 2, 1)], /is damaged/],
    ['a negative index', [...account(), ...batch(2, -1, 1)], /is damaged/],
    ['a negative batch size', [...account(), ...batch(-2, 0, 1)], /is damaged/],
  ])('with %s', (_, bytes, message) => {
    expect(refusal('ERR_TOTP_FORMAT', () => parse(bytes)).message).toMatch(message);
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['bytes', HELLO],
    ['a URL', new URL('otpauth-migration://offline?data=AAAA')],
  ])('being %s instead of a string', (_, given) => {
    expect(
      refusal('ERR_TOTP_FORMAT', () => TotpSecret.parseMigration(given as unknown as string)).message,
    ).toMatch(/A migration URI is a string; got/);
  });
});

describe('an export with one account whose codes would be wrong is refused whole, naming its place', () => {
  test.each<[string, Account, RegExp]>([
    ['HOTP', { type: 1, counter: 3 }, /Account 3 of this export is counter-based \(HOTP\)/],
    ['an unknown type', { type: 3 }, /Account 3 of this export is neither TOTP nor HOTP/],
    ['a negative type', { type: -1 }, /Account 3 of this export is neither TOTP nor HOTP/],
    ['MD5', { algorithm: 4 }, /Account 3 of this export uses MD5/],
    ['an unknown hash', { algorithm: 5 }, /Account 3 of this export uses an unknown hash/],
    ['a negative hash', { algorithm: -1 }, /Account 3 of this export uses an unknown hash/],
    ['an unknown number of digits', { digits: 3 }, /Account 3 of this export has codes of an unknown length/],
  ])('%s', (_, given, message) => {
    const bytes = [...account(), ...account({ name: 'bob' }), ...account(given), ...account()];
    expect(refusal('ERR_TOTP_UNSUPPORTED', () => parse(bytes)).message).toMatch(message);
  });
});

test('a refused export shows nothing of its secrets', () => {
  const marker = fc.string({ unit: fc.constantFrom(...'QXZJKV2357'), minLength: 24, maxLength: 64 });
  const bad = fc.constantFrom<[Account, 'ERR_TOTP_FORMAT' | 'ERR_TOTP_UNSUPPORTED']>(
    [{ type: 1 }, 'ERR_TOTP_UNSUPPORTED'],
    [{ algorithm: 4 }, 'ERR_TOTP_UNSUPPORTED'],
    [{ digits: 9 }, 'ERR_TOTP_UNSUPPORTED'],
    [{ secret: [] }, 'ERR_TOTP_FORMAT'],
  );
  fc.assert(
    fc.property(marker, bad, (text, [settings, code]) => {
      const secret = Buffer.from(text);
      const bytes = [...account({ secret, name: text }), ...account({ secret, name: text, ...settings })];
      const uri = migrationUri(bytes);
      const error = refusal(code, () => TotpSecret.parseMigration(uri));
      for (const form of [
        text,
        new Secret({ buffer: Uint8Array.from(secret).buffer }).base32,
        Buffer.from(bytes).toString('base64'),
      ]) {
        expectHidden(error, form);
      }
    }),
  );
});
