import { readFileSync } from 'node:fs';

/** The folder of this package: two above both `src/cli` and `dist/cli`, into which this file is bundled. */
const PACKAGE = new URL(
  import.meta.url.endsWith('/input/package-files.ts') ? '../../../' : '../../',
  import.meta.url,
);

/** A file of this package, by its path from the package's folder. */
export function packageFile(path: string): URL {
  return new URL(path, PACKAGE);
}

export function packageVersion(): string {
  return JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).version;
}
