// npm run build: makes dist. With --if-changed only what was made of other sources than those that are there; with
// --no-types without the declarations of types, which take most of the time.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/credseal');
const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/build.js',
  'scripts/commonjs.js',
  'scripts/licences.js',
  'scripts/declarations.js',
  'scripts/licences/zxing_reader.wasm.txt',
];

const isWanted = (option) => process.argv.includes(option);

/** A name of all that is built from. */
function sources() {
  const hash = createHash('sha256').update(process.version);
  const inSrc = readdirSync(join(ROOT, 'src'), { recursive: true }).map((file) => join('src', file));
  const configs = readdirSync(ROOT).filter((file) => /^tsup\..*ts$/.test(file));
  for (const file of [...SOURCES, ...configs, ...inSrc.filter((name) => name.endsWith('.ts'))].sort())
    hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

/** What a part of dist was made of, where it is still there. */
function made(part, file) {
  const stamp = join(CACHE, part);
  return existsSync(join(ROOT, 'dist', file)) && existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}

function run(args, output = 'inherit') {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', output, 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${args.join(' ')}: exit code ${code}`)),
    );
  });
}

const TSUP = 'node_modules/tsup/dist/cli-default.js';

async function buildCode() {
  await run([TSUP, '--silent']);
  await run(['scripts/commonjs.js']);
  await run(['scripts/declarations.js']);
  const manual = openSync(join(ROOT, 'dist/credseal.1'), 'w');
  await run(['dist/cli/main.js', 'help', '--format', 'man'], manual);
  closeSync(manual);
}

const now = sources();
const isForced = !isWanted('--if-changed');
const needsCode = isForced || made('code', 'credseal.1') !== now;
const needsTypes = !isWanted('--no-types') && (needsCode || made('types', 'index.d.ts') !== now);
mkdirSync(CACHE, { recursive: true });
if (needsCode) {
  for (const part of ['code', 'types']) rmSync(join(CACHE, part), { force: true });
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
}
const building = [
  ...(needsCode ? [buildCode().then(() => writeFileSync(join(CACHE, 'code'), now))] : []),
  ...(needsTypes
    ? [
        run([TSUP, '--silent', '--config', 'tsup.types.config.ts'])
          .then(() => run(['scripts/commonjs.js', '--types']))
          .then(() => writeFileSync(join(CACHE, 'types'), now)),
      ]
    : []),
];
for (const { status, reason } of await Promise.allSettled(building)) {
  if (status === 'fulfilled') continue;
  console.error(reason.message);
  process.exitCode = 1;
}
