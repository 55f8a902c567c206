import type { Db, JobInsert, PgBoss } from 'pg-boss';
import type { SealedEntry } from '../entry/seal-entry.js';
import { handoffError } from '../handoff/format.js';
import { isObject } from '../inspection.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { handoffJobId, peekHandoff } from '../queue/handoff-token.js';
import { type PushJobOptions, pushData } from '../queue/push-data.js';
import type { SealedJobData } from '../queue/sealed-job.js';
import { invalid } from '../vault/config.js';
import { inTransaction, type Place, type PlaceOptions, placeOf, readOptions } from './place.js';
import { closedFor, createState, resume } from './state.js';

/** A week, in seconds: for so long what was refused can be looked at. */
const WEEK = 604_800;
/** A token that nobody has fetched is gone so many seconds behind its expiry, and is at most kept for two weeks. */
const KEPT = 86_400;
const LONGEST_KEPT = 1_209_600;

/** How {@link createVaultQueues} makes them. */
export interface QueueOptions extends PlaceOptions {
  /**
   * A job whose worker has not been heard of for so many seconds is worked on again, from 10: by default 30. pg-boss looks
   * every `superviseIntervalSeconds`.
   */
  readonly heartbeatSeconds?: number | undefined;
}

/**
 * Makes the queues `vault-handoff`, `vault-push` and `vault-refused`, where they are not there, and beside the tables of pg-boss
 * the table `credseal_state`, which holds claims, turns and pauses. Call it when an application starts, or where its schema is
 * made.
 *
 * @param boss has been started.
 * @throws CredsealError `ERR_REQUEST_INVALID` if an option is none; and what pg-boss throws
 * @example await createVaultQueues(boss);
 */
export async function createVaultQueues(boss: PgBoss, options: QueueOptions = {}): Promise<void> {
  const { place, given } = readOptions(boss, options, ['heartbeatSeconds']);
  const { heartbeatSeconds = 30 } = given;
  if (!Number.isInteger(heartbeatSeconds) || heartbeatSeconds < 10 || heartbeatSeconds > 3600)
    throw invalid('heartbeatSeconds', 'heartbeatSeconds is a whole number from 10 to 3600.');
  await inTransaction(boss, (db) => createState(db, place));
  const common = {
    heartbeatSeconds,
    expireInSeconds: 3600,
    deleteAfterSeconds: WEEK,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
  };
  // A token that cannot be opened yet is tried until it expires, and refused then: none is left in a job that failed.
  await boss.createQueue(place.handoff, { ...common, retryLimit: 100_000 });
  await boss.createQueue(place.push, { ...common, retryLimit: 30 });
  await boss.createQueue(place.refused, { retentionSeconds: WEEK });
}

/** How {@link sendHandoff} puts a token on its queue. */
export interface SendHandoffOptions extends Pick<PlaceOptions, 'name'> {
  /** A transaction of the application's, as pg-boss takes it: the job is there if that is committed. */
  readonly db?: Db | undefined;
}

/**
 * Puts a hand-off token on its queue. No key is needed: a front-end server can do it. The same token twice is one job.
 *
 * @param token base64url and dots, as it came.
 * @param user who is logged in: the entry's `permissioned_user_id` has to be the same.
 * @returns the id of the job, a UUID that is made of a hash of the token.
 * @throws CredsealError `ERR_HANDOFF` for what is not exactly a token, or no user; `ERR_REQUEST_INVALID` if an option is none;
 *   and what pg-boss throws
 * @example await sendHandoff(boss, token, session.userId);
 */
export async function sendHandoff(
  boss: PgBoss,
  token: string,
  user: string,
  options: SendHandoffOptions = {},
): Promise<string> {
  const { place, given } = readOptions(boss, options, ['db']);
  if (typeof user !== 'string' || user === '')
    throw handoffError('The user is the one that the server knows, as text.');
  const id = uuidOf(handoffJobId(token));
  const left = peekHandoff(token).expiresAt - Math.floor(Date.now() / 1000);
  const retentionSeconds = Math.min(LONGEST_KEPT, Math.max(0, left) + KEPT);
  await boss.send(place.handoff, { token, user }, { id, retentionSeconds, ...dbOf(given) });
  return id;
}

/** How {@link insertPush} puts entries on their queue. */
export interface PushOptions extends PushJobOptions, SendHandoffOptions {}

