import { decrypt, encryptToHex, hexToBytes } from '#aes-gcm';
import { CredsealError } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import { keyBytes, NOT_HEX, type VaultKey } from '../key/vault-key.js';
import { IV_BYTES, TAG_BYTES } from './format.js';
import { nextIv } from './iv.js';

/** The shortest plaintext is `""`, the JSON of the empty string. */
const MIN_HEX_DIGITS = 2 * (IV_BYTES + 2 + TAG_BYTES);
const MAX_PAD_TO = 65_536;

const encoder = /* @__PURE__ */ new TextEncoder();
// ignoreBOM: a byte order mark is part of the value; without it, TextDecoder drops one silently.
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

declare const brand: unique symbol;

/**
 * A sealed value: `iv ‖ ciphertext ‖ tag` in hex. An ordinary string at run time; to the compiler a type of its
 * own, so that plain text does not fit where a sealed value belongs.
 */
export type Sealed = string & { readonly [brand]: true };

/**
 * Seals one value: AES-256-GCM under a fresh random IV over the JSON text of the value in UTF-8, without
 * additional data (docs/vault-api.md, rule 9; NIST SP 800-38D).
 *
 * @param value any string, the empty one and lone surrogates included.
 * @param key seals; of a ring, its current key.
 * @param options `padTo: n` appends spaces to the JSON text up to the next multiple of n bytes (1 to 65,536):
 *   readers of JSON ignore them, and the sealed length no longer tells the length of a password.
 * @returns lower-case hex of 12 bytes IV, the ciphertext, 16 bytes tag.
 * @throws CredsealError `ERR_ALREADY_SEALED` if the value is itself sealed under this key, or any of the ring;
 *   `ERR_PLAINTEXT_FORMAT` if it is no string, or `padTo` no whole number in range;
 *   `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example const sealed = sealValue('correct horse battery staple', key, { padTo: 64 });
 */
export function sealValue(
  value: string,
  key: VaultKey | KeyRing,
  options?: { readonly padTo?: number | undefined },
): Sealed {
  return seal(value, key, options);
}

/**
 * {@link sealValue} with an IV of the caller's. Not public: it exists for test vectors, since a repeated IV gives
 * away the XOR of two plaintexts, and the authentication key.
 */
export function sealValueWithIv(value: string, key: VaultKey, iv: Uint8Array, padTo?: number): Sealed {
  if (iv.length !== IV_BYTES) throw new RangeError(`An IV is ${IV_BYTES} bytes.`);
  return seal(value, key, { padTo }, iv);
}

function seal(
  value: string,
  keys: VaultKey | KeyRing,
  options: { readonly padTo?: number | undefined } | undefined,
  iv?: Uint8Array,
): Sealed {
  const plaintext = toPlaintext(value, options);
  const ring = keysOf(keys);
  if (opensUnder(value, ring.keys)) {
    throw new CredsealError('ERR_ALREADY_SEALED', 'The value is sealed already: send it as it is.');
  }
  // The key's bytes last: nothing that could wipe them runs in between.
  return encryptToHex(keyBytes(ring.current), iv ?? nextIv(), plaintext) as Sealed;
}

/**
 * Opens one sealed value. The structure is checked first, then the tag, then that the plaintext is the JSON text
 * of a string; nothing is trimmed, guessed or handed back half opened.
 *
 * @param sealed hex in either case, at least 60 digits.
 * @param keys a key, or a ring: then every key of it is tried.
 * @throws CredsealError `ERR_SEALED_FORMAT` if it is not the hex of a sealed value; `ERR_OPEN_FAILED` if no key
 *   authenticates it (another key or a changed value: GCM cannot tell which); `ERR_PLAINTEXT_FORMAT` if it opens
 *   and holds something else than a JSON string; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example const password = openValue(answer.password, new KeyRing(key, [previousKey]));
 */
export function openValue(sealed: string, keys: VaultKey | KeyRing): string {
  return jsonString(openSealed(sealed, keysOf(keys)).plaintext);
}

/**
 * Seals a value anew under the ring's current key: the same plaintext to the byte, padding included, so that the
 * length tells no more than before. One that already is under the current key is handed back as it is. The result is
 * opened before it is handed out. Not public: `rotateEntry` is.
 */
export function resealValue(sealed: string, ring: Pick<KeyRing, 'current' | 'keys'>): string {
  const { key, plaintext } = openSealed(sealed, ring);
  const resealed = key === ring.current ? sealed : encryptToHex(keyBytes(ring.current), nextIv(), plaintext);
  // Sealed twice, it would be lost for good with the previous key.
  const value = openedOnce(jsonString(plaintext), ring.keys);
  if (resealed !== sealed && openValue(resealed, ring.current) !== value) {
    throw new CredsealError('ERR_OPEN_FAILED', 'The value sealed anew does not open as it was.');
  }
  return resealed;
}

/**
 * What came out of a credential, if it is not a sealed value itself, which must not be taken for plain text; white space
 * around it, as a file has it, does not hide it. Not public.
 */
