import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

/**
 * Where a path leads, through all links, also where nothing is there yet: a link to a new name leads to that name.
 * Errors are those of `node:fs`, where a folder is not there or cannot be looked into.
 */
export function targetOf(path: string): string {
  try {
    // The system's own: Node's takes `..` away before it looks at links.
    return realpathSync.native(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const place = join(realpathSync.native(dirname(path)), basename(path));
  const link = linkAt(place);
  if (link === undefined) return place;
  return targetOf(isAbsolute(link) ? link : `${dirname(place)}/${link}`);
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
