import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { defineConfig, type Options } from 'tsup';
import { licenceOf, licences } from './scripts/licences.js';

/** What is bundled into the command line. */
const bundled = ['@noble/hashes', 'otpauth', 'csv-parse', 'tldts'];
const common = { format: 'esm', target: 'es2022', platform: 'neutral' } as const;

/** Files that the command line loads when it needs them: what `imports` of package.json says does not count beside it. */
const besideCli: Readonly<Record<string, string>> = {
  '#qr-codes': '../bulk/authenticators/qr-codes.node.js',
  '#registrable-domain': './registrable-domain.js',
  './zip-reader.js': '../bulk/import/zip-reader.js',
};
const beside: Plugin = {
  name: 'beside',
  setup(build) {
    // Optional peers: what bundles the command line (as `bun build --compile` does) does not look for them.
    build.onResolve({ filter: /^(?:bullmq|pg-boss)$/ }, ({ path }) => ({ path, namespace: 'optional' }));
    build.onLoad({ filter: /.*/, namespace: 'optional' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)}.slice());`,
    }));
    build.onResolve({ filter: /^(?:#qr-codes|#registrable-domain|\.\/zip-reader\.js)$/ }, ({ path }) => ({
      path: besideCli[path] as string,
      external: true,
    }));
  },
};

/** For main.js: commands, and what shows all of them, are files beside it. */
const commandsApart: Plugin = {
  name: 'commands-apart',
  setup(build) {
    build.onResolve({ filter: /\/(?:commands\/.+|help\/whole|declarations)\.js$/ }, ({ path }) => ({
      path: `./${basename(path)}`,
      external: true,
    }));
  },
};

/** Modules of the library that hold what they import. */
const bundledByThemselves = {
  'bulk/authenticators/qr-codes.node': 'src/bulk/authenticators/qr-codes.node.ts',
  'bulk/authenticators/registrable-domain': 'src/bulk/authenticators/registrable-domain.ts',
  'bulk/import/zip-reader': 'src/bulk/import/zip-reader.ts',
};

/** Files of the form that hold what they import. */
const alone = { 'form/worker': 'src/form/worker.ts' };
const inline = { 'form/page': 'src/form/page.ts' };

const commandLine = {
  ...common,
  format: 'cjs',
  platform: 'node',
  outDir: 'dist/cli',
  outExtension: () => ({ js: '.js' }),
  splitting: false,
  noExternal: [/^@noble\//, 'otpauth', 'csv-parse', 'tldts', 'bullmq', 'pg-boss'],
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  esbuildOptions(options: BuildOptions) {
    options.alias = { '#aes-gcm': './src/value/aes-gcm.node.ts', '#csv-parse': 'csv-parse' };
    options.define = { 'import.meta.url': 'importMetaUrl' };
    // Names stay, for whoever reports where something unexpected happened.
    options.minifyWhitespace = true;
    options.minifySyntax = true;
  },
} satisfies Options;

export default defineConfig([
  // The library, one file a module as in src: with "sideEffects": false a bundler takes only the files it needs,
  // and "#aes-gcm" stays an import of the installed package, so that each runtime picks its own backend.
  {
    ...common,
    entry: [
      'src/**/*.ts',
      '!src/cli/**',
      ...Object.values({ ...bundledByThemselves, ...alone, ...inline }).map((path) => `!${path}`),
    ],
    bundle: false,
    outDir: 'dist',
  },
  // What would bring several times its size along as a dependency: of the decoder of QR codes, the reader alone, with
  // the licences of what its WebAssembly is made of; of the Public Suffix List, one of its three forms; of zip.js, which
  // checks what the smaller readers do not (CRCs, overlaps, what directory and files say), one of its many builds.
  {
    ...common,
    entry: bundledByThemselves,
    outDir: 'dist',
    splitting: false,
    minify: true,
    noExternal: ['zxing-wasm', 'tldts', '@zip.js/zip.js'],
    footer: {
      js: `/*! Bundled above, as far as it is used: zxing-wasm (its WebAssembly: see zxing_reader.wasm.LICENSE.txt)\n\n${licenceOf('zxing-wasm')}\nzip.js\n\n${licenceOf('@zip.js/zip.js')}\ntldts, with the Public Suffix List (Mozilla Public License 2.0, https://publicsuffix.org)\n\n${licenceOf('tldts')}*/`,
    },
    async onSuccess() {
      const to = 'dist/bulk/authenticators/zxing_reader.wasm';
      copyFileSync('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', to);
      copyFileSync('scripts/licences/zxing_reader.wasm.txt', `${to}.LICENSE.txt`);
    },
  },
  // What a page loads by its address, into a worker of its own, and not by a bundler.
  {
    ...common,
    entry: alone,
    outDir: 'dist',
    splitting: false,
    minify: true,
    noExternal: ['jose'],
    footer: { js: licences(['jose']) },
  },
  // What stands in a page of `credseal page`: one script, which has no address, and no worker beside it.
  {
    ...common,
    entry: inline,
    outDir: 'dist',
    splitting: false,
    minify: true,
    noExternal: ['jose'],
    footer: { js: licences(['jose']) },
    esbuildOptions(options: BuildOptions) {
      options.define = { 'import.meta.url': 'undefined' };
      // "sideEffects" would take the registration away.
      options.ignoreAnnotations = true;
    },
  },
  // The command line: a process that runs for 50 ms should not spend them on finding files, on the loader of ES
  // modules, or on reading what another command needs. So there is one file that knows the names of commands and reads
  // the command line, and one for each command with all that it takes; in these, modules begin when they are used.
  {
    ...commandLine,
    entry: { main: 'src/cli/main.ts', whole: 'src/cli/help/whole.ts' },
    esbuildPlugins: [commandsApart],
    esbuildOptions(options) {
      commandLine.esbuildOptions(options);
      // To load a command is to `require` it.
      options.supported = { 'dynamic-import': false };
    },
    onSuccess: async () => {
      writeFileSync('dist/cli/package.json', '{ "type": "commonjs" }\n');
      // Once for all commands, of which each holds the same.
      writeFileSync('dist/cli/LICENSES.txt', licences(bundled));
    },
  },
  {
    ...commandLine,
    esbuildPlugins: [beside],
    entry: {
      'line-worker': 'src/cli/threads/line-worker.ts',
      'registrable-domain': 'src/bulk/authenticators/registrable-domain.ts',
      // Made into data by scripts/declarations.js.
      declarations: 'src/cli/help/declarations.ts',
      ...Object.fromEntries(
        readdirSync('src/cli/commands').map((file) => [file.replace('.ts', ''), `src/cli/commands/${file}`]),
      ),
    },
  },
]);
