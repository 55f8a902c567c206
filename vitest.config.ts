import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const backend = (name: 'node' | 'portable') => ({
  alias: {
    '#aes-gcm': fileURLToPath(new URL(`./src/value/aes-gcm.${name}.ts`, import.meta.url)),
    '#qr-codes': fileURLToPath(new URL(`./src/bulk/authenticators/qr-codes.${name}.ts`, import.meta.url)),
    '#registrable-domain': fileURLToPath(
      new URL('./src/bulk/authenticators/registrable-domain.ts', import.meta.url),
    ),
    '#csv-parse': fileURLToPath(new URL(`./src/bulk/import/csv-parse.${name}.ts`, import.meta.url)),
  },
});

const LONG = 'test/**/*.long.test.ts';
const NEWER_NODE = 'test/pg-boss/**/*.test.ts';
/**
 * Files that put something else in the place of a module, which have to load all modules anew, and files that measure
 * times, for which the memory of others must not be collected.
 */
const APART = [
  'test/**/wiping.test.ts',
  'test/value/reseal.test.ts',
  'test/preflight/self-test.test.ts',
  'test/handoff/vectors.test.ts',
  'test/preflight/{linear-time,guard-lenient,compact-store}.test.ts',
  'test/bulk/backpressure.test.ts',
  'test/preflight/sha256.test.ts',
  'test/totp/migration.test.ts',
];
/** Everything that seals or opens, or reads CSV: once more on what browsers and workers get. */
const PORTABLE = [
  'test/{value,entry,request}/**/*.test.ts',
  'test/bulk/import/{csv,formats}.test.ts',
  'test/vectors/run-vectors.test.ts',
];
const PORTABLE_APART = ['test/value/{wiping,reseal}.test.ts'];

const project = (
  name: string,
  on: 'node' | 'portable',
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration => ({
  test: {
    name,
    globalSetup: './test/e2e/packed-once.ts',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // To load all modules for each file took half of the time.
    isolate: false,
    ...test,
  },
  resolve: backend(on),
});

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    pool: 'forks',
    // Many tests wait: for a time, an answer, or a process that they started.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    projects: [
      project('node', 'node', {
        include: ['test/**/*.test.ts'],
        exclude: ['test/browser/**', NEWER_NODE, LONG, ...APART],
      }),
      // In a Node that is new enough for pg-boss, which test/pg-boss.long.test.ts starts.
      project('newer-node', 'node', { include: [NEWER_NODE], exclude: [LONG] }),
      project('newer-node-long', 'node', {
        include: ['test/pg-boss/**/*.long.test.ts'],
        env: { CREDSEAL_TEST_LONG: '1' },
      }),
      project('node-apart', 'node', { include: APART, isolate: true }),
      project('portable', 'portable', {
        include: PORTABLE,
        exclude: ['test/entry/interval.test.ts', LONG, ...APART],
      }),
      project('portable-apart', 'portable', { include: PORTABLE_APART, isolate: true }),
      // npm run test:long: what takes long by its nature.
      project('long', 'node', { include: [LONG], exclude: [NEWER_NODE], env: { CREDSEAL_TEST_LONG: '1' } }),
      // npm run test:browser: needs an installed Chromium, and the built package.
      project('browser', 'node', { include: ['test/browser/**/*.test.ts'] }),
    ],
  },
});
