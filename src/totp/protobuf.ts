import type { CredsealError } from '../errors.js';
import { malformed } from './settings.js';

/** The values of a field, in their order: each as its wire type has it (fixed ones are not given). */
type Values = (bigint | Uint8Array | undefined)[];

const HIGHEST_TAG = 0xffff_ffffn;
/** By wire type: how many bytes a number of fixed length has. */
const FIXED: Readonly<Record<number, bigint>> = { 1: 8n, 5: 4n };

/**
 * Reads a protobuf message (protobuf.dev/programming-guides/encoding): its values by field number. A varint is given
 * as its 64 bits, a length-delimited value as a view of its bytes, and fixed-length numbers as undefined, for a caller
 * that has no use for them.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT` where bytes are missing, a varint does not end within 64 bits, a
 * field has number 0 or more than 29 bits of it, or a wire type is a group or none.
 */
export function protobufFields(bytes: Uint8Array): Readonly<Record<number, Values>> {
  const fields: Record<number, Values> = {};
  let position = 0;

  function varint(shift = 0n): bigint {
    const byte = bytes[position++];
    // Seven bits a byte: the tenth has room for one.
    if (byte === undefined || (shift === 63n && byte > 1)) throw broken();
    const bits = BigInt(byte & 0x7f) << shift;
    return byte < 0x80 ? bits : bits | varint(shift + 7n);
  }

  while (position < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    let value: bigint | Uint8Array | undefined;
    if (wireType === 0) value = varint();
    else {
      const length = wireType === 2 ? varint() : FIXED[wireType];
      // Compared as it is, before it is made a number or added to anything.
      if (length === undefined || length > BigInt(bytes.length - position)) throw broken();
      const start = position;
      position += Number(length);
      if (wireType === 2) value = bytes.subarray(start, position);
    }
    if (number === 0 || tag > HIGHEST_TAG) throw broken();
    fields[number] ??= [];
    fields[number].push(value);
  }
  return fields;
}

// Of a field that is there twice the last value counts, as protobuf has it.

/** An enumeration or int32, 0 if it is not there: the low 32 bits, since protobuf writes a negative one with 64. */
export function int32Of(values: Values = [0n]): number {
  const value = values.at(-1);
  if (typeof value !== 'bigint') throw broken();
  return Number(BigInt.asIntN(32, value));
}

/** Bytes, or none if they are not there. */
export function bytesOf(values: Values = [new Uint8Array()]): Uint8Array {
  const value = values.at(-1);
  if (!(value instanceof Uint8Array)) throw broken();
  return value;
}

/** A text in UTF-8, or the empty one. */
export function textOf(values: Values | undefined): string {
  const utf8 = bytesOf(values);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(utf8);
  } catch {
    throw broken();
  }
}

/** What is wrong with the bytes of an export, for a message. */
export function broken(): CredsealError {
  return malformed('The migration URI is damaged: copy it whole.');
}
