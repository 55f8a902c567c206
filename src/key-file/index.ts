/**
 * Key files protected by a passphrase, and references that stand for credentials.
 *
 * @module credseal/key-file
 */

export type { Reference } from '../entry/reference.js';
export type { Resolver } from '../references/resolution.js';
export { type ResolveOptions, resolveReferences } from '../references/resolve-references.js';
export type { WithReferences } from '../references/with-references.js';
export { type KeyContent, type KeySource, type LoadOptions, loadKeys } from './load-keys.js';
export { type ProtectOptions, protectKeys } from './protect-keys.js';
export { type UnprotectOptions, unprotectKeys } from './unprotect-keys.js';
