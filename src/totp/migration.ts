import { Secret } from 'otpauth/bare';
import { broken, bytesOf, int32Of, protobufFields, textOf } from './protobuf.js';
import { malformed, type TotpAlgorithm, type TotpSettings } from './settings.js';
import { accountNames, queryParameters } from './uri.js';

/** Which of an export's QR codes this is: `index` counts from 0, and all of them share the `id`. */
export interface MigrationBatch {
  readonly index: number;
  readonly size: number;
  readonly id: number;
}

/** An account of an export whose codes would be wrong, or that has no secret. */
export interface UnusableAccount {
  readonly issuer?: string;
  readonly label?: string;
  /** What is wrong, to be said of it: `is counter-based (HOTP)`. */
  readonly problem: string;
  readonly code: 'ERR_TOTP_FORMAT' | 'ERR_TOTP_UNSUPPORTED';
}

const MIGRATION_URI = /^otpauth-migration:\/\/offline\/?\?([^#]*)/i;
const BASE64 = /^[A-Za-z0-9+/]*$/;
const PERIOD = 30;

// MigrationPayload: 1 otp_parameters (repeated), 2 version, 3 batch_size, 4 batch_index, 5 batch_id.
// OtpParameters: 1 secret (bytes), 2 name, 3 issuer, 4 algorithm, 5 digits, 6 type, 7 counter.

/** OtpParameters.Algorithm, in which 0 is unspecified. */
const ALGORITHMS: readonly (TotpAlgorithm | undefined)[] = ['SHA1', 'SHA1', 'SHA256', 'SHA512'];
const MD5 = 4;
/** OtpParameters.DigitCount, in which 0 is unspecified. */
const DIGITS: readonly (number | undefined)[] = [6, 6, 8];
/** OtpParameters.OtpType, in which 0 is unspecified. */
const HOTP = 1;
const TOTP = 2;

/**
 * Reads `otpauth-migration://offline?data=…`, the "transfer accounts" QR code of Google Authenticator: base64 of
 * a protobuf message with the raw bytes of the secrets. The base64 may be unpadded, in the URL-safe
 * alphabet, and have had its `+` turned to spaces. Unspecified settings are SHA1, 6 digits; the period is 30 s.
 *
 * An account that cannot be used (HOTP, MD5, of unknown settings, without secret) is given in its place with what is
 * wrong: one left out without a word is missed on the day it is needed.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT` if anything is malformed or there is no account.
 * @example const { accounts, batch } = parseMigrationUri(scanned); // batch: { index: 0, size: 1, id: -1206484527 }
 */
export function parseMigrationUri(uri: string): {
  accounts: (TotpSettings | UnusableAccount)[];
  batch: MigrationBatch;
} {
  const query = MIGRATION_URI.exec(uri)?.[1];
  if (query === undefined) {
    throw malformed(
      'A migration URI begins with otpauth-migration://offline?data=; TotpSecret.parse reads others.',
    );
  }
  const { data } = queryParameters(query, ['data']);
  if (data === undefined) throw malformed('The URI has no "data" parameter.');
  const fields = protobufFields(decodeBase64(data));
  const accounts = (fields[1] ?? []).map((value) => readAccount(bytesOf([value])));
  if (accounts.length === 0) throw malformed('The migration URI holds no accounts.');
  const [size, index, id] = [int32Of(fields[3]), int32Of(fields[4]), int32Of(fields[5])];
  // Protobuf leaves out what is 0, and older exports know no batches.
  if (size === 0) return { accounts, batch: { index: 0, size: 1, id } };
  if (index < 0 || index >= size) throw broken();
  return { accounts, batch: { index, size, id } };
}

function readAccount(message: Uint8Array): TotpSettings | UnusableAccount {
  const fields = protobufFields(message);
  const secret = bytesOf(fields[1]).slice();
  const names = accountNames(textOf(fields[2]), textOf(fields[3]));
  const code = int32Of(fields[4]);
  const algorithm = ALGORITHMS[code];
  const digits = DIGITS[int32Of(fields[5])];
  const type = int32Of(fields[6]);

  const unusable = (problem: string) => ({ ...names, problem, code: 'ERR_TOTP_UNSUPPORTED' as const });
  if (type !== 0 && type !== TOTP)
    return unusable(type === HOTP ? 'is counter-based (HOTP)' : 'is neither TOTP nor HOTP');
  if (!algorithm) return unusable(`uses ${code === MD5 ? 'MD5' : 'an unknown hash'}`);
  if (!digits) return unusable('has codes of an unknown length');
  if (secret.length === 0) return { ...names, problem: 'has no secret', code: 'ERR_TOTP_FORMAT' };
  const { base32 } = new Secret({ buffer: secret.buffer });
  return { base32, algorithm, digits, period: PERIOD, ...names };
}

function decodeBase64(data: string): Uint8Array {
  // A raw "+" has become a space on the way, here or in whatever read the QR code. At most two "=" end base64.
  const base64 = data
    .replace(/[ -]/g, '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  // Four characters are three bytes: one left over has six bits of a byte. atob would take white space, too.
  if (!BASE64.test(base64) || base64.length % 4 === 1)
    throw malformed('The "data" parameter is not base64: copy it whole.');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
