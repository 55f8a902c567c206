// A worker as its own process, to be killed: it takes everything from the environment.
import { Worker } from 'bullmq';
import { vaultProcessor, workerOptions } from '../../dist/bullmq/index.js';
import { VaultKey } from '../../dist/index.js';

const { PORT, HANDOFF_KEY = '', CLOUDCRUISE_API_KEY: apiKey, CLOUDCRUISE_BASE_URL: baseUrl } = process.env;
const connection = { host: '127.0.0.1', port: Number(PORT), maxRetriesPerRequest: null };
const handoffKeys = JSON.parse(HANDOFF_KEY);
const vaultKey = VaultKey.fromEnv();
const processor = vaultProcessor({
  queue: 'vault',
  connection,
  handoffKeys,
  vaultKey,
  apiKey,
  baseUrl,
  maxAge: 3600,
  audience: 'vault-worker',
});
// As soon as in the other tests: a killed worker's jobs are taken over within seconds.
const quick = { lockDuration: 1500, stalledInterval: 500, drainDelay: 1 };
const worker = new Worker('vault', processor, { connection, concurrency: 8, ...workerOptions, ...quick });
// A Redis that restarts is one that comes back.
worker.on('error', () => undefined);
process.once('SIGTERM', () => processor.end(worker));
process.stdout.write('ready\n');
