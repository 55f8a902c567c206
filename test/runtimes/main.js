// npm run test:runtimes: one conformance suite against the packed package in every runtime. It prints a table, and
// fails if a check does, if a runtime is missing, or if the table in docs/library.md is another; "-- --write" writes that.
import { readFileSync, writeFileSync } from 'node:fs';
import { withPart } from '../../scripts/page-part.js';
import { secretsIn } from './consumer/secrets.js';
import { installRuntimes } from './install.js';
import { makeProject } from './project.js';
import { runtimes } from './runtimes.js';

const PAGE = new URL('../../docs/library.md', import.meta.url);

/** Runs the suite in a runtime, and adds what can only be seen from outside. A runtime that does not start is a failed check. */
async function check({ name, backend, run }, project) {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  try {
    const result = await run(project);
    const shown = result.shown.join('\n');
    const more = [
      ['the right backend is picked', result.backend === backend, `${result.backend}, wanted ${backend}`],
      ['it is called what it is', isCalled(name, result.runtime), result.runtime],
      ['it is the version that its name says', isVersion(name, result.version), result.version],
      ['the console shows what prints, and no secret', isHarmless(shown), secretsIn(shown).join() || shown],
    ];
    const checks = [...result.checks, ...more.map(([name, ok, detail]) => ({ name, ok, detail }))];
    return { name, version: result.version, backend: result.backend, checks, time: seconds() };
  } catch (error) {
    const failed = { name: 'it runs the suite', ok: false, detail: error.message };
    return { name, version: 'missing', backend: '', checks: [failed], time: seconds() };
  }
}

/** A name that ends in a number promises that major version. */
const isVersion = (name, version) => (/ (\d+)$/.exec(name)?.[1] ?? majorOf(version)) === majorOf(version);
const majorOf = (version) => version.split(/\D/)[0];

const BROWSERS = ['Chromium', 'Firefox', 'WebKit'];

/** Browsers are called so; the others have their names. */
const isCalled = (name, runtime) =>
  runtime === 'browser' ? BROWSERS.includes(name) : name.toLowerCase().split(' ')[0] === runtime;

const isHarmless = (shown) => shown.includes('printing:') && secretsIn(shown).length === 0;

const passedOf = ({ checks }) => checks.filter(({ ok }) => ok).length;

/** The result for people who wait for it. */
function printTable(results) {
  const rows = [['runtime', 'version', 'AES-256-GCM by', 'passed', 'time']];
  for (const result of results) {
    const { name, version, backend, checks, time } = result;
    rows.push([name, version, backend, `${passedOf(result)} of ${checks.length}`, time]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}

/** The table of docs/library.md: major versions only, as the others change from run to run. */
function runtimesTable(results) {
  const rows = results.map(({ name, version, backend }) => {
    const label = BROWSERS.includes(name) ? `${name} ${majorOf(version)}` : name;
    return `| ${label} | \`${backend}\` |`;
  });
  return ['| runtime | AES-256-GCM by |', '|---|---|', ...rows].join('\n');
}

/** Browsers are the system's own: a newer one is no reason to fail. */
const anyBrowser = (text) => text.replaceAll(/(Chromium|Firefox|WebKit) \d+/g, '$1');

// With names behind --only, no other: `npm run test:runtimes -- --only Firefox`.
const only = process.argv.includes('--only')
  ? process.argv.slice(process.argv.indexOf('--only') + 1)
  : undefined;
const wanted = runtimes.filter(({ name }) => only?.includes(name) ?? true);

await installRuntimes();
const project = await makeProject();
const results = [];
try {
  for (const runtime of wanted) results.push(await check(runtime, project));
} finally {
  project.remove();
}
printTable(results);

const failures = results.flatMap(({ name, checks }) =>
  checks.filter(({ ok }) => !ok).map((failed) => `${name}: ${failed.name}: ${failed.detail}`),
);
if (failures.length === 0 && only === undefined) {
  const page = readFileSync(PAGE, 'utf8');
  const table = withPart(page, 'runtimes', runtimesTable(results));
  if (process.argv.includes('--write')) writeFileSync(PAGE, table);
  else if (anyBrowser(table) !== anyBrowser(page))
    failures.push('docs/library.md names other runtimes than these: npm run test:runtimes -- --write');
}
for (const failure of failures) console.error(`\n${failure}`);
const passed = results.reduce((sum, result) => sum + passedOf(result), 0);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
