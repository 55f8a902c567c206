/**
 * Tells whether a value comes through JSON whole: no cycles, functions, `NaN`, maps, or anything
 * else that is lost or throws. Members that are undefined count as left out.
 */
export function isJson(value: unknown): boolean {
  try {
    const text = JSON.stringify(value, (_key, inner: unknown) => {
      const lossless =
        inner === null ||
        inner === undefined ||
        typeof inner === 'string' ||
        typeof inner === 'boolean' ||
        Number.isFinite(inner) ||
        Array.isArray(inner) ||
        isPlainObject(inner);
      if (!lossless) throw new TypeError('not JSON');
      return inner;
    });
    return text !== undefined;
  } catch {
    return false;
  }
}

/** Tells whether a value is an object made of members, rather than an array, a class of the platform's, or null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second test is for objects of another realm (a frame, a test runner's context).
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
