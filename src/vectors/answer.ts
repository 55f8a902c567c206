import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import { entryMethods } from './entry-methods.js';
import { handoffMethods } from './handoff-methods.js';
import { keyFileMethods } from './key-file-methods.js';
import { manifestMethods } from './manifest-methods.js';
import type { Method, VectorAnswer, VectorRequest } from './method.js';
import { totpMethods } from './totp-methods.js';
import { valueMethods } from './value-methods.js';

/** Every method that vectors know, by its name. A new kind of vectors adds its own here. */
export const methods: Readonly<Record<string, Method>> = {
  ...valueMethods,
  ...totpMethods,
  ...entryMethods,
  ...handoffMethods,
  ...keyFileMethods,
  ...manifestMethods,
};

/**
 * What this build answers to one request of the protocol of `credseal vectors verify --exec` (vectors/README.md).
 *
 * @param request `{ method, … }`: a method's name, and what it is given.
 * @returns what the method gives; `{ error }` with a code where the library refuses; `{ unsupported: true }` where
 *   there is no such method. Anything that is thrown and is no `CredsealError` is a fault, and is thrown on.
 * @example await answerRequest({ method: 'fingerprint', hex: '0123456789abcdef'.repeat(4) })
 * // { fingerprint: '0506ba9cf11f46ea' }
 */
export async function answerRequest(request: VectorRequest): Promise<VectorAnswer> {
  const { method: name, id, ...given } = isObject(request) ? request : {};
  const method = typeof name === 'string' && Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return { unsupported: true };
  try {
    return await method.answer(given);
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    const { code, field, issues } = error;
    return {
      error: code,
      ...(field !== undefined && { field }),
      ...(issues !== undefined && { issues: issues.map(({ path, rule }) => ({ path, rule })) }),
    };
  }
}
