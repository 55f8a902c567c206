import { Secret } from 'otpauth/bare';
import { broken, protobufFields } from './protobuf.js';
import { malformed, type TotpAlgorithm, type TotpSettings, unsupported } from './settings.js';
import { accountNames, queryParameters } from './uri.js';

/** Which of an export's QR codes this is: `index` counts from 0, and all of them share the `id`. */
export interface MigrationBatch {
  readonly index: number;
  readonly size: number;
  readonly id: number;
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
/** OtpParameters.OtpType. */
const UNSPECIFIED_TYPE = 0;
const HOTP = 1;
const TOTP = 2;
const ELSE = ': export the others without it.';

/**
 * Reads `otpauth-migration://offline?data=…`, the "transfer accounts" QR code of Google Authenticator: base64 of
 * a protobuf message with the raw bytes of the secrets. The base64 may be unpadded, in the URL-safe
 * alphabet, and have had its `+` turned to spaces. Unspecified settings are SHA1, 6 digits; the period is 30 s.
 *
 * The whole export is refused for one account whose codes would be wrong: an account left out without a word
 * is missed on the day it is needed.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT` if anything is malformed or there is no account;
 * `ERR_TOTP_UNSUPPORTED`, with the account's place in the export, if one is HOTP, MD5, or of unknown settings.
 * @example const { accounts, batch } = parseMigrationUri(scanned); // batch: { index: 0, size: 1, id: -1206484527 }
 */
export function parseMigrationUri(uri: string): { accounts: TotpSettings[]; batch: MigrationBatch } {
  const query = MIGRATION_URI.exec(uri)?.[1];
  if (query === undefined) {
    throw malformed(
      'A migration URI begins with otpauth-migration://offline?data=. (TotpSecret.parse reads a single secret.)',
    );
  }
  const { data } = queryParameters(query, ['data']);
  if (data === undefined) throw malformed('The migration URI has no "data" parameter.');

  const accounts: TotpSettings[] = [];
  let index = 0;
  let size = 0;
  let id = 0;
  for (const { number, value } of protobufFields(decodeBase64(data))) {
    if (number === 1) accounts.push(readAccount(bytesOf(value), accounts.length + 1));
    else if (number === 3) size = int32Of(value);
    else if (number === 4) index = int32Of(value);
    else if (number === 5) id = int32Of(value);
  }
  if (accounts.length === 0) throw malformed('The migration URI holds no accounts.');
  // Protobuf leaves out what is 0, and older exports know no batches.
  if (size === 0) return { accounts, batch: { index: 0, size: 1, id } };
  if (index < 0 || index >= size) throw broken();
  return { accounts, batch: { index, size, id } };
}

function readAccount(message: Uint8Array, ordinal: number): TotpSettings {
  let secret = new Uint8Array();
  let name = '';
  let issuer = '';
  let algorithm = 0;
  let digits = 0;
  let type = UNSPECIFIED_TYPE;
  // A field that is there twice counts as its last, as protobuf has it.
  for (const { number, value } of protobufFields(message)) {
    if (number === 1) secret = bytesOf(value).slice();
    else if (number === 2) name = textOf(value);
    else if (number === 3) issuer = textOf(value);
    else if (number === 4) algorithm = int32Of(value);
    else if (number === 5) digits = int32Of(value);
    else if (number === 6) type = int32Of(value);
  }
  const account = `Account ${ordinal} of this export`;
  if (type === HOTP) throw unsupported(`${account} is counter-based (HOTP)${ELSE}`);
  if (type !== UNSPECIFIED_TYPE && type !== TOTP)
    throw unsupported(`${account} is neither TOTP nor HOTP${ELSE}`);
  const hash = ALGORITHMS[algorithm];
  if (hash === undefined) {
    const used = algorithm === MD5 ? 'MD5' : 'an unknown hash';
    throw unsupported(`${account} uses ${used}${ELSE}`);
  }
  const length = DIGITS[digits];
  if (length === undefined) {
    throw unsupported(`${account} has codes of an unknown length${ELSE}`);
  }
  if (secret.length === 0) throw malformed(`${account} has no secret.`);
  return {
    base32: new Secret({ buffer: secret.buffer }).base32,
    algorithm: hash,
    digits: length,
    period: PERIOD,
    ...accountNames(name, issuer),
  };
}

function bytesOf(value: bigint | Uint8Array | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw broken();
  return value;
}

function textOf(value: bigint | Uint8Array | undefined): string {
  const utf8 = bytesOf(value);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(utf8);
  } catch {
    throw broken();
  }
}

/** Enumerations and int32: the low 32 bits, since protobuf writes a negative one with 64. */
function int32Of(value: bigint | Uint8Array | undefined): number {
  if (typeof value !== 'bigint') throw broken();
  return Number(BigInt.asIntN(32, value));
}

function decodeBase64(data: string): Uint8Array {
  // A raw "+" has become a space on the way, here or in whatever read the QR code. At most two "=" end base64.
  const base64 = data
    .replaceAll(' ', '+')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  // Four characters are three bytes: one left over has six bits of a byte. atob would take white space, too.
  if (!BASE64.test(base64) || base64.length % 4 === 1) {
    throw malformed('The "data" parameter is not base64: copy the URI whole.');
  }
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
