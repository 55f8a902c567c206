/**
 * Seals and opens values and entries, makes requests for the vault, and checks payloads. Needs no account and no network.
 *
 * @module credseal
 */

export { type SelfTestResult, selfTest } from './preflight/self-test.js';

// The self-test stands first, since it needs every library. gzip looks back 32 kB: a bundle is smaller where the
// libraries come first, and what is our own follows without a gap, since it says things in the same words.

export type { Operation } from './entry/check.js';
export type { EntryRef, TfaMethod } from './entry/fields.js';
export type { IntervalParts } from './entry/interval.js';
export { type OpenedEntry, openEntry, type StoredEntry, toUpdate } from './entry/open-entry.js';
export { rotateEntry } from './entry/rotate-entry.js';
export {
  type SealedEntry,
  type SealOptions,
  sealEntry,
  type VaultEntry,
  type VaultUpdate,
} from './entry/seal-entry.js';
export { vaultEntry } from './entry/vault-entry.js';
export {
  CredsealError,
  type CredsealErrorCode,
  type Finding,
  type Issue,
  type PreflightReport,
  type RuleId,
} from './errors.js';
export { KeyRing } from './key/ring-from-env.js';
export { type OctJwk, VaultKey } from './key/vault-key.js';
export { type GuardOptions, guardFetch } from './preflight/guard-fetch.js';
export { assertPreflight, type PreflightOptions, preflight } from './preflight/preflight.js';
export { toCurl } from './request/curl.js';
export {
  type VaultConfig,
  type VaultRequest,
  type VaultRequests,
  vaultRequests,
} from './request/vault-requests.js';
export type { MigrationBatch } from './totp/migration.js';
export type { TotpAlgorithm } from './totp/settings.js';
export { type TotpMigration, TotpSecret, type TotpVerifyOptions } from './totp/totp-secret.js';
export { isSealed, openValue, parseSealed, type Sealed, sealValue } from './value/sealed-value.js';
