// npm run test:consumers: the packed package in projects as others have them, each installed in a folder of its own. It
// prints a line for each, and fails if one does. `-- Jest` tries only those with that in their names.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { consumers as all } from './consumers.js';

const wanted = process.argv.slice(2);
const consumers = all.filter(({ name }) => wanted.every((word) => name.includes(word)));

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'credseal-consumers-'));
const npm = ['--no-audit', '--no-fund', '--loglevel=error'];

/** What a project prints, with its exit code in front where it is none. */
function outcome({ name, files, packages = {}, type, command }, tarball) {
  const cwd = join(folder, name.replaceAll(/\W+/g, '-'));
  const manifest = { name: 'consumer', private: true, ...(type && { type }) };
  const all = { 'package.json': JSON.stringify(manifest), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const wanted = Object.entries(packages).map(([pack, version]) => `${pack}@${version}`);
  execFileSync('npm', ['install', ...npm, tarball, ...wanted], { cwd, stdio: 'pipe' });
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(cwd, 'node_modules/.bin')}:${process.env.PATH}`, CI: '1' },
  });
  return `${status === 0 ? '' : `exit code ${status}\n`}${stdout}${stderr}`;
}

let failed = 0;
try {
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT });
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
  for (const consumer of consumers) {
    const start = performance.now();
    let found;
    try {
      found = outcome(consumer, tarball);
    } catch (error) {
      found = `exit code of npm\n${error.stderr ?? error.message}`;
    }
    const ok = !found.startsWith('exit code') && found.includes(consumer.says ?? 'hunter2 back');
    if (!ok) failed += 1;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`${ok ? 'passed' : 'FAILED'}  ${consumer.name.padEnd(48)} ${seconds.padStart(3)} s`);
    if (!ok) console.log(found);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${consumers.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
