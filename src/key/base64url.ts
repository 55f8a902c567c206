import { secretBytes } from './secret-bytes.js';

// 32 bytes are 42 whole digits and one that carries four bits, so that its last two bits are zero:
// a second spelling of the same key would be a second fingerprint to the eye and none to the code.
const KEY_IN_BASE64URL = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

// Three bytes at a time: of all of them atob and btoa would give and take a text of the bytes, which nobody can wipe.

/** Reads 32 bytes of unpadded base64url (RFC 4648 section 5), canonical only; anything else gives undefined. */
export function keyBytesFromBase64url(text: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof text !== 'string' || !KEY_IN_BASE64URL.test(text)) return undefined;
  const bytes = secretBytes(32);
  for (let at = 0; at < 43; at += 4) {
    const digits = text
      .slice(at, at + 4)
      .replaceAll('-', '+')
      .replaceAll('_', '/');
    bytes.set(
      Array.from(atob(digits), (byte) => byte.charCodeAt(0)),
      at * 0.75,
    );
  }
  return bytes;
}

/** Writes bytes as unpadded base64url (RFC 4648 section 5). */
export function bytesToBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < 32; at += 3) text += btoa(String.fromCharCode(...bytes.subarray(at, at + 3)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
