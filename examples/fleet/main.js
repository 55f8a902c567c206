// A Redis, a local vault and two workers, each a process, and a producer: without Docker, by one command.
//
//     npm install bullmq ioredis; apt-get install redis-server
//     node main.js [--tokens 300] [--entries 3000]
//
// Kill a worker in the middle, if you like (kill -9 and the number that is printed): another is started, its jobs go on
// within a minute, and nothing is lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VaultKey } from 'credseal';
import { startEmulator } from 'credseal/emulator';
import { generateHandoffKeys } from 'credseal/handoff';
import { counts, produce, tableOf } from './produce.js';
import { startRedis } from './redis.js';

const { values } = parseArgs({ options: counts });
const folder = mkdtempSync(join(tmpdir(), 'credseal-fleet-'));
const vaultKey = VaultKey.generate();
const apiKey = 'sk_local';
const { publicJwk, privateJwk } = await generateHandoffKeys();
const handoffKey = join(folder, 'handoff.jwk');
writeFileSync(handoffKey, JSON.stringify(privateJwk), { mode: 0o600 });

let isOver = false;
const megabytes = [];

/** A worker, and another one in its place, should it be killed. */
function keepWorker(number, env) {
  const worker = { child: undefined };
  function start() {
    const file = fileURLToPath(new URL('./worker.js', import.meta.url));
    worker.child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    console.log(`worker ${number}: process ${worker.child.pid}`);
    worker.child.stdout.on('data', (line) => megabytes.push(JSON.parse(line).megabytes));
    worker.child.once('exit', () => {
      if (!isOver) start();
    });
  }
  start();
  return worker;
}

const vault = await startEmulator({
  key: vaultKey,
  apiKey,
  faults: {
    rates: [{ rate: 1, latency: 20 }],
    limit: { requests: 300, per: 1000, retryAfter: 2 },
  },
});
const { redis, url: redisUrl } = await startRedis(folder);
const env = {
  PATH: process.env.PATH,
  REDIS_URL: redisUrl,
  HANDOFF_KEY_FILE: handoffKey,
  CLOUDCRUISE_ENCRYPTION_KEY: vaultKey.toHex(),
  CLOUDCRUISE_API_KEY: apiKey,
  CLOUDCRUISE_BASE_URL: vault.url,
};
const workers = [keepWorker(1, env), keepWorker(2, env)];
try {
  const { result, isWhole } = await produce({
    redisUrl,
    vaultKey,
    publicJwk,
    baseUrl: vault.url,
    apiKey,
    tokens: Number(values.tokens),
    entries: Number(values.entries),
  });
  isOver = true;
  await Promise.all(
    workers.map(async ({ child }) => {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }),
  );
  process.stdout.write(tableOf({ ...result, 'peak of each worker, MB': megabytes.join(', ') }));
  process.exitCode = isWhole ? 0 : 1;
} finally {
  isOver = true;
  for (const { child } of workers) child.kill('SIGKILL');
  redis.kill();
  await once(redis, 'exit');
  await vault.close();
  rmSync(folder, { recursive: true });
}
