import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

// The format once more, by the platform's own cipher and docs/vault-api.md alone, so that credseal is not its own judge.

/** The key of the tests, and its fingerprint. */
export const KEY = '0123456789abcdef'.repeat(4);
export const FINGERPRINT = '0506ba9cf11f46ea';
/** Another key, as before a rotation. */
export const OLD_KEY = 'fedcba9876543210'.repeat(4);

/** An environment with the key in it. */
export const WITH_KEY = { CLOUDCRUISE_ENCRYPTION_KEY: KEY };

/** What an answer of the vault has beside names and credentials: a field of each kind of docs/vault-api.md, and a new one. */
export const answer = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  workspace_id: '123e4567-e89b-12d3-a456-426614174001',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-02T00:00:00.000Z',
  session_id: null,
  user_alias: null,
  tfa_method: null,
  max_concurrency: null,
  persist_cookies: true,
  new_field: 'since',
};

/** Seals any bytes, also those that no client would: IV ‖ ciphertext ‖ tag in hex. */
export function sealBytes(plaintext: string | Uint8Array, key = KEY): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, ciphertext, cipher.getAuthTag()]).toString('hex');
}

/** The text inside a sealed value, JSON and padding as they are; throws if the tag does not hold. */
export function plaintextOf(sealed: string, key = KEY): string {
  const bytes = Buffer.from(sealed, 'hex');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString();
}

/** The key as a JSON Web Key. */
export const jwkOf = (key: string) => ({
  kty: 'oct',
  k: Buffer.from(key, 'hex').toString('base64url'),
  alg: 'A256GCM',
});
