import { encryptToHex } from '#aes-gcm';
import { KeyRing } from '../../src/key/key-ring.js';
import { keyBytes, VaultKey } from '../../src/key/vault-key.js';
import { preflight } from '../../src/preflight/preflight.js';
import type { Sealed } from '../../src/value/sealed-value.js';
import { KEY, OTHER_KEY } from '../entry/sealing.js';

export { KEY };
/** The key before the last rotation, which the ring still opens. */
export const OLD_KEY = OTHER_KEY;
/** A key that nobody here has. */
export const FOREIGN_KEY = VaultKey.fromHex('00112233445566778899aabbccddeeff'.repeat(2));
export const RING = new KeyRing(KEY, [OLD_KEY]);

/** 128 bits of base32. */
export const TOTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEE';
/** The least that an entry is. No hint has this domain for its example. */
export const REF = { permissioned_user_id: 'user-41', domain: 'https://shop.example' };

const randomIv = () => crypto.getRandomValues(new Uint8Array(12));

/** Seals anything, also what `sealValue` refuses: a sealed value, a text under an IV of one's own. */
export function sealed(value: string, key: VaultKey = KEY, iv: Uint8Array = randomIv()): Sealed {
  return encryptToHex(keyBytes(key), iv, JSON.stringify(value)) as Sealed;
}

/** Seals a plaintext as it is, which need not be JSON. */
export function sealedRaw(plaintext: string | Uint8Array, key: VaultKey = KEY): string {
  return encryptToHex(keyBytes(key), randomIv(), plaintext);
}

/** A sound payload, with what is to be different. What is undefined is left out. */
export function payload(changes: object = {}, key: VaultKey = KEY): Record<string, unknown> {
  return { ...REF, user_name: sealed('ada@shop.example', key), ...changes };
}

/** The same value with another hex digit at a place, counted from the end if it is negative. */
export function changedAt(value: string, place: number): string {
  const at = place < 0 ? value.length + place : place;
  const digit = value.charAt(at) === '0' ? '1' : '0';
  return value.slice(0, at) + digit + value.slice(at + 1);
}

type Options = Partial<Parameters<typeof preflight>[1]>;

/** All findings as `path: rule`, sorted, since their order is nobody's business. */
export function findingsOf(given: unknown, options: Options = {}): string[] {
  const { findings } = preflight(given, { keys: KEY, ...options });
  return findings.map(({ path, rule }) => `${path}: ${rule}`).sort();
}
