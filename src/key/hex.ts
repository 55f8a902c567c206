import { secretBytes } from './secret-bytes.js';

// In a line each by what the platform reads and writes numbers with. Their callers have checked the digits.

/** Reads an even number of hex digits, in either case. */
export function hexToBytes(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = secretBytes(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** Writes bytes as lower-case hex. */
export function bytesToHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}
