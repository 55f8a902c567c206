import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { IV_BYTES, TAG_BYTES } from './format.js';

// Both backends export the same names and pass the same tests. Their callers have checked the lengths of
// key (32 bytes) and IV (12); the format has no additional data.

/** Which implementation this is, for the self-test. */
export const backend = 'node:crypto';

const ALGORITHM = 'aes-256-gcm';

// A KeyObject spares OpenSSL 3.5 (Node 24) the import of the raw key at every call, four fifths of the whole
// cost. It is kept for as long as somebody holds the bytes; OpenSSL then clears its copy when it frees it.
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObject(key: Uint8Array): KeyObject {
  let object = keyObjects.get(key);
  if (object === undefined) {
    object = createSecretKey(key);
    keyObjects.set(key, object);
  }
  return object;
}

// Sealed bytes are gathered here to be written as hex in one go; they are no secret. Longer ones get their own.
const gathered = Buffer.alloc(4096);

/**
 * Encrypts, and gives IV, ciphertext and tag in one, in lower-case hex. (In hex, because Node's own is several
 * times as fast as what JavaScript can do before `Uint8Array.prototype.toHex`.)
 */
export function encryptToHex(key: Uint8Array, iv: Uint8Array, plaintext: string | Uint8Array): string {
  const cipher = createCipheriv(ALGORITHM, keyObject(key), iv);
  // A string goes in as it is, and becomes UTF-8 there: no copy of the plaintext is left behind in a Buffer or in Node's pool of them.
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  const length = IV_BYTES + ciphertext.length + TAG_BYTES;
  const sealed = length <= gathered.length ? gathered : Buffer.allocUnsafe(length);
  sealed.set(iv, 0);
  sealed.set(ciphertext, IV_BYTES);
  sealed.set(cipher.getAuthTag(), length - TAG_BYTES);
  return sealed.toString('hex', 0, length);
}

/** Reads an even number of hex digits: a view into Node's pool of bytes, for what is no secret. */
export function hexToBytes(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

/** Gives the plaintext of IV ‖ ciphertext ‖ tag, or undefined if the tag does not hold. The caller wipes it. */
export function decrypt(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv(ALGORITHM, keyObject(key), sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // final() fails for one reason only. What update() gave is not authentic and must not be seen by anyone.
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;
}
