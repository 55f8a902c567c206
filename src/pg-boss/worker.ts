import type { JobWithMetadata } from 'pg-boss';
import { CredsealError } from '../errors.js';
import { stopper } from '../queue/stopper.js';
import type { JobOutcome, VaultPause } from '../queue/work-job.js';
import { invalid } from '../vault/config.js';
import { pause } from '../vault/retry.js';
import { deleted, inTransaction, type Place, type PlaceOptions } from './place.js';
import { closedFor, forget, halt, pauseFor } from './state.js';

/** How a worker takes jobs. */
export interface WorkOptions extends PlaceOptions {
  /** How many jobs at once, in this process: 1 to 256, by default 8. */
  readonly localConcurrency?: number | undefined;
  /** How often it looks for jobs where there are none, in seconds: from 0.5, by default 2. */
  readonly pollingIntervalSeconds?: number | undefined;
  /** Is told of each job that is refused for good, or was tried in vain. It is in the queue `vault-refused`, scrubbed. */
  readonly onRefused?: ((job: RefusedJob) => void) | undefined;
}

/** The names of {@link WorkOptions}, without those of the place. */
export const WORK: readonly (keyof WorkOptions)[] = [
  'localConcurrency',
  'pollingIntervalSeconds',
  'onRefused',
];

/** A job that was refused. */
export interface RefusedJob {
  readonly id: string;
  readonly queue: string;
  /** A sentence for people; shows no value. */
  readonly reason: string;
}

/** A worker that has begun. */
export interface VaultWorker {
  /**
   * Ends it, for SIGTERM: requests that are under way are finished, which `timeout` bounds; what is left of jobs goes back to
   * the queue, for others. Then stop pg-boss.
   */
  end(): Promise<void>;
}

/** How a job is held up to date as being worked on, in ms: the least that pg-boss waits for is ten seconds. */
const HEARTBEAT_MS = 3000;
/** How often what need not be known any more is forgotten, in ms. */
const CLEAN_MS = 600_000;
/** How soon a closed vault is looked at again, in ms: somebody may have resumed the queue. */
const LOOK_MS = 2000;
/** How long a job waits for another one of the same entry, or after it has made progress, in seconds. */
const SOON = 1;

/**
 * Takes jobs of a queue, each as soon as another is done, and does with each what its outcome says. (`boss.work` waits for its
 * interval behind every job, or for all of a batch, and cannot be held back while the vault is closed.)
 *
 * @param work gives undefined where it has settled the job itself.
 * @param onPause is told of pauses by those who send; without it, a worker goes on while the vault is closed.
 */
