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
  // The command line, bundled: a process that runs for 50 ms should not spend them on finding files.
  {
    ...common,
    entry: { main: 'src/cli/main.ts', 'line-worker': 'src/cli/line-worker.ts' },
    outDir: 'dist/cli',
    platform: 'node',
    splitting: true,
    external: ['#aes-gcm', '#csv-parse'],
  },
]);
