import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, parseSealed, sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { openElsewhere, sealElsewhere } from './elsewhere.js';

const HEX = '7b1d93f0c5a86e2447ee5b01d2c3f4a5968778695a4b3c2d1e0f00112233445f';
const key = VaultKey.fromHex(HEX);
const otherKey = VaultKey.generate();

/** Every kind of string: all code points, half surrogate pairs, what JSON escapes, what readers like to drop. */
const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
    .map((units) => String.fromCharCode(...units)),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\ud800', '\udc00', '\u2028', '\ufeff', '\0', ' ', '\n', 'é'),
  }),
);

const SPECIAL: [string, string][] = [
  ['the empty string', ''],
  ['spaces alone', '   '],
  ['spaces around it', ' hunter2 '],
  ['a line break behind it', 'hunter2\r\n'],
  ['all control characters', String.fromCharCode(...Array(32).keys(), 127)],
  ['line and paragraph separators', '\u2028\u2029'],
  ['a byte order mark before it', '\ufeffhunter2'],
  ['a byte order mark alone', '\ufeff'],
  ['half a surrogate pair', '\ud800'],
  ['a surrogate pair the wrong way round', '\udc00\ud800'],
  ['noncharacters', '\uffff\ufffe\u{10ffff}'],
  ['combining characters, not normalised', 'e\u0301\u00e9'],
  ['emoji', '🔐👩‍💻'],
  ['JSON', '{"password":"hunter2"}'],
  ['a JSON string', '"hunter2"'],
  ['the text null', 'null'],
  ['digits', '0123456789'],
  ['64 KiB', 'x'.repeat(65_536)],
  ['64 Ki characters of 3 bytes', '語'.repeat(65_536)],
  ['64 Ki characters that JSON escapes', '\0'.repeat(65_536)],
];

describe('a value comes back as it was', () => {
  test.each(SPECIAL)('%s', (_, value) => {
    expect(openValue(sealValue(value, key), key) === value).toBe(true);
    expect(openElsewhere(sealValue(value, key), HEX).toString() === JSON.stringify(value)).toBe(true);
    expect(openValue(sealElsewhere(JSON.stringify(value), HEX), key) === value).toBe(true);
  });

  test('any string under any key', () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(anyString, bytes32, (value, bytes) => {
        const anyKey = VaultKey.fromBytes(bytes);
        expect(openValue(sealValue(value, anyKey), anyKey)).toBe(value);
      }),
    );
  });
});

describe('the format', () => {
  test('is IV, ciphertext and tag of the JSON text in UTF-8, in lower-case hex, as node:crypto reads it', () => {
    fc.assert(
      fc.property(anyString, (value) => {
        const json = Buffer.from(JSON.stringify(value));
        const sealed = sealValue(value, key);
        expect(sealed).toMatch(/^[0-9a-f]+$/);
        expect(sealed.length).toBe(2 * (12 + json.length + 16));
        expect(openElsewhere(sealed, HEX).equals(json)).toBe(true);
      }),
    );
  });

  test('is read where node:crypto has written it, in either case of hex', () => {
    fc.assert(
      fc.property(anyString, fc.boolean(), (value, upper) => {
        const sealed = sealElsewhere(JSON.stringify(value), HEX);
        expect(openValue(upper ? sealed.toUpperCase() : sealed, key)).toBe(value);
      }),
    );
  });

  test('shows nothing of the value: two of the same length give no hint which is which', () => {
    const ciphertexts = ['aaaaaaaa', 'aaaaaaaa', 'bbbbbbbb'].map((value) =>
      sealValue(value, key).slice(24, -32),
    );
    expect(new Set(ciphertexts).size).toBe(3);
  });

  test('of the shortest value has 60 digits', () => {
    expect(sealValue('', key)).toHaveLength(60);
  });
});

