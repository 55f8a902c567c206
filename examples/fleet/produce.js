// Puts tokens and sealed entries on the queue, waits until workers have emptied it, and prints what came of it.
//
//     node produce.js [--tokens 300] [--entries 3000]
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Queue } from 'bullmq';
import { sealEntry, VaultKey } from 'credseal';
import { handoffJob, pushJob } from 'credseal/bullmq';
import { sealHandoff } from 'credseal/handoff';
import { Redis } from 'ioredis';

const domain = 'https://portal.example.com';
const entryOf = (user) => ({
  permissioned_user_id: user,
  domain,
  user_name: user,
  password: 'correct horse',
});

/**
 * @param {object} options
 * @param {string} options.redisUrl
 * @param {import('credseal').VaultKey} options.vaultKey
 * @param {import('credseal/handoff').HandoffPublicJwk} options.publicJwk
 * @param {string} options.baseUrl where the local vault is
 * @param {string} options.apiKey
 * @param {number} options.tokens how many entries come as tokens of people who type
 * @param {number} options.entries how many come in bulk, sealed
 * @param {(line: string) => void} [options.log]
 */
export async function produce({
  redisUrl,
  vaultKey,
  publicJwk,
  baseUrl,
  apiKey,
  tokens,
  entries,
  log = console.log,
}) {
  const queue = new Queue('vault', { connection: { url: redisUrl } });
  const ask = async (path) => (await fetch(`${baseUrl}${path}`, { headers: { 'cc-key': apiKey } })).json();
  for (let from = 0; from < entries; from += 50) {
    const users = Array.from({ length: Math.min(50, entries - from) }, (_, index) => `bulk-${from + index}`);
    await queue.addBulk([
      pushJob(
        users.map((user) => sealEntry(entryOf(user), vaultKey)),
        vaultKey,
      ),
    ]);
  }
  for (let index = 0; index < tokens; index++) {
    const user = `person-${index}`;
    const token = await sealHandoff(entryOf(user), publicJwk, { expiresIn: 600, audience: 'vault-worker' });
    await queue.addBulk([handoffJob(token, user)]);
    // Somebody presents it once more.
    if (index % 20 === 0) await queue.add('handoff', { token, user }, { jobId: `replay-${index}` });
  }
  const start = performance.now();
  log(
    `${entries} sealed entries and ${tokens} tokens are on the queue, and ${Math.ceil(tokens / 20)} tokens a second time.`,
  );
  let told = start;
  for (;;) {
    const { wait, active, delayed } = await queue.getJobCounts('wait', 'active', 'delayed');
    if (wait + active + delayed === 0) break;
    if (performance.now() - told > 3000) {
      told = performance.now();
      log(`${wait} jobs wait, ${active} are worked on, ${delayed} will be tried again`);
    }
    await sleep(100);
  }
  const seconds = (performance.now() - start) / 1000;
  // A rate limit would strike this, too.
  let stored = await ask('/vault');
  while (!Array.isArray(stored)) {
    await sleep(500);
    stored = await ask('/vault');
  }
  const { closures, whileClosed } = await ask('/emulator/rate-limit');
  const failed = await queue.getFailed();
  await queue.close();
  const client = new Redis(redisUrl);
  const memory = Number(/used_memory_peak:(\d+)/.exec(await client.info('memory'))?.[1]) / 1e6;
  await client.quit();
  const result = {
    'entries in the vault': `${stored.length} of ${tokens + entries}`,
    'jobs refused': `${failed.length}, the tokens that came a second time`,
    'entries a second': Math.round(stored.length / seconds),
    'times the vault was closed': closures,
    'requests in a closed window': closures === 0 ? 0 : (whileClosed / closures).toFixed(1),
    'peak of Redis, MB': memory.toFixed(1),
  };
  const isWhole = stored.length === tokens + entries && failed.length === Math.ceil(tokens / 20);
  return { result, isWhole };
}

export const tableOf = (result) =>
  Object.entries(result)
    .map(([what, value]) => `${what.padEnd(30)} ${value}\n`)
    .join('');

export const counts = {
  tokens: { type: 'string', default: '300' },
  entries: { type: 'string', default: '3000' },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: counts });
  const {
    REDIS_URL = 'redis://127.0.0.1:6379',
    CLOUDCRUISE_BASE_URL,
    CLOUDCRUISE_API_KEY,
    HANDOFF_PUBLIC_KEY_FILE,
  } = process.env;
  const { result, isWhole } = await produce({
    redisUrl: REDIS_URL,
    vaultKey: VaultKey.fromEnv(),
    publicJwk: JSON.parse(readFileSync(HANDOFF_PUBLIC_KEY_FILE ?? 'handoff-public.jwk', 'utf8')),
    baseUrl: CLOUDCRUISE_BASE_URL ?? '',
    apiKey: CLOUDCRUISE_API_KEY ?? '',
    tokens: Number(values.tokens),
    entries: Number(values.entries),
  });
  process.stdout.write(tableOf(result));
  process.exitCode = isWhole ? 0 : 1;
}
