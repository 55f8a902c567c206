// 32 bytes are 42 whole digits and one that carries four bits, so that its last two bits are zero:
// a second spelling of the same key would be a second fingerprint to the eye and none to the code.
const KEY_IN_BASE64URL = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** Reads 32 bytes of unpadded base64url (RFC 4648 section 5), canonical only; anything else gives undefined. */
export function keyBytesFromBase64url(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || !KEY_IN_BASE64URL.test(text)) return undefined;
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  );
}

/** Writes bytes as unpadded base64url (RFC 4648 section 5). */
export function bytesToBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
