/**
 * Zeroed bytes for a secret, where wiping them wipes all of them. `new Uint8Array(32)` would be an object of the engine's,
 * which it moves, leaving old bytes behind; the memory of an ArrayBuffer stays where it is.
 */
export function secretBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}
