/** The symbols under which Node and Bun, and Deno, look for a printer of one's own. */
const INSPECTORS = ['nodejs.util.inspect.custom', 'Deno.privateCustomInspect'];

/**
 * Makes consoles and inspectors print what `toString()` says, so that an object that holds a secret shows none
 * of it, however deep it hangs inside another.
 */
export function inspectAsString(prototype: { toString(): string }): void {
  for (const name of INSPECTORS) {
    Object.defineProperty(prototype, Symbol.for(name), {
      value(this: { toString(): string }) {
        return this.toString();
      },
    });
  }
}

/** Names the type of something that should have been something else, for a message: never its value. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return isArray(value) ? 'array' : typeof value;
}

/** Tells an object with members from an array, null, and everything else. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && isArray(value) === false;
}

/** Tells an array; a proxy that was revoked, of which nothing can be known any more, is neither that nor none. */
export function isArray(value: unknown): boolean | undefined {
  try {
    return Array.isArray(value);
  } catch {
    return undefined;
  }
}
