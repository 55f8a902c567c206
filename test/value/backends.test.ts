import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import * as node from '../../src/value/aes-gcm.node.js';
import * as portable from '../../src/value/aes-gcm.portable.js';
import { openElsewhere, sealElsewhere } from './elsewhere.js';

const backends = [node, portable];
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

// Byte lengths on either side of what an implementation may treat apart: blocks of 16 bytes, and the scratch
// buffer of 4,096 bytes, which holds IV and tag as well.
const LENGTHS = [0, 1, 2, 15, 16, 17, 31, 32, 33, 255, 256, 4067, 4068, 4069, 4095, 4096, 4097, 8192, 70_001];

test('there are two, and each says which it is', () => {
  expect(backends.map(({ backend }) => backend)).toEqual(['node:crypto', '@noble/ciphers']);
  expect(Object.keys(node).sort()).toEqual(Object.keys(portable).sort());
});

describe('the backends agree', () => {
  function expectAgreement(key: Uint8Array, iv: Uint8Array, message: Uint8Array | string): void {
    const plain = Buffer.from(message);
    const expected = sealElsewhere(plain, hexOf(key) as string, { iv });
    for (const { encryptToHex, decrypt } of backends) {
      // A copy, since a backend may wipe what it is given.
      const given = typeof message === 'string' ? message : Uint8Array.from(message);
      expect(encryptToHex(key, iv, given) === expected).toBe(true);
      expect(hexOf(decrypt(key, bytesOf(expected))) === plain.toString('hex')).toBe(true);
    }
  }

  test.each(LENGTHS)('byte for byte, on %d bytes', (length) => {
    expectAgreement(randomBytes(32), randomBytes(12), randomBytes(length));
    expectAgreement(randomBytes(32), randomBytes(12), 'x'.repeat(length));
    expectAgreement(randomBytes(32), randomBytes(12), 'é'.repeat(length));
  });

  test('on any key, IV and bytes', () => {
    fc.assert(fc.property(bytes(32), bytes(12), fc.uint8Array({ maxLength: 600 }), expectAgreement));
  });

  test('on any key, IV and text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(fc.property(bytes(32), bytes(12), text, expectAgreement));
  });

  test('on text that is not well-formed, which becomes the replacement character', () => {
    expectAgreement(randomBytes(32), randomBytes(12), 'a\ud800b\udc00');
  });

  test('on keys and values that are views into more', () => {
    const more = randomBytes(200);
    expectAgreement(more.subarray(3, 35), more.subarray(41, 53), more.subarray(61, 111));
  });
});

test('in Node, what has up to 4,096 bytes when it is sealed needs no memory of its own', () => {
  const allocate = vi.spyOn(Buffer, 'allocUnsafe');
  node.encryptToHex(new Uint8Array(32), new Uint8Array(12), 'x'.repeat(4068));
  expect(allocate).not.toHaveBeenCalled();
  node.encryptToHex(new Uint8Array(32), new Uint8Array(12), 'x'.repeat(4069));
  expect(allocate.mock.calls).toEqual([[4097]]);
  allocate.mockRestore();
});

describe.each(backends)('$backend', ({ encryptToHex, decrypt }) => {
  const key = new Uint8Array(randomBytes(32));
  const iv = () => new Uint8Array(randomBytes(12));

  test('gives a string of its own: later calls do not change earlier results', () => {
    const first = encryptToHex(key, iv(), 'first');
    const copy = [...first].join('');
    encryptToHex(key, iv(), 'second');
    expect(first).toBe(copy);
    expect(openElsewhere(first, hexOf(key) as string).toString()).toBe('first');
  });

  test('gives plaintext in memory of its own', () => {
    const sealed = bytesOf(encryptToHex(key, iv(), 'hunter2'));
    const [one, two] = [decrypt(key, sealed), decrypt(key, sealed)];
    one?.fill(0);
    expect(Buffer.from(two as Uint8Array).toString()).toBe('hunter2');
    expect(Buffer.from(decrypt(key, sealed) as Uint8Array).toString()).toBe('hunter2');
  });

  test('changes neither key, nor IV, nor the sealed bytes, nor the bytes to encrypt', () => {
    const given = [key, iv(), new Uint8Array(20).fill(5)] as const;
    const before = given.map(hexOf);
    const sealed = bytesOf(encryptToHex(...given));
    const sealedBefore = hexOf(sealed);
    decrypt(key, sealed);
    decrypt(iv() && new Uint8Array(32), sealed);
    expect(given.map(hexOf)).toEqual(before);
    expect(hexOf(sealed)).toBe(sealedBefore);
  });

  test('tells keys apart by their bytes, not by who holds them', () => {
    const sealed = bytesOf(encryptToHex(key, iv(), 'hunter2'));
    expect(decrypt(Uint8Array.from(key), sealed)).toBeDefined();
    expect(decrypt(new Uint8Array(32), sealed)).toBeUndefined();
    expect(decrypt(key, sealed)).toBeDefined();
  });

  test.each(LENGTHS)('gives undefined for each part changed, on %d bytes', (length) => {
    const sealed = bytesOf(encryptToHex(key, iv(), randomBytes(length)));
    const places = [0, 11, 12, 11 + length, 12 + length, sealed.length - 1];
    for (const place of places) {
      const changed = Uint8Array.from(sealed);
      changed[place] = (changed[place] as number) ^ 0x80;
      expect(decrypt(key, changed)).toBeUndefined();
    }
    expect(decrypt(key, sealed)).toHaveLength(length);
  });

  test('gives undefined for every bit of the tag', () => {
    const sealed = bytesOf(encryptToHex(key, iv(), 'hunter2'));
    for (let bit = 0; bit < 128; bit++) {
      const changed = Uint8Array.from(sealed);
      const at = sealed.length - 16 + (bit >> 3);
      changed[at] = (changed[at] as number) ^ (1 << (bit & 7));
      expect(decrypt(key, changed)).toBeUndefined();
    }
  });
});
