import { IV_BYTES } from './format.js';

// Calling the generator for every 12 bytes costs half as much as sealing does, so random bytes come in blocks. An
// IV is public once used, but one that comes to life twice breaks GCM (SP 800-38D section 8). Where the platform's generator
// is safe in a virtual machine that is restored from a snapshot, bytes that wait here should not undo that: what is left
// of a block is thrown away at the first sealing that sees the wall clock more than a second from where it was. That
// needs a clock that moves, and is no more than a bound: SECURITY.md says what it does not do.
const BLOCK_IVS = 256;
const BLOCK_LIFETIME_MS = 1000;

const block = new Uint8Array(BLOCK_IVS * IV_BYTES);
let used = block.length;
let filledAt = 0;

/**
 * A fresh random 96-bit IV (the RBG-based construction of SP 800-38D section 8.2.2). A view: read it before the
 * next call that fills the block, that is, at once.
 */
export function nextIv(): Uint8Array {
  const now = Date.now();
  if (used === block.length || Math.abs(now - filledAt) > BLOCK_LIFETIME_MS) {
    crypto.getRandomValues(block);
    used = 0;
    filledAt = now;
  }
  used += IV_BYTES;
  return block.subarray(used - IV_BYTES, used);
}
