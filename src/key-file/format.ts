import { CredsealError } from '../errors.js';

// A protected key file is a compact JWE (RFC 7516 section 7.1) around a JWK set, as RFC 7517 section 7 has it.

/** The content key is wrapped under a key derived from the passphrase (RFC 7518 section 4.8). */
export const ALGORITHM = 'PBES2-HS512+A256KW';
/** The content's encryption (RFC 7518 section 5.3). */
export const ENCRYPTION = 'A256GCM';
/** What the content is (RFC 7517 section 8.5.2, without "application/", as RFC 7516 section 4.1.12 advises). */
export const CONTENT_TYPE = 'jwk-set+json';

/** Iterations of PBKDF2 with SHA-512: what the OWASP Password Storage Cheat Sheet asks for. */
export const DEFAULT_ITERATIONS = 210_000;
/** A file with fewer was made by something else, and does not keep a passphrase from being guessed. */
export const MIN_ITERATIONS = 100_000;
/** The format has no more: this many take ten seconds, twice as long where the passphrase is wrong. */
export const MAX_ITERATIONS = 10_000_000;
/** A file with more, unless somebody allows them, may be there to keep a service busy: this many take about a second. */
export const ACCEPTED_ITERATIONS = 1_000_000;

/** Tells whether something is a number of iterations, from the fewest to the most of the format. */
export function isIterations(value: unknown, fewest: number): value is number {
  return Number.isInteger(value) && (value as number) >= fewest && (value as number) <= MAX_ITERATIONS;
}

export const SALT_BYTES = 16;
/** RFC 7518 section 4.8.1.1: "a Salt Input value containing 8 or more octets MUST be used". */
export const MIN_SALT_BYTES = 8;

/** The longest file: room for some 350 keys. */
export const MAX_CHARACTERS = 65_536;

/** The error of everything that is wrong with a key file, its passphrase or an option. */
export function keyFileError(message: string): CredsealError {
  return new CredsealError('ERR_KEY_FILE', message);
}
