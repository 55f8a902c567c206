import { decode, encode } from 'jose/base64url';
import { indexOfDuplicateMember } from '../duplicate-member.js';
import { isObject } from '../inspection.js';
import {
  ALGORITHM,
  CONTENT_TYPE,
  ENCRYPTION,
  keyFileError,
  MAX_CHARACTERS,
  MAX_ITERATIONS,
  MIN_ITERATIONS,
  MIN_SALT_BYTES,
} from './format.js';

/** What the file says about how its content key is wrapped. */
export interface Wrapping {
  readonly iterations: number;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly encryptedKey: Uint8Array<ArrayBuffer>;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** A key of 32 bytes and the 8 that AES key wrap adds (RFC 3394 section 2.2.1). */
const ENCRYPTED_KEY_BYTES = 40;

/**
 * Takes a file apart and judges its header, all before any cryptography: what is not exactly of this kind is refused
 * without work.
 */
export function readWrapping(file: string, maxIterations: number): Wrapping {
  if (file.length > MAX_CHARACTERS)
    throw keyFileError(`A protected key file has at most ${MAX_CHARACTERS} characters.`);
  const parts = file.split('.').map(bytesOf);
  const [headerBytes, encryptedKey, iv, ciphertext, tag] = parts;
  if (parts.length !== 5 || !headerBytes || !encryptedKey || !iv || !ciphertext || !tag) {
    throw keyFileError(
      'This is not a protected key file, which is a compact JWE: five parts in base64url, separated by full stops.',
    );
  }
  const { iterations, salt } = judge(parseHeader(headerBytes), maxIterations);
  if (
    encryptedKey.length !== ENCRYPTED_KEY_BYTES ||
    iv.length !== IV_BYTES ||
    tag.length !== TAG_BYTES ||
    ciphertext.length === 0
  ) {
    throw keyFileError('The key file is damaged: encrypted key, IV, ciphertext or tag has not its length.');
  }
  return { iterations, salt, encryptedKey };
}

function judge(
  header: Record<string, unknown>,
  maxIterations: number,
): Pick<Wrapping, 'iterations' | 'salt'> {
  const { alg, enc, zip, crit, cty, p2c, p2s } = header;
  if (alg !== ALGORITHM)
    throw keyFileError(`The key file uses another key management algorithm than ${ALGORITHM}.`);
  if (enc !== ENCRYPTION)
    throw keyFileError(`The key file uses another content encryption than ${ENCRYPTION}.`);
  if (zip !== undefined) throw keyFileError('The key file is compressed, which is not accepted.');
  if (crit !== undefined) throw keyFileError('The key file demands extensions ("crit"), and there are none.');
  if (cty !== undefined && !isContentType(cty))
    throw keyFileError(`The key file holds something else than a JWK set ("cty": "${CONTENT_TYPE}").`);
  if (!Number.isSafeInteger(p2c) || (p2c as number) < 1)
    throw keyFileError('The key file does not say its number of iterations ("p2c").');
  const iterations = p2c as number;
  if (iterations < MIN_ITERATIONS)
    throw keyFileError(
      `The key file is weak: ${iterations} iterations, where at least ${MIN_ITERATIONS} are accepted.`,
    );
  if (iterations > MAX_ITERATIONS)
    throw keyFileError(`The key file asks for more work than the ${MAX_ITERATIONS} iterations accepted.`);
  if (iterations > maxIterations)
    throw keyFileError(
      `The key file asks for ${iterations} iterations, and at most ${maxIterations} are accepted, since they take time: a million about a second. If you trust the file, allow more by maxIterations (--max-iterations).`,
    );
  const salt = typeof p2s === 'string' ? bytesOf(p2s) : undefined;
  if (salt === undefined || salt.length < MIN_SALT_BYTES)
    throw keyFileError(`The key file has no salt ("p2s") of at least ${MIN_SALT_BYTES} bytes.`);
  return { iterations, salt };
}

/** A media type is of either case, and its "application/" may be there (RFC 7516 section 4.1.12). */
function isContentType(cty: unknown): boolean {
  // By a pattern: the lower case of the sign of the unit kelvin would be a k.
  return typeof cty === 'string' && /^(?:application\/)?jwk-set\+json$/i.test(cty);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let text = '';
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    // What it says is no use: the messages of parsers quote their input.
  }
  if (!isObject(header))
    throw keyFileError('This is not a protected key file: its first part is not the header of a JWE.');
  // RFC 7515 section 4: names are unique. Readers do not agree which of two counts.
  if (indexOfDuplicateMember(text) !== -1)
    throw keyFileError('The key file is refused: its header has a member twice.');
  return header;
}

/** The bytes of base64url (RFC 4648 section 5), without padding and canonical: a file has one spelling. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.from(decode(text));
    return encode(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
