import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startRedis } from '../bullmq/redis.js';
import { freePort, until } from '../queue/jobs.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const file = (name: string) => join(ROOT, 'examples/fleet', name);
const TABLE =
  /^entries in the vault {11}120 of 120\njobs refused {19}1, the tokens that came a second time\nentries a second {15}\d+\ntimes the vault was closed {5}\d+\nrequests in a closed window {4}[\d.]+\npeak of Redis, MB {14}[\d.]+\n/m;
const few = ['--tokens', '20', '--entries', '100'];

test('the fleet without Docker: one command, which ends with a table', async () => {
  const { stdout, stderr } = await run(process.execPath, [file('main.js'), ...few]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(TABLE);
  expect(stdout).toMatch(/^peak of each worker, MB {8}\d+, \d+\n$/m);
});

test('what Docker Compose starts, each as a process: keys, a vault, workers, a producer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'credseal-fleet-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const redis = await startRedis();
  await run(process.execPath, [file('keys.js'), folder]);
  await run(process.execPath, [file('keys.js'), folder]);
  const port = await freePort();
  const env = {
    PATH: process.env.PATH ?? '',
    REDIS_URL: redis.url,
    CLOUDCRUISE_BASE_URL: `http://127.0.0.1:${port}`,
    HANDOFF_KEY_FILE: join(folder, 'handoff.jwk'),
    HANDOFF_PUBLIC_KEY_FILE: join(folder, 'handoff-public.jwk'),
  };
  const start = (...command: string[]) => {
    const line = `. ${join(folder, 'fleet.env')} && exec ${command.join(' ')}`;
    const child = spawn('sh', ['-c', line], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const node = process.execPath;
  const vault = start(
    node,
    join(ROOT, 'dist/cli/main.js'),
    'emulate',
    '--port',
    `${port}`,
    '--fault',
    'latency=20,rate=1',
  );
  await once(vault.stdout, 'data');
  for (const _ of [1, 2]) start(node, file('worker.js'));
  const producer = start(node, file('produce.js'), ...few);
  let said = '';
  producer.stdout.on('data', (text) => {
    said += text;
  });
  await until(() => producer.exitCode !== null, 'the producer ends');
  expect(said).toMatch(TABLE);
  expect(producer.exitCode).toBe(0);
});
