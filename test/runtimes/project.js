import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBounded } from './bounded.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONSUMER = fileURLToPath(new URL('./consumer', import.meta.url));

/**
 * Makes an empty project outside of this checkout, installs the packed package in it as a user would, and puts the
 * conformance suite there.
 */
export async function makeProject() {
  const directory = mkdtempSync(join(tmpdir(), 'credseal-runtimes-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    await runBounded('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], {
      cwd: ROOT,
    });
    const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz'));
    writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n');
    const options = [
      '--prefix',
      directory,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefer-offline',
    ];
    await runBounded('npm', ['install', ...options, `./${tarball}`], { cwd: directory });
    cpSync(CONSUMER, directory, { recursive: true });
    writeVectorChecks(directory);
  } catch (error) {
    remove();
    throw error;
  }
  return { directory, remove };
}

/** Where the package has vectors and what runs them, they are checks too, one for each file. */
function writeVectorChecks(directory) {
  const installed = join(directory, 'node_modules/credseal');
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  if (!('./vectors' in exports)) return;
  const texts = readdirSync(join(installed, 'vectors'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, readFileSync(join(installed, 'vectors', name), 'utf8')])
    .filter(([, text]) => 'testGroups' in JSON.parse(text));
  // As text, since JSON modules mend lone surrogates on some platforms.
  writeFileSync(
    join(directory, 'vectors.js'),
    `import { runVectors } from 'credseal/vectors';
import { equal } from './expectations.js';
const texts = ${JSON.stringify(texts)};
export async function vectorChecks() {
  const report = await runVectors(Object.fromEntries(texts.map(([name, text]) => [name, JSON.parse(text)])));
  return {
    'vectors: every file is run': () =>
      equal([report.problems, report.files.map(({ file }) => file).sort()], [[], texts.map(([name]) => name).sort()]),
    ...Object.fromEntries(
      report.files.map(({ file, tests, agree }) => [
        \`vectors: \${file}, \${tests} tests\`,
        () => equal([agree, report.disagreements.filter((found) => found.file === file)], [tests, []]),
      ]),
    ),
  };
}
`,
  );
}
