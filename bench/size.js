// npm run size: what the package weighs in a browser, minified by esbuild and compressed by gzip -9.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { report } from './rounds.js';

async function kilobytes(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    // The paths of tsconfig.json are for working on the sources; a consumer has none.
    tsconfigRaw: {},
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000;
}

report(
  'Bundled for a browser, minified, gzip',
  [
    {
      what: 'sealValue and VaultKey',
      measured: await kilobytes("export { sealValue, VaultKey } from 'credseal'"),
      limit: 8.5,
    },
    { what: 'everything of credseal', measured: await kilobytes("export * from 'credseal'"), limit: 26 },
    {
      what: "sealHandoff, the front end's half of a hand-off",
      measured: await kilobytes("export { sealHandoff } from 'credseal/handoff'"),
      limit: 9,
    },
    {
      what: 'an import that is not used',
      measured: await kilobytes("import { sealValue } from 'credseal'"),
      limit: 0.1,
    },
  ],
  'kB',
);
