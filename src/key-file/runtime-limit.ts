import type { CredsealError } from '../errors.js';
import { keyFileError } from './format.js';

/**
 * What to say where the platform's PBKDF2 refuses the number of iterations, or undefined if this is another error.
 * Cloudflare's network does so above 100,000, though the runtime elsewhere does not.
 */
export function iterationsRefused(error: unknown): CredsealError | undefined {
  if (!(error instanceof DOMException) || error.name !== 'NotSupportedError') return undefined;
  return keyFileError(
    'This runtime does not derive keys with so many iterations: protect and unprotect key files elsewhere.',
  );
}
