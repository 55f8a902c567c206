// What npm run build makes for those who cannot load ES modules (Jest, and TypeScript from a package of CommonJS): one file,
// dist/cjs/all.cjs, with all entry points in it and each of their modules once, so that a key of one is a key to the others;
// and for each entry point a file that names its part of it. Node itself has no need of them: its require() loads the ES
// modules ("module-sync" in package.json), and so has one copy of each.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { exports, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const { licences } = await import('./licences.js');

/** The folders of the entry points below dist: '' is the package itself. */
const points = Object.entries(exports)
  .filter(([, target]) => typeof target === 'object')
  .map(([name]) => name.replace(/^\.\/?/, ''));
const fileOf = (point, ending) => join('dist/cjs', point, `index.${ending}`);
const write = (path, text) => {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
};

/** What is there as ES modules alone, for browsers at the least. The others stay what is installed. */
const bundled = ['@noble/ciphers', '@noble/hashes', 'csv-parse', 'jose', 'otpauth'];
const external = [
  ...Object.keys(dependencies).filter((name) => !bundled.includes(name)),
  'bullmq',
  'pg-boss',
  '#qr-codes',
];

async function code() {
  const parts = points.map(
    (point) => `get ${JSON.stringify(point)}() { return require('./src/${join(point, 'index.ts')}'); }`,
  );
  await build({
    stdin: { contents: `module.exports = { ${parts.join(', ')} };`, resolveDir: ROOT },
    outfile: join(ROOT, 'dist/cjs/all.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    alias: { '#aes-gcm': './src/value/aes-gcm.node.ts', '#csv-parse': './src/bulk/import/csv-parse.node.ts' },
    external: [...external, '#registrable-domain', './zip-reader.js'],
    plugins: [
      {
        name: 'beside',
        setup(building) {
          building.onResolve({ filter: /\/zip-reader\.js$/ }, () => ({
            path: '../bulk/import/zip-reader.js',
            external: true,
          }));
        },
      },
    ],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    footer: { js: licences(bundled) },
    // Jest has no import() for modules of CommonJS.
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    minifySyntax: true,
    // The form registers itself by being imported.
    ignoreAnnotations: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const point of points) {
    const up = '../'.repeat(point.split('/').filter(Boolean).length) || './';
    write(fileOf(point, 'cjs'), `module.exports = require('${up}all.cjs')[${JSON.stringify(point)}];\n`);
  }
}

/** The declarations once more, for modules of CommonJS. */
function types() {
  const files = readdirSync(join(ROOT, 'dist'), { recursive: true }).filter(
    (file) => file.endsWith('.d.ts') && !file.startsWith('cjs'),
  );
  for (const file of files) {
    const text = readFileSync(join(ROOT, 'dist', file), 'utf8');
    write(
      join('dist/cjs', file.replace(/\.d\.ts$/, '.d.cts')),
      text.replaceAll(/((?:from|import) '\.{1,2}\/[^']*|import\('\.{1,2}\/[^']*)\.js'/g, "$1.cjs'"),
    );
  }
}

if (process.argv.includes('--types')) types();
else await code();
