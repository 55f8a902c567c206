import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sealEntry, sealValue, VaultKey } from 'credseal';
import { median } from './rounds.js';

const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const ROUNDS = 25;

/** Every command at the least that it can do; where even that takes long by design, at its help. */
const COMMANDS = {
  '--help': [],
  'help key new': [],
  'key new': [],
  'key show': [],
  'key protect --help': [],
  'key unprotect --help': [],
  seal: ['stdin'],
  open: ['sealed'],
  'payload entry.json': [],
  'request entry.json': [],
  'import export.csv': [],
  'preflight sealed.json': [],
  'rotate sealed.json': [],
  'push sealed.json --dry-run': [],
  doctor: [],
  emulate: [],
  'totp show': ['secret'],
  'totp code': ['secret'],
  'totp verify 000000': ['secret'],
  'vectors verify --help': [],
  'completion bash': [],
};

/** The Nodes to measure: this one, and version 24 from npm. */
function runtimes() {
  const args = ['exec', '--yes', '--package=node@24', '--', 'node', '--print', 'process.execPath'];
  return [process.execPath, execFileSync('npm', args, { encoding: 'utf8' }).trim()];
}

/**
 * Starts every command and `node -e 0` as whole processes, in alternating rounds.
 *
 * @returns rows for `report`, for each runtime.
 */
export async function startUp() {
  const key = VaultKey.generate();
  const entry = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com', password: 'hunter2' };
  const folder = mkdtempSync(join(tmpdir(), 'credseal-bench-'));
  const inputs = { stdin: 'hunter2', sealed: sealValue('hunter2', key), secret: SECRET };
  writeFileSync(join(folder, 'entry.json'), JSON.stringify(entry));
  writeFileSync(join(folder, 'sealed.json'), JSON.stringify(sealEntry(entry, key)));
  writeFileSync(
    join(folder, 'export.csv'),
    'name,url,username,password,note\na,https://a.example,ada,hunter2,\n',
  );
  const options = { cwd: folder, env: { ...process.env, CLOUDCRUISE_ENCRYPTION_KEY: key.toHex() } };
  try {
    const results = [];
    for (const node of runtimes()) results.push(await measured(node, options, inputs));
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measured(node, options, inputs) {
  const cases = { 'node -e 0': () => run(node, ['-e', '0'], '', options) };
  for (const [line, [input]] of Object.entries(COMMANDS)) {
    const args = [CLI, ...line.split(' ')];
    cases[line] =
      line === 'emulate'
        ? () => untilItSpeaks(node, args, options)
        : () => run(node, args, inputs[input] ?? '', options);
  }
  const names = Object.keys(cases);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      times[name].push(await cases[name]());
    }
  const bare = median(times['node -e 0']);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const rows = Object.keys(COMMANDS).map((line) => ({
    what: `credseal ${line}`,
    measured: median(times[line]) / bare,
    limit: /^(?:emulate|import|push)/.test(line) ? 1.8 : 1.5,
  }));
  return { title: `Start of commands against node -e 0 (${bare.toFixed(1)} ms) in Node ${version}`, rows };
}

function run(node, args, input, options) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(node, args, { ...options, input });
  const end = process.hrtime.bigint();
  // 1: the code is wrong, which is no matter here.
  if (status !== 0 && !args.includes('000000'))
    throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(end - start) / 1e6;
}

/** The time until a command that runs on has written something; then it is ended. */
function untilItSpeaks(node, args, options) {
  const start = process.hrtime.bigint();
  const child = spawn(node, args, options);
  return new Promise((resolve, reject) => {
    let time = 0;
    child.stdout.once('data', () => {
      time = Number(process.hrtime.bigint() - start) / 1e6;
      child.kill();
    });
    child.once('error', reject);
    child.once('close', () => resolve(time));
  });
}
