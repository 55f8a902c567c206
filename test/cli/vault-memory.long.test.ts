import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sealValueWithIv } from '../../src/value/sealed-value.js';
import { makeManifest } from '../../src/vault/index.js';
import { API_KEY, KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { inFolder, MAIN } from './run.js';

const PEAK = fileURLToPath(new URL('../../bench/peak-memory.cjs', import.meta.url));
const ENTRIES = 100_000;
/** Every so many is under the previous key. */
const EVERY = 200;
const MOST_MB = 200;
const MINUTES = 60_000;
const DOMAIN = 'https://portal.example.com';
const COOKIES = JSON.stringify(
  Array.from({ length: 100 }, (_, index) => ({
    name: `cookie-${index}`,
    value: 'x'.repeat(450),
    domain: DOMAIN,
  })),
);

/** The same each time it is asked for: nobody changes it. */
function passwordOf(index: number): string {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(8, index);
  return sealValueWithIv(`password of user-${index}`, index % EVERY === 0 ? OTHER_KEY : KEY, iv);
}

function* entries() {
  for (let index = 0; index < ENTRIES; index++)
    yield { permissioned_user_id: `user-${index}`, domain: DOMAIN, password: passwordOf(index) };
}

/** A vault that makes its list while it sends it, and keeps nothing but what it is sent. */
async function startStreamingVault() {
  const written = new Map<string, string>();
  const textOf = (index: number) => {
    const name = `user-${index}`;
    const password = written.get(name) ?? passwordOf(index);
    return `{"permissioned_user_id":"${name}","domain":"${DOMAIN}","password":"${password}","cookies":${COOKIES},"location":null}`;
  };
  async function list(response: ServerResponse): Promise<void> {
    response.write('[');
    for (let index = 0; index < ENTRIES && !response.destroyed; index++) {
      const isTaken = response.write(`${index === 0 ? '' : ','}${textOf(index)}`);
      if (!isTaken)
        await new Promise<void>((resolve) => {
          response.once('drain', resolve);
          response.once('close', resolve);
        });
    }
    response.end(']');
  }
  const server = createServer(async (request, response) => {
    const user = new URL(request.url ?? '', 'http://localhost').searchParams.get('permissioned_user_id');
    let body = '';
    for await (const chunk of request) body += chunk;
    response.setHeader('content-type', 'application/json');
    if (request.method === 'PUT') {
      const { permissioned_user_id: name, password } = JSON.parse(body);
      written.set(name, password);
      response.end(body);
    } else if (user !== null) response.end(textOf(Number(user.slice('user-'.length))));
    else await list(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** A command in a process of its own: its exit code, the end of what it says, and its peak memory in MB. */
async function measured(args: readonly string[], url: string, folder: string) {
  const child = spawn(process.execPath, ['--require', PEAK, MAIN, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex(),
      CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OTHER_KEY.toHex(),
      CLOUDCRUISE_API_KEY: API_KEY,
      CLOUDCRUISE_BASE_URL: url,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  let peak = '';
  child.stderr?.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-500);
  });
  child.stdio[3]?.on('data', (chunk) => {
    peak += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stderr, megabytes: Number(peak) / 1000 };
}

test.each<[string[], number, RegExp]>([
  [['vault', 'list'], 0, /^$/],
  [['vault', 'pull'], 0, /^$/],
  [['vault', 'status', '--manifest', 'manifest', '-q'], 1, /^$/],
  [['plan', 'desired', '--prune'], 0, /^$/],
  [
    ['vault', 'rotate', '--journal', 'journal', '--manifest-out', 'new'],
    0,
    /^100000 entries: 500 rotated, 99500 were current before, 0 failed\./,
  ],
])(
  `credseal %s, ${ENTRIES} entries with cookies of 50 kB each: at most ${MOST_MB} MB`,
  async (args, exitCode, said) => {
    expect(COOKIES.length).toBeGreaterThan(50_000);
    const manifest = await makeManifest(entries(), KEY);
    const vault = await startStreamingVault();
    try {
      await inFolder(
        { desired: `{"permissioned_user_id":"user-1","domain":"${DOMAIN}"}\n`, manifest },
        async (folder) => {
          const { code, stderr, megabytes } = await measured(args, vault.url, folder);
          expect(stderr).toMatch(said);
          expect(code).toBe(exitCode);
          expect(vault.written.size).toBe(args[1] === 'rotate' ? ENTRIES / EVERY : 0);
          expect(megabytes).toBeGreaterThan(20);
          expect(megabytes).toBeLessThan(MOST_MB);
          console.log(args.slice(0, 2).join(' '), megabytes);
        },
      );
    } finally {
      await vault.close();
    }
  },
  10 * MINUTES,
);
