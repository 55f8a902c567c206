import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { indexOfDuplicateMember } from '../duplicate-member.js';
import { CredsealError } from '../errors.js';
import { typeName } from '../inspection.js';
import { ringFromJwkSet } from '../key/jwk-set.js';
import type { KeyRing } from '../key/key-ring.js';
import { optionsProblem } from '../options.js';
import {
  ACCEPTED_ITERATIONS,
  ALGORITHM,
  ENCRYPTION,
  isIterations,
  keyFileError,
  MAX_ITERATIONS,
  MIN_ITERATIONS,
} from './format.js';
import { readWrapping, type Wrapping } from './header.js';
import { passphraseBytes } from './passphrase.js';
import { iterationsRefused } from './runtime-limit.js';

/** How {@link unprotectKeys} opens. */
export interface UnprotectOptions {
  /**
   * The most iterations of PBKDF2-HMAC-SHA-512 that a file may ask for, 100,000 to 10,000,000: by default 1,000,000, which take
   * about a second, and twice as long where the passphrase is wrong. It bounds what a file from elsewhere can cost.
   */
  readonly maxIterations?: number | undefined;
}

/**
 * Opens a protected key file: one of {@link protectKeys}, or of another JOSE library that makes the same kind. What is not
 * of exactly this kind is refused before any work is done: other algorithms, compression, fewer than 100,000
 * iterations (weak), and more than `maxIterations` (a hostile file would stall the service).
 *
 * @param file the text of the file; it may end in one line break.
 * @param passphrase as it was given to protect, in whatever form the system composes it.
 * @param options see {@link UnprotectOptions}.
 * @returns the ring: the current key first, then the previous ones.
 * @throws CredsealError (as a rejection) `ERR_KEY_FILE`, with a message of its own for a wrong passphrase, a changed
 *   file, every kind of file that is refused, an option that is none, and a content that is no JWK set of vault keys with their fingerprints
 * @example const ring = await unprotectKeys(await readFile('keys.jwe', 'utf8'), passphrase);
 */
export async function unprotectKeys(
  file: string,
  passphrase: string,
  options: UnprotectOptions = {},
): Promise<KeyRing> {
  const maxIterations = checkedMost(options);
  if (typeof file !== 'string') throw keyFileError(`A protected key file is a text; got ${typeName(file)}.`);
  const jwe = file.replace(/\r?\n$/, '');
  const wrapping = readWrapping(jwe, maxIterations);
  const password = passphraseBytes(passphrase);
  try {
    const { plaintext } = await compactDecrypt(jwe, password, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
      maxPBES2Count: maxIterations,
      maxDecompressedLength: 0,
    });
    return ringOf(plaintext);
  } catch (error) {
    if (error instanceof CredsealError) throw error;
    throw (await unwraps(wrapping, password))
      ? keyFileError('The passphrase is right, but the key file was changed since, or is damaged.')
      : keyFileError('The passphrase is wrong for this key file (or its wrapped key was changed).');
  } finally {
    password.fill(0);
  }
}

function checkedMost(options: UnprotectOptions): number {
  const problem = optionsProblem(options, ['maxIterations']);
  if (problem) throw keyFileError(`Options ${problem}.`);
  return checkedMaxIterations(options.maxIterations);
}

/** @throws CredsealError `ERR_KEY_FILE`. Not public. */
export function checkedMaxIterations(maxIterations = ACCEPTED_ITERATIONS): number {
  if (isIterations(maxIterations, MIN_ITERATIONS)) return maxIterations;
  throw keyFileError(`maxIterations is a whole number from ${MIN_ITERATIONS} to ${MAX_ITERATIONS}.`);
}

function ringOf(plaintext: Uint8Array): KeyRing {
  const set = parseSet(plaintext);
  try {
    return ringFromJwkSet(set);
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    throw keyFileError(`The key file opens, but what it holds is refused. ${error.message}`);
  }
}

function parseSet(plaintext: Uint8Array): unknown {
  let text = '';
  let set: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);
    set = JSON.parse(text);
  } catch {
    // The messages of parsers quote their input.
    throw keyFileError('The key file opens, but does not hold JSON.');
  } finally {
    plaintext.fill(0);
  }
  if (indexOfDuplicateMember(text) === -1) return set;
  throw keyFileError(
    'The key file opens, but what it holds has a member twice: readers do not agree which one counts.',
  );
}

/**
 * Whether the passphrase unwraps the content key. The JWE alone does not say what was wrong: whoever opens one must not
 * tell a remote party (RFC 7516 section 11.5). Here somebody has both file and passphrase at hand, and can help
 * himself better if he knows. The second derivation is the price of that, on the way to an error alone.
 */
async function unwraps(
  { iterations, salt, encryptedKey }: Wrapping,
  password: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { subtle } = crypto;
  const label = new TextEncoder().encode(`${ALGORITHM}\0`);
  try {
    // RFC 7518 section 4.8.1.1: the salt is the algorithm's name, a zero byte, and p2s.
    const wrappingKey = await subtle.deriveKey(
      { name: 'PBKDF2', hash: 'SHA-512', iterations, salt: Uint8Array.of(...label, ...salt) },
      await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveKey']),
      { name: 'AES-KW', length: 256 },
      false,
      ['unwrapKey'],
    );
    await subtle.unwrapKey('raw', encryptedKey, wrappingKey, 'AES-KW', 'AES-GCM', false, ['decrypt']);
    return true;
  } catch (error) {
    const refused = iterationsRefused(error);
    if (refused !== undefined) throw refused;
    return false;
  }
}
