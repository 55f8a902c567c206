import { createDecipheriv } from 'node:crypto';

/** Base64url as Node reads it: padding, strangers and bits left over do not trouble it. */
export const loosely = (part: unknown): Buffer => Buffer.from(String(part), 'base64url');

/** Tells whether a text is what a writer of base64url makes of these bytes. */
export const isCanonical = (part: string): boolean => loosely(part).toString('base64url') === part;

/** The parts of a compact JWE, those that are missing empty and what is over left out. */
export function partsOf(jwe: string) {
  const [header = '', wrappedKey = '', iv = '', ciphertext = '', tag = ''] = jwe.split('.');
  return { header, wrappedKey, iv, ciphertext, tag };
}

/**
 * What is inside of a compact JWE of AES key wrap and AES-GCM, by Node's own cryptography, which does what it is told: it
 * takes keys of any length, and a tag of any length that GCM knows, and gives the plaintext before the tag is checked.
 */
export function decrypted(jwe: string, wrappingKey: Uint8Array, { checksTag = true } = {}): Buffer {
  const { header, wrappedKey, iv, ciphertext, tag } = partsOf(jwe);
  // RFC 3394 section 2.2.3.1.
  const unwrap = createDecipheriv(`id-aes${wrappingKey.length * 8}-wrap`, wrappingKey, Buffer.alloc(8, 0xa6));
  const contentKey = Buffer.concat([unwrap.update(loosely(wrappedKey)), unwrap.final()]);
  const tagBytes = loosely(tag);
  const cipher = `aes-${contentKey.length * 8}-gcm` as 'aes-256-gcm';
  const decipher = createDecipheriv(cipher, contentKey, loosely(iv), {
    authTagLength: tagBytes.length as 16,
  });
  decipher.setAAD(Buffer.from(header)).setAuthTag(tagBytes);
  const plaintext = decipher.update(loosely(ciphertext));
  if (checksTag) decipher.final();
  return plaintext;
}

/** Runs every check but those that are left out. */
export function holds<Name extends string>(
  checks: Readonly<Record<Name, () => boolean>>,
  without: readonly Name[],
): boolean {
  return Object.entries<() => boolean>(checks).every(
    ([name, check]) => without.includes(name as Name) || check(),
  );
}
