import type { JobWithMetadata, PgBoss } from 'pg-boss';
import type { HandoffJobData } from '../queue/redeem-handoff.js';
import {
  checkRedeemKeys,
  type JobOutcome,
  REDEEM_KEYS,
  type RedeemKeys,
  redeemed,
  refusalOf,
} from '../queue/work-job.js';
import { invalid } from '../vault/config.js';
import { deleted, inTransaction, readOptions } from './place.js';
import { insertOf } from './queues.js';
import { claimToken } from './state.js';
import { startWorker, type VaultWorker, WORK, type WorkOptions } from './worker.js';

/** How {@link workHandoff} works. It sends nothing, so that it needs no API key. */
export interface HandoffWorkOptions extends WorkOptions, RedeemKeys {}

/** Another worker has the job by now. */
class Lapsed extends Error {}

/**
 * Begins to make payloads of the tokens on their queue. In one transaction a token is claimed, its payload put on the queue of
 * sealed entries, and the job with the token deleted: a token that is there a second time is refused, and an attempt that
 * broke off has left nothing. It goes on while the vault is closed, lest tokens expire. What is refused for good goes to the queue `vault-refused`, scrubbed, with the reason.
 *
 * @param boss has been started, and has made its queues by `createVaultQueues`.
 * @param options see {@link HandoffWorkOptions}; `handoffKeys` and `maxAge` are needed.
 * @throws CredsealError `ERR_REQUEST_INVALID` if an option is none; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example const worker = workHandoff(boss, { vaultKey: VaultKey.fromEnv(), handoffKeys, maxAge: 600 });
 */
export function workHandoff(boss: PgBoss, options: HandoffWorkOptions): VaultWorker {
  const { place, given } = readOptions(boss, options, [...WORK, ...REDEEM_KEYS]);
  const { localConcurrency, pollingIntervalSeconds, onRefused, ...config } = given;
  checkRedeemKeys(config);
  if (config.handoffKeys === undefined) throw invalid('handoffKeys', 'handoffKeys and maxAge are needed.');

  async function redeem(job: JobWithMetadata<unknown>): Promise<JobOutcome | undefined> {
    try {
      await inTransaction(boss, async (db) => {
        const payload = insertOf(
          await redeemed(job.data as HandoffJobData, config, (token) => claimToken(db, place, token)),
        );
        // The id of the token's job, by which it is told; another, if somebody has put that on the queue.
        const sameId = await boss.insert(place.push, [{ ...payload, id: job.id }], { db, returnId: true });
        if (sameId === null) await boss.insert(place.push, [payload], { db });
        if (!(await deleted(boss, place.handoff, job, db))) throw new Lapsed();
      });
    } catch (error) {
      if (!(error instanceof Lapsed)) return refusalOf(error);
    }
    return undefined;
  }

  const worker = { localConcurrency, pollingIntervalSeconds, onRefused };
  return startWorker(place, place.handoff, worker, redeem);
}
