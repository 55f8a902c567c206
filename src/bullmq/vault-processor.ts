import {
  type ConnectionOptions,
  DelayedError,
  type Job,
  Queue,
  RateLimitError,
  UnrecoverableError,
  type Worker,
  type WorkerOptions,
} from 'bullmq';
import { CredsealError } from '../errors.js';
import { optionsProblem } from '../options.js';
import { optionsOnce } from '../options-once.js';
import type { SendResult } from '../queue/send-sealed.js';
import { stopper } from '../queue/stopper.js';
import {
  type Again,
  checkWorkerKeys,
  REDEEM_KEYS,
  SEND_KEYS,
  type VaultPause,
  type WorkerKeys,
  warnOfPause,
  workJob,
} from '../queue/work-job.js';
import { invalid } from '../vault/config.js';
import { pauseQueue, redisStore } from './redis-store.js';

/** How {@link vaultProcessor} works. */
export interface VaultProcessorOptions extends WorkerKeys {
  /** The queue, or its name: then `connection` says where it is. */
  readonly queue: Queue | string;
  /** As for BullMQ's `Queue` and `Worker`. */
  readonly connection?: ConnectionOptions | undefined;
  /** As for BullMQ's `Queue` and `Worker`, where the queue is given by its name. */
  readonly prefix?: string | undefined;
  /** Is told when all workers pause. By default, a warning of the process where the API key is refused. */
  readonly onPause?: ((pause: VaultPause) => void) | undefined;
  /** Is told what each attempt of a job has stored: a job that was interrupted has several. */
  readonly onSent?: ((counts: SendResult['counts']) => void) | undefined;
}

/** A processor for BullMQ's `Worker`. Its result, which goes into BullMQ's events, are counts. */
export interface VaultProcessor {
  (job: Job): Promise<SendResult['counts']>;
  /**
   * Ends a worker, for SIGTERM: requests that are under way are finished, which `timeout` bounds; what is left of jobs goes
   * back to the queue, for others.
   */
  end(worker: Worker): Promise<void>;
}

const OPTIONS: readonly (keyof VaultProcessorOptions)[] = [
  'queue',
  'connection',
  'prefix',
  'onPause',
  'onSent',
  // The vault key is one of both.
  ...new Set([...REDEEM_KEYS, ...SEND_KEYS]),
];
/** How long a job waits for another one of the same entry, in ms. */
const BUSY_MS = 500;

/**
 * Options for BullMQ's `Worker`. A job whose worker was killed is worked on again, however often that happens: by default,
 * BullMQ fails it the second time.
 *
 * @example new Worker('vault', processor, { connection, concurrency: 8, ...workerOptions });
 */
export const workerOptions = { maxStalledCount: 1_000 } as const satisfies Partial<WorkerOptions>;

/**
 * Makes what a worker does with the jobs of `handoffJob` and `pushJob`. Of a token it makes the payload, which takes its
 * place in the job before it is sent. A token opens for its user and its job alone: the same token in another job is
 * refused, and a retry is not. At a 429, all workers of the queue pause as long as the vault asks. What is refused for
 * good is scrubbed, and fails with the reason.
 *
 * Redis has to keep what it is given: set its `maxmemory-policy` to `noeviction`, as BullMQ asks anyway.
 *
 * @param options see {@link VaultProcessorOptions}; `handoffKeys` and `maxAge` where there are tokens.
 * @throws CredsealError `ERR_REQUEST_INVALID` if an option is none; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * const processor = vaultProcessor({ queue: 'vault', connection, vaultKey, apiKey, handoffKeys, maxAge: 600 });
 * const worker = new Worker('vault', processor, { connection, concurrency: 8, ...workerOptions });
 * process.once('SIGTERM', () => processor.end(worker));
 */
