import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as node from '../../src/value/aes-gcm.node.js';
import * as portable from '../../src/value/aes-gcm.portable.js';

const backends = [node, portable];
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

interface Answer {
  readonly key: string;
  readonly iv: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B: the cases with 256-bit keys, 96-bit IVs and
// no additional data.
const SPECIFICATION: (Answer & { readonly name: string })[] = [
  {
    name: 'test case 13',
    key: '0'.repeat(64),
    iv: '0'.repeat(24),
    msg: '',
    ct: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    name: 'test case 14',
    key: '0'.repeat(64),
    iv: '0'.repeat(24),
    msg: '0'.repeat(32),
    ct: 'cea7403d4d606b6e074ec5d3baf39d18',
    tag: 'd0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: 'test case 15',
    key: 'feffe9928665731c6d6a8f9467308308'.repeat(2),
    iv: 'cafebabefacedbaddecaf888',
    msg: 'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255',
    ct: '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad',
    tag: 'b094dac5d93471bdec1a502270e3cc6c',
  },
];

interface WycheproofTest extends Answer {
  readonly tcId: number;
  readonly comment: string;
  readonly aad: string;
  readonly result: 'valid' | 'invalid';
}

// Where this repository lies beside the folder with vectors from elsewhere.
const folder = new URL('../../../shared/vectors/wycheproof/', import.meta.url);
const isThere = existsSync(folder);

function wycheproof(): WycheproofTest[] {
  if (!isThere) return [];
  const { testGroups } = JSON.parse(readFileSync(new URL('aes_gcm_test.json', folder), 'utf8')) as {
    testGroups: { keySize: number; ivSize: number; tagSize: number; tests: WycheproofTest[] }[];
  };
  return testGroups
    .filter(({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128)
    .flatMap(({ tests }) => tests);
}

describe.each(backends)('the GCM specification, on $backend', ({ encryptToHex, decrypt }) => {
  test.each(SPECIFICATION)('$name', ({ key, iv, msg, ct, tag }) => {
    expect(encryptToHex(bytesOf(key), bytesOf(iv), bytesOf(msg))).toBe(iv + ct + tag);
    expect(hexOf(decrypt(bytesOf(key), bytesOf(iv + ct + tag)))).toBe(msg);
  });
});

const absent = isThere ? '' : ` (skipped: ../shared/vectors/wycheproof is absent)`;
const all = wycheproof();
const withoutData = all.filter(({ aad }) => aad === '');

describe.skipIf(!isThere)(`Wycheproof, AES-256-GCM with IVs of 96 and tags of 128 bits${absent}`, () => {
  test('has as many tests as its description says', () => {
    expect([all.length, withoutData.length]).toEqual([66, 48]);
    expect(all.filter(({ result }) => result === 'valid')).toHaveLength(39);
  });

  describe.each(backends)('on $backend', ({ encryptToHex, decrypt }) => {
    test.each(withoutData.filter(({ result }) => result === 'valid'))(
      '$tcId is encrypted and decrypted: $comment',
      ({ key, iv, msg, ct, tag }) => {
        expect(encryptToHex(bytesOf(key), bytesOf(iv), bytesOf(msg))).toBe(iv + ct + tag);
        expect(hexOf(decrypt(bytesOf(key), bytesOf(iv + ct + tag)))).toBe(msg);
      },
    );

    test.each(withoutData.filter(({ result }) => result === 'invalid'))(
      '$tcId is refused: $comment',
      ({ key, iv, ct, tag, msg }) => {
        expect(decrypt(bytesOf(key), bytesOf(iv + ct + tag))).toBeUndefined();
        expect(encryptToHex(bytesOf(key), bytesOf(iv), bytesOf(msg))).not.toBe(iv + ct + tag);
      },
    );

    test.each(all.filter(({ aad }) => aad !== ''))(
      '$tcId is refused, since it has additional data: $comment',
      ({ key, iv, ct, tag }) => {
        expect(decrypt(bytesOf(key), bytesOf(iv + ct + tag))).toBeUndefined();
      },
    );
  });
});
