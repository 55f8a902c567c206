import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.js';
import {
  createVaultQueues,
  type HandoffWorkOptions,
  type PushWorkOptions,
  type RefusedJob,
  vaultQueueCounts,
  workHandoff,
  workPush,
} from '../../src/pg-boss/index.js';
import { API_KEY, KEY, localVault } from '../emulator/local-vault.js';
import { AUDIENCE, answered, privateJwk, until } from '../queue/jobs.js';
import { startPostgres } from './postgres.js';

let postgres: Awaited<ReturnType<typeof startPostgres>>;

/** One PostgreSQL for the tests of a file, in which each has a database. */
export function onePostgres(): void {
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.remove());
}

/** A pg-boss that soon looks for jobs whose worker was killed. */
export async function startBoss(url: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, superviseIntervalSeconds: 1, monitorIntervalSeconds: 1 });
  boss.on('error', () => undefined);
  await boss.start();
  return boss;
}

let databases = 0;

/** A database, a local vault, queues, and workers for them. */
export async function fleet(options: Partial<EmulatorOptions> = {}) {
  databases += 1;
  const database = `test_${process.pid}_${databases}`;
  await postgres.query('postgres', `CREATE DATABASE ${database}`);
  const { vault, raw } = await localVault(options);
  const boss = await startBoss(postgres.url(database));
  onTestFinished(() => boss.stop({ graceful: false }));
  await createVaultQueues(boss, { heartbeatSeconds: 10 });
  const refused: RefusedJob[] = [];
  const common = {
    vaultKey: KEY,
    pollingIntervalSeconds: 0.5,
    onRefused: (job: RefusedJob) => refused.push(job),
  };
  function work(push: Partial<PushWorkOptions> = {}, handoff: Partial<HandoffWorkOptions> = {}, of = boss) {
    const workers = [
      workHandoff(of, {
        ...common,
        handoffKeys: privateJwk,
        maxAge: 600,
        audience: AUDIENCE,
        localConcurrency: 2,
        ...handoff,
      }),
      workPush(of, { ...common, apiKey: API_KEY, baseUrl: vault.url, localConcurrency: 1, ...push }),
    ];
    const end = async () => void (await Promise.all(workers.map((worker) => worker.end())));
    onTestFinished(end);
    return { end };
  }
  const counts = () => vaultQueueCounts(boss);
  return {
    postgres,
    database,
    url: postgres.url(database),
    boss,
    vault,
    work,
    refused,
    counts,
    dump: () => postgres.dump(database),
    /** Until nothing waits, and nobody works. */
    idle: (ms?: number) =>
      until(
        async () => {
          const { waiting, active, delayed } = await counts();
          return waiting + active + delayed === 0;
        },
        'the queues are empty',
        ms,
      ),
    list: () => answered(raw),
    stored: async (user: string): Promise<Record<string, unknown>> => {
      const name = new URLSearchParams({ permissioned_user_id: user, domain: 'https://portal.example.com' });
      return (await raw('GET', `/vault?${name}`)).json;
    },
  };
}
