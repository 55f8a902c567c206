import fc from 'fast-check';
import { Secret } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { CredsealError } from '../../src/errors.js';
import { TotpSecret } from '../../src/totp/totp-secret.js';
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
import { expectHidden, refusal } from './refusal.js';

const parse = (bytes: Iterable<number>) => TotpSecret.parseMigration(migrationUri(bytes));
const settings = ({ base32, algorithm, digits, period, issuer, label }: TotpSecret) => ({
  ...{ base32, algorithm, digits, period, issuer, label },
});
const hello = {
  base32: 'JBSWY3DPEHPK3PXP',
  algorithm: 'SHA1',
  digits: 6,
  period: 30,
  issuer: undefined,
  label: undefined,
};

const TWO_ACCOUNTS = [
  ...account({ name: 'alice@example.com', issuer: 'ACME', algorithm: 1, digits: 1, type: 2 }),
  ...account({ secret: [...HELLO].reverse(), name: 'bob', algorithm: 3, digits: 2, type: 2 }),
  ...batch(2, 1, -1206484527),
];

describe('an export is read', () => {
  // The example of github.com/dim13/otpauth, a reader of exports.
  test('as published', () => {
    const { secrets, batch } = TotpSecret.parseMigration(
      'otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC',
    );
    expect(secrets.map(settings)).toEqual([{ ...hello, issuer: 'Example', label: 'alice@google.com' }]);
    expect(batch).toEqual({ index: 0, size: 1, id: 0 });
    expect(secrets[0]).toBeInstanceOf(TotpSecret);
    expect(secrets[0]?.code(0)).toBe('282760');
  });

  test('with all its accounts, in order, and its place in the batch', () => {
    const { secrets, batch } = parse(TWO_ACCOUNTS);
    expect(secrets.map(settings)).toEqual([
      { ...hello, issuer: 'ACME', label: 'alice@example.com' },
      { ...hello, base32: '567K3XRBN5WGYZKI', algorithm: 'SHA512', digits: 8, label: 'bob' },
    ]);
    expect(batch).toEqual({ index: 1, size: 2, id: -1206484527 });
  });

  test.each<[string, Account, Partial<Record<keyof TotpSecret, unknown>>]>([
    ['nothing but a secret', {}, {}],
    ['unspecified settings', { algorithm: 0, digits: 0, type: 0 }, {}],
    ['SHA1, six, TOTP', { algorithm: 1, digits: 1, type: 2 }, {}],
    ['SHA256', { algorithm: 2 }, { algorithm: 'SHA256' }],
    ['SHA512', { algorithm: 3 }, { algorithm: 'SHA512' }],
    ['eight digits', { digits: 2 }, { digits: 8 }],
    ['a counter that does not matter', { type: 2, counter: 7 }, {}],
    ['a name', { name: 'alice' }, { label: 'alice' }],
    ['a prefix', { name: 'ACME: alice' }, { issuer: 'ACME', label: 'alice' }],
    ['an issuer over the prefix', { name: 'Old:alice', issuer: 'New' }, { issuer: 'New', label: 'alice' }],
    ['empty names', { name: '', issuer: '' }, {}],
    [
      'a name that is not percent-encoded',
      { name: '100%2B', issuer: 'A+B' },
      { label: '100%2B', issuer: 'A+B' },
    ],
    ['names beyond ASCII', { name: '株:é' }, { issuer: '株', label: 'é' }],
    ['one byte', { secret: [0xff] }, { base32: '74' }],
    ['64 bytes', { secret: new Uint8Array(64) }, { base32: 'A'.repeat(103) }],
  ])('with %s', (_, given, expected) => {
    expect(parse(account(given)).secrets.map(settings)).toEqual([{ ...hello, ...expected }]);
  });

  test('with the bytes of any secret', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }), { minLength: 1, maxLength: 12 }),
        (given) => {
          const { secrets } = parse(given.flatMap((secret) => account({ secret })));
          const bytes = secrets.map(({ base32 }) => [...Secret.fromBase32(base32).bytes]);
          expect(bytes).toEqual(given.map((secret) => [...secret]));
          expect(secrets.map(({ bits }) => bits)).toEqual(given.map((secret) => secret.length * 8));
        },
      ),
    );
  });

  test.each([
    ['no batch', [], { index: 0, size: 1, id: 0 }],
    ['a version', numberField(2, 1), { index: 0, size: 1, id: 0 }],
    ['a batch of one', batch(1, 0, 42), { index: 0, size: 1, id: 42 }],
    ['an index without size', numberField(4, 3), { index: 0, size: 1, id: 0 }],
    ['the last of five', batch(5, 4, 2 ** 31 - 1), { index: 4, size: 5, id: 2 ** 31 - 1 }],
    ['an id of ten bytes', batch(2, 0, -1), { index: 0, size: 2, id: -1 }],
    ['the lowest id', batch(2, 0, -(2 ** 31)), { index: 0, size: 2, id: -(2 ** 31) }],
    [
      'a negative id of five bytes',
      [...batch(2, 0, 0), 0x28, 0xff, 0xff, 0xff, 0xff, 0x0f],
      { index: 0, size: 2, id: -1 },
    ],
    ['a size of more bytes than it needs', [0x18, 0x82, 0x80, 0x00], { index: 0, size: 2, id: 0 }],
  ])('with %s', (_, fields, expected) => {
    expect(parse([...account(), ...fields]).batch).toEqual(expected);
    expect(parse([...fields, ...account()]).batch).toEqual(expected);
  });

  test.each([
    ['a varint', numberField(15, 2n ** 64n - 1n)],
    ['64 bits', [(15 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8]],
    ['32 bits', [(15 << 3) | 5, 1, 2, 3, 4]],
    ['bytes', bytesField(15, 'whatever')],
    ['no bytes', bytesField(15, '')],
    ['a number of two bytes', bytesField(1000, 'whatever')],
    ['the highest number', [...varint(((2n ** 29n - 1n) << 3n) | 0n), 1]],
    ['a unique id, as later versions have it', bytesField(8, 'a1b2c3')],
  ])('with unknown fields of %s, in payload and account', (_, field) => {
    const inner = bytesField(1, [...field, ...bytesField(1, HELLO), ...field]);
    expect(parse([...field, ...inner, ...field]).secrets.map(settings)).toEqual([hello]);
  });

  test('with the last of a field that is there twice, as protobuf has it', () => {
    const twice = bytesField(1, [
      ...bytesField(1, 'old'),
      ...numberField(5, 1),
      ...bytesField(1, HELLO),
      ...numberField(5, 2),
    ]);
    expect(parse(twice).secrets.map(settings)).toEqual([{ ...hello, digits: 8 }]);
  });

  // In base64 it has all the characters that are trouble in a URI.
  const awkward = Uint8Array.from([0, 0, 0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff, 0xff, 0xff]);
  const base64 = Buffer.from(account({ secret: awkward })).toString('base64');
  test.each([
    ['percent-encoded', encodeURIComponent(base64)],
    ['as it is', base64],
    ['unpadded', base64.replaceAll('=', '')],
    ['URL-safe', Buffer.from(account({ secret: awkward })).toString('base64url')],
    ['URL-safe and padded', base64.replaceAll('+', '-').replaceAll('/', '_')],
    ['with spaces for +', base64.replaceAll('+', ' ')],
    ['with encoded spaces for +', encodeURIComponent(base64.replaceAll('+', ' '))],
  ])('from base64 %s', (_, data) => {
    expect(base64).toMatch(/\+.*\/.*=$/);
    const { secrets } = TotpSecret.parseMigration(`otpauth-migration://offline?data=${data}`);
    expect(Secret.fromBase32(secrets[0]?.base32 ?? '').bytes).toEqual(awkward);
  });

  test.each([
    [
      'upper case',
      (uri: string) => uri.replace('otpauth-migration://offline?data', 'OTPAUTH-MIGRATION://OFFLINE?DATA'),
    ],
    ['a slash', (uri: string) => uri.replace('offline?', 'offline/?')],
    ['white space around', (uri: string) => `\u200b ${uri}\r\n`],
    ['other parameters', (uri: string) => `${uri.replace('?', '?x=1&')}&y=%zz`],
    ['a fragment', (uri: string) => `${uri}#x`],
  ])('with %s', (_, spelt) => {
    expect(TotpSecret.parseMigration(spelt(migrationUri(account()))).secrets.map(settings)).toEqual([hello]);
  });
});

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
    ['a truncated tag', [0x8a], /middle of a number/],
    ['a truncated length', [0x0a, 0x80], /middle of a number/],
    ['a missing length', [0x0a], /middle of a number/],
    ['a truncated varint', [...account(), 0x10, 0xff], /middle of a number/],
    ['a length past the end', [0x0a, 0x05, 0x0a, 0x01], /ends before a field does/],
    ['a length one past the end', [0x0a, 0x02, 0x0a], /ends before a field does/],
    ['a length of 4 GB', [0x0a, ...varint(2 ** 32)], /ends before a field does/],
    ['a length of 64 bits', [0x0a, ...varint(2n ** 64n - 1n), 1, 2], /ends before a field does/],
    [
      'a length past the end inside an account',
      bytesField(1, [0x0a, 0x05, 1, 2]),
      /ends before a field does/,
    ],
    [
      'a length past the account, but not the payload',
      [...bytesField(1, [0x0a, 0x05, 1, 2]), 0x10, 0x01, 0x10, 0x01],
      /ends before a field does/,
    ],
    ['a varint of 11 bytes', [0x10, ...NINE_MORE, 0x81, 0x00], /more than 64 bits/],
    ['a varint of 65 bits', [0x10, ...NINE_MORE, 0x02], /more than 64 bits/],
    ['an endless varint', [0x10, ...Array<number>(100).fill(0x80)], /more than 64 bits/],
    ['truncated 64 bits', [(15 << 3) | 1, 1, 2, 3, 4, 5, 6, 7], /ends before a field does/],
    ['truncated 32 bits', [(15 << 3) | 5, 1, 2, 3], /ends before a field does/],
    ['a group', [(15 << 3) | 3, (15 << 3) | 4], /of a kind that no export has/],
    ['the end of a group', [(15 << 3) | 4], /of a kind that no export has/],
    ['wire type 6', [(15 << 3) | 6, 0], /of a kind that no export has/],
    ['wire type 7', [(15 << 3) | 7, 0], /of a kind that no export has/],
    ['field 0', [0x00, 0x00], /impossible number/],
    ['a field of more than 29 bits', [...varint(2n ** 32n), 0x00], /impossible number/],
    ['an account that is a number', numberField(1, 1), /a number where text or bytes belong/],
    ['an account of fixed length', [(1 << 3) | 5, 1, 2, 3, 4], /a number where text or bytes belong/],
    ['a secret that is a number', bytesField(1, numberField(1, 1)), /a number where text or bytes belong/],
    [
      'a name that is a number',
      bytesField(1, [...bytesField(1, HELLO), ...numberField(2, 1)]),
      /a number where text/,
    ],
    [
      'an algorithm that is text',
      bytesField(1, [...bytesField(1, HELLO), ...bytesField(4, 'SHA1')]),
      /where a number belongs/,
    ],
    ['a batch size that is text', [...account(), ...bytesField(3, '2')], /where a number belongs/],
    ['a batch size of fixed length', [...account(), (3 << 3) | 5, 2, 0, 0, 0], /where a number belongs/],
    [
      'a name that is not UTF-8',
      bytesField(1, [...bytesField(1, HELLO), ...bytesField(2, [0xff])]),
      /not UTF-8/,
    ],
    [
      'an issuer that is not UTF-8',
      bytesField(1, [...bytesField(1, HELLO), ...bytesField(3, [0xed, 0xa0, 0x80])]),
      /not UTF-8/,
    ],
    ['an index past the batch', [...account(), ...batch(2, 2, 1)], /counts its QR codes wrongly/],
    ['a negative index', [...account(), ...batch(2, -1, 1)], /counts its QR codes wrongly/],
    ['a negative batch size', [...account(), ...batch(-2, 0, 1)], /counts its QR codes wrongly/],
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

