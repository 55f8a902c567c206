/**
 * The client of the vault: calls with retries, plan and apply, rotation, manifests.
 *
 * @module credseal/vault
 */

export type { CallOptions } from './call-options.js';
export { vaultClient } from './client.js';
export type { Listed, TfaCode, VaultClient, VaultClientConfig } from './client-types.js';
export type { VaultEvent, VaultOperation } from './event.js';
export { checkManifest, type ManifestReport } from './manifest/check-manifest.js';
export type { ManifestEntries } from './manifest/entries.js';
export { type ManifestOptions, makeManifest } from './manifest/make-manifest.js';
export type { ApplyOptions, ApplyOutcome, PlanItem, PlanOptions, VaultPlan } from './plan-types.js';
export type { Rotation } from './rotation.js';
export type { Journal, RotateOptions, RotationOutcome, RotationReceipt } from './rotation-types.js';
