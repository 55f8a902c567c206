import { BASE32 } from './known-answers.js';

// What the suite seals with, seals and sends: none of it may show anywhere.
export const KEY_HEX = '0123456789abcdef'.repeat(4);
export const KEY_BASE64URL = 'ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8';
export const KEY_BYTES = Array.from({ length: 32 }, (_, at) =>
  Number.parseInt(KEY_HEX.slice(2 * at, 2 * at + 2), 16),
);
export const PASSWORD = 'correct horse battery staple';
export const API_KEY = 'sk_conformance_8f14e45fceea167a';
const SECRETS = [KEY_HEX, KEY_BASE64URL, PASSWORD, API_KEY, BASE32, 'passwrod-value'];

/**
 * The secrets of this suite that a text shows, as they are, or as bytes in hex or in a list, however they are spaced.
 * The console's text is checked with it too, by whoever runs the suite.
 */
export function secretsIn(text) {
  const dense = text.toLowerCase().replaceAll(/\s/g, '');
  const lists = [KEY_BYTES.slice(0, 6), KEY_BYTES.slice(0, 6).map((byte, at) => `"${at}":${byte}`)].map(
    String,
  );
  const looked = [...SECRETS.map((secret) => secret.toLowerCase().replaceAll(' ', '')), ...lists];
  return looked.filter((secret) => dense.includes(secret));
}
