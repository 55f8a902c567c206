import fc from 'fast-check';
import { base64url, CompactEncrypt, compactDecrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { protectKeys, unprotectKeys } from '../../src/key-file/index.js';
import { rounds } from '../rounds.js';
import { contentOf, fileOf, headerOf, jwk, KEY, OLD_KEY, PASSPHRASE, RING } from './files.js';

const fingerprints = ({ keys }: KeyRing) => keys.map(({ fingerprint }) => fingerprint);

describe('protectKeys and unprotectKeys', () => {
  test('a ring comes back with its keys in order, the current one first', async () => {
    const ring = await unprotectKeys(await protectKeys(RING, PASSPHRASE), PASSPHRASE);
    expect(ring).toBeInstanceOf(KeyRing);
    expect(ring.current.toHex()).toBe(KEY.toHex());
    expect(ring.keys.map((key) => key.toHex())).toEqual([KEY.toHex(), OLD_KEY.toHex()]);
  });

  test('a key by itself comes back as a ring of one', async () => {
    const ring = await unprotectKeys(await protectKeys(KEY, PASSPHRASE), PASSPHRASE);
    expect(ring.keys.map((key) => key.toHex())).toEqual([KEY.toHex()]);
  });

  test('any ring and any passphrase', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 20 }),
        fc.string({ unit: 'grapheme', minLength: 8 }).filter((text) => !/\p{Cc}/u.test(text)),
        async (bytes, passphrase) => {
          const [current, ...previous] = bytes.map((one) => VaultKey.fromBytes(one));
          const ring = new KeyRing(current as VaultKey, previous);
          const back = await unprotectKeys(await protectKeys(ring, passphrase), passphrase);
          expect(fingerprints(back)).toEqual(fingerprints(ring));
        },
      ),
      { numRuns: rounds(3, 10) },
    );
  });

  test('a file may end in one line break, as an editor leaves it', async () => {
    const file = await fileOf();
    for (const end of ['\n', '\r\n'])
      expect(fingerprints(await unprotectKeys(file + end, PASSPHRASE))).toEqual(fingerprints(RING));
  });

  test('a key that is in the set twice is there once', async () => {
    const ring = await unprotectKeys(await fileOf({ content: { keys: [jwk(KEY), jwk(KEY)] } }), PASSPHRASE);
    expect(ring.keys).toHaveLength(1);
  });
});

describe('what a file is', () => {
  test('a compact JWE with exactly this header', async () => {
    const { p2s, ...header } = headerOf(await protectKeys(RING, PASSPHRASE));
    expect(header).toEqual({
      alg: 'PBES2-HS512+A256KW',
      enc: 'A256GCM',
      typ: 'JOSE',
      cty: 'jwk-set+json',
      p2c: 210_000,
    });
    expect(base64url.decode(String(p2s))).toHaveLength(16);
  });

  test('salt, content key and IV are fresh every time', async () => {
    const files = await Promise.all([protectKeys(RING, PASSPHRASE), protectKeys(RING, PASSPHRASE)]);
    const [one, other] = files.map((file) => file.split('.'));
    for (const index of [0, 1, 2, 3, 4]) expect(one?.[index]).not.toBe(other?.[index]);
  });

  test('the number of iterations can be raised', async () => {
    const file = await protectKeys(KEY, PASSPHRASE, { iterations: 300_001 });
    expect(headerOf(file).p2c).toBe(300_001);
    expect((await unprotectKeys(file, PASSPHRASE)).current.fingerprint).toBe(KEY.fingerprint);
  });

  test('more than a million are allowed by maxIterations', async () => {
    const file = await fileOf({ iterations: 1_000_001 });
    const ring = await unprotectKeys(file, PASSPHRASE, { maxIterations: 1_000_001 });
    expect(fingerprints(ring)).toEqual(fingerprints(RING));
    // The bound is met by as many as it says.
    await unprotectKeys(await fileOf(), PASSPHRASE, { maxIterations: 100_000 });
  });

  test('the options may be there and say nothing', async () => {
    const file = await protectKeys(KEY, PASSPHRASE, { iterations: undefined });
    expect(headerOf(file).p2c).toBe(210_000);
    await unprotectKeys(file, PASSPHRASE, { maxIterations: undefined });
  });
});

