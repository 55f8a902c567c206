import { isObject } from '../inspection.js';

/**
 * What stands for a credential that is kept elsewhere: `{ from: 'env:PORTAL_PASSWORD' }`, a scheme and what it means
 * by the rest. It is resolved before anything is sealed, by `resolveReferences` of `credseal/key-file`.
 */
export interface Reference {
  readonly from: string;
}

/** Tells a reference, well-formed or not, from everything that is none. */
export function isReference(value: unknown): value is Record<'from', unknown> {
  try {
    return isObject(value) && 'from' in value;
  } catch {
    // A proxy that throws.
    return false;
  }
}
