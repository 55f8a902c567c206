import type { PgBoss } from 'pg-boss';
import type { SendResult } from '../queue/send-sealed.js';
import {
  checkSendKeys,
  SEND_KEYS,
  type SendKeys,
  type VaultPause,
  warnOfPause,
  workSealed,
} from '../queue/work-job.js';
import { invalid } from '../vault/config.js';
import { readOptions } from './place.js';
import { turnsOf } from './state.js';
import { startWorker, type VaultWorker, WORK, type WorkOptions } from './worker.js';

/** How {@link workPush} works. */
export interface PushWorkOptions extends WorkOptions, SendKeys {
  /** Is told when all workers pause. By default, a warning of the process where the API key is refused. */
  readonly onPause?: ((pause: VaultPause) => void) | undefined;
  /** Is told what each attempt of a job has stored: a job that was interrupted has several. */
  readonly onSent?: ((counts: SendResult['counts']) => void) | undefined;
}

/**
 * Begins to send what is on the queue of sealed entries: what `insertPush` has put there, and payloads that `workHandoff` has
 * made. At a 429, all workers pause as long as the vault asks; at 401 and 403, until `resumeVaultQueues` is called. What is
 * refused for good goes to the queue `vault-refused`, scrubbed, with the reason. A job that is done is deleted.
 *
 * @param boss has been started, and has made its queues by `createVaultQueues`.
 * @param options see {@link PushWorkOptions}.
 * @throws CredsealError `ERR_REQUEST_INVALID` if an option is none; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * const worker = workPush(boss, { vaultKey: VaultKey.fromEnv(), apiKey });
 * process.once('SIGTERM', async () => {
 *   await worker.end();
 *   await boss.stop();
 * });
 */
export function workPush(boss: PgBoss, options: PushWorkOptions): VaultWorker {
  const { place, given } = readOptions(boss, options, ['onPause', 'onSent', ...WORK, ...SEND_KEYS]);
  const { localConcurrency, pollingIntervalSeconds, onRefused, ...rest } = given;
  const { onPause = warnOfPause, onSent = () => undefined, ...config } = rest;
  for (const [name, listener] of Object.entries({ onPause, onSent }))
    if (typeof listener !== 'function') throw invalid(name, `${name} is a function.`);
  checkSendKeys(config);
  const worker = { localConcurrency, pollingIntervalSeconds, onRefused };
  return startWorker(
    place,
    place.push,
    worker,
    async (job, signal) => {
      const outcome = await workSealed(job.data, turnsOf(boss.getDb(), place, job.id), config, signal);
      if (outcome.counts !== undefined) onSent(outcome.counts);
      return outcome;
    },
    onPause,
  );
}
