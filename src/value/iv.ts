// A system call for every 12 bytes costs more than sealing itself, so random bytes come in blocks. An IV is
// public once used, but the ones waiting here must not come to life twice: a virtual machine that is cloned or
// restored from a snapshot would repeat them, and one repeated IV breaks GCM (SP 800-38D section 8). So what is
// left of a block is thrown away after a second, by the wall clock, which a restored machine is set to.
const IV_BYTES = 12;
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
  const start = used;
  used += IV_BYTES;
  return block.subarray(start, used);
}
