import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const backend = (name: 'node' | 'portable') => ({
  alias: { '#aes-gcm': fileURLToPath(new URL(`./src/value/aes-gcm.${name}.ts`, import.meta.url)) },
});

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        test: { name: 'node', include: ['test/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 },
        resolve: backend('node'),
      },
      {
        // Everything that seals or opens, once more on the backend that browsers and workers get.
        test: {
          name: 'portable',
          include: ['test/{value,entry,request}/**/*.test.ts', 'test/vectors/run-vectors.test.ts'],
          exclude: ['test/entry/interval.test.ts'],
          testTimeout: 180_000,
        },
        resolve: backend('portable'),
      },
    ],
  },
});
