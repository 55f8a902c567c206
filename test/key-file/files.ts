import { base64url, CompactEncrypt, compactDecrypt } from 'jose';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';

// Key files by bare jose, as another program with its own library would make and open them.

export const PASSPHRASE = 'correct horse battery staple';
export const KEY = VaultKey.fromHex('0123456789abcdef'.repeat(4));
export const OLD_KEY = VaultKey.fromHex('fedcba9876543210'.repeat(4));
export const RING = new KeyRing(KEY, [OLD_KEY]);
/** The fewest that are accepted, so that tests take less time. */
export const FEWEST = 100_000;

export const jwk = (key: VaultKey, more: object = {}) => ({
  ...key.toJwk(),
  kid: key.fingerprint,
  ...more,
});

interface Made {
  readonly content?: unknown;
  readonly passphrase?: string;
  readonly header?: Record<string, unknown>;
  readonly iterations?: number;
}

/** A file of bare jose: a set of both keys, unless something else is asked for. */
export function fileOf({
  content = { keys: [jwk(KEY), jwk(OLD_KEY)] },
  passphrase = PASSPHRASE,
  header = {},
  iterations = FEWEST,
}: Made = {}): Promise<string> {
  const payload = content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content));
  return new CompactEncrypt(payload)
    .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', cty: 'jwk-set+json', ...header })
    .setKeyManagementParameters({ p2c: iterations })
    .encrypt(new TextEncoder().encode(passphrase));
}

/** Opens a file with bare jose. */
export async function contentOf(file: string, passphrase = PASSPHRASE) {
  const { plaintext, protectedHeader } = await compactDecrypt(file, new TextEncoder().encode(passphrase), {
    keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
    contentEncryptionAlgorithms: ['A256GCM'],
    maxPBES2Count: 10_000_000,
  });
  return { set: JSON.parse(new TextDecoder().decode(plaintext)), header: protectedHeader };
}

/** The header of a file, and the file under another one: what it authenticates is then another matter. */
export const headerOf = (file: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(base64url.decode(file.split('.')[0] ?? '')));
export const withHeader = (file: string, header: unknown): string =>
  [
    base64url.encode(typeof header === 'string' ? header : JSON.stringify(header)),
    ...file.split('.').slice(1),
  ].join('.');
export const withPart = (file: string, index: number, part: string): string =>
  file
    .split('.')
    .map((old, at) => (at === index ? part : old))
    .join('.');
