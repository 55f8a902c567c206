import { typeName } from '../inspection.js';
import { canonicalBase32 } from './base32.js';
import { trimBlanks } from './blanks.js';
import { KEY_URI_BEGINS, parseKeyUri, STEAM } from './key-uri.js';
import { malformed, type TotpSettings, unsupported } from './settings.js';

// Far above anything real, a QR code holding 3 kB; below what would be felt.
const LONGEST_SECRET = 65_536;

/** A URI, and not base32 with a stray colon, which gets told the colon's position. */
const LOOKS_LIKE_URI = /^(?:otpauth(?:-migration)?:|[a-z][a-z0-9+.-]*:\/\/)/i;

/**
 * What a secret says as sites and apps show it: base32, or a key URI. Apart from {@link TotpSecret.parse}, since what
 * makes codes weighs several times as much.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT`, `ERR_TOTP_UNSUPPORTED`
 */
export function readSettings(input: string): TotpSettings {
  checkText(input, LONGEST_SECRET, 'A TOTP secret');
  // No base32 has a colon: most secrets are spared the rest.
  if (input.includes(':')) {
    const uri = trimBlanks(input);
    if (LOOKS_LIKE_URI.test(uri)) return settingsOfUri(uri);
  }
  const base32 = canonicalBase32(input, 'This TOTP secret');
  return { base32, algorithm: 'SHA1', digits: 6, period: 30 };
}

/** @throws CredsealError `ERR_TOTP_FORMAT` unless it is a string of at most so many characters */
export function checkText(input: unknown, longest: number, what: string): void {
  if (typeof input !== 'string') throw malformed(`${what} is a string; got ${typeName(input)}.`);
  if (input.length > longest)
    throw malformed(`${what} has at most ${longest} characters; this has ${input.length}.`);
}

function settingsOfUri(uri: string): TotpSettings {
  if (/^otpauth:/i.test(uri)) return parseKeyUri(uri);
  if (/^otpauth-/i.test(uri))
    throw malformed('This is a migration URI: read it with TotpSecret.parseMigration.');
  if (/^steam:/i.test(uri)) throw unsupported(STEAM);
  throw malformed(KEY_URI_BEGINS);
}