/**
 * Puts sealed entries on their queue, as one job. They are preflighted, and bound together by a MAC under the vault key, without
 * which workers refuse them. The same entries once more are the same job, as long as that is there.
 *
 * @param entries some 50 of them; of a stream, `chunkEntries` makes chunks.
 * @param keys a key; of a ring, the current one.
 * @returns the id of the job, a UUID.
 * @throws CredsealError `ERR_PREFLIGHT` with the report; `ERR_REQUEST_INVALID` if an option is none, or there are too many;
 *   and what pg-boss throws
 * @example await insertPush(boss, entries, key, { mode: 'upsert' });
 */
export async function insertPush(
  boss: PgBoss,
  entries: readonly SealedEntry[],
  keys: VaultKey | KeyRing,
  options: PushOptions = {},
): Promise<string> {
  const { place, given } = readOptions(boss, options, ['db', 'mode', 'allowUnknown']);
  const { mode, allowUnknown } = given;
  const job = insertOf(pushData(entries, keys, { mode, allowUnknown }));
  await boss.insert(place.push, [job], dbOf(given));
  return job.id;
}

/** A job of sealed entries for pg-boss to insert. Not public. */
export const insertOf = (data: SealedJobData): JobInsert<SealedJobData> & { readonly id: string } => ({
  id: uuidOf(data.mac),
  data,
});

/** How many jobs there are. */
export interface VaultQueueCounts {
  readonly waiting: number;
  readonly active: number;
  /** Those that will be tried again later. */
  readonly delayed: number;
  /** Those that were refused, or tried in vain: they are kept for a week. */
  readonly failed: number;
  /** Whether workers wait until `resumeVaultQueues` is called. */
  readonly paused: boolean;
}

/**
 * How many jobs are in which state.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID` if an option is none; and what pg-boss throws
 * @example const { waiting } = await vaultQueueCounts(boss);
 */
export async function vaultQueueCounts(boss: PgBoss, options: PlaceOptions = {}): Promise<VaultQueueCounts> {
  const { place } = readOptions(boss, options);
  const counts = { waiting: 0, active: 0, delayed: 0, failed: 0 };
  for (const { name, state, count } of await statesOf(place)) {
    if (name === place.refused) counts.failed += count;
    else counts[state] += count;
  }
  return { ...counts, paused: (await closedFor(boss.getDb(), place)) === Number.POSITIVE_INFINITY };
}

/** How many jobs are not done yet: sealed entries, and tokens, if these count. Not public. */
export async function openJobs(boss: PgBoss, name: string, countsTokens: boolean): Promise<number> {
  const place = placeOf(boss, { name });
  const states = await statesOf(place);
  return states
    .filter((each) => each.name === place.push || (countsTokens && each.name === place.handoff))
    .reduce((sum, { state, count }) => sum + (state === 'failed' ? 0 : count), 0);
}

/** What pg-boss itself tells of its queues is up to a minute old. */
async function statesOf({ boss, jobs, handoff, push, refused }: Place) {
  const { rows } = await boss.getDb().executeSql(
    `SELECT name, count(*)::int, CASE
      WHEN state::text IN ('active', 'failed') THEN state::text
      WHEN start_after > now() THEN 'delayed' ELSE 'waiting' END AS state
    FROM ${jobs} WHERE name = ANY($1) AND state::text NOT IN ('completed', 'cancelled') GROUP BY name, 3`,
    [[handoff, push, refused]],
  );
  return rows as {
    readonly name: string;
    readonly count: number;
    readonly state: 'waiting' | 'active' | 'delayed' | 'failed';
  }[];
}

/**
 * Lets workers go on that stopped since the vault refused their API key.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID` if an option is none; and what pg-boss throws
 * @example await resumeVaultQueues(boss);
 */
export async function resumeVaultQueues(boss: PgBoss, options: PlaceOptions = {}): Promise<void> {
  await resume(boss.getDb(), readOptions(boss, options).place);
}

function dbOf({ db }: { readonly db?: Db | undefined }): { db?: Db } {
  if (db === undefined) return {};
  if (!isObject(db) || typeof db.executeSql !== 'function')
    throw invalid('db', 'db is what pg-boss takes for a transaction: { executeSql(text, values) }.');
  return { db };
}

/** A UUID of version 8 (RFC 9562) of the first 122 bits of a hash. */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
