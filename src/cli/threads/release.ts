/**
 * Gives memory back that nobody will look at any more. A buffer that has lived through some collections is freed by
 * the next full one only, for which a steady stream of them gives the engine no reason: they would pile up to 64 MB.
 * Moved into an object that is new, it goes with the next small collection. What is left of the array has no bytes.
 */
export function release(bytes: Uint8Array): void {
  const { buffer } = bytes;
  // Smaller ones may share Node's pool of buffers, and weigh nothing.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize)
    structuredClone(buffer, { transfer: [buffer] });
}
