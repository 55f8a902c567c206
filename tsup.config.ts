import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

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
      'emulator/index': 'src/emulator/index.ts',
      'vectors/index': 'src/vectors/index.ts',
      'key-file/index': 'src/key-file/index.ts',
      'handoff/index': 'src/handoff/index.ts',
    },
    outDir: 'dist', // The reference makes `using` known to compilers whose own libraries are older.
    dts: { only: true, banner: '/// <reference lib="esnext.disposable" />' },
  },
  // The command line, bundled: a process that runs for 50 ms should not spend them on finding files. What sealing a
  // value takes is a single file, with the hashes and the backend in it; it hands over to the program in all else.
  {
    ...common,
    entry: { main: 'src/cli/main.ts' },
    outDir: 'dist/cli',
    platform: 'node',
    splitting: false,
    noExternal: [/^@noble\//],
    footer: {
      js: `/*! @noble/hashes, bundled above:\n\n${readFileSync('node_modules/@noble/hashes/LICENSE')}*/`,
    },
    external: ['./program.js', './passphrase.js', './prompt.js', '../key-file/unprotect-keys.js'],
    esbuildOptions(options) {
      options.alias = { '#aes-gcm': './src/value/aes-gcm.node.ts' };
    },
  },
  {
    ...common,
    entry: { program: 'src/cli/program.ts', 'line-worker': 'src/cli/line-worker.ts' },
    outDir: 'dist/cli',
    platform: 'node',
    splitting: true,
    external: ['#aes-gcm', '#csv-parse'],
  },
]);
