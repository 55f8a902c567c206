import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { rounds } from '../rounds.js';
import { outcomeOf, sealElsewhere } from './elsewhere.js';

const HEX = '3fa9c07716e25b84d0c1a2b3948576670ffe1edc2dba3c984d765e546f321021';
const key = VaultKey.fromHex(HEX);
const outcome = (sealed: string) => outcomeOf(() => openValue(sealed, key));

/** The texts of a list that do not come out as they should: the tests below want none. */
const others = (sealed: Iterable<string>, expected: string) =>
  [...sealed].map((text) => [outcome(text), text]).filter(([code]) => code !== expected);

function flipBit(sealed: string, bit: number): string {
  const bytes = Buffer.from(sealed, 'hex');
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  return bytes.toString('hex');
}

describe.each<[string, string]>([
  ['the empty string', ''],
  ['one character', 'p'],
  ['a password', 'hunter2'],
  ['a password of two blocks', 'correct horse battery staple'],
])('every change of a short value is noticed: %s', (_, value) => {
  const sealed = sealValue(value, key);
  const places = [...sealed].keys();
  const bytes = [...Buffer.from(sealed, 'hex').keys()];

  test('each bit of its bytes', () => {
    expect(outcome(sealed)).toBe(`gave ${JSON.stringify(value)}`);
    const flipped = Array.from({ length: sealed.length * 4 }, (_, bit) => flipBit(sealed, bit));
    expect(others(flipped, 'ERR_OPEN_FAILED')).toEqual([]);
  });

  test('each bit of its text: no hex, another digit, or the same digit in the other case', () => {
    for (const at of places) {
      for (let bit = 0; bit < 16; bit++) {
        const digit = String.fromCharCode(sealed.charCodeAt(at) ^ (1 << bit));
        const changed = sealed.slice(0, at) + digit + sealed.slice(at + 1);
        const isHex = /^[0-9a-fA-F]$/.test(digit);
        const isSame = digit.toLowerCase() === sealed.charAt(at);
        const expected = isSame
          ? `gave ${JSON.stringify(value)}`
          : isHex
            ? 'ERR_OPEN_FAILED'
            : 'ERR_SEALED_FORMAT';
        expect([outcome(changed), at, bit]).toEqual([expected, at, bit]);
      }
    }
  });

  test('each length that it is cut to, from either end', () => {
    for (let length = 0; length < sealed.length; length++) {
      const expected = length % 2 === 1 || length < 60 ? 'ERR_SEALED_FORMAT' : 'ERR_OPEN_FAILED';
      expect(others([sealed.slice(0, length), sealed.slice(-length || Infinity)], expected)).toEqual([]);
    }
  });

  test('each byte taken out, doubled, or put in', () => {
    const out = bytes.map((at) => sealed.slice(0, at * 2) + sealed.slice(at * 2 + 2));
    expect(others(out, sealed.length === 60 ? 'ERR_SEALED_FORMAT' : 'ERR_OPEN_FAILED')).toEqual([]);
    const doubled = bytes.map((at) => sealed.slice(0, at * 2 + 2) + sealed.slice(at * 2));
    const put = [...bytes, bytes.length].map((at) => `${sealed.slice(0, at * 2)}00${sealed.slice(at * 2)}`);
    expect(others([...doubled, ...put], 'ERR_OPEN_FAILED')).toEqual([]);
  });

  test('each digit taken out or put in', () => {
    const out = Array.from(sealed, (_, at) => sealed.slice(0, at) + sealed.slice(at + 1));
    const put = Array.from(sealed, (_, at) => `${sealed.slice(0, at)}0${sealed.slice(at)}`);
    expect(others([...out, ...put, `${sealed}0`], 'ERR_SEALED_FORMAT')).toEqual([]);
  });

  test.each([
    ' ',
    '\t',
    '\n',
    '\v',
    '\f',
    '\r',
    '\r\n',
    '\0',
    '\u00a0',
    '\u200b',
    '\u2028',
    '\ufeff',
    '-',
    ':',
    '0x',
    'zz',
  ])('%j at each place', (junk) => {
    const put = Array.from(
      { length: sealed.length + 1 },
      (_, at) => sealed.slice(0, at) + junk + sealed.slice(at),
    );
    expect(others(put, 'ERR_SEALED_FORMAT')).toEqual([]);
  });
});

test('a changed bit, byte or length of a long value is noticed', () => {
  const long = fc.string({ unit: 'binary', minLength: 100, maxLength: 3000 });
  fc.assert(
    fc.property(long, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, where, mask) => {
      const sealed = sealValue(value, key);
      const bytes = Buffer.from(sealed, 'hex');
      const at = where % bytes.length;
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] as number) ^ mask;
      const shortened = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      const all = [changed, shortened, Buffer.concat([bytes, bytes])].map((each) => each.toString('hex'));
      expect(others([...all, flipBit(sealed, where % (bytes.length * 8))], 'ERR_OPEN_FAILED')).toEqual([]);
    }),
    { numRuns: rounds(20, 100) },
  );
});

