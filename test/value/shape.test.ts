import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { isSealed, openValue, parseSealed, sealValue } from '../../src/value/sealed-value.js';
import { refusal } from '../refusal.js';
import { sealElsewhere } from './elsewhere.js';

const HEX = '7b1d93f0c5a86e2447ee5b01d2c3f4a5968778695a4b3c2d1e0f00112233445f';
const key = VaultKey.fromHex(HEX);
const sealed = sealValue('hunter2', key);

const SHAPED: [string, string][] = [
  ['60 digits', '0'.repeat(60)],
  ['62 digits', '9f'.repeat(31)],
  ['upper case', 'ABCDEF'.repeat(10)],
  ['mixed case', 'aBcDeF'.repeat(10)],
  ['1,000,000 digits', '0'.repeat(1_000_000)],
  ['a sealed value', sealed],
];

const MISSHAPEN: [string, unknown, string][] = [
  ['nothing', '', '60'],
  ['a password', 'hunter2', 'position 1'],
  ['2 digits', '00', '60'],
  ['56 digits, as the published client takes', '0'.repeat(56), '60'],
  ['58 digits', '0'.repeat(58), '60'],
  ['59 digits', '0'.repeat(59), '59'],
  ['61 digits', '0'.repeat(61), '61 hex digits, where it has an even number'],
  ['a stranger at the start', `g${'0'.repeat(61)}`, 'position 1'],
  ['a stranger at the end', `${'0'.repeat(61)}g`, 'position 62'],
  ['0x before it', `0x${sealed}`, 'position 2'],
  ['a space before it', ` ${sealed}`, 'position 1'],
  ['a space behind it', `${sealed} `, `position ${sealed.length + 1}`],
  ['a line break behind it', `${sealed}\n`, `position ${sealed.length + 1}`],
  ['a Windows line break behind it', `${sealed}\r\n`, `position ${sealed.length + 1}`],
  ['quotes around it', `"${sealed}"`, 'position 1'],
  ['a byte order mark before it', `\ufeff${sealed}`, 'position 1'],
  ['full-width digits', '０'.repeat(60), 'position 1'],
  ['base64', Buffer.from(sealed, 'hex').toString('base64'), 'position'],
  ['one value on each of two lines', `${sealed}\n${sealed}`, `position ${sealed.length + 1}`],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 10 ** 60, 'number'],
  ['an array', [sealed], 'array'],
  ['a String object', new String(sealed), 'object'],
  ['an object with toString', { toString: () => sealed }, 'object'],
  ['bytes', Buffer.from(sealed, 'hex'), 'object'],
];

describe('isSealed looks at the shape only', () => {
  test.each(SHAPED)('and takes %s', (_, value) => {
    expect(isSealed(value)).toBe(true);
  });

  test.each(MISSHAPEN)('and refuses %s', (_, value) => {
    expect(isSealed(value)).toBe(false);
  });

  test('and answers the same each time', () => {
    expect(Array.from({ length: 4 }, () => isSealed(`${sealed}zz`))).toEqual([false, false, false, false]);
    expect(Array.from({ length: 4 }, () => isSealed(sealed))).toEqual([true, true, true, true]);
  });
});

describe('structure comes first', () => {
  test.each(MISSHAPEN)('%s is refused, with the place or the length told', (_, value, told) => {
    for (const act of [() => openValue(value as string, key), () => parseSealed(value as string)]) {
      expect(refusal('ERR_SEALED_FORMAT', act).message).toContain(told);
    }
  });

  test.each(SHAPED.slice(0, -1))('%s of the right shape does not open', (_, value) => {
    refusal('ERR_OPEN_FAILED', () => openValue(value, key));
  });

  test('a misshapen value is refused without a usable key, too, as is a key without a usable value', () => {
    refusal('ERR_KEY_FORMAT', () => openValue(sealed, HEX as unknown as VaultKey));
    expect(() => openValue('hunter2', HEX as unknown as VaultKey)).toThrow(/key|sealed/i);
  });
});

describe('parseSealed', () => {
  const iv = Buffer.from('000102030405060708090a0b', 'hex');
  const known = sealElsewhere('"hunter2"', HEX, { iv });

  test.each([known, known.toUpperCase()])('takes apart IV, ciphertext and tag: %s', (value) => {
    const parts = parseSealed(value);
    expect(parts.iv).toEqual(new Uint8Array(iv));
    expect(Buffer.from(parts.ciphertext).toString('hex')).toBe(known.slice(24, -32));
    expect(Buffer.from(parts.tag).toString('hex')).toBe(known.slice(-32));
  });

  test('needs no key and no valid tag', () => {
    const { iv, ciphertext, tag } = parseSealed('0'.repeat(24) + '1'.repeat(4) + '2'.repeat(32));
    expect([iv, ciphertext, tag]).toEqual([
      new Uint8Array(12),
      new Uint8Array(2).fill(0x11),
      new Uint8Array(16).fill(0x22),
    ]);
  });

  test('gives bytes that share no memory', () => {
    const parts = parseSealed(known);
    parts.iv.fill(0xff);
    parts.ciphertext.fill(0xff);
    parts.tag.fill(0xff);
    expect(Buffer.from(parseSealed(known).iv)).toEqual(iv);
    expect(new Set([parts.iv.buffer, parts.ciphertext.buffer, parts.tag.buffer]).size).toBe(3);
    expect(openValue(known, key)).toBe('hunter2');
  });
});
