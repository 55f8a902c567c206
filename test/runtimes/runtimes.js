import { startFirefox } from '../engines/firefox.js';
import { startWebKit } from '../engines/webkit.js';
import { runBounded } from './bounded.js';
import { runInChromium } from './chromium.js';
import { KEY_HEX } from './consumer/secrets.js';
import { inEngine } from './engines.js';
import { runtimeFile } from './install.js';
import { inWorkerd } from './workerd.js';

const PORTABLE = '@noble/ciphers';
const NATIVE = 'node:crypto';

/** Where the suite runs: its name with its major version, the backend that it has to pick, and how it is run. */
export const runtimes = [
  { name: 'Node 20', backend: NATIVE, run: inProcess('node20/bin/node') },
  { name: 'Node 22', backend: NATIVE, run: inProcess('node22/bin/node') },
  { name: 'Node 24', backend: NATIVE, run: inProcess('node24/bin/node') },
  { name: 'Node 26', backend: NATIVE, run: inProcess('node26/bin/node') },
  { name: 'Bun 1', backend: NATIVE, run: inProcess('bun/bin/bun') },
  // No permission but for one variable: no file, no network, no other part of the environment.
  {
    name: 'Deno 2',
    backend: NATIVE,
    run: inProcess('deno/deno', 'run', '--no-prompt', '--allow-env=CREDSEAL_CONFORMANCE_KEY'),
  },
  // From compatibility date 2026-08-04 on, Workers have Node compatibility unless both of its flags are turned off.
  {
    name: 'workerd without nodejs_compat',
    backend: PORTABLE,
    run: inWorkerd(['no_nodejs_compat', 'no_nodejs_compat_v2']),
  },
  { name: 'workerd with nodejs_compat', backend: PORTABLE, run: inWorkerd([]) },
  { name: 'Chromium', backend: PORTABLE, run: runInChromium },
  { name: 'Firefox', backend: PORTABLE, run: inEngine(startFirefox) },
  { name: 'WebKit', backend: PORTABLE, run: inEngine(startWebKit) },
];

/** A runtime that starts a file, and prints the result of the suite as its last line. */
function inProcess(file, ...options) {
  return async ({ directory }) => {
    const program = runtimeFile(file);
    const env = {
      PATH: process.env.PATH,
      NO_COLOR: '1',
      CREDSEAL_CONFORMANCE_KEY: KEY_HEX,
      DENO_DIR: `${directory}/deno`,
      DENO_NO_UPDATE_CHECK: '1',
    };
    const { stdout: version } = await runBounded(program, ['--version'], { env });
    const { stdout, stderr } = await runBounded(program, [...options, 'start.cjs'], { cwd: directory, env });
    const lines = stdout.trimEnd().split('\n');
    const result = JSON.parse(lines.pop());
    return { version: /\d+(\.\d+)+/.exec(version)?.[0], ...result, shown: [...lines, stderr] };
  };
}
