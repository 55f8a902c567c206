import { type Stats, statSync } from 'node:fs';

/** What a path leads to; undefined where it leads nowhere, or cannot be followed: whoever opens it is told why. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
