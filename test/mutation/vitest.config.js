import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The tests that stand for the mutated folders. */
export default defineConfig({
  root,
  test: {
    include: [
      'test/{value,key,handoff,totp}/**/*.test.ts',
      'test/entry/{open,rotate,seal}-entry.test.ts',
      'test/interop/vectors.test.ts',
      'test/vectors/run-vectors.test.ts',
    ],
    // The first runs a process of its own, which knows of no mutant; the second compares sources.
    exclude: ['test/**/*.long.test.ts', 'test/key/memory.test.ts', 'test/handoff/field-names.test.ts'],
    // Beside others, on a busy machine, a bound of time proves nothing.
    testNamePattern: /^(?!.*in no time)/,
    testTimeout: 60_000,
  },
  resolve: {
    alias: {
      '#aes-gcm': `${root}/src/value/aes-gcm.node.ts`,
      '#csv-parse': `${root}/src/bulk/import/csv-parse.node.ts`,
    },
  },
});
