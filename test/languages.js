// npm run test:languages: the programs in examples/languages against every vector of sealing and opening, by `credseal vectors
// verify --exec`. Needs php, ruby, go and java (Debian: php-cli ruby golang-go default-jdk-headless).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'credseal-languages-'));
const programs = {
  php: 'php examples/languages/php/credseal.php',
  ruby: 'ruby examples/languages/ruby/credseal.rb',
  // Built first: `go run` would take the vectors' time to begin.
  go: `go build -o ${join(folder, 'credseal')} examples/languages/go/credseal.go && ${join(folder, 'credseal')}`,
  java: 'java examples/languages/java/Credseal.java',
};
/** Of sealing and opening: whatever else a program may answer, these it has to. */
const FILES = ['malformed-values.json', 'published-clients.json', 'sealed-values.json'];
const testsIn = (name) => JSON.parse(readFileSync(path(`vectors/${name}`), 'utf8')).numberOfTests;

let failed = 0;
try {
  for (const [language, command] of Object.entries(programs)) {
    const args = [path('dist/cli/main.js'), 'vectors', 'verify', '--format', 'json', '--exec', command];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: path('.'),
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      env: { ...process.env, GOCACHE: join(folder, 'go-cache') },
    });
    const { files = [], problems = [stderr] } = stdout === '' ? {} : JSON.parse(stdout);
    const agreed = files.filter(({ file }) => FILES.includes(file)).map(({ agree }) => agree);
    const isWhole =
      agreed.length === FILES.length && FILES.every((name, index) => agreed[index] === testsIn(name));
    const ok = status === 0 && isWhole && problems.length === 0;
    if (!ok) failed += 1;
    console.log(`${ok ? 'passed' : 'FAILED'}  ${language.padEnd(5)} ${agreed.join(' + ')} tests`);
    if (!ok) console.log(problems.join('\n'), stderr);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${Object.keys(programs).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
