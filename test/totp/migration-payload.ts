// A writer of Google Authenticator's export, field by field, so that tests can also write what it never would.

/** A varint: seven bits a byte, the lowest first. Negative numbers are written with 64 bits, as protobuf does. */
export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const more = rest >> 7n;
    bytes.push(Number(rest & 0x7fn) | (more > 0n ? 0x80 : 0));
    rest = more;
  } while (rest > 0n);
  return bytes;
}

/** A field with a number in it (wire type 0). */
export const numberField = (field: number, value: number | bigint): number[] => [
  ...varint(field << 3),
  ...varint(value),
];

/** A field with bytes or text in it (wire type 2). */
export function bytesField(field: number, value: Iterable<number> | string): number[] {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : [...value];
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
}

export interface Account {
  secret?: Iterable<number>;
  name?: string;
  issuer?: string;
  algorithm?: number;
  digits?: number;
  type?: number;
  counter?: number;
}

/** OtpParameters, as field 1 of the payload. */
export function account({
  secret = HELLO,
  name,
  issuer,
  algorithm,
  digits,
  type,
  counter,
}: Account = {}): number[] {
  return bytesField(1, [
    ...bytesField(1, secret),
    ...(name === undefined ? [] : bytesField(2, name)),
    ...(issuer === undefined ? [] : bytesField(3, issuer)),
    ...(algorithm === undefined ? [] : numberField(4, algorithm)),
    ...(digits === undefined ? [] : numberField(5, digits)),
    ...(type === undefined ? [] : numberField(6, type)),
    ...(counter === undefined ? [] : numberField(7, counter)),
  ]);
}

/** Version, batch size, batch index, batch id. */
export const batch = (size: number, index: number, id: number): number[] => [
  ...numberField(2, 1),
  ...numberField(3, size),
  ...numberField(4, index),
  ...numberField(5, id),
];

/** The URI of these bytes, as the app writes it. */
export const migrationUri = (bytes: Iterable<number>): string =>
  `otpauth-migration://offline?data=${encodeURIComponent(Buffer.from([...bytes]).toString('base64'))}`;

/** The bytes of JBSWY3DPEHPK3PXP. */
export const HELLO = Uint8Array.from([0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x21, 0xde, 0xad, 0xbe, 0xef]);
