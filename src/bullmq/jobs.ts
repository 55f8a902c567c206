import type { JobsOptions } from 'bullmq';
import type { SealedEntry } from '../entry/seal-entry.js';
import { handoffError } from '../handoff/format.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { handoffJobId } from '../queue/handoff-token.js';
import { type PushJobOptions, pushData } from '../queue/push-data.js';
import type { HandoffJobData } from '../queue/redeem-handoff.js';
import type { SealedJobData } from '../queue/sealed-job.js';

/** A job for `queue.addBulk`, or for `queue.add(name, data, opts)`. */
export interface VaultJob<Data = HandoffJobData | SealedJobData> {
  readonly name: 'handoff' | 'push';
  readonly data: Data;
  readonly opts: JobsOptions & { readonly jobId: string };
}

/**
 * The options of the jobs here. Twelve attempts with exponential backoff are some half an hour (a closed vault, one that refuses
 * the API key, and a worker that ends count for none). A job that is done is gone; one that failed is kept for a week, to be
 * looked at and tried again: without its token, unless no worker had the key for that.
 */
export const jobOptions = {
  attempts: 12,
  backoff: { type: 'exponential', delay: 500, jitter: 0.5 },
  removeOnComplete: true,
  removeOnFail: { age: 604_800 },
  stackTraceLimit: 1,
} as const satisfies JobsOptions;

/**
 * The job of a hand-off token. No key is needed: a front-end server can enqueue. Its id is that of `handoffJobId`, so that
 * the same token twice is one job.
 *
 * @param token base64url and dots, as it came.
 * @param user who is logged in: the entry's `permissioned_user_id` has to be the same.
 * @throws CredsealError `ERR_HANDOFF` for what is not exactly a token, or no user
 * @example await queue.addBulk([handoffJob(token, session.userId)]);
 */
export function handoffJob(token: string, user: string): VaultJob<HandoffJobData> {
  if (typeof user !== 'string' || user === '')
    throw handoffError('The user is the one that the server knows, as text.');
  return { name: 'handoff', data: { token, user }, opts: { ...jobOptions, jobId: handoffJobId(token) } };
}

/**
 * The job of sealed entries. They are preflighted, and bound together by a MAC under the vault key, without which workers
 * refuse them: who can write to the queue cannot put a sealed value under a domain of theirs.
 *
 * @param entries some 50 of them; of a stream, `chunkEntries` makes chunks.
 * @param keys a key; of a ring, the current one.
 * @throws CredsealError `ERR_PREFLIGHT` with the report; `ERR_REQUEST_INVALID` if an option is none, or there are too many
 * @example await queue.addBulk([pushJob(entries, key, { mode: 'upsert' })]);
 */
export function pushJob(
  entries: readonly SealedEntry[],
  keys: VaultKey | KeyRing,
  options: PushJobOptions = {},
): VaultJob<SealedJobData> {
  return jobOf(pushData(entries, keys, options));
}

/** The job of sealed entries that have been preflighted. The same once more are the same job, as long as that is there. Not public. */
export const jobOf = (data: SealedJobData): VaultJob<SealedJobData> => ({
  name: 'push',
  data,
  opts: { ...jobOptions, jobId: `push-${data.mac}` },
});
