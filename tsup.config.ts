import { readFileSync, writeFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const licence = (path: string) => readFileSync(`node_modules/${path}`, 'utf8');
const common = { format: 'esm', target: 'es2022', platform: 'neutral' } as const;

export default defineConfig([
  // The library, one file a module as in src: with "sideEffects": false a bundler takes only the files it needs,
  // and "#aes-gcm" stays an import of the installed package, so that each runtime picks its own backend.
  { ...common, entry: ['src/**/*.ts', '!src/cli/**'], bundle: false, outDir: 'dist' },
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
  // takes only where a command needs that. A thread is a file by itself.
  {
    ...common,
    format: 'cjs',
    entry: { main: 'src/cli/main.ts', 'line-worker': 'src/cli/threads/line-worker.ts' },
    outDir: 'dist/cli',
    outExtension: () => ({ js: '.js' }),
    platform: 'node',
    splitting: false,
    noExternal: [/^@noble\//, 'otpauth'],
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    footer: {
      js: `/*! Bundled above, as far as it is used: @noble/hashes\n\n${licence('@noble/hashes/LICENSE')}\notpauth\n\n${licence('otpauth/LICENSE.md')}*/`,
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
