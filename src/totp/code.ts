import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { HOTP, Secret } from 'otpauth/bare';
import { malformed, type TotpAlgorithm, type TotpSettings } from './settings.js';

// otpauth's Secret prints its bytes and its decoder is loose: it sees only text that base32.ts has let through,
// and lives no longer than the call. The bare build has no hashes of its own, so that a bundle has them once.

const HASHES = { SHA1: sha1, SHA256: sha256, SHA512: sha512 };
/** The last millisecond that a Date can hold (ECMA-262, "Time Values and Time Range"). */
const END_OF_TIME = 8.64e15;

const hmacDigest = (algorithm: string, key: Uint8Array, message: Uint8Array): Uint8Array =>
  hmac(HASHES[algorithm as TotpAlgorithm], key, message);

/** The number of whole periods since the epoch (RFC 6238 section 4.2, with T0 = 0). */
const counterAt = ({ period }: TotpSettings, timestamp: number) => Math.floor(timestamp / 1000 / period);

/** What otpauth needs to know besides the counter. */
const hotpOf = ({ base32, algorithm, digits }: TotpSettings) => ({
  secret: Secret.fromBase32(base32),
  algorithm,
  digits,
  hmac: hmacDigest,
});

/** The code at a time in ms since the epoch (RFC 6238 section 4). */
export function codeAt(settings: TotpSettings, timestamp: number): string {
  return HOTP.generate({ ...hotpOf(settings), counter: counterAt(settings, timestamp) });
}

/** Whether these digits are the code of that time or of one up to `window` periods before or after. */
export function isCodeAround(
  settings: TotpSettings,
  token: string,
  timestamp: number,
  window: number,
): boolean {
  const hotp = hotpOf(settings);
  const now = counterAt(settings, timestamp);
  let matches = false;
  // One counter after another, and not by otpauth's own window: that goes below 0 near the epoch, and ends
  // sooner on a match. What it gives is a difference of counters, in which 0 is a match and null is none.
  for (let counter = Math.max(0, now - window); counter <= now + window; counter++) {
    if (HOTP.validate({ ...hotp, token, counter, window: 0 }) !== null) matches = true;
  }
  return matches;
}

/** How long that code is still good, in seconds, rounded up: from `period` down to 1. */
export function secondsLeftAt({ period }: TotpSettings, timestamp: number): number {
  return Math.ceil(period - ((timestamp / 1000) % period));
}

/**
 * A time as ms since the epoch.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT` if it is neither a valid Date nor a number from the epoch on.
 */
export function timestampOf(at: Date | number): number {
  const timestamp = at instanceof Date ? at.getTime() : at;
  if (typeof timestamp === 'number' && timestamp >= 0 && timestamp <= END_OF_TIME) return timestamp;
  throw malformed('The time "at" is a Date, or milliseconds, from 1970 on.');
}
