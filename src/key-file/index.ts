export { type ProtectOptions, protectKeys } from './protect-keys.js';
export { unprotectKeys } from './unprotect-keys.js';
