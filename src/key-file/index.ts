export { type KeyContent, type KeySource, type LoadOptions, loadKeys } from './load-keys.js';
export { type ProtectOptions, protectKeys } from './protect-keys.js';
export { type UnprotectOptions, unprotectKeys } from './unprotect-keys.js';