describe('another JOSE library takes part', () => {
  test('which refuses so many iterations, until it is told to do them', async () => {
    const file = await protectKeys(KEY, PASSPHRASE);
    const open = (maxPBES2Count?: number) =>
      compactDecrypt(file, new TextEncoder().encode(PASSPHRASE), {
        keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
        ...(maxPBES2Count !== undefined && { maxPBES2Count }),
      });
    await expect(open()).rejects.toThrow(/PBES2 Count/);
    await expect(open(209_999)).rejects.toThrow(/PBES2 Count/);
    expect((await open(210_000)).plaintext.length).toBeGreaterThan(0);
  });

  test('bare jose opens the file: a JWK set, each key with its fingerprint as kid', async () => {
    const { set } = await contentOf(await protectKeys(RING, PASSPHRASE));
    expect(set).toEqual({
      keys: [
        {
          kty: 'oct',
          k: 'ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8',
          alg: 'A256GCM',
          kid: '0506ba9cf11f46ea',
        },
        { kty: 'oct', k: jwk(OLD_KEY).k, alg: 'A256GCM', kid: OLD_KEY.fingerprint },
      ],
    });
  });

  test.each<[string, Parameters<typeof fileOf>[0]]>([
    ['as this one does', {}],
    ['without saying what it holds', { header: { cty: undefined } }],
    ['with the content type in full', { header: { cty: 'application/JWK-Set+JSON' } }],
    ['with a type and a key id of its own', { header: { typ: 'JWE', kid: 'vault' } }],
    [
      'with keys that have no kid, or members that do not matter',
      {
        content: {
          keys: [
            { ...KEY.toJwk(), use: 'enc' },
            { kty: 'oct', k: OLD_KEY.toJwk().k },
          ],
          more: 1,
        },
      },
    ],
    ['with more iterations', { iterations: 250_000 }],
  ])('bare jose makes the file %s', async (_, made) => {
    expect(fingerprints(await unprotectKeys(await fileOf(made), PASSPHRASE))).toEqual(fingerprints(RING));
  });

  test('a salt of eight bytes is what RFC 7518 asks for, and enough', async () => {
    const file = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ keys: [jwk(KEY)] })))
      .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM' })
      .setKeyManagementParameters({ p2c: 100_000, p2s: new Uint8Array(8) })
      .encrypt(new TextEncoder().encode(PASSPHRASE));
    expect((await unprotectKeys(file, PASSPHRASE)).current.toHex()).toBe(KEY.toHex());
  });
});

describe('a passphrase is the same on every system', () => {
  test.each<[string, string, string]>([
    ['composed and decomposed', 'schl\u00fcssel-wort', 'schlu\u0308ssel-wort'],
    ['with a space of another kind', 'drei\u00a0kleine w\u00f6rter', 'drei kleine\u3000w\u00f6rter'],
    [
      'Hangul',
      '\ube44\ubc00\ubc88\ud638\ube44\ubc00\ubc88\ud638',
      '\ube44\ubc00\ubc88\ud638\ube44\ubc00\ubc88\ud638'.normalize('NFD'),
    ],
  ])('%s', async (_, here, there) => {
    const file = await protectKeys(KEY, here);
    expect((await unprotectKeys(file, there)).current.fingerprint).toBe(KEY.fingerprint);
    const plain = here.replace(/\p{Zs}/gu, ' ').normalize('NFC');
    expect((await contentOf(file, plain)).set.keys).toHaveLength(1);
  });

  test('letters are not exchanged for others that look alike, nor upper case for lower', async () => {
    const file = await fileOf({ passphrase: 'correct horse' });
    for (const other of ['Correct horse', 'ｃorrect horse', 'correct horse ', 'correcthorse'])
      await expect(unprotectKeys(file, other)).rejects.toThrow(/passphrase is wrong/);
  });
});
