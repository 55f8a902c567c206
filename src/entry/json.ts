import type { Issue } from '../errors.js';
import { isObject } from '../inspection.js';
import { issueOf } from './issue.js';

/** Tells whether a value comes through JSON whole: whether it has a {@link jsonText}. */
export function isJson(value: unknown): boolean {
  return jsonText(value) !== undefined;
}

/**
 * The JSON text of a value that comes through whole: no cycles, functions, `NaN`, maps, or anything else that is
 * lost or throws, or there is no text. Members that are undefined count as left out.
 */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, function (this: Record<string, unknown>, key) {
      // Read here, since what is handed in has gone through its `toJSON`: a Date would be text already.
      const inner = this[key];
      const isLossless =
        Object(inner) === inner
          ? Array.isArray(inner) || isPlainObject(inner)
          : typeof inner === 'number'
            ? Number.isFinite(inner)
            : typeof inner !== 'symbol';
      if (!isLossless) throw new TypeError('not JSON');
      return inner;
    });
  } catch {
    return undefined;
  }
}

/**
 * The problem of what is no object with members of its own, and so no entry. By its tag, since a `Map`, or a
 * `Promise` where somebody forgot to await, would pass for an object without any; instances of plain classes do.
 */
export function notAnObject(entry: unknown): Issue | undefined {
  const tag: string = Object.prototype.toString.call(entry);
  return tag === '[object Object]' ? undefined : notAnEntry(tag.slice(8, -1).slice(0, 40));
}

/** The problem of what is no entry, by what it is instead. */
export function notAnEntry(kind: string): Issue {
  return issueOf(
    '',
    'payload/not-an-object',
    `An entry is one object, not a list or an error answer; got ${kind}`,
  );
}

/** Tells whether a value is an object made of members, rather than an array, a class of the platform's, or null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second test is for objects of another realm (a frame, a test runner's context).
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
