import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { isBytes } from '@noble/hashes/utils.js';
import { CredsealError } from '../errors.js';
import { inspectAsString, isObject, typeName } from '../inspection.js';
import { bytesToBase64url, keyBytesFromBase64url } from './base64url.js';
import { bytesToHex, hexToBytes } from './hex.js';
import { secretBytes } from './secret-bytes.js';

const KEY_BYTES = 32;
/** What looks for the stranger, rather than matching the whole, is linear in time and flat in stack, however long the text. */
export const NOT_HEX = /[^0-9a-f]/i;
// HKDF-SHA-256 (RFC 5869) for one block of output is two HMACs: sections 2.2 (extract; no salt is as many zeros as
// the hash has bytes) and 2.3 (expand; the info of the first block ends in 0x01). Spelled out, because the general
// function with its checks would be a twentieth of what sealing costs in a browser.
const NO_SALT = new Uint8Array(KEY_BYTES);
const FINGERPRINT_INFO = /* @__PURE__ */ new TextEncoder().encode('credseal/v1/key-fingerprint\x01');
/** The name of a variable, and too short for a key in hex. */
const VARIABLE = /^[A-Za-z_]\w{0,59}$/;

/** A symmetric key as a JSON Web Key (RFC 7517, RFC 7518 section 6.4): `kty` is `"oct"`, `k` the bytes in base64url. */
export interface OctJwk {
  kty: string;
  k: string;
  alg: string;
}

/**
 * The bytes of a key, not a copy: for the cipher, and never handed on. Not part of the public interface, and no
 * method: it is set from inside the class, where the private field can be read.
 *
 * @throws CredsealError `ERR_KEY_FORMAT` if this is no `VaultKey`, `ERR_KEY_DESTROYED`
 */
export let keyBytes: (key: VaultKey) => Uint8Array;

/**
 * The workspace's AES-256 key. It is checked where it is made, and it prints, inspects and serialises as its
 * fingerprint: `VaultKey(0506ba9cf11f46ea)`.
 *
 * @example
 * const key = VaultKey.fromEnv();
 * console.log(`sealing with ${key}`); // sealing with VaultKey(0506ba9cf11f46ea)
 */
export class VaultKey {
  #bytes: Uint8Array | undefined;
  #fingerprint: string | undefined;

  /** The same as {@link VaultKey.destroy}, for `using key = VaultKey.fromEnv();`. */
  declare [Symbol.dispose]: () => void;

  /** Not public: keys come from the `from…` functions and `generate()`, which say what they take. */
  private constructor(bytes: Uint8Array, isOurs?: boolean) {
    // Checked and copied here, since JavaScript knows nothing of `private`; what is ours is wiped, as the key is a copy.
    // Only of a view is the length sure to be readable; and an heir of Uint8Array may say another than it has.
    const found = ArrayBuffer.isView(bytes) && isBytes(bytes) ? bytes.length : typeName(bytes);
    if (found !== KEY_BYTES || 32 in bytes || !(31 in bytes)) {
      throw new CredsealError(
        'ERR_KEY_FORMAT',
        `A vault key is a Uint8Array of ${KEY_BYTES} bytes; got ${found}.`,
      );
    }
    const copy = secretBytes(KEY_BYTES);
    copy.set(bytes);
    this.#bytes = copy;
    if (isOurs) bytes.fill(0);
  }

  /**
   * Reads a key of exactly 64 hex digits, in either case. Nothing is trimmed and nothing ignored: a key with
   * a line break behind it is a mistake to find now, not at the first failed decryption.
   *
   * @throws CredsealError `ERR_KEY_FORMAT`, which describes the mistake and does not show the key.
   * @example VaultKey.fromHex('0123456789abcdef'.repeat(4))
   */
  static fromHex(hex: string): VaultKey {
    return new VaultKey(keyBytesFromHex(hex), true);
  }

  /**
   * Takes a key of exactly 32 bytes. They are copied: wipe your own.
   *
   * @throws CredsealError `ERR_KEY_FORMAT`
   * @example VaultKey.fromBytes(await readSecret('vault-key'))
   */
  static fromBytes(bytes: Uint8Array): VaultKey {
    return new VaultKey(bytes);
  }

  /**
   * Reads a JSON Web Key of type `oct` with 32 bytes (RFC 7518 section 6.4). `alg`, where it is given, must be
   * `A256GCM`; members that do not concern the key itself (`kid`, `use`, `key_ops`, …) are ignored.
   *
   * @throws CredsealError `ERR_KEY_FORMAT`
   * @example VaultKey.fromJwk({ kty: 'oct', alg: 'A256GCM', k: 'ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8' })
   */
  static fromJwk(jwk: { kty?: string; k?: string; alg?: string }): VaultKey {
    const { kty, k, alg = 'A256GCM' } = isObject(jwk) ? jwk : {};
    const bytes = keyBytesFromBase64url(k);
    if (kty !== 'oct' || alg !== 'A256GCM' || !bytes) {
      throw new CredsealError(
        'ERR_KEY_FORMAT',
        'The JWK of a vault key has kty "oct", alg "A256GCM" or none, and 43 digits of base64url as k.',
      );
    }
    return new VaultKey(bytes, true);
  }

