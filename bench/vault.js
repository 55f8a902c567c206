// npm run bench:vault [-- --entries 10000 --rounds 3]: rotation and plan against a local vault in another process. Prints
// what was measured, and ends with 1 if a figure falls short.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VaultKey } from 'credseal';
import { vaultClient } from 'credseal/vault';
import { median, report } from './rounds.js';

const { values: options } = parseArgs({
  options: {
    entries: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [entries, rounds] = [Number(options.entries), Number(options.rounds)];
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const loop = fileURLToPath(new URL('./published-rotate.js', import.meta.url));
const peak = fileURLToPath(new URL('./peak-memory.cjs', import.meta.url));
// In memory, where there is such a folder: a disk is not what is measured.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'credseal-bench-'));
const apiKey = 'sk_bench';
const [oldKey, newKey] = [VaultKey.generate(), VaultKey.generate()];
const plain = Array.from({ length: entries }, (_, index) => ({
  permissioned_user_id: `user-${index}`,
  domain: 'https://portal.example.com',
  user_name: `ada-${index}@example.com`,
  password: 'correct horse battery staple',
  tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  tfa_method: 'AUTHENTICATOR',
}));
const underOld = join(folder, 'old.data');
const underNew = join(folder, 'new.data');
const document = join(folder, 'plain.ndjson');

/** Starts a vault on a copy of a data file, and ends it when the work is done. */
async function withVault(data, key, previous, faults, work) {
  const args = ['emulate', '--data', data, ...(faults ? ['--fault', faults] : [])];
  const env = {
    PATH: process.env.PATH,
    CLOUDCRUISE_API_KEY: apiKey,
    CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
    CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: previous?.toHex() ?? '',
  };
  const vault = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(vault.stdout, 'data');
    return await work(/=(.+)/.exec(String(line))[1]);
  } finally {
    vault.kill('SIGTERM');
    await once(vault, 'exit');
  }
}

/** Runs a process to its end: how long it took, in seconds, and its peak memory, in MB. */
async function timed(args, url) {
  const start = performance.now();
  const child = spawn(process.execPath, ['--require', peak, ...args], {
    env: {
      CLOUDCRUISE_API_KEY: apiKey,
      CLOUDCRUISE_ENCRYPTION_KEY: newKey.toHex(),
      CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: oldKey.toHex(),
      ...(args[0] === loop
        ? { BASE_URL: url, OLD_KEY: oldKey.toHex(), NEW_KEY: newKey.toHex() }
        : { CLOUDCRUISE_BASE_URL: url }),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let memory = '';
  child.stdio[3].on('data', (chunk) => {
    memory += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args[1] ?? args[0]} ended with ${code}`);
  return { seconds: (performance.now() - start) / 1000, megabytes: Number(memory) / 1000 };
}

/** How long each of some processes takes, in alternating rounds, each at a vault of its own. */
async function medians(cases, data, faults, count = rounds) {
  const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round < count; round++)
    for (const [name, args] of Object.entries(cases)) {
      const copy = join(folder, 'copy.data');
      copyFileSync(data, copy);
      results[name].push(await withVault(copy, newKey, oldKey, faults, (url) => timed(args, url)));
    }
  return Object.fromEntries(
    Object.entries(results).map(([name, all]) => [
      name,
      {
        seconds: median(all.map(({ seconds }) => seconds)),
        megabytes: Math.max(...all.map(({ megabytes }) => megabytes)),
      },
    ]),
  );
}

function atLeast(title, { ours, theirs }, least) {
  const times = theirs.seconds / ours.seconds;
  report(
    title,
    [
      { what: 'loop of get and update', measured: theirs.seconds },
      { what: 'vault rotate', measured: ours.seconds },
    ],
    's',
  );
  report('  so that it is faster', [{ what: 'loop / rotate', measured: times, atLeast: least }], '×');
  report(
    '  in memory',
    [{ what: 'vault rotate at its highest', measured: ours.megabytes, limit: 200 }],
    'MB',
  );
  if (times < least || ours.megabytes > 200) process.exitCode = 1;
}

try {
  for (const [data, key] of [
    [underOld, oldKey],
    [underNew, newKey],
  ])
    await withVault(data, key, undefined, undefined, async (baseUrl) => {
      const vault = vaultClient({ apiKey, keys: key, baseUrl });
      for (let from = 0; from < entries; from += 64)
        await Promise.all(plain.slice(from, from + 64).map((entry) => vault.create(entry)));
    });
  writeFileSync(document, plain.map((entry) => `${JSON.stringify(entry)}\n`).join(''));

  console.log(`${entries} entries, each with three credentials, Node ${process.versions.node}`);
  const rotations = { theirs: [loop], ours: [cli, 'vault', 'rotate', '-q'] };
  atLeast('Rotation in the vault', await medians(rotations, underOld), 1.4);
  // Whoever waits 10 ms for each answer waits for minutes: once will do.
  const faults = 'latency=10,rate=1';
  atLeast(`Rotation, answers after 10 ms (${faults})`, await medians(rotations, underOld, faults, 1), 4);

  const { plan, pull } = await medians(
    { pull: [cli, 'vault', 'pull', '--open'], plan: [cli, 'plan', document, '--check'] },
    underNew,
    undefined,
    Math.max(5, rounds),
  );
  const times = plan.seconds / pull.seconds;
  report(
    'Plan of what is unchanged, plain',
    [
      { what: 'vault pull --open', measured: pull.seconds },
      { what: 'plan', measured: plan.seconds },
    ],
    's',
  );
  report('  so that it costs', [{ what: 'plan / pull', measured: times, limit: 1.5 }], '×');
  if (times > 1.5) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
