import { CredsealError, type HandoffReason } from '../errors.js';
import { optionsProblem } from '../options.js';

// What both halves of the hand-off know of a token: a compact JWE (RFC 7516 section 7.1). `iat`, `exp`, `aud` and `jti`
// are claims of RFC 7519, replicated in its protected header (section 5.3) so that a token can be refused before it is
// decrypted; they are authenticated with the rest.

/** Key agreement with a fresh key for each token; what is agreed on wraps the content key (RFC 7518 section 4.6). */
export const ALGORITHM = 'ECDH-ES+A256KW';
/** Content encryption (RFC 7518 section 5.3). */
export const ENCRYPTION = 'A256GCM';
/** What keeps a JWE that was made for something else from passing for a hand-off (RFC 8725 section 3.11). */
export const TYPE = 'credseal-handoff+jwe';

/** The longest JSON text of an entry, in bytes. */
export const MAX_ENTRY_BYTES = 131_072;
const MAX_AUDIENCE = 256;

/** The end of the sentence that says what an audience is. */
export const AUDIENCE = `audience, 1 to ${MAX_AUDIENCE} characters, if wanted`;

/** The error of everything that is wrong with a token, a hand-off key or an option. */
export function handoffError(message: string, reason: HandoffReason = 'option'): CredsealError {
  return new CredsealError('ERR_HANDOFF', message, { reason });
}

/** Tells whether something is a whole number of seconds, from 1. */
export function isSeconds(value: unknown, maximum: number): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= maximum;
}

/** Tells whether something can be an audience. */
export function isAudience(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_AUDIENCE;
}

/** @throws CredsealError `ERR_HANDOFF` unless the options are an object of these members alone */
export function checkOptions(options: unknown, names: readonly string[]): void {
  const problem = optionsProblem(options, names);
  if (problem) throw handoffError(`Options ${problem}.`);
}
