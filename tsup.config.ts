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

/**
 * Commands that need much of the same share a file, in which each begins when it is asked for. A file for each would be larger
 * than everything else in the package.
 */
const shared: Readonly<Record<string, readonly string[]>> = {
  entries: ['payload', 'request', 'rotate', 'preflight'],
  vault: ['list', 'get', 'code', 'delete', 'clear-state', 'pull', 'status', 'rotate'].map(
    (name) => `vault-${name}`,
  ),
  plans: ['plan', 'apply'],
  queues: ['work', 'queue-status', 'queue-resume'],
  totp: ['totp-show', 'totp-code', 'totp-verify'],
  manifest: ['manifest-make', 'manifest-check'],
  keys: ['key-show', 'key-protect', 'key-unprotect'],
};
const fileOf = (command: string) => Object.keys(shared).find((file) => shared[file]?.includes(command));

/** For main.js: commands, and what shows all of them, are files beside it. */
const commandsApart: Plugin = {
  name: 'commands-apart',
  setup(build) {
    build.onResolve({ filter: /\/(?:commands\/.+|help\/whole|declarations)\.js$/ }, ({ path }) => {
      const command = basename(path, '.js');
      return fileOf(command) === undefined
        ? { path: `./${command}.js`, external: true }
        : { path: command, namespace: 'shared' };
    });
    build.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({
      contents: `module.exports = require('./${fileOf(path)}.js')['${path}']();`,
    }));
    build.onResolve({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({ path, external: true }));
  },
};

/** For a file that commands share: what gives each of them. */
const commandsTogether: Plugin = {
  name: 'commands-together',
  setup(build) {
    build.onResolve({ filter: /src\/cli\/commands\/[\w-]+\.ts$/ }, ({ path, kind }) => {
      const file = kind === 'entry-point' ? fileOf(basename(path, '.ts')) : undefined;
      return file === undefined ? undefined : { path: file, namespace: 'together' };
    });
    build.onLoad({ filter: /.*/, namespace: 'together' }, ({ path }) => ({
      contents: (shared[path] ?? [])
        .map((name) => `exports['${name}'] = () => require('./src/cli/commands/${name}.ts');`)
        .join('\n'),
      resolveDir: process.cwd(),
    }));
  },
};

/** Modules of the library that hold what they import. */
const bundledByThemselves = {
  'bulk/authenticators/qr-codes.node': 'src/bulk/authenticators/qr-codes.node.ts',
  'bulk/authenticators/registrable-domain': 'src/bulk/authenticators/registrable-domain.ts',
  'bulk/import/csv-parse.node': 'src/bulk/import/csv-parse.node.ts',
  'bulk/import/csv-parse.portable': 'src/bulk/import/csv-parse.portable.ts',
  'bulk/import/zip-reader': 'src/bulk/import/zip-reader.ts',
};

/** Files of the form that hold what they import. */
const alone = { 'form/worker': 'src/form/worker.ts', 'form/qr-reader': 'src/form/qr-reader.ts' };
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
    options.alias = {
      '#aes-gcm': './src/value/aes-gcm.node.ts',
      '#csv-parse': './src/bulk/import/csv-parse.node.ts',
    };
    options.define = { 'import.meta.url': 'importMetaUrl' };
    // Also of names: a twentieth of the time in which a command starts is that of reading them. What is reported of an unexpected
    // error are lines and columns, which the build of that version finds again.
    options.minify = true;
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
  // checks what the smaller readers do not (CRCs, overlaps, what directory and files say), and of csv-parse, one of their
  // many builds.
  {
    ...common,
    entry: bundledByThemselves,
    outDir: 'dist',
    splitting: false,
    minify: true,
    esbuildOptions(options: BuildOptions) {
      options.alias = { stream: 'node:stream' };
      options.external = [...(options.external ?? []), 'node:*'];
    },
    noExternal: ['zxing-wasm', 'tldts', '@zip.js/zip.js', 'csv-parse'],
    footer: {
      js: `/*! Bundled above, as far as it is used: zxing-wasm (its WebAssembly: see zxing_reader.wasm.LICENSE.txt)\n\n${licenceOf('zxing-wasm')}\nzip.js\n\n${licenceOf('@zip.js/zip.js')}\ncsv-parse\n\n${licenceOf('csv-parse')}\ntldts, with the Public Suffix List (Mozilla Public License 2.0, https://publicsuffix.org)\n\n${licenceOf('tldts')}*/`,
    },
    async onSuccess() {
      const to = 'dist/bulk/authenticators/zxing_reader.wasm';
      copyFileSync('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm', to);
      copyFileSync('scripts/licences/zxing_reader.wasm.txt', `${to}.LICENSE.txt`);
    },
  },
  // What a page loads by its address, into a worker of its own, and not by a bundler; and what it loads when a picture is read
  // for the first time.
  {
    ...common,
    entry: alone,
    outDir: 'dist',
    splitting: false,
    minify: true,
    noExternal: ['jose', 'qr'],
    footer: { js: licences(['jose', 'qr']) },
  },
  // What stands in a page of `credseal page`: one script, which has no address, and no worker beside it.
  {
    ...common,
    entry: inline,
    outDir: 'dist',
    splitting: false,
    minify: true,
    noExternal: ['jose', 'qr'],
    footer: { js: licences(['jose', 'qr']) },
    esbuildOptions(options: BuildOptions) {
      options.define = { 'import.meta.url': 'undefined' };
      // "sideEffects" would take the registration away.
      options.ignoreAnnotations = true;
    },
  },
  // The command line: a process that runs for 50 ms should not spend them on finding files, on the loader of ES
  // modules, or on reading what another command needs. So there is one file that knows the names of commands and reads
  // the command line, and one for each command, or for some that are alike, with all that it takes; in these, modules
  // begin when they are used.
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
    esbuildPlugins: [beside, commandsTogether],
    entry: {
      'line-worker': 'src/cli/threads/line-worker.ts',
      'registrable-domain': 'src/bulk/authenticators/registrable-domain.ts',
      // Made into data by scripts/declarations.js.
      declarations: 'src/cli/help/declarations.ts',
      // Of a file that commands share, the last of them stands for all.
      ...Object.fromEntries(
        readdirSync('src/cli/commands').map((file) => {
          const command = basename(file, '.ts');
          return [fileOf(command) ?? command, `src/cli/commands/${file}`];
        }),
      ),
    },
  },
]);
