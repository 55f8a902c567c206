import type { SealedEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { handoffError } from '../handoff/format.js';
import { checkedOptions, type HandoffToken } from '../handoff/open-handoff.js';
import { type HandoffPrivateKeys, readPrivateKeys } from '../handoff/private-keys.js';
import { isObject } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { openingKeys } from '../preflight/preflight.js';
import { sealValue } from '../value/sealed-value.js';
import { invalid } from '../vault/config.js';
import { type HandoffJobData, isFinal, redeemHandoff } from './redeem-handoff.js';
import { readSealedJob, type SealedJobData, sealedJob } from './sealed-job.js';
import {
  checkedSendOptions,
  isSendMode,
  type SendMode,
  type SendOptions,
  type SendResult,
  sendSealed,
} from './send-sealed.js';

/** What a worker knows, whatever the engine. */
export interface WorkerKeys extends Omit<SendOptions, 'keys' | 'signal'> {
  /** Seals what tokens hold, and preflights: as for `sealEntry`. */
  readonly vaultKey: VaultKey | KeyRing;
  /** Open tokens: as for `openHandoff`. Needed where jobs have tokens, as is `maxAge`. */
  readonly handoffKeys?: HandoffPrivateKeys | undefined;
  /** How old a token may be, in seconds, whatever expiry it gives itself. */
  readonly maxAge?: number | undefined;
  /** Who this is: as for `openHandoff`. */
  readonly audience?: string | undefined;
  /** Hides the lengths of credentials: as for `sealEntry`. */
  readonly padTo?: number | undefined;
  /** How the entries of tokens are sent: by default `create`. A push job says it itself. */
  readonly mode?: SendMode | undefined;
}

/** Why all workers pause. */
export interface VaultPause {
  /** `rate-limit`: for `seconds`. `api-key`: until somebody has looked, and resumed the queue. */
  readonly reason: 'rate-limit' | 'api-key';
  readonly seconds?: number;
  /** What the vault answers, as a sentence for people. */
  readonly message: string;
}

/** What is told of a pause where nobody listens. */
export function warnOfPause({ reason, message }: VaultPause): void {
  if (reason !== 'api-key') return;
  process.emitWarning(
    `${message} The queue is paused: correct that, and resume the queue.`,
    'CredsealWarning',
  );
}

/** What makes payloads of tokens. */
export type RedeemKeys = Pick<
  WorkerKeys,
  'vaultKey' | 'handoffKeys' | 'maxAge' | 'audience' | 'padTo' | 'mode'
>;
/** What sends sealed entries. */
export type SendKeys = Omit<WorkerKeys, 'handoffKeys' | 'maxAge' | 'audience' | 'padTo' | 'mode'>;

/** Their names. */
export const REDEEM_KEYS: readonly (keyof RedeemKeys)[] = [
  'vaultKey',
  'handoffKeys',
  'maxAge',
  'audience',
  'padTo',
  'mode',
];
export const SEND_KEYS: readonly (keyof SendKeys)[] = [
  'vaultKey',
  'apiKey',
  'baseUrl',
  'concurrency',
  'timeout',
  'fetch',
  'allowUnknown',
];

/** @throws CredsealError `ERR_REQUEST_INVALID` if one of them is none: before the first job, and not by it */
export function checkWorkerKeys(config: WorkerKeys): void {
  const { handoffKeys, maxAge, audience, padTo, mode, ...sending } = config;
  checkSendKeys(sending, mode);
  checkRedeemKeys(config);
}

/** @throws CredsealError as {@link checkWorkerKeys} */
export function checkSendKeys({ vaultKey, ...sending }: SendKeys, mode?: SendMode): void {
  openingKeys(vaultKey);
  checkedSendOptions({ ...sending, mode, keys: vaultKey });
}

/** @throws CredsealError as {@link checkWorkerKeys} */
export function checkRedeemKeys({ vaultKey, handoffKeys, maxAge, audience, padTo, mode }: RedeemKeys): void {
  openingKeys(vaultKey);
  if (mode !== undefined && !isSendMode(mode))
    throw invalid('mode', 'The mode is "create", "update" or "upsert".');
  // Values that are there and none, as null is, are no default.
  try {
    if (handoffKeys !== undefined) readPrivateKeys(handoffKeys);
    if (handoffKeys !== undefined || maxAge !== undefined || audience !== undefined)
      checkedOptions({ maxAge: maxAge as number, audience });
    sealValue('', keysOf(vaultKey).current, { padTo });
  } catch (error) {
    throw error instanceof CredsealError ? invalid('options', error.message) : error;
  }
}

/** What an engine keeps of entries that tokens were made of, so that an older one never overwrites a newer one. */
export interface Turns {
  /**
   * Begins to send an entry: `older` if a token that was sealed later has begun before, `busy` if another job sends one
   * for the same name.
   */
  begin(entry: SealedEntry, issuedAt: number): Promise<'begun' | 'older' | 'busy'>;
  /** It is sent, or will be again. */
  end(entry: SealedEntry): Promise<void>;
}

/** What an engine keeps for a job. */
export interface JobStore extends Turns {
  /** Claims a token for this job: whether it is this job's, now or from before. */
  claim(token: HandoffToken): Promise<boolean>;
  /** Puts data in the place of the token, unless another worker has: gives what is there. */
  redeem(token: string, data: SealedJobData): Promise<unknown>;
}

/** What became of a job, for the engine to act on, and what was stored by that. */
export type JobOutcome = { readonly counts?: SendResult['counts'] } & (
  | { readonly done: true; readonly counts: SendResult['counts'] }
  /** Nothing helps: what the job is to hold from now on, and why. */
  | { readonly final: string; readonly data: object }
  | Again
);

/**
 * Later, with other data where they are given. `pause`: all jobs, after so many seconds, since the vault is closed;
 * `stopped`: now, by another worker, since this one ends; `busy`: in a moment, since another job sends the same entry;
 * `halt`: not before somebody has looked, since the API key is refused; `retry`: this job alone.
 */
export type Again = { readonly data?: SealedJobData } & (
  | { readonly again: 'pause'; readonly wait: number; readonly why: string }
  | { readonly again: 'stopped' | 'busy' }
  | { readonly again: 'halt' | 'retry'; readonly why: string }
);

/**
 * Works on a job: of a token, makes the payload; of sealed entries, holds their MAC; and sends. What is thrown is a fault of
 * the engine, or of options.
 */
export async function workJob(
  data: unknown,
  store: JobStore,
  config: WorkerKeys,
  signal: AbortSignal | undefined,
): Promise<JobOutcome> {
  if (signal?.aborted) return { again: 'stopped' };
  if (!isObject(data) || typeof data.token !== 'string') return workSealed(data, store, config, signal);
  let held: unknown;
  try {
    const job = data as unknown as HandoffJobData;
    held = await store.redeem(job.token, await redeemed(job, config, (token) => store.claim(token)));
  } catch (error) {
    return refusalOf(error);
  }
  return workSealed(held, store, config, signal);
}

/** What becomes of a job of which no payload could be made. */
export function refusalOf(error: unknown): JobOutcome {
  if (!(error instanceof CredsealError)) throw error;
  const { message } = error;
  return isFinal(error) ? { final: message, data: scrubbed(message) } : { again: 'retry', why: message };
}

/** Works on a job of sealed entries: holds their MAC, waits for its turn, and sends. */
export async function workSealed(
  data: unknown,
  turns: Turns,
  config: SendKeys,
  signal: AbortSignal | undefined,
): Promise<JobOutcome> {
  if (signal?.aborted) return { again: 'stopped' };
  const job = readSealedJob(data, config.vaultKey);
  if ('refused' in job) return { final: job.refused, data: scrubbed(job.refused) };
  const { issuedAt, entries } = job;
  const [entry] = entries;
  if (issuedAt === undefined || entry === undefined) return sent(job, config, signal);
  const turn = await turns.begin(entry, issuedAt);
  if (turn === 'older') {
    const why = 'A token of this entry that was sealed later was sent before.';
    return { final: why, data: scrubbed(why) };
  }
  if (turn === 'busy') return { again: 'busy' };
  try {
    return await sent(job, config, signal);
  } finally {
    await turns.end(entry);
  }
}

/** Makes the payload of a token, once it is claimed. */
export async function redeemed(
  job: HandoffJobData,
  config: RedeemKeys,
  claimed: (token: HandoffToken) => Promise<boolean>,
): Promise<SealedJobData> {
  const { handoffKeys, vaultKey, maxAge, audience, padTo, mode = 'create' } = config;
  if (handoffKeys === undefined || maxAge === undefined)
    throw handoffError('Options: handoffKeys and maxAge are needed for jobs with tokens.');
  let issuedAt = 0;
  const claim = (token: HandoffToken) => {
    issuedAt = token.issuedAt;
    return claimed(token);
  };
  const payload = await redeemHandoff(job, { handoffKeys, vaultKey, maxAge, audience, padTo, claim });
  return sealedJob([payload], vaultKey, { mode, issuedAt });
}

async function sent(
  job: SealedJobData,
  config: SendKeys,
  signal: AbortSignal | undefined,
): Promise<JobOutcome> {
  const { apiKey, baseUrl, concurrency = 1, timeout, fetch, allowUnknown, vaultKey } = config;
  const { mode, issuedAt, entries } = job;
  const result = await sendSealed(entries, {
    apiKey,
    baseUrl,
    concurrency,
    timeout,
    fetch,
    allowUnknown,
    mode,
    keys: vaultKey,
    signal,
  });
  const { counts, left, refused, stop, wait = 1, why = '' } = result;
  if (left.length > 0) {
    // Refused ones with them: what is to be told of them is told when all are through.
    const rest = new Set(left);
    for (const { index } of refused) rest.add(entries[index] as SealedEntry);
    const isWhole = rest.size === entries.length;
    const data = { counts, ...(!isWhole && { data: sealedJob([...rest], vaultKey, { mode, issuedAt }) }) };
    if (stop === 'signal') return { ...data, again: 'stopped' };
    if (stop === 'rate-limit') return { ...data, again: 'pause', wait, why };
    if (stop === 'api-key') return { ...data, again: 'halt', why };
    return { ...data, again: 'retry', why };
  }
  if (refused.length === 0) return { done: true, counts };
  const [first] = refused;
  const final = `${refused.length} of ${entries.length} refused: ${first?.reason}`;
  // What the vault has refused is kept, to be looked at and pushed again; what fails preflight may hold plain text.
  const kept = refused.flatMap(({ index, httpStatus }) =>
    httpStatus === undefined ? [] : [entries[index] as SealedEntry],
  );
  const data = kept.length > 0 ? sealedJob(kept, vaultKey, { mode, issuedAt }) : {};
  return { final, counts, data: { ...data, refused } };
}

/** What is left of a job that is refused. */
const scrubbed = (reason: string) => ({ refused: [{ reason }] });
