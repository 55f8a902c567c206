export { type ProtectOptions, protectKeys } from './protect-keys.js';
export { type UnprotectOptions, unprotectKeys } from './unprotect-keys.js';
