import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const licence = (path: string) => readFileSync(`node_modules/${path}`, 'utf8');
/** Files that the command line loads when it needs them: what `imports` of package.json says does not count beside it. */
const besideCli: Readonly<Record<string, string>> = {
  '#qr-codes': '../bulk/authenticators/qr-codes.node.js',
  '#registrable-domain': './registrable-domain.js',
};
const beside: Plugin = {
  name: 'beside',
  setup(build) {
    build.onResolve({ filter: /^#(?:qr-codes|registrable-domain)$/ }, ({ path }) => ({
      path: besideCli[path] as string,
      external: true,
    }));
  },
};
const common = { format: 'esm', target: 'es2022', platform: 'neutral' } as const;

export default defineConfig([
  // The library, one file a module as in src: with "sideEffects": false a bundler takes only the files it needs,
  // and "#aes-gcm" stays an import of the installed package, so that each runtime picks its own backend.
  {
    ...common,
    entry: ['src/**/*.ts', '!src/cli/**', '!src/bulk/authenticators/{qr-codes.node,registrable-domain}.ts'],
    bundle: false,
    outDir: 'dist',
  },
  // What would bring several times its size along as a dependency: of the decoder of QR codes, the reader alone, with
  // the licence of what its WebAssembly is made of; of the Public Suffix List, one of its three forms.
  {
    ...common,
    entry: {
      'bulk/authenticators/qr-codes.node': 'src/bulk/authenticators/qr-codes.node.ts',
      'bulk/authenticators/registrable-domain': 'src/bulk/authenticators/registrable-domain.ts',
    },
    outDir: 'dist',
    splitting: false,
    minify: true,
    noExternal: ['zxing-wasm', 'tldts'],
    footer: {
      js: `/*! Bundled above, as far as it is used: zxing-wasm, with ZXing-C++ (Apache License 2.0, https://github.com/zxing-cpp/zxing-cpp)\n\n${licence('zxing-wasm/LICENSE')}\ntldts, with the Public Suffix List (Mozilla Public License 2.0, https://publicsuffix.org)\n\n${licence('tldts/LICENSE')}*/`,
    },
    async onSuccess() {
      copyFileSync(
        'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm',
        'dist/bulk/authenticators/zxing_reader.wasm',
      );
    },
  },
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      'bulk/index': 'src/bulk/index.ts',
      'vault/index': 'src/vault/index.ts',
      'emulator/index': 'src/emulator/index.ts',
      'vectors/index': 'src/vectors/index.ts',
      'key-file/index': 'src/key-file/index.ts',
      'handoff/index': 'src/handoff/index.ts',
    },
    outDir: 'dist', // The reference makes `using` known to compilers whose own libraries are older.
    dts: { only: true, banner: '/// <reference lib="esnext.disposable" />' },
  },
  // The command line: one file, in which each command begins when it runs. A process that runs for 50 ms should not
  // spend them on finding files, nor on the loader of ES modules; and what it takes from Node, such as its server, it
  // takes only where a command needs that. A thread is a file by itself, and so is what is large and seldom needed.
  {
    ...common,
    format: 'cjs',
    entry: {
      main: 'src/cli/main.ts',
      'line-worker': 'src/cli/threads/line-worker.ts',
      'registrable-domain': 'src/bulk/authenticators/registrable-domain.ts',
    },
    outDir: 'dist/cli',
    outExtension: () => ({ js: '.js' }),
    platform: 'node',
    splitting: false,
    noExternal: [/^@noble\//, 'otpauth', 'tldts'],
    esbuildPlugins: [beside],
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    footer: {
      js: `/*! Bundled above, as far as it is used: @noble/hashes\n\n${licence('@noble/hashes/LICENSE')}\notpauth\n\n${licence('otpauth/LICENSE.md')}\ntldts, with the Public Suffix List (Mozilla Public License 2.0, https://publicsuffix.org)\n\n${licence('tldts/LICENSE')}*/`,
    },
    esbuildOptions(options) {
      options.alias = { '#aes-gcm': './src/value/aes-gcm.node.ts', '#csv-parse': 'csv-parse' };
      options.define = { 'import.meta.url': 'importMetaUrl' };
      // Names stay, for whoever reports where something unexpected happened.
      options.minifyWhitespace = true;
      options.minifySyntax = true;
    },
    onSuccess: async () => writeFileSync('dist/cli/package.json', '{ "type": "commonjs" }\n'),
  },
]);
