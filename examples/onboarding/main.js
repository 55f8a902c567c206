// From a person's screen into the vault, by one command: a page with the form, a server that sees tokens alone, a queue, a worker, and the
// local vault.
//
//     npm install bullmq ioredis esbuild; apt-get install redis-server
//     node main.js [--port 8080]
//
// Open the address that it prints, and type what you like. It ends when the entry is in the vault, and shows it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VaultKey } from 'credseal';
import { startEmulator } from 'credseal/emulator';
import { generateHandoffKeys } from 'credseal/handoff';
import { startRedis } from '../fleet/redis.js';
import { startServer } from './server.js';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const [user, domain] = ['user-1', 'https://portal.example.com'];
const folder = mkdtempSync(join(tmpdir(), 'credseal-onboarding-'));
const handoffKey = join(folder, 'handoff.jwk');
const vaultKey = VaultKey.generate();
const apiKey = 'sk_local';
const { publicJwk, privateJwk } = await generateHandoffKeys();
writeFileSync(handoffKey, JSON.stringify(privateJwk), { mode: 0o600 });

const vault = await startEmulator({ key: vaultKey, apiKey });
const { redis, url: redisUrl } = await startRedis(folder);
const keys = {
  PATH: process.env.PATH,
  CLOUDCRUISE_ENCRYPTION_KEY: vaultKey.toHex(),
  CLOUDCRUISE_API_KEY: apiKey,
  CLOUDCRUISE_BASE_URL: vault.url,
};
const worker = spawn(process.execPath, [fileURLToPath(new URL('../fleet/worker.js', import.meta.url))], {
  env: { ...keys, REDIS_URL: redisUrl, HANDOFF_KEY_FILE: handoffKey },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const port = Number(values.port);
const server = await startServer({ publicJwk, redisUrl, user, domain, port });
let isOver = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    isOver = true;
  });
console.log(`Open ${server.url} in a browser; Ctrl-C ends.`);

const place = `/vault?${new URLSearchParams({ permissioned_user_id: user, domain })}`;
const isThere = async () => (await fetch(`${vault.url}${place}`, { headers: { 'cc-key': apiKey } })).ok;
try {
  while (!isOver && !(await isThere())) await sleep(100);
  if (!isOver) {
    const cli = fileURLToPath(new URL('./cli/main.js', import.meta.resolve('credseal')));
    const get = ['vault', 'get', user, domain, '--open'];
    console.log(`The vault has it. credseal ${get.join(' ')}:`);
    // The vault is in this process: who waits for the command must not stand still.
    await once(spawn(process.execPath, [cli, ...get], { env: keys, stdio: 'inherit' }), 'close');
  }
} finally {
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await ended;
  await server.close();
  redis.kill();
  await once(redis, 'exit');
  await vault.close();
  rmSync(folder, { recursive: true });
}
