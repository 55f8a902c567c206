// npm run bench:fleet [-- --entries 20000 --rounds 3 --enqueued 1000000 --write]: one push against two workers on a queue, needless
// requests, and memory, on a Redis of its own. Prints the table of docs/fleet.md, and ends with 1 if a figure falls short; with
// --write it is put there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sealEntry, VaultKey } from 'credseal';
import { Redis } from 'ioredis';
import { withPart } from '../scripts/page-part.js';
import { median } from './rounds.js';

const { values: options } = parseArgs({
  options: {
    entries: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    enqueued: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
  },
});
const [entries, rounds, enqueued] = [options.entries, options.rounds, options.enqueued].map(Number);
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const peak = fileURLToPath(new URL('./peak-memory.cjs', import.meta.url));
const page = new URL('../docs/fleet.md', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'credseal-bench-'));
const key = VaultKey.generate();
const apiKey = 'sk_bench';
const keyEnv = { PATH: process.env.PATH, CLOUDCRUISE_ENCRYPTION_KEY: key.toHex() };
const LATENCY = 'latency=20,rate=1';

async function writeEntries(name, count) {
  const file = join(folder, name);
  const stream = createWriteStream(file);
  for (let index = 0; index < count; index++) {
    const entry = {
      permissioned_user_id: `user-${index}`,
      domain: 'https://portal.example.com',
      user_name: `ada-${index}@example.com`,
      password: 'correct horse battery staple',
    };
    if (!stream.write(`${JSON.stringify(sealEntry(entry, key))}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
  return file;
}

async function withRedis(work) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  const settings = ['--save', '', '--maxmemory-policy', 'noeviction'];
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...settings];
  const redis = spawn('redis-server', args, { stdio: 'ignore' });
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    await client.ping();
    return await work(`redis://127.0.0.1:${port}`, async () => {
      const memory = await client.info('memory');
      return Number(/used_memory:(\d+)/.exec(memory)?.[1]) / 1e6;
    });
  } finally {
    client.disconnect();
    redis.kill();
    await once(redis, 'exit');
  }
}

async function withVault(faults, work) {
  const args = faults.flatMap((fault) => ['--fault', fault]);
  const env = { ...keyEnv, CLOUDCRUISE_API_KEY: apiKey };
  const vault = spawn(process.execPath, [cli, 'emulate', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(vault.stdout, 'data');
    return await work(/CLOUDCRUISE_BASE_URL=(\S+)/.exec(String(line))[1]);
  } finally {
    vault.kill('SIGTERM');
    await once(vault, 'exit');
  }
}

/** Runs a command to its end: how long it took, in seconds, and its peak memory, in MB. */
async function timed(args, env = {}) {
  const start = performance.now();
  const child = spawn(process.execPath, ['--require', peak, cli, ...args], {
    env: { ...keyEnv, CLOUDCRUISE_API_KEY: apiKey, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let [memory, said] = ['', ''];
  child.stdio[3].on('data', (chunk) => {
    memory += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - start) / 1000, megabytes: Number(memory) / 1000 };
}

/** Empties a queue by two workers: how long that took, and the peak memory of either. */
async function byTwoWorkers(queue, url) {
  const work = ['work', '--queue', queue, '--until-empty', '--quiet'];
  const start = performance.now();
  const workers = await Promise.all([1, 2].map(() => timed(work, { CLOUDCRUISE_BASE_URL: url })));
  const seconds = (performance.now() - start) / 1000;
  return { seconds, megabytes: Math.max(...workers.map(({ megabytes }) => megabytes)) };
}

const rows = [];
let isShort = false;
function row(what, measured, { unit = '', atMost, atLeast, digits = 0 } = {}) {
  const shown = `${measured.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ',')}${unit}`;
  const wanted =
    atMost !== undefined
      ? `at most ${atMost}${unit}`
      : atLeast !== undefined
        ? `at least ${atLeast}${unit}`
        : '';
  const fails = measured > (atMost ?? Infinity) || measured < (atLeast ?? -Infinity);
  isShort ||= fails;
  rows.push(`| ${what} | ${shown} | ${wanted} |`);
  console.log(`${what}: ${shown} ${wanted}${fails ? '  FALLS SHORT' : ''}`);
}

async function push(file, queue) {
  return timed(['push', file, '--queue', queue, '--quiet']);
}

try {
  const file = await writeEntries('sealed.ndjson', entries);
  const [alone, together, enqueuing, memories] = [[], [], [], []];
  for (let round = 0; round < rounds; round++) {
    await withVault([LATENCY], async (url) => {
      const env = { CLOUDCRUISE_BASE_URL: url };
      alone.push((await timed(['push', file, '--quiet'], env)).seconds);
    });
    await withRedis((queue) =>
      withVault([LATENCY], async (url) => {
        enqueuing.push((await push(file, queue)).seconds);
        const { seconds, megabytes } = await byTwoWorkers(queue, url);
        together.push(seconds);
        memories.push(megabytes);
      }),
    );
  }
  const count = entries.toLocaleString('en');
  row(`${count} entries, one \`credseal push\`, 8 at once`, entries / median(alone), { unit: ' a second' });
  row('the same by two `credseal work`, 8 jobs at once each', entries / median(together), {
    unit: ' a second',
  });
  row('how much faster two workers are', median(alone) / median(together), {
    unit: ' ×',
    atLeast: 1.5,
    digits: 2,
  });
  row('putting them on the queue, one after the other preflighted', entries / median(enqueuing), {
    unit: ' a second',
  });
  row(`memory of a worker, ${count} entries, peak`, median(memories), { unit: ' MB', atMost: 150 });

  await withRedis((queue) =>
    withVault([], async (url) => {
      const more = await writeEntries('more.ndjson', 3 * entries);
      await push(more, queue);
      const { seconds, megabytes } = await byTwoWorkers(queue, url);
      row('without latency, where two cores are the limit', (3 * entries) / seconds, { unit: ' a second' });
      row('memory of a worker, three times as many entries, peak', megabytes, { unit: ' MB', atMost: 150 });
    }),
  );

  await withRedis((queue) =>
    withVault([LATENCY, 'requests=100,per=1000,retry-after=3'], async (url) => {
      const some = await writeEntries('some.ndjson', 2000);
      await push(some, queue);
      await byTwoWorkers(queue, url);
      const counts = await fetch(`${url}/emulator/rate-limit`, { headers: { 'cc-key': apiKey } });
      const { closures, whileClosed } = await counts.json();
      row('times that the vault closed for 3 s, 2,000 entries', closures);
      const most = { atMost: 16, digits: 1 };
      row('requests that came while it was closed, each time, 16 in flight', whileClosed / closures, most);
    }),
  );

  const many = await writeEntries('many.ndjson', enqueued);
  await withRedis(async (queue, megabytes) => {
    const before = await megabytes();
    await push(many, queue);
    const used = (await megabytes()) - before;
    row(`memory of Redis, ${enqueued.toLocaleString('en')} entries on the queue`, used, {
      unit: ' MB',
      atMost: Math.round((600 * enqueued) / 1e6),
    });
  });
} finally {
  rmSync(folder, { recursive: true });
}
const where = `Medians of ${rounds} rounds, alternating, on ${cpus().length} cores shared with others (load ${loadavg()[1].toFixed(1)}), ${process.version}.`;
const table = ['| what | measured | wanted |', '|---|---|---|', ...rows, '', where].join('\n');
console.log(`\n${table}`);
if (options.write) writeFileSync(page, withPart(readFileSync(page, 'utf8'), 'fleet', table));
process.exitCode = isShort ? 1 : 0;
