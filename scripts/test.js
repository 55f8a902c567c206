// npm test: lints, builds, checks the types, and runs every test but those of test:long and test:browser. With the name
// of a file, or anything else that Vitest takes, it builds what has changed, and runs that.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const given = process.argv.slice(2);
const has = (text) => given.some((word) => word.includes(text));

/** The exit code of a program of this project. */
function run(...command) {
  const child = spawn(process.execPath, command, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

const biome = () => run('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.');
const tsc = () =>
  run(
    ...['node_modules/typescript/bin/tsc', '--noEmit', '--incremental'],
    ...['--tsBuildInfoFile', 'node_modules/.cache/credseal/tsc.tsbuildinfo'],
  );
/** Only what is packed has declarations of types in it. */
const build = () => {
  const needsTypes = given.length === 0 || has('e2e') || has('docs');
  return run('scripts/build.js', '--if-changed', ...(needsTypes ? [] : ['--no-types']));
};

// Types are checked behind the build, since tests and examples import the package by its name.
const before = given.length > 0 ? [build()] : [biome(), build().then((code) => (code === 0 ? tsc() : code))];
const codes = await Promise.all(before);
process.exitCode = codes.find((code) => code !== 0) ?? 0;
if (process.exitCode === 0) {
  // By name: of several that are left out, Vitest would run each that another leaves in.
  const projects = ['node', 'node-apart', 'portable', 'portable-apart'];
  if (has('.long.')) projects.push('long');
  if (has('browser')) projects.push('browser');
  process.exitCode = await run(
    ...['node_modules/vitest/vitest.mjs', 'run'],
    ...projects.flatMap((name) => ['--project', name]),
    ...given,
  );
}
