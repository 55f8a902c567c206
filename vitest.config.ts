import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const backend = (name: 'node' | 'portable') => ({
  alias: {
    '#aes-gcm': fileURLToPath(new URL(`./src/value/aes-gcm.${name}.ts`, import.meta.url)),
    '#qr-codes': fileURLToPath(new URL(`./src/bulk/authenticators/qr-codes.${name}.ts`, import.meta.url)),
    '#registrable-domain': fileURLToPath(
      new URL('./src/bulk/authenticators/registrable-domain.ts', import.meta.url),
    ),
    '#csv-parse': name === 'node' ? 'csv-parse' : 'csv-parse/browser/esm',
  },
});

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
        resolve: backend('node'),
      },
      {
        // Everything that seals or opens, or reads CSV, once more on what browsers and workers get.
        test: {
          name: 'portable',
          include: [
            'test/{value,entry,request}/**/*.test.ts',
            'test/bulk/import/{csv,formats}.test.ts',
            'test/vectors/run-vectors.test.ts',
          ],
          exclude: ['test/entry/interval.test.ts'],
          testTimeout: 180_000,
        },
        resolve: backend('portable'),
      },
      {
        // npm run test:browser: needs an installed Chromium, and the built package.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