export function vaultProcessor(options: VaultProcessorOptions): VaultProcessor {
  const problem = optionsProblem(options, OPTIONS);
  if (problem) throw invalid('options', `Options ${problem}.`);
  const {
    queue: given,
    connection,
    prefix,
    onPause = warnOfPause,
    onSent = () => undefined,
    ...config
  } = optionsOnce(options, OPTIONS) as VaultProcessorOptions;
  checkWorkerKeys(config);
  if (prefix !== undefined && (typeof prefix !== 'string' || prefix === ''))
    throw invalid('prefix', 'prefix is text.');
  if (connection !== undefined && Object.prototype.toString.call(connection) !== '[object Object]')
    throw invalid('connection', 'connection is that of a Queue or Worker of BullMQ.');
  for (const [name, listener] of Object.entries({ onPause, onSent }))
    if (typeof listener !== 'function') throw invalid(name, `${name} is a function.`);
  if (typeof given === 'string' ? connection === undefined : !(given instanceof Queue))
    throw invalid('queue', 'queue is a Queue of BullMQ, or its name, with connection.');
  /** Made with the first job: who only makes a processor connects to nothing. */
  let own: Queue | undefined;
  const queueOf = (): Queue => {
    if (typeof given !== 'string') return given;
    if (own === undefined) {
      own = new Queue(given, {
        connection: connection as ConnectionOptions,
        ...(prefix !== undefined && { prefix }),
      });
      // The worker, which has a connection to the same place, says it as well.
      own.on('error', () => undefined);
    }
    return own;
  };
  const stopping = stopper();
  /** Until then the vault is closed, by `performance.now()`: jobs of this process that run need not ask. */
  let closedUntil = 0;

  async function work(job: Job, token?: string): Promise<SendResult['counts']> {
    const wait = (closedUntil - performance.now()) / 1000;
    if (wait > 0) return again(job, { again: 'pause', wait, why: 'The vault is closed.' }, token);
    const outcome = await stopping.during((signal) =>
      workJob(job.data, redisStore(queueOf(), job), config, signal),
    );
    if (outcome.counts !== undefined) onSent(outcome.counts);
    if ('done' in outcome) return outcome.counts;
    if ('final' in outcome) {
      await job.updateData(outcome.data);
      throw bare(new UnrecoverableError(outcome.final));
    }
    return again(job, outcome, token);
  }

  async function again(job: Job, outcome: Again, token: string | undefined): Promise<never> {
    if (outcome.data !== undefined) await job.updateData(outcome.data);
    if (outcome.again === 'retry') throw bare(new Error(outcome.why));
    if (outcome.again === 'busy') {
      await job.moveToDelayed(Date.now() + BUSY_MS, token);
      throw new DelayedError();
    }
    if (outcome.again === 'pause') {
      const { wait, why } = outcome;
      const until = performance.now() + wait * 1000;
      if (until > closedUntil + 500) onPause({ reason: 'rate-limit', seconds: wait, message: why });
      closedUntil = Math.max(closedUntil, until);
      await pauseQueue(queueOf(), job, Math.ceil(wait * 1000));
    }
    if (outcome.again === 'halt') {
      await queueOf().pause();
      onPause({ reason: 'api-key', message: outcome.why });
    }
    // Back to where it was, without counting as an attempt.
    throw new RateLimitError();
  }

  return Object.assign(
    async (job: Job, token?: string) => {
      try {
        return await work(job, token);
      } catch (error) {
        throw isOurs(error) ? error : bare(new Error(messageOf(error)));
      }
    },
    {
      async end(worker: Worker) {
        const closed = worker.close();
        stopping.stop();
        await closed;
        await own?.close();
      },
    },
  );
}

/** Engines keep stacks, and whatever hangs at an error. */
function bare<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  isBare.add(error);
  return error;
}

const isBare = new WeakSet<Error>();

function isOurs(error: unknown): boolean {
  if (error instanceof DelayedError || error instanceof RateLimitError) return true;
  return error instanceof Error && isBare.has(error);
}

/** Errors of clients hold the command with all its arguments; parsers quote what they were given. */
function messageOf(error: unknown): string {
  if (error instanceof CredsealError) return error.message;
  const { name = 'Error', message = '' } = error instanceof Error ? error : {};
  const isOfRedis = /^(?:ReplyError|AbortError|MaxRetriesPerRequestError)$/.test(name);
  return isOfRedis ? `Redis: ${message}` : `Unexpected ${name}.`;
}
