import { type Stats, statSync } from 'node:fs';
import { type Context, located } from '../context.js';

/** What a path leads to; undefined where it leads nowhere, or cannot be followed: whoever opens it is told why. */
export function statsOf(path: string, context: Context): Stats | undefined {
  try {
    return statSync(located(path, context));
  } catch {
    return undefined;
  }
}