describe('hostile data is read or refused, and nothing else', () => {
  const parseOrRefusal = (uri: string): TotpSecret[] | undefined => {
    try {
      return TotpSecret.parseMigration(uri).secrets;
    } catch (error) {
      expect(error).toBeInstanceOf(CredsealError);
      return undefined;
    }
  };

  test('every truncation of the bytes leaves whole accounts or is refused', () => {
    const whole = parse(TWO_ACCOUNTS).secrets.map(settings);
    for (let length = 0; length < TWO_ACCOUNTS.length; length++) {
      const secrets = parseOrRefusal(migrationUri(TWO_ACCOUNTS.slice(0, length)));
      if (secrets !== undefined) expect(secrets.map(settings)).toEqual(whole.slice(0, secrets.length));
      if (
        length <
        account({ name: 'alice@example.com', issuer: 'ACME', algorithm: 1, digits: 1, type: 2 }).length
      ) {
        expect(secrets).toBeUndefined();
      }
    }
  });

  test('every truncation of the URI', () => {
    const uri = migrationUri(TWO_ACCOUNTS);
    for (let length = 0; length < uri.length; length++) parseOrRefusal(uri.slice(0, length));
    expect(parseOrRefusal(uri)).toHaveLength(2);
  });

  test('every change of a byte', () => {
    for (let index = 0; index < TWO_ACCOUNTS.length; index++) {
      for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff])
        parseOrRefusal(migrationUri(TWO_ACCOUNTS.with(index, byte)));
    }
    expect.hasAssertions();
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseOrRefusal(migrationUri(bytes));
      }),
      { numRuns: 2000 },
    );
    expect.hasAssertions();
  });

  test('random fields', () => {
    const field = fc.oneof(
      fc
        .tuple(fc.nat(9), fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n))
        .map(([number, value]) => numberField(number, value)),
      fc
        .tuple(fc.nat(9), fc.uint8Array({ maxLength: 20 }))
        .map(([number, value]) => bytesField(number, value)),
    );
    const message = fc.array(field, { maxLength: 6 }).map((fields) => fields.flat());
    const payload = fc.array(
      fc.oneof(
        field,
        message.map((inner) => bytesField(1, inner)),
        fc.constant(account()),
      ),
    );
    fc.assert(
      fc.property(payload, (fields) => {
        const secrets = parseOrRefusal(migrationUri(fields.flat()));
        for (const { base32 } of secrets ?? []) expect(base32).toMatch(/^[A-Z2-7]{2,}$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseOrRefusal(text);
        parseOrRefusal(`otpauth-migration://offline?data=${text}`);
      }),
    );
    expect.hasAssertions();
  });

  test('as much of it as is let in, in no time', () => {
    const full = 190_000;
    const start = performance.now();
    parseOrRefusal(`otpauth-migration://offline?data=${'='.repeat(262_000)}`);
    parseOrRefusal(`otpauth-migration://offline?data=${'A'.repeat(262_000)}*`);
    parseOrRefusal(`otpauth-migration://offline?${'&'.repeat(262_000)}`);
    parseOrRefusal(`otpauth-migration://offline?data=${Buffer.alloc(full, 0x80).toString('base64')}`);
    parseOrRefusal(
      `otpauth-migration://offline?data=${Buffer.alloc(full, Buffer.from(numberField(15, -1))).toString('base64')}`,
    );
    parseOrRefusal(
      `otpauth-migration://offline?data=${Buffer.alloc(full, Buffer.from(account())).toString('base64')}`,
    );
    expect(performance.now() - start).toBeLessThan(2000);
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
