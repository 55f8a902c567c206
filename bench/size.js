// npm run size: what the package weighs in a browser, minified by esbuild and compressed by gzip -9.
// The tests hold the limits of sizes.json, too (test/e2e/bundles.test.ts).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { report } from './rounds.js';

async function kilobytes(contents, external = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    // Loaded when it is used for the first time.
    external,
    // The paths of tsconfig.json are for working on the sources; a consumer has none.
    tsconfigRaw: {},
  });
  return weighed(outputFiles[0].contents);
}

const rows = [];
const weighed = (text) => gzipSync(text, { level: 9 }).length / 1000;
for (const { what, module, file, external, besides, limit } of JSON.parse(
  readFileSync(new URL('sizes.json', import.meta.url), 'utf8'),
)) {
  const all = file
    ? weighed(readFileSync(new URL(`../${file}`, import.meta.url)))
    : await kilobytes(module, external);
  rows.push({ what, measured: all - (besides === undefined ? 0 : await kilobytes(besides)), limit });
}
report('Bundled for a browser, minified, gzip', rows, 'kB');
