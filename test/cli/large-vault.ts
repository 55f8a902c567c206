import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { sealValueWithIv } from '../../src/value/sealed-value.js';
import { makeManifest } from '../../src/vault/index.js';
import { API_KEY, KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { inFolder, MAIN } from './run.js';

const PEAK = fileURLToPath(new URL('../../bench/peak-memory.cjs', import.meta.url));
/** Every so many is under the previous key. */
export const EVERY = 200;
/** The most that a command may take, whatever the vault holds. */
export const MOST_MB = 200;
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

function* entriesOf(count: number) {
  for (let index = 0; index < count; index++)
    yield { permissioned_user_id: `user-${index}`, domain: DOMAIN, password: passwordOf(index) };
}

/** A vault that makes its list while it sends it, and keeps nothing but what it is sent. */
async function startStreamingVault(count: number) {
  const written = new Map<string, string>();
  const textOf = (index: number) => {
    const name = `user-${index}`;
    const password = written.get(name) ?? passwordOf(index);
    return `{"permissioned_user_id":"${name}","domain":"${DOMAIN}","password":"${password}","cookies":${COOKIES},"location":null}`;
  };
  async function list(response: ServerResponse): Promise<void> {
    let wake = () => {};
    for (const event of ['drain', 'close']) response.on(event, () => wake());
    response.write('[');
    for (let index = 0; index < count && !response.destroyed; index++) {
      const isTaken = response.write(`${index === 0 ? '' : ','}${textOf(index)}`);
      if (!isTaken)
        await new Promise<void>((resolve) => {
          wake = resolve;
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

/**
 * Runs a command at a vault with so many entries, each with cookies of 50 kB.
 *
 * @returns what became of it, its peak memory, and how many entries were written.
 */
export async function atLargeVault(args: readonly string[], count: number) {
  expect(COOKIES.length).toBeGreaterThan(50_000);
  const manifest = await makeManifest(entriesOf(count), KEY);
  const desired = `{"permissioned_user_id":"user-1","domain":"${DOMAIN}"}\n`;
  const vault = await startStreamingVault(count);
  try {
    return await inFolder({ desired, manifest }, async (folder) => ({
      ...(await measured(args, vault.url, folder)),
      written: vault.written.size,
    }));
  } finally {
    await vault.close();
  }
}
