import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bounded, runBounded } from './bounded.js';
import { runtimeFile } from './install.js';

// Port 0 is any that is free; workerd tells it on the control channel.
const config = (flags) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "suite", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.bundle.js")],
    compatibilityDate = "2026-11-01",
    compatibilityFlags = ${JSON.stringify(flags)},
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "suite")],
);
`;

/** Runs the suite in workerd, which is what Cloudflare Workers are, with these compatibility flags. */
export const inWorkerd =
  (flags) =>
  async ({ directory }) => {
    await build({
      entryPoints: [join(directory, 'worker.js')],
      outfile: join(directory, 'worker.bundle.js'),
      bundle: true,
      format: 'esm',
      // As Wrangler does: packages that have nothing but "main" are found.
      platform: 'browser',
      conditions: ['workerd', 'worker'],
      logLevel: 'silent',
    });
    writeFileSync(join(directory, 'workerd.capnp'), config(flags));
    const program = runtimeFile('workerd/bin/workerd');
    const { stdout: version } = await runBounded(program, ['--version']);
    const worker = spawn(program, ['serve', 'workerd.capnp', '--control-fd=3'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const shown = [];
    for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (chunk) => shown.push(chunk));
    const closed = new Promise((resolve) => worker.once('close', resolve));
    try {
      const port = await bounded('workerd', portOf(worker, shown));
      const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(120_000) });
      if (!response.ok) throw new Error(`workerd answered ${response.status}\n${shown.join('')}`);
      const { nodeGlobals, ...result } = await response.json();
      const wanted = !flags.includes('no_nodejs_compat_v2');
      result.checks.push({
        name: wanted ? "Node's globals are there" : "none of Node's globals is there",
        ok: nodeGlobals.every((type) => (type !== 'undefined') === wanted),
        detail: nodeGlobals.join(),
      });
      return { version: version.replace('workerd', '').trim(), ...result, shown };
    } finally {
      worker.kill('SIGKILL');
      await closed;
    }
  };

/** Waits until workerd says where it listens. */
function portOf(worker, shown) {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('close', (code) => reject(new Error(`workerd ended with ${code}\n${shown.join('')}`)));
    let text = '';
    worker.stdio[3].on('data', (chunk) => {
      text += chunk;
      const event = text.split('\n').find((line) => line.includes('"listen"'));
      if (event !== undefined) resolve(JSON.parse(event).port);
    });
  });
}
