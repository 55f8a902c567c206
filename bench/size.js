// npm run size: what the package weighs in a browser, minified by esbuild and compressed by gzip -9.
// The tests hold the limits of sizes.json, too (test/e2e/bundles.test.ts).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { report } from './rounds.js';

async function kilobytes(contents, external) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    // Loaded when it is used for the first time.
    external: external ? [external] : [],
    // The paths of tsconfig.json are for working on the sources; a consumer has none.
    tsconfigRaw: {},
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000;
}

const rows = [];
for (const { what, module, external, besides, limit } of JSON.parse(
  readFileSync(new URL('sizes.json', import.meta.url), 'utf8'),
))
  rows.push({
    what,
    measured: (await kilobytes(module, external)) - (besides === undefined ? 0 : await kilobytes(besides)),
    limit,
  });
report('Bundled for a browser, minified, gzip', rows, 'kB');
