import { CliError, EXIT } from '../exit.js';
import { installed, inTime, PATIENCE_MS, type QueueEngine } from './queue-engine.js';

const AWAY = 'The queue does not answer: is its PostgreSQL there, and reachable?';

/** pg-boss and what works with it: loaded where a queue is used, and installed by whoever has one. */
async function load() {
  const { PgBoss } = await import('pg-boss');
  const queues = await import('../../pg-boss/queues.js');
  const { workHandoff } = await import('../../pg-boss/work-handoff.js');
  const { workPush } = await import('../../pg-boss/work-push.js');
  return { PgBoss, ...queues, workHandoff, workPush };
}

/** The queues of a pg-boss. */
export async function openPgBoss(url: string, name: string): Promise<QueueEngine> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 12))
    throw new CliError(
      EXIT.usage,
      `Queues on PostgreSQL need Node 22.12 or newer; this is ${process.version}.`,
    );
  const pgBoss = await installed(
    load,
    'Queues on PostgreSQL need pg-boss beside credseal: npm install pg-boss.',
  );
  const boss = new pgBoss.PgBoss({
    connectionString: url,
    application_name: 'credseal',
    connectionTimeoutMillis: PATIENCE_MS / 2,
  });
  // That it is away is told by what waits for it; the pool connects again by itself.
  boss.on('error', () => undefined);
  const told = <T>(work: Promise<T>) => inTime(work, AWAY, asTold);
  const stop = () => boss.stop({ graceful: false, timeout: 1000 }).catch(() => undefined);
  try {
    await told(boss.start());
    await told(pgBoss.createVaultQueues(boss, { name }));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    counts: () => told(pgBoss.vaultQueueCounts(boss, { name })),
    add: async (jobs) => void (await told(boss.insert(`${name}-push`, jobs.map(pgBoss.insertOf)))),
    resume: () => told(pgBoss.resumeVaultQueues(boss, { name })),
    work({ jobs, onFailed, handoffKeys, audience, maxAge, mode, vaultKey, ...sending }) {
      const common = {
        name,
        vaultKey,
        pollingIntervalSeconds: 0.5,
        onRefused: ({ id, reason }: { readonly id: string; readonly reason: string }) => onFailed(id, reason),
      };
      const hasTokens = handoffKeys !== undefined;
      const tokens = { handoffKeys, audience, maxAge, mode, localConcurrency: Math.ceil(jobs / 4) };
      const workers = [
        ...(hasTokens ? [pgBoss.workHandoff(boss, { ...common, ...tokens })] : []),
        pgBoss.workPush(boss, { ...common, ...sending, localConcurrency: jobs }),
      ];
      return {
        isEmpty: async () => (await told(pgBoss.openJobs(boss, name, hasTokens))) === 0,
        end: async () => void (await Promise.all(workers.map((worker) => worker.end()))),
      };
    },
    close: stop,
  };
}

/** What PostgreSQL says, without what it says it of. */
function asTold(error: unknown): string {
  const { code } = error as { code?: unknown };
  // A class of SQLSTATE, and not a code of the connection's.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
    ? `The PostgreSQL of the queue refuses (SQLSTATE ${code}).`
    : AWAY;
}
