// npm run bench:emulator [-- --seconds 60 --rate 2000 --connections 128 --data]: creates at a steady rate, from this process, against
// `credseal emulate` in another. Prints what was reached, and ends with 1 if an answer was wrong or a figure falls short.
// On Linux: memory and processor time are read from /proc.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VaultKey, vaultRequests } from 'credseal';
import { Pool } from 'undici';
import { report } from './rounds.js';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '2000' },
    data: { type: 'boolean', default: false },
    connections: { type: 'string', default: '128' },
  },
});
const [seconds, rate] = [Number(options.seconds), Number(options.rate)];
const connections = Number(options.connections);
const TICK_MS = 5;

const apiKey = 'sk_bench';
const key = VaultKey.generate();
const folder = mkdtempSync(join(tmpdir(), 'credseal-bench-'));
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const server = spawn(
  process.execPath,
  [cli, 'emulate', ...(options.data ? ['--data', join(folder, 'vault.data')] : [])],
  {
    env: { CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(), CLOUDCRUISE_API_KEY: apiKey },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const [line] = await once(server.stdout, 'data');
  const baseUrl = /=(.+)/.exec(String(line))[1];
  await run(baseUrl);
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(folder, { recursive: true });
}

async function run(baseUrl) {
  const vault = vaultRequests({ apiKey, key, baseUrl });
  const pool = new Pool(baseUrl, { connections });
  const total = rate * seconds;
  const latencies = [];
  const failures = {};
  let sent = 0;
  let done = 0;

  async function create(number) {
    const { method, url, headers, body } = vault.create({
      permissioned_user_id: `user-${number}`,
      domain: 'https://portal.example.com',
      user_name: `ada-${number}@example.com`,
      password: 'correct horse battery staple',
      tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      tfa_method: 'AUTHENTICATOR',
      expiry_time_from_last_use: '01:30:00',
    });
    const start = performance.now();
    let outcome;
    try {
      const answer = await pool.request({ method, path: new URL(url).pathname, headers, body });
      const entry = await answer.body.json();
      outcome =
        answer.statusCode === 201 && entry.permissioned_user_id === `user-${number}` ? '' : answer.statusCode;
    } catch (error) {
      outcome = error.code ?? error.name;
    }
    latencies.push(performance.now() - start);
    if (outcome !== '') failures[outcome] = (failures[outcome] ?? 0) + 1;
    done += 1;
  }

  const start = performance.now();
  let ended;
  const allDone = new Promise((resolve) => {
    ended = resolve;
  });
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate));
    for (; sent < due; sent++) create(sent).then(() => done === total && ended());
  }, TICK_MS);
  await allDone;
  clearInterval(timer);
  const elapsed = (performance.now() - start) / 1000;
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const megabytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) / 1000;
  const cpu = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  await pool.close();

  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  console.log(
    `\n${total} creates at ${rate} a second, ${connections} connections${options.data ? ', with --data' : ''}`,
  );
  report('Reached', [{ what: 'creates a second', measured: done / elapsed }], '');
  report('Errors', [{ what: JSON.stringify(failures), measured: failed, limit: 0 }], '');
  report(
    'Time of one create, waiting for a connection included',
    [
      { what: 'median', measured: at(0.5) },
      { what: '99 of 100', measured: at(0.99) },
      { what: 'longest', measured: at(1) },
    ],
    'ms',
  );
  report(
    'The vault',
    [{ what: 'resident memory at its highest', measured: megabytes('VmHWM'), limit: 250 }],
    'MB',
  );
  report(
    'Processor time of the vault',
    // In hundredths of a second: user and system time, fields 14 and 15 of proc_pid_stat(5).
    [{ what: 'of one core', measured: (100 * ((Number(cpu[11]) + Number(cpu[12])) / 100)) / elapsed }],
    '%',
  );
  const isHeld = done / elapsed >= 0.99 * rate;
  if (failed > 0 || !isHeld || megabytes('VmHWM') > 250) process.exitCode = 1;
}
