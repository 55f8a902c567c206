/**
 * What workers of any queue need: opening tokens, sending sealed entries, telling final errors from others.
 *
 * @module credseal/queue
 */

export { type ChunkOptions, chunkEntries, type EntryChunk } from './chunk-entries.js';
export { type HandoffPeek, handoffJobId, peekHandoff } from './handoff-token.js';
export { type HandoffJobData, isFinal, type RedeemOptions, redeemHandoff } from './redeem-handoff.js';
export {
  type SendMode,
  type SendOptions,
  type SendRefusal,
  type SendResult,
  sendSealed,
} from './send-sealed.js';
