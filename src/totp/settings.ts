import { CredsealError } from '../errors.js';

/** The hash under a TOTP code's HMAC (RFC 6238 section 1.2). */
export type TotpAlgorithm = 'SHA1' | 'SHA256' | 'SHA512';

/** What makes a TOTP secret: what the readers of the three input formats give, all of it checked. */
export interface TotpSettings {
  /** Canonical base32: upper case, no spaces, no padding. */
  readonly base32: string;
  readonly algorithm: TotpAlgorithm;
  /** How long a code is: 6, 7 or 8. */
  readonly digits: number;
  /** How long a code lasts, in seconds. */
  readonly period: number;
  readonly issuer?: string | undefined;
  readonly label?: string | undefined;
}

/** An `ERR_TOTP_FORMAT`. The message says where and what to do, and holds nothing of the secret. */
export function malformed(message: string): CredsealError {
  return new CredsealError('ERR_TOTP_FORMAT', message);
}

/** An `ERR_TOTP_UNSUPPORTED`: in order, but codes made from it here would be wrong. */
export function unsupported(message: string): CredsealError {
  return new CredsealError('ERR_TOTP_UNSUPPORTED', message);
}