describe('padTo', () => {
  test('makes the JSON text a multiple, with spaces behind it, and changes nothing else', () => {
    fc.assert(
      fc.property(anyString, fc.integer({ min: 1, max: 700 }), (value, padTo) => {
        const sealed = sealValue(value, key, { padTo });
        const json = JSON.stringify(value);
        const plaintext = openElsewhere(sealed, HEX);
        expect(plaintext.length % padTo).toBe(0);
        expect(plaintext.length - Buffer.byteLength(json)).toBeLessThan(padTo);
        expect(plaintext.toString()).toBe(
          json.padEnd(json.length + plaintext.length - Buffer.byteLength(json)),
        );
        expect(openValue(sealed, key)).toBe(value);
      }),
    );
  });

  test.each([
    ['', 1, 2],
    ['', 2, 2],
    ['', 3, 3],
    ['hunter2', 64, 64],
    ['x'.repeat(62), 64, 64],
    ['x'.repeat(63), 64, 128],
    ['é'.repeat(31), 64, 64],
    ['é'.repeat(32), 64, 128],
    ['\ud800', 8, 8],
    ['\ud800', 7, 14],
    ['x', 65_536, 65_536],
  ])('counts bytes, not characters: %j to a multiple of %d has %d', (value, padTo, length) => {
    expect(parseSealed(sealValue(value, key, { padTo })).ciphertext).toHaveLength(length);
    expect(openValue(sealValue(value, key, { padTo }), key)).toBe(value);
  });

  test('hides the length of a password', () => {
    const lengths = Array.from({ length: 63 }, (_, n) => sealValue('x'.repeat(n), key, { padTo: 64 }).length);
    expect(new Set(lengths)).toEqual(new Set([2 * (12 + 64 + 16)]));
  });

  test.each([
    ['no options', undefined],
    ['empty options', {}],
    ['undefined', { padTo: undefined }],
  ])('is left out with %s', (_, options) => {
    expect(sealValue('x', key, options)).toHaveLength(2 * (12 + 3 + 16));
  });

  test.each([
    0,
    -0,
    -1,
    -64,
    1.5,
    Number.NaN,
    Infinity,
    -Infinity,
    65_537,
    2 ** 53,
    '64',
    null,
    true,
    [64],
    {},
    64n,
  ])('refuses %s', (padTo) => {
    const options = { padTo: padTo as number };
    expectHidden(
      refusal('ERR_PLAINTEXT_FORMAT', () => sealValue('correct horse', key, options)),
      'correct horse',
    );
  });
});

describe('a value that is sealed already', () => {
  const sealed = sealValue('hunter2', key);

  test.each<[string, string]>([
    ['as it came', sealed],
    ['in upper case', sealed.toUpperCase()],
    ['in mixed case', sealed.slice(0, 30) + sealed.slice(30).toUpperCase()],
    ['padded', sealValue('hunter2', key, { padTo: 64 })],
    ['empty inside', sealValue('', key)],
    ['by another implementation', sealElsewhere('"hunter2"', HEX)],
    ['long', sealValue('x'.repeat(10_000), key)],
  ])('under the same key is refused: %s', (_, value) => {
    expectHidden(
      refusal('ERR_ALREADY_SEALED', () => sealValue(value, key)),
      value.slice(0, 200),
    );
    refusal('ERR_ALREADY_SEALED', () => sealValue(value, VaultKey.fromHex(HEX), { padTo: 64 }));
  });

  test('under any key of a ring is refused', () => {
    const previous = sealValue('hunter2', otherKey);
    for (const ring of [new KeyRing(key, [otherKey]), new KeyRing(otherKey, [key])])
      for (const value of [sealed, previous]) refusal('ERR_ALREADY_SEALED', () => sealValue(value, ring));
    expect(openValue(sealValue(previous, new KeyRing(key)), key)).toBe(previous);
  });

  test.each<[string, string]>([
    ['a value sealed under another key', sealValue('hunter2', otherKey)],
    ['a sealed value with a changed digit', sealed.slice(0, -1) + (sealed.endsWith('0') ? '1' : '0')],
    ['a sealed value that was cut off', sealed.slice(0, -2)],
    ['a sealed value with a space before it', ` ${sealed}`],
    ['a sealed value with a line break behind it', `${sealed}\n`],
    ['a sealed value in quotes', JSON.stringify(sealed)],
    ['a password of 59 hex digits', '0'.repeat(59)],
    ['a password of 60 hex digits', '0'.repeat(60)],
    ['a password of 64 hex digits', createHash('sha256').update('x').digest('hex')],
    ['a password of 1,000 hex digits', 'abcde01234'.repeat(100)],
  ])('is something else than an ordinary value: %s', (_, value) => {
    expect(openValue(sealValue(value, key), key)).toBe(value);
  });
});

