import { canonicalBase32 } from './base32.js';
import { malformed, type TotpAlgorithm, type TotpSettings, unsupported } from './settings.js';
import { accountNames, percentDecoded, queryParameters } from './uri.js';

// By hand and not by `new URL`, since engines differ in what they make of the host of a scheme they do not know.
const KEY_URI = /^otpauth:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?/is;
const ENTITY = /&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/i;
const PARAMETERS = ['secret', 'issuer', 'algorithm', 'digits', 'period', 'encoder', 'steam'] as const;
const LONGEST_PERIOD = 86_400;

/**
 * Reads `otpauth://totp/LABEL?secret=…` (Key URI format of Google Authenticator). Scheme, type and parameter
 * names are read in either case; parameters that are not known are ignored; the label may be missing. Without
 * them, `algorithm` is SHA1, `digits` 6 and `period` 30 s.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT` if it is malformed: another type, no secret or not base32, a
 * parameter twice, digits or period that is not a positive whole number, a period of more than a day, a fragment
 * or HTML entities, behind which settings are lost.
 * `ERR_TOTP_UNSUPPORTED` if codes made from it would be wrong: counter-based (`hotp`), Steam's own encoding,
 * an algorithm other than SHA1, SHA256 and SHA512, digits other than 6, 7 and 8.
 * @example parseKeyUri('otpauth://totp/ACME:alice?secret=JBSWY3DPEHPK3PXP&digits=8')
 */
export function parseKeyUri(uri: string): TotpSettings {
  const [, type, label = '', query = ''] = KEY_URI.exec(uri) ?? [];
  const kind = type?.toLowerCase();
  if (kind === 'hotp') throw unsupported('This secret is for counter-based codes (HOTP).');
  if (kind === 'steam') throw unsupported(STEAM);
  if (kind !== 'totp') throw malformed(KEY_URI_BEGINS);
  if (ENTITY.test(uri)) throw malformed(HAS_ENTITIES);
  if (uri.includes('#')) throw malformed(HAS_FRAGMENT);
  const { secret, issuer, algorithm, digits, period, encoder, steam } = queryParameters(query, PARAMETERS);
  // How products say that the codes are Steam's; the label may say it, too.
  if (steam !== undefined || encoder?.toLowerCase() === 'steam' || isSteam(issuer)) throw unsupported(STEAM);
  if (secret === undefined) throw malformed('The URI has no "secret" parameter.');
  const settings = {
    base32: canonicalBase32(secret, 'The "secret" parameter'),
    algorithm: readAlgorithm(algorithm),
    digits: readDigits(digits),
    period: readPeriod(period),
    ...accountNames(percentDecoded(label, 'the label'), issuer),
  };
  if (isSteam(settings.issuer)) throw unsupported(STEAM);
  return settings;
}

const isSteam = (issuer = '') => issuer.trim().toLowerCase() === 'steam';

/** Why Steam's secrets are refused, whichever way they are written. */
export const STEAM = "This secret is for Steam's codes, which are not TOTP codes.";
const HAS_FRAGMENT =
  'The URI has a "#", which cuts off what is behind it: in a name it is %23. Export again, or enter the secret alone.';
const HAS_ENTITIES =
  'The URI has HTML entities, which hide its settings: write & for &amp;, or export again.';
/** What is wrong with a URI of another kind. */
export const KEY_URI_BEGINS = 'This URI is not a TOTP secret: one begins with otpauth://totp/.';

function readAlgorithm(value = ''): TotpAlgorithm {
  const bits = value === '' ? '1' : /^SHA-?(1|256|512)$/i.exec(value)?.[1];
  if (!bits) throw unsupported('The "algorithm" parameter is not SHA1, SHA256 or SHA512.');
  return `SHA${bits}` as TotpAlgorithm;
}

function readDigits(value = '6'): number {
  const digits = positiveInteger(value, 'digits');
  if (digits < 6 || digits > 8) throw unsupported('The "digits" parameter is not 6, 7 or 8.');
  return digits;
}

function readPeriod(value = '30'): number {
  const period = positiveInteger(value, 'period');
  if (period > LONGEST_PERIOD) throw malformed(`The "period" parameter is over ${LONGEST_PERIOD} seconds.`);
  return period;
}

function positiveInteger(value: string, name: string): number {
  // A plus that is not encoded was read as a space.
  if (/^[ +]?0*[1-9][0-9]*$/.test(value)) return Number(value);
  throw malformed(`The "${name}" parameter is not a positive whole number.`);
}
