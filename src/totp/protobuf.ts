import type { CredsealError } from '../errors.js';
import { malformed } from './settings.js';

/** A field of a protobuf message: its number, and its value as its wire type has it (fixed ones are not given). */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Uint8Array | undefined;
}

const LAST_VARINT_BYTE = 9;
const HIGHEST_TAG = 0xffff_ffffn;

/**
 * Goes through the fields of a protobuf message (protobuf.dev/programming-guides/encoding), in their order.
 * A varint is given as its 64 bits, a length-delimited value as a view of its bytes, and fixed-length numbers
 * as undefined, for a caller that has no use for them.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT` where bytes are missing, a varint does not end within 64 bits, a
 * field has number 0 or more than 29 bits of it, or a wire type is a group or none.
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let position = 0;

  function varint(): bigint {
    let value = 0n;
    for (let index = 0; ; index++) {
      const byte = bytes[position++];
      if (byte === undefined) throw broken();
      // Seven bits a byte: the tenth has room for one.
      if (index === LAST_VARINT_BYTE && byte > 1) throw broken();
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return value;
    }
  }

  function take(length: bigint): Uint8Array {
    // Compared as it is, before it is made a number or added to anything.
    if (length > BigInt(bytes.length - position)) throw broken();
    const start = position;
    position += Number(length);
    return bytes.subarray(start, position);
  }

  while (position < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    if (number === 0 || tag > HIGHEST_TAG) throw broken();
    let value: bigint | Uint8Array | undefined;
    switch (tag & 7n) {
      case 0n:
        value = varint();
        break;
      case 1n:
        take(8n);
        break;
      case 2n:
        value = take(varint());
        break;
      case 5n:
        take(4n);
        break;
      default:
        throw broken();
    }
    yield { number, value };
  }
}

/** What is wrong with the bytes of an export, for a message. */
export function broken(): CredsealError {
  return malformed(
    'The data of this migration URI is damaged: scan the QR code again, or copy the URI whole.',
  );
}
