import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };
/** `./dist/bulk/index.d.ts` → `bulk/index`. */
const entries = Object.values(exports).flatMap((each) =>
  typeof each === 'object' && each !== null && 'types' in each
    ? String(each.types).replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1')
    : [],
);

/** The declarations of types: one file an entry point, with what it shares with others beside it. */
export default defineConfig({
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  entry: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  outDir: 'dist',
  // The reference makes `using` known to compilers whose own libraries are older.
  dts: { only: true, banner: '/// <reference lib="esnext.disposable" />' },
});
