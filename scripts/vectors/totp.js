// TOTP by node:crypto alone, and Google Authenticator's export written field by field.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function fromBase32(base32) {
  const bits = [...base32].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export function toBase32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

/** RFC 6238 section 4 over RFC 4226 section 5.3. @param time in seconds since the epoch */
export function tokenAt({ base32, algorithm = 'SHA1', digits = 6, period = 30 }, time) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / period)));
  const hash = createHmac(algorithm.toLowerCase(), fromBase32(base32)).update(counter).digest();
  const offset = hash[hash.length - 1] & 15;
  const number = hash.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** Seven bits a byte, the lowest first; negative numbers with 64 bits. */
export function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

/** A protobuf field of wire type 0. */
export const numberField = (number, value) => [...varint(number << 3), ...varint(value)];

/** A protobuf field of wire type 2. */
export function bytesField(number, value) {
  const bytes = [...Buffer.from(value)];
  return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
}

/** OtpParameters in field 1 of a MigrationPayload. */
export function account({
  secret = fromBase32('JBSWY3DPEHPK3PXP'),
  name,
  issuer,
  algorithm,
  digits,
  type,
  counter,
}) {
  const numbers = { 4: algorithm, 5: digits, 6: type, 7: counter };
  return bytesField(1, [
    ...bytesField(1, secret),
    ...(name === undefined ? [] : bytesField(2, name)),
    ...(issuer === undefined ? [] : bytesField(3, issuer)),
    ...Object.entries(numbers).flatMap(([number, value]) =>
      value === undefined ? [] : numberField(Number(number), value),
    ),
  ]);
}

/** Version, batch size, batch index, batch id. */
export const batch = (size, index, id) =>
  [2, 3, 4, 5].flatMap((number, at) => numberField(number, [1, size, index, id][at]));

export const base64 = (bytes) => Buffer.from(bytes).toString('base64');
export const migrationUri = (bytes) =>
  `otpauth-migration://offline?data=${encodeURIComponent(base64(bytes))}`;
