import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import { toJwkSet } from '../key/jwk-set.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import {
  ALGORITHM,
  CONTENT_TYPE,
  DEFAULT_ITERATIONS,
  ENCRYPTION,
  isIterations,
  keyFileError,
  MAX_CHARACTERS,
  MAX_ITERATIONS,
  SALT_BYTES,
} from './format.js';
import { newPassphraseBytes } from './passphrase.js';
import { iterationsRefused } from './runtime-limit.js';

/** How {@link protectKeys} protects. */
export interface ProtectOptions {
  /**
   * Iterations of PBKDF2-HMAC-SHA-512: 210,000 (the default) to 10,000,000. More make guessing and opening slower alike: a
   * million take about a second, and what has more opens only with `maxIterations` of {@link unprotectKeys}.
   */
  readonly iterations?: number | undefined;
}

/**
 * Protects keys with a passphrase, to be kept in a file: a compact JWE (RFC 7516) with `PBES2-HS512+A256KW` and
 * `A256GCM` (RFC 7518 sections 4.8 and 5.3) around a JWK set (RFC 7517) with the current key first, each with its
 * fingerprint as `kid`. Other JOSE libraries open it where they are told to do so many iterations (npm `jose`:
 * `maxPBES2Count`; most stop far below by themselves). The passphrase is normalised first (RFC 8265 OpaqueString: NFC, and
 * one kind of space), so that it is the same on every system.
 *
 * @param keys a ring, or a key by itself; not changed.
 * @param passphrase at least 8 characters; 15 or more, or six random words, where nothing else protects the file.
 * @param options see {@link ProtectOptions}.
 * @returns the text of the file, without a line break.
 * @throws CredsealError (as a rejection) `ERR_KEY_FILE` if the passphrase is too short or no text, an option is none or
 *   out of range, there are too many keys for a file, or the runtime does not derive with so many iterations;
 *   `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example const file = await protectKeys(new KeyRing(key, [previousKey]), 'correct horse battery staple');
 */
export async function protectKeys(
  keys: VaultKey | KeyRing,
  passphrase: string,
  options: ProtectOptions = {},
): Promise<string> {
  const iterations = checkedIterations(options);
  const set = JSON.stringify(toJwkSet(keys));
  const password = newPassphraseBytes(passphrase);
  const payload = new TextEncoder().encode(set);
  try {
    const file = await new CompactEncrypt(payload)
      .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, typ: 'JOSE', cty: CONTENT_TYPE })
      .setKeyManagementParameters({
        p2c: iterations,
        p2s: crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
      })
      .encrypt(password);
    if (file.length > MAX_CHARACTERS)
      throw keyFileError('These are too many keys for a file: keep the ones that still open something.');
    return file;
  } catch (error) {
    throw iterationsRefused(error) ?? error;
  } finally {
    payload.fill(0);
    password.fill(0);
  }
}

function checkedIterations(options: ProtectOptions): number {
  const problem = optionsProblem(options, ['iterations']);
  if (problem) throw keyFileError(`Options ${problem}.`);
  const { iterations = DEFAULT_ITERATIONS } = options;
  if (isIterations(iterations, DEFAULT_ITERATIONS)) return iterations;
  throw keyFileError(`iterations is a whole number from ${DEFAULT_ITERATIONS} to ${MAX_ITERATIONS}.`);
}