export function openedOnce(value: string, keys: readonly VaultKey[]): string {
  if (!opensUnder(value.trim(), keys)) return value;
  throw new CredsealError(
    'ERR_ALREADY_SEALED',
    'The value was sealed twice: open it once, by openValue, and seal what comes out.',
  );
}

function openSealed(
  sealed: string,
  { keys }: Pick<KeyRing, 'keys'>,
): { key: VaultKey; plaintext: Uint8Array } {
  if (!isSealed(sealed)) throw notSealed(sealed);
  const opened = openBytes(sealed, keys);
  if (opened) return opened;
  throw new CredsealError(
    'ERR_OPEN_FAILED',
    `The value does not open under ${keys.join(', ')}: another key, or a changed value (GCM cannot tell which).`,
  );
}

function jsonString(plaintext: Uint8Array): string {
  const value = readPlaintext(plaintext);
  if (value !== undefined) return value;
  throw new CredsealError(
    'ERR_PLAINTEXT_FORMAT',
    'The value does not hold a JSON string: it was sealed without JSON.stringify.',
  );
}

/** A sealed value under whichever of these keys opens it: the key, and the bytes for {@link readPlaintext}. Not public. */
export function openBytes(
  sealed: Sealed,
  keys: readonly VaultKey[],
): { key: VaultKey; plaintext: Uint8Array } | undefined {
  const bytes = hexToBytes(sealed);
  for (const key of keys) {
    const plaintext = decrypt(keyBytes(key), bytes);
    if (plaintext) return { key, plaintext };
  }
  return undefined;
}

/**
 * Tells whether a value is a sealed value of one of these keys. Not public: it is the question that keeps a
 * credential from being sealed twice, and a long hex password that does not open is an ordinary value.
 */
export function opensUnder(value: string, keys: readonly VaultKey[]): boolean {
  return isSealed(value) && openBytes(value, keys)?.plaintext.fill(0) !== undefined;
}

/**
 * Tells whether something has the shape of a sealed value: a string of an even number of hex digits, at least 60.
 * The shape only; whether it opens, only {@link openValue} with the key can tell.
 *
 * @example isSealed('hunter2') // false
 */
export function isSealed(value: unknown): value is Sealed {
  return (
    typeof value === 'string' &&
    value.length >= MIN_HEX_DIGITS &&
    value.length % 2 === 0 &&
    !NOT_HEX.test(value)
  );
}

/**
 * Takes a sealed value apart, without a key: 12 bytes IV, the ciphertext (at least 2 bytes), 16 bytes tag.
 *
 * @throws CredsealError `ERR_SEALED_FORMAT`
 * @example const { iv } = parseSealed(sealed);
 */
export function parseSealed(sealed: string): { iv: Uint8Array; ciphertext: Uint8Array; tag: Uint8Array } {
  if (!isSealed(sealed)) throw notSealed(sealed);
  const bytes = Uint8Array.from(hexToBytes(sealed));
  return {
    iv: bytes.slice(0, IV_BYTES),
    ciphertext: bytes.slice(IV_BYTES, -TAG_BYTES),
    tag: bytes.slice(-TAG_BYTES),
  };
}

function notSealed(value: unknown): CredsealError {
  return new CredsealError('ERR_SEALED_FORMAT', `Not a sealed value: ${shapeProblem(value)}.`);
}

function shapeProblem(sealed: unknown): string {
  if (typeof sealed !== 'string') return `it is hex digits; got ${typeName(sealed)}`;
  const stranger = sealed.search(NOT_HEX);
  if (stranger >= 0) return `${sealed.length} characters, no hex digit at position ${stranger + 1}`;
  return `${sealed.length} hex digits, where it has an even number from ${MIN_HEX_DIGITS} on; it may be cut off`;
}

function toPlaintext(value: unknown, options: { readonly padTo?: number | undefined } = {}): string {
  if (typeof value !== 'string') {
    throw new CredsealError('ERR_PLAINTEXT_FORMAT', `A value to seal is a string; got ${typeName(value)}.`);
  }
  const json = JSON.stringify(value);
  // A bare number in place of the options, or a misspelt member, would be no padding, unnoticed. By itself, since
  // optionsProblem with its "did you mean" weighs more than a page that seals one value should load.
  let padTo: number | undefined = 0;
  if (isObject(options)) {
    padTo = options.padTo;
    for (const name in options) if (name !== 'padTo') padTo = 0;
  }
  if (padTo === undefined) return json;
  if (!Number.isInteger(padTo) || padTo < 1 || padTo > MAX_PAD_TO) {
    throw new CredsealError(
      'ERR_PLAINTEXT_FORMAT',
      `Options are { padTo }, a whole number from 1 to ${MAX_PAD_TO}.`,
    );
  }
  const bytes = encoder.encode(json);
  const padding = (padTo - (bytes.length % padTo)) % padTo;
  bytes.fill(0);
  return json + ' '.repeat(padding);
}

/**
 * The string whose JSON text these bytes are, or undefined; the bytes are wiped. Not public. The errors of decoder
 * and parser quote their input, so they end here.
 */
export function readPlaintext(plaintext: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(plaintext));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  } finally {
    plaintext.fill(0);
  }
}