export function startWorker(
  place: Place,
  queue: string,
  options: WorkOptions,
  work: (job: JobWithMetadata<unknown>, signal: AbortSignal) => Promise<JobOutcome | undefined>,
  onPause?: (pause: VaultPause) => void,
): VaultWorker {
  const { boss } = place;
  const { localConcurrency, pollingIntervalSeconds, onRefused } = checkedWorkOptions(options);
  const stopping = stopper();
  const held = new Set<JobWithMetadata<unknown>>();
  /** Until then the vault is closed, by `performance.now()`, as far as this process knows. */
  let closedUntil = 0;

  async function closed(): Promise<number> {
    if (onPause === undefined) return 0;
    const known = closedUntil - performance.now();
    return known > 0 ? known : closedFor(boss.getDb(), place);
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const wait = await closed();
        if (wait > 0) {
          await pause(Math.min(wait, LOOK_MS), signal);
          continue;
        }
        const [job] = await boss.fetch<unknown>(queue, { includeMetadata: true });
        if (job === undefined) await pause(1000 * pollingIntervalSeconds, signal);
        else await settled(job, signal);
      } catch (error) {
        // A database that is away is one that comes back. What was being worked on is, again, once it is missed.
        tell(error);
        await pause(1000 * pollingIntervalSeconds, signal);
      }
    }
  }

  async function settled(job: JobWithMetadata<unknown>, signal: AbortSignal): Promise<void> {
    held.add(job);
    try {
      const outcome = await outcomeOf(job, signal);
      if (outcome !== undefined) await settle(job, outcome);
    } finally {
      held.delete(job);
    }
  }

  async function outcomeOf(
    job: JobWithMetadata<unknown>,
    signal: AbortSignal,
  ): Promise<JobOutcome | undefined> {
    try {
      return await work(job, signal);
    } catch (error) {
      if (isOfDatabase(error)) throw error;
      return { again: 'retry', why: messageOf(error) };
    }
  }

  async function settle(job: JobWithMetadata<unknown>, outcome: JobOutcome): Promise<void> {
    if ('done' in outcome) {
      await boss.deleteJob(queue, job);
    } else if ('final' in outcome) {
      await replace(job, place.refused, { ...outcome.data, queue, reason: outcome.final });
      onRefused({ id: job.id, queue, reason: outcome.final });
    } else if (outcome.again === 'retry' && outcome.data === undefined) {
      await boss.fail(queue, job, { message: outcome.why });
      if (job.retryCount >= job.retryLimit) onRefused({ id: job.id, queue, reason: outcome.why });
    } else {
      const { again, data = job.data } = outcome;
      if (again === 'pause') {
        const until = performance.now() + 1000 * outcome.wait;
        const isNews = until > closedUntil + 500;
        closedUntil = Math.max(closedUntil, until);
        await pauseFor(boss.getDb(), place, outcome.wait);
        if (isNews) onPause?.({ reason: 'rate-limit', seconds: outcome.wait, message: outcome.why });
      } else if (again === 'halt') {
        await halt(boss.getDb(), place);
        onPause?.({ reason: 'api-key', message: outcome.why });
      }
      await replace(job, queue, data as object, again === 'busy' || again === 'retry' ? SOON : 0);
    }
  }

  /** A job anew, without what was in it, and without counting as an attempt: unless another worker has it by now. */
  async function replace(
    job: JobWithMetadata<unknown>,
    to: string,
    data: object,
    startAfter = 0,
  ): Promise<void> {
    const { id, priority, retryLimit, retryCount, keepUntil } = job;
    const retentionSeconds = Math.max(1, Math.ceil((keepUntil.getTime() - Date.now()) / 1000));
    const back = { priority, retryLimit: Math.max(0, retryLimit - retryCount), retentionSeconds, startAfter };
    await inTransaction(boss, async (db) => {
      if (await deleted(boss, queue, job, db))
        await boss.insert(to, [{ id, data, ...(to === queue && back) }], { db });
    });
  }

  function tell(error: unknown): void {
    const told = new Error(messageOf(error));
    told.stack = `${told.name}: ${told.message}`;
    if (boss.listenerCount('error') > 0) boss.emit('error', told);
  }

  const runners = Array.from({ length: localConcurrency }, () => stopping.during(run));
  const heartbeat = setInterval(() => {
    if (held.size > 0) boss.touch(queue, [...held]).catch(tell);
  }, HEARTBEAT_MS);
  const clean = () => forget(boss.getDb(), place).catch(tell);
  const cleaning = setInterval(clean, CLEAN_MS);
  void clean();
  return {
    async end() {
      stopping.stop();
      await Promise.all(runners);
      clearInterval(heartbeat);
      clearInterval(cleaning);
    },
  };
}

/** @throws CredsealError `ERR_REQUEST_INVALID` */
export function checkedWorkOptions(options: WorkOptions) {
  const { localConcurrency = 8, pollingIntervalSeconds = 2, onRefused = () => undefined } = options;
  if (!Number.isInteger(localConcurrency) || !isBetween(localConcurrency, 1, 256))
    throw invalid('localConcurrency', 'localConcurrency is a whole number from 1 to 256.');
  if (typeof pollingIntervalSeconds !== 'number' || !isBetween(pollingIntervalSeconds, 0.5, 3600))
    throw invalid('pollingIntervalSeconds', 'pollingIntervalSeconds is a number from 0.5 to 3600.');
  if (typeof onRefused !== 'function') throw invalid('onRefused', 'onRefused is a function.');
  return { localConcurrency, pollingIntervalSeconds, onRefused };
}

const isBetween = (value: number, least: number, most: number) => value >= least && value <= most;

/** Errors of PostgreSQL have a code, those of a connection a code or nothing; their details quote what was in a row. */
const isOfDatabase = (error: unknown) => !(error instanceof CredsealError) && !(error instanceof TypeError);

function messageOf(error: unknown): string {
  if (error instanceof CredsealError) return error.message;
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' && /^\w{1,30}$/.test(code) ? ` (${code})` : '';
  const hint = code === '42P01' ? ': call createVaultQueues first, with the schema of pg-boss' : '';
  return `PostgreSQL does not answer, or refuses${known}${hint}.`;
}
