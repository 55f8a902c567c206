import { copyFileSync, readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const licence = (path: string) => readFileSync(`node_modules/${path}`, 'utf8');
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
      'emulator/index': 'src/emulator/index.ts',
      'vectors/index': 'src/vectors/index.ts',
      'key-file/index': 'src/key-file/index.ts',
      'handoff/index': 'src/handoff/index.ts',
    },
    outDir: 'dist', // The reference makes `using` known to compilers whose own libraries are older.
    dts: { only: true, banner: '/// <reference lib="esnext.disposable" />' },
  },
  // The command line, bundled: a process that runs for 50 ms should not spend them on finding files. What is run again
  // and again, and a thread, is a single file each, with the hashes, the codes and the backend in it; the first two hand
  // over to the program in all else.
  {
    ...common,
    entry: {
      main: 'src/cli/main.ts',
      'plain-payload': 'src/cli/plain-payload.ts',
      'line-worker': 'src/cli/line-worker.ts',
    },
    outDir: 'dist/cli',
    platform: 'node',
    splitting: false,
    noExternal: [/^@noble\//, 'otpauth'],
    footer: {
      js: `/*! Bundled above, as far as it is used: @noble/hashes\n\n${licence('@noble/hashes/LICENSE')}\notpauth\n\n${licence('otpauth/LICENSE.md')}*/`,
    },
    external: [
      './plain-payload.js',
      './program.js',
      './passphrase.js',
      './prompt.js',
      '../key-file/unprotect-keys.js',
    ],
    esbuildOptions(options) {
      options.alias = { '#aes-gcm': './src/value/aes-gcm.node.ts' };
    },
  },
  {
    ...common,
    entry: { program: 'src/cli/program.ts' },
    outDir: 'dist/cli',
    platform: 'node',
    splitting: true,
    external: ['#aes-gcm', '#csv-parse', '#qr-codes', '#registrable-domain'],
  },
]);