  /**
   * Reads the key from an environment variable, as {@link VaultKey.fromHex} does.
   *
   * @param env where to look; by default `process.env` (on Workers, give the handler's `env`).
   * @param name the variable; by default `CLOUDCRUISE_ENCRYPTION_KEY`, as the published clients use.
   * @throws CredsealError `ERR_KEY_MISSING` if it is not set or empty, `ERR_KEY_FORMAT` if it is malformed.
   * @example const key = VaultKey.fromEnv();
   */
  static fromEnv(
    env: Readonly<Record<string, unknown>> | undefined = globalThis.process?.env,
    name = 'CLOUDCRUISE_ENCRYPTION_KEY',
  ): VaultKey {
    // A name of another type may not even be fit for a message: its type stands in for it, and is not set.
    const variable = typeof name === 'string' ? name : typeof name;
    const { [variable]: hex } = isObject(env) ? env : {};
    // Nor is what can be no name shown: it might be the key itself, given in the wrong place.
    const field = VARIABLE.test(variable) ? variable : 'The variable';
    if (hex === undefined || hex === '') {
      throw new CredsealError('ERR_KEY_MISSING', `${field} is not set: put the vault key there.`, { field });
    }
    return new VaultKey(keyBytesFromHex(hex, field), true);
  }

  /**
   * Makes a fresh random key from the platform's generator.
   *
   * @example const key = VaultKey.generate();
   */
  static generate(): VaultKey {
    return new VaultKey(crypto.getRandomValues(secretBytes(KEY_BYTES)), true);
  }

  /**
   * 16 hex digits that name the key and reveal nothing of it: HKDF-SHA-256 (RFC 5869) over the key's bytes with
   * no salt and info `credseal/v1/key-fingerprint`, 8 bytes. Safe to log.
   *
   * @throws CredsealError `ERR_KEY_DESTROYED`
   */
  get fingerprint(): string {
    const bytes = keyBytes(this);
    this.#fingerprint ??= bytesToHex(
      hmac(sha256, hmac(sha256, NO_SALT, bytes), FINGERPRINT_INFO).subarray(0, 8),
    );
    return this.#fingerprint;
  }

  /**
   * The key itself, as 64 lower-case hex digits: the one way, with {@link VaultKey.toJwk}, to get it out.
   *
   * @throws CredsealError `ERR_KEY_DESTROYED`
   */
  toHex(): string {
    return bytesToHex(keyBytes(this));
  }

  /**
   * The key itself, as a JSON Web Key with `kty` `oct` and `alg` `A256GCM`.
   *
   * @throws CredsealError `ERR_KEY_DESTROYED`
   */
  toJwk(): OctJwk {
    return { kty: 'oct', k: bytesToBase64url(keyBytes(this)), alg: 'A256GCM' };
  }

  /**
   * Wipes the key's bytes. Every later use throws `ERR_KEY_DESTROYED`; a second call does nothing. Copies that
   * you hold (the hex text, an environment variable) are yours to drop.
   */
  destroy(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  /** `VaultKey(0506ba9cf11f46ea)`: the fingerprint, never the key. It never throws, since logs call it. */
  toString(): string {
    try {
      return `VaultKey(${this.fingerprint})`;
    } catch {
      return 'VaultKey(destroyed)';
    }
  }

  /** The same as {@link VaultKey.toString}, so that `JSON.stringify` of anything that holds a key is harmless. */
  toJSON(): string {
    return this.toString();
  }

  static {
    keyBytes = (key) => {
      if (!isObject(key) || !(#bytes in key)) {
        throw new CredsealError('ERR_KEY_FORMAT', `Not a VaultKey: got ${typeName(key)}.`);
      }
      if (!key.#bytes) {
        throw new CredsealError('ERR_KEY_DESTROYED', 'This vault key is destroyed.');
      }
      return key.#bytes;
    };
    inspectAsString(VaultKey.prototype);
    // Browsers that know no `using` yet have no such symbol either.
    if (Symbol.dispose) VaultKey.prototype[Symbol.dispose] = VaultKey.prototype.destroy;
  }
}

/** Reads a key in hex, or says what is wrong with it: by length and position, and never by a character of it. */
function keyBytesFromHex(hex: unknown, field?: string): Uint8Array {
  let found = typeName(hex);
  if (typeof hex === 'string') {
    const stranger = hex.search(NOT_HEX);
    if (hex.length === 64 && stranger < 0) return hexToBytes(hex);
    found = `${hex.length} characters`;
    if (stranger >= 0)
      found += `, ${/\s/.test(hex.charAt(stranger)) ? 'white space' : 'no hex digit'} at position ${stranger + 1}`;
  }
  const message = `A vault key is 64 hex digits; got ${found}.`;
  throw new CredsealError('ERR_KEY_FORMAT', field ? `${field}: ${message}` : message, field ? { field } : {});
}
