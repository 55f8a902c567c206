import fc from 'fast-check';
import { Secret } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { CredsealError } from '../../src/errors.js';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { rounds } from '../rounds.js';
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
      { numRuns: rounds(300, 2000) },
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
      { numRuns: rounds(300, 2000) },
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
