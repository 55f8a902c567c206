// Sealing by node:crypto alone. Nothing here comes from src: vectors that a library makes itself prove nothing about it.
import { createCipheriv, createHash } from 'node:crypto';

/** Keys for vectors only. Everybody knows them. */
export const KEY = '0123456789abcdef'.repeat(4);
export const OTHER_KEY = 'fedcba9876543210'.repeat(4);
/** A key that has nothing in common with the others. */
export const THIRD_KEY = sha256('credseal vectors: third key').toString('hex');

function sha256(text) {
  return createHash('sha256').update(text).digest();
}

const labels = new Set();

/** An IV that depends on nothing but a label. Each label is good once: no IV comes twice. */
export function ivOf(label) {
  if (labels.has(label)) throw new Error(`The label "${label}" is there twice.`);
  labels.add(label);
  return sha256(`credseal vectors: iv: ${label}`).subarray(0, 12).toString('hex');
}

/** iv, ciphertext and tag in hex, of bytes as they are. */
export function encrypt(plaintext, { key = KEY, iv, cipher = 'aes-256-gcm', additionalData }) {
  const parts = encryptedParts(plaintext, { key, iv, cipher, additionalData });
  return parts.iv + parts.ciphertext + parts.tag;
}

/** The same in parts. */
export function encryptedParts(plaintext, { key = KEY, iv, cipher = 'aes-256-gcm', additionalData }) {
  const c = createCipheriv(cipher, Buffer.from(key, 'hex'), Buffer.from(iv, 'hex'), { authTagLength: 16 });
  if (additionalData !== undefined) c.setAAD(Buffer.from(additionalData));
  const ciphertext = Buffer.concat([c.update(plaintext), c.final()]);
  return { iv, ciphertext: ciphertext.toString('hex'), tag: c.getAuthTag().toString('hex') };
}

/** The JSON text of a value, with spaces behind it up to a multiple of `padTo` bytes. */
export function plaintextOf(value, padTo = 1) {
  const bytes = Buffer.from(JSON.stringify(value));
  return Buffer.concat([bytes, Buffer.alloc((padTo - (bytes.length % padTo)) % padTo, ' ')]);
}

/** A value as a writer seals it. */
export const seal = (value, { key = KEY, iv, padTo } = {}) => encrypt(plaintextOf(value, padTo), { key, iv });