describe('parts of a value belong together', () => {
  const one: string = sealValue('hunter2', key);
  const two: string = sealValue('hunter3', key);
  const parts = (sealed: string) => [sealed.slice(0, 24), sealed.slice(24, -32), sealed.slice(-32)] as const;
  const [iv1, ciphertext1, tag1] = parts(one);
  const [iv2, ciphertext2, tag2] = parts(two);

  test.each<[string, string]>([
    ['the IV of another', iv2 + ciphertext1 + tag1],
    ['the ciphertext of another', iv1 + ciphertext2 + tag1],
    ['the tag of another', iv1 + ciphertext1 + tag2],
    ['the tag first', tag1 + iv1 + ciphertext1],
    ['the IV last', ciphertext1 + tag1 + iv1],
    ['two values in a row', one + two],
    ['the same value twice in a row', one + one],
    ['the digits of each byte swapped', one.replace(/(.)(.)/g, '$2$1')],
    ['all zeros in the place of the tag', iv1 + ciphertext1 + '0'.repeat(32)],
  ])('%s', (_, sealed) => {
    expectHidden(
      refusal('ERR_OPEN_FAILED', () => openValue(sealed, key)),
      HEX,
    );
  });
});

describe('the tag has 16 bytes and the IV 12, always', () => {
  const value = 'correct horse battery staple';
  const sealed = sealValue(value, key);

  test.each([...Array(16).keys()])(
    'a tag cut to %d bytes is refused, though its bytes are right',
    (length) => {
      const cut = sealed.slice(0, sealed.length - 32 + 2 * length);
      expect(outcome(cut)).toBe('ERR_OPEN_FAILED');
      // The same, where what is left is padded to where a tag of 16 bytes would end.
      const filler = sealed.endsWith('0') ? 'f' : '0';
      expect(outcome(cut.padEnd(sealed.length, filler))).toBe('ERR_OPEN_FAILED');
    },
  );

  test.each([...Array(33).keys()].slice(1))('a tag with %d strange digits at its end is refused', (count) => {
    expect(outcome(sealed.slice(0, -count) + 'z'.repeat(count))).toBe('ERR_SEALED_FORMAT');
  });

  test.each(['zz', 'zzJUNK!!', 'zz'.repeat(16), '  ', '\n'])(
    '%j between ciphertext and tag is refused',
    (junk) => {
      expect(outcome(sealed.slice(0, -32) + junk + sealed.slice(-32))).toBe('ERR_SEALED_FORMAT');
    },
  );

  test.each([1, 8, 11, 13, 16, 32])('an IV of %d bytes is refused', (length) => {
    const iv = new Uint8Array(length).fill(7);
    expect(outcome(sealElsewhere(JSON.stringify(value), HEX, { iv }))).toBe('ERR_OPEN_FAILED');
  });

  test.each(['00', 'user-1', ' '])('additional data is refused: %j', (text) => {
    const additionalData = Buffer.from(text);
    expect(outcome(sealElsewhere(JSON.stringify(value), HEX, { additionalData }))).toBe('ERR_OPEN_FAILED');
  });
});

describe('another key', () => {
  const secret = 'Xq7#kLw9vB2m';
  const sealed = sealElsewhere(JSON.stringify(secret), HEX, { iv: new Uint8Array(12).fill(0xa5) });

  test('opens nothing, whichever bit of it is another', () => {
    for (let bit = 0; bit < 256; bit++) {
      const near = VaultKey.fromHex(flipBit(HEX, bit));
      expect([bit, outcomeOf(() => openValue(sealed, near))]).toEqual([bit, 'ERR_OPEN_FAILED']);
    }
  });

  test('and a change look the same, and the message says so', () => {
    const wrongKey = refusal('ERR_OPEN_FAILED', () => openValue(sealed, VaultKey.fromHex(flipBit(HEX, 0))));
    const changed = refusal('ERR_OPEN_FAILED', () => openValue(flipBit(sealed, 100), key));
    const withoutKeys = (message: string) => message.replace(/[0-9a-f]{16}/g, '');
    expect(withoutKeys(wrongKey.message)).toBe(withoutKeys(changed.message));
    expect(wrongKey.message).toMatch(/another key.*changed/);
  });

  test('is named by its fingerprint; the keys, the value and what is inside are not shown', () => {
    const ring = new KeyRing(VaultKey.fromHex(flipBit(HEX, 0)), [VaultKey.fromHex(flipBit(HEX, 255))]);
    const error = refusal('ERR_OPEN_FAILED', () => openValue(sealed, ring));
    for (const tried of ring.keys) {
      expect(error.message).toContain(tried.fingerprint);
      expectHidden(error, tried.toHex());
    }
    for (const hidden of [secret, sealed, HEX]) expectHidden(error, hidden);
  });
});
