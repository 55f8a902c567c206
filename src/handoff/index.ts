/**
 * Seals an entry in a browser to the public key of a worker, and opens it there.
 *
 * @module credseal/handoff
 */

export {
  generateHandoffKeys,
  type HandoffPrivateJwk,
  type HandoffPublicJwk,
} from './generate-handoff-keys.js';
export { type HandoffToVaultOptions, handoffToVault } from './handoff-to-vault.js';
export type { HandoffCurve, Jwk } from './jwk.js';
export { type HandoffOpenOptions, type HandoffToken, openHandoff } from './open-handoff.js';
export type { HandoffPrivateKeys } from './private-keys.js';
export { type HandoffSealOptions, sealHandoff } from './seal-handoff.js';
