// A worker as its own process, to be killed: it takes everything from the environment.
import { PgBoss } from 'pg-boss';
import { VaultKey } from '../../dist/index.js';
import { workHandoff, workPush } from '../../dist/pg-boss/index.js';

const {
  URL: url,
  HANDOFF_KEY = '',
  CLOUDCRUISE_API_KEY: apiKey,
  CLOUDCRUISE_BASE_URL: baseUrl,
} = process.env;
// As soon as in the other tests: a killed worker's jobs are taken over as early as pg-boss allows.
const boss = new PgBoss({ connectionString: url, superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 });
boss.on('error', () => undefined);
await boss.start();
const vaultKey = VaultKey.fromEnv();
const often = { pollingIntervalSeconds: 0.5 };
const handoffKeys = JSON.parse(HANDOFF_KEY);
const tokens = {
  vaultKey,
  handoffKeys,
  maxAge: 3600,
  audience: 'vault-worker',
  localConcurrency: 2,
  ...often,
};
const workers = [workHandoff(boss, tokens), workPush(boss, { vaultKey, apiKey, baseUrl, ...often })];
process.once('SIGTERM', async () => {
  await Promise.all(workers.map((worker) => worker.end()));
  await boss.stop();
  process.exit();
});
process.stdout.write('ready\n');
