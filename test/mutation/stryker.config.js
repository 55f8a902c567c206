// npm run test:mutation [-- --mutate 'src/key/**']: outside continuous integration, since a folder takes its time. What
// survives and is no fault is named in SURVIVORS.md.
// Texts are not mutated: tests hold what a message tells (its code, a position, a count), and not its words.
export default {
  packageManager: 'npm',
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.js' },
  mutate: [
    'src/{value,key,handoff,totp}/**/*.ts',
    '!src/**/index.ts',
    // Generated, names alone.
    '!src/handoff/field-names.ts',
  ],
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: 'coverage/mutation.json' },
  tempDirName: 'coverage/mutation',
  // The first run is of all tests, on a machine that may have other things to do.
  dryRunTimeoutMinutes: 30,
  timeoutMS: 30_000,
  thresholds: { break: 95 },
};
