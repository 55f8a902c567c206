// A worker, of which there are as many as you like. It alone has the private hand-off key, the vault key and the API key.
import { readFileSync } from 'node:fs';
import { Worker } from 'bullmq';
import { VaultKey } from 'credseal';
import { vaultProcessor, workerOptions } from 'credseal/bullmq';

const { REDIS_URL: url = 'redis://127.0.0.1:6379', HANDOFF_KEY_FILE = 'handoff.jwk' } = process.env;
const { CLOUDCRUISE_API_KEY: apiKey, CLOUDCRUISE_BASE_URL: baseUrl } = process.env;
const connection = { url, maxRetriesPerRequest: null };
const processor = vaultProcessor({
  queue: 'vault',
  connection,
  vaultKey: VaultKey.fromEnv(),
  apiKey,
  baseUrl,
  handoffKeys: JSON.parse(readFileSync(HANDOFF_KEY_FILE, 'utf8')),
  maxAge: 600,
  audience: 'vault-worker',
});
const worker = new Worker('vault', processor, { connection, concurrency: 8, ...workerOptions });
worker.on('error', (error) => console.error(error.message));
worker.on('failed', (job, error) => console.error(`job ${job?.id}: ${error.message}`));
process.once('SIGTERM', async () => {
  await processor.end(worker);
  console.log(JSON.stringify({ megabytes: Math.round(process.resourceUsage().maxRSS / 1000) }));
});
