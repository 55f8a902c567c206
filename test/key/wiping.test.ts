import { describe, expect, it, vi } from 'vitest';
import { keyBytes, VaultKey } from '../../src/key/vault-key.js';

const handedOut = vi.hoisted((): { bytes: Uint8Array; first: number }[] => []);
const record = vi.hoisted(() => <T extends Uint8Array | undefined>(bytes: T): T => {
  if (bytes) handedOut.push({ bytes, first: bytes[0] as number });
  return bytes;
});

vi.mock('../../src/key/hex.js', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../src/key/hex.js')>();
  return { ...real, hexToBytes: (hex: string) => record(real.hexToBytes(hex)) };
});
vi.mock('../../src/key/base64url.js', async (importOriginal) => {
  const real = await importOriginal<typeof import('../../src/key/base64url.js')>();
  return { ...real, keyBytesFromBase64url: (text: unknown) => record(real.keyBytesFromBase64url(text)) };
});
const { getRandomValues } = crypto;
vi.spyOn(crypto, 'getRandomValues').mockImplementation((bytes) => {
  getRandomValues.call(crypto, bytes);
  record(bytes as unknown as Uint8Array);
  return bytes;
});

const HEX = '5ea1'.repeat(16);
const K = Buffer.from(HEX, 'hex').toString('base64url');

describe('the bytes that a key is read into are wiped: it has a copy', () => {
  it.each<[string, () => VaultKey]>([
    ['from hex', () => VaultKey.fromHex(HEX)],
    ['from the environment', () => VaultKey.fromEnv({ CLOUDCRUISE_ENCRYPTION_KEY: HEX })],
    ['from a JWK', () => VaultKey.fromJwk({ kty: 'oct', k: K })],
    ['at random', () => VaultKey.generate()],
  ])('%s', (_, make) => {
    handedOut.splice(0);
    const key = make();
    expect(handedOut).toHaveLength(1);
    const [{ bytes, first } = { bytes: undefined, first: undefined }] = handedOut;
    expect(bytes).toEqual(new Uint8Array(32));
    expect(keyBytes(key)[0]).toBe(first);
  });
});

it('bytes of the caller’s are not', () => {
  const bytes = new Uint8Array(32).fill(7);
  VaultKey.fromBytes(bytes);
  expect(bytes).toEqual(new Uint8Array(32).fill(7));
});

it('the memory of a key is its own', () => {
  for (const key of [VaultKey.fromHex(HEX), VaultKey.fromBytes(Buffer.from(HEX, 'hex'))])
    expect(keyBytes(key).buffer.byteLength).toBe(32);
});