describe('what is of the wrong type has the same errors', () => {
  const NO_KEYS: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['hex text', HEX],
    ['bytes', new Uint8Array(32)],
    ['a JWK', key.toJwk()],
    ['an heir of VaultKey', Object.create(VaultKey.prototype)],
    ['a clone of a key', structuredClone(key)],
    ['an array of keys', [key]],
    ['keys and current, but no ring', { current: key, keys: [key] }],
  ];
  const NO_STRINGS: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['number', 5],
    ['bigint', 5n],
    ['boolean', true],
    ['symbol', Symbol('hunter2')],
    ['function', () => 'hunter2'],
    ['object', { toString: () => 'hunter2' }],
    ['object', new String('hunter2')],
    ['object', Buffer.from('hunter2')],
    ['array', ['hunter2']],
  ];
  const sealed = sealValue('hunter2', key);

  test.each(NO_KEYS)('sealing with %s', (_, value) => {
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => sealValue('hunter2', value as VaultKey)),
      HEX,
    );
  });

  test.each([64, '64', null, [64], true, { padto: 64 }, { padTo: 64, other: 1 }])(
    'sealing with %j in place of options',
    (options) => {
      refusal('ERR_PLAINTEXT_FORMAT', () =>
        sealValue('hunter2', key, options as unknown as { padTo: number }),
      );
    },
  );

  test.each(NO_KEYS)('opening with %s', (_, value) => {
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => openValue(sealed, value as VaultKey)),
      HEX,
    );
  });

  test.each(NO_STRINGS)('sealing a value of type %s', (type, value) => {
    const error = refusal('ERR_PLAINTEXT_FORMAT', () => sealValue(value as string, key));
    expect(error.message).toContain(`got ${type}`);
    expectHidden(error, 'hunter2');
  });

  test.each(NO_STRINGS)('opening a value of type %s', (type, value) => {
    const error = refusal('ERR_SEALED_FORMAT', () => openValue(value as string, key));
    expect(error.message).toContain(`got ${type}`);
  });

  test.each(NO_STRINGS)('taking apart a value of type %s', (_, value) => {
    refusal('ERR_SEALED_FORMAT', () => parseSealed(value as string));
  });
});

describe('a ring', () => {
  const current = VaultKey.fromHex('1'.repeat(64));
  const previous = VaultKey.fromHex('2'.repeat(64));
  const oldest = VaultKey.fromHex('3'.repeat(64));
  const ring = new KeyRing(current, [previous, oldest]);

  test.each<[string, VaultKey]>([
    ['current', current],
    ['previous', previous],
    ['oldest', oldest],
  ])('opens what is under its %s key', (_, sealing) => {
    expect(openValue(sealValue('hunter2', sealing), ring)).toBe('hunter2');
  });

  test('opens nothing else, and names the keys that it tried', () => {
    const error = refusal('ERR_OPEN_FAILED', () => openValue(sealValue('hunter2', otherKey), ring));
    for (const { fingerprint } of ring.keys) expect(error.message).toContain(fingerprint);
    for (const tried of ring.keys) expectHidden(error, tried.toHex());
  });

  test('does not go on to the next key once one has opened', () => {
    refusal('ERR_PLAINTEXT_FORMAT', () => openValue(sealElsewhere('no JSON', current.toHex()), ring));
  });
});

test('a ring seals with its current key', () => {
  const ring = new KeyRing(VaultKey.generate(), [key]);
  const sealed = sealValue('hunter2', ring);
  expect(openValue(sealed, ring.current)).toBe('hunter2');
  refusal('ERR_OPEN_FAILED', () => openValue(sealed, key));
});
