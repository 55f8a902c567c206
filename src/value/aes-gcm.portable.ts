import { gcm } from '@noble/ciphers/aes.js';
import { bytesToHex } from '../key/hex.js';
import { IV_BYTES } from './format.js';

export { hexToBytes } from '../key/hex.js';

// Both backends export the same names and pass the same tests. Their callers have checked the lengths of
// key (32 bytes) and IV (12); the format has no additional data.

/** Which implementation this is, for the self-test. */
export const backend = '@noble/ciphers';

/** Encrypts, and gives IV, ciphertext and tag in one, in lower-case hex. */
export function encryptToHex(key: Uint8Array, iv: Uint8Array, plaintext: string | Uint8Array): string {
  const bytes = typeof plaintext === 'string' ? new TextEncoder().encode(plaintext) : plaintext;
  const sealed = bytesToHex(iv) + bytesToHex(gcm(key, iv).encrypt(bytes));
  if (bytes !== plaintext) bytes.fill(0);
  return sealed;
}

/** Gives the plaintext of IV ‖ ciphertext ‖ tag, or undefined if the tag does not hold. The caller wipes it. */
export function decrypt(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const cipher = gcm(key, sealed.subarray(0, IV_BYTES));
  try {
    return cipher.decrypt(sealed.subarray(IV_BYTES));
  } catch {
    // It checks the tag before it decrypts; with the lengths checked, that is all that can fail.
    return undefined;
  }
}
