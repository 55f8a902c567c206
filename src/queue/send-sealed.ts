import { nameOf } from '../bulk/push/push-entries.js';
import { type Sender, type Sent, sendEntry } from '../bulk/push/send-entry.js';
import { areNames } from '../entry/check.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { isArray, typeName } from '../inspection.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { openingKeys } from '../preflight/preflight.js';
import { startSendable } from '../preflight/sendable.js';
import { invalid } from '../vault/config.js';
import { exchangeOf } from '../vault/exchange.js';

/** How an entry is sent: `create`, `update`, or `upsert` (create, and update what exists). */
export type SendMode = 'create' | 'update' | 'upsert';

/** How {@link sendSealed} sends. */
export interface SendOptions {
  /** The workspace's API key. */
  readonly apiKey: string | undefined;
  /** Preflights every entry before one is sent; never `'none'`. */
  readonly keys: VaultKey | KeyRing;
  /** By default `https://api.cloudcruise.com`. Plain `http` is accepted for a loopback address only. */
  readonly baseUrl?: string | undefined;
  /** By default `create`. */
  readonly mode?: SendMode | undefined;
  /** How many entries are under way at once: 1 to 256, by default 8. */
  readonly concurrency?: number | undefined;
  /** For one attempt, in ms: 1 to 600,000, by default 30,000. */
  readonly timeout?: number | undefined;
  /** Ends it in good order: what is under way is finished, and the rest is left. */
  readonly signal?: AbortSignal | undefined;
  /** Sends: by default the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Fields that the API has grown since this version, as by `sealEntry`. */
  readonly allowUnknown?: readonly string[] | undefined;
}

const OPTIONS: readonly (keyof SendOptions)[] = [
  'apiKey',
  'keys',
  'baseUrl',
  'mode',
  'concurrency',
  'timeout',
  'signal',
  'fetch',
  'allowUnknown',
];
const MODES = ['create', 'update', 'upsert'];
/** So many entries in a row without an answer of the vault's, and the rest is left for later. */
const STOPS_AFTER = 3;

/** An entry that the vault will not have, however often it is asked. */
export interface SendRefusal {
  /** Its place among the entries, from 0. */
  readonly index: number;
  readonly permissioned_user_id?: string;
  readonly domain?: string;
  /** What went wrong and what to do, as a sentence for people; shows no value. */
  readonly reason: string;
  /** The status of the vault's answer; undefined for what fails preflight and was not sent. */
  readonly httpStatus?: number;
}

/** What came of sending. */
export interface SendResult {
  /** What the vault has: `there` of those, it had with these very sealed values already. */
  readonly counts: { readonly created: number; readonly updated: number; readonly there: number };
  /** What is to be sent again, in the order in which it was given. */
  readonly left: SealedEntry[];
  readonly refused: SendRefusal[];
  /** After how many seconds the vault wants to be asked again. */
  readonly wait?: number;
  /**
   * Why it stopped before the end: `rate-limit` (429: see `wait`), `api-key` (401, 403), `unreachable` (entry after entry
   * without an answer, or with 5xx), `signal`.
   */
  readonly stop?: 'rate-limit' | 'api-key' | 'unreachable' | 'signal';
  /** Why something is left, as a sentence for people. */
  readonly why?: string;
}

/**
 * Sends sealed entries to the vault, each at most once: for jobs of a queue, which has its own way of waiting and trying
 * again. At a 429 it stops and says how long to wait; it never sleeps that out. A create that the vault has heard before
 * is recognised by its sealed values, and is no conflict: so give the very entries that are left once more.
 *
 * @param entries sealed entries. All are preflighted, with the rules about several, before the first is sent.
 * @throws CredsealError `ERR_REQUEST_INVALID` if API key, base URL or an option cannot be used; `ERR_KEY_FORMAT`,
 *   `ERR_KEY_DESTROYED`
 * @example
 * const { left, refused, wait } = await sendSealed(entries, { apiKey, keys });
 */
export async function sendSealed(entries: readonly SealedEntry[], options: SendOptions): Promise<SendResult> {
  const { sender, mode, concurrency, signal, keys, allowUnknown } = checkedSendOptions(options);
  if (isArray(entries) !== true) throw invalid('entries', `Entries are an array; got ${typeName(entries)}.`);
  const operation = mode === 'update' ? 'update' : 'create';
  const check = startSendable({ keys, operation, allowUnknown }, (index) => `[${index}]`);
  const counts = { created: 0, updated: 0, there: 0 };
  const refused: SendRefusal[] = [];
  // A hole in the array is an entry that is missing.
  const payloads = Array.from(entries, (entry, index) => {
    const { payload, problems } = check(entry, index);
    const reason = problems.map(({ message, hint }) => `${message} ${hint}`).join(' ');
    if (problems.length > 0) refused.push({ index, ...nameOf(entry), reason });
    return payload;
  });
  const isLeft = payloads.map((payload) => payload !== undefined);
  let stop: SendResult['stop'];
  let why: string | undefined;
  let wait = 0;
  let unansweredInARow = 0;
  const end = (reason: NonNullable<SendResult['stop']>) => {
    stop ??= reason;
    sender.stop.abort();
  };
  const onAbort = () => end('signal');
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });

  function note(sent: Sent, index: number): void {
    const isGeneral = sent.status === 'refused' && sent.isGeneral;
    unansweredInARow = isGeneral ? unansweredInARow + 1 : 0;
    if (!isGeneral) isLeft[index] = false;
    if (sent.status !== 'refused') {
      counts[sent.status] += 1;
      return;
    }
    const { reason, httpStatus = 0, retryAfter = 1 } = sent;
    if (!isGeneral) {
      refused.push({ index, ...nameOf(entries[index]), reason, httpStatus });
      return;
    }
    why ??= reason;
    if (httpStatus === 429) {
      wait = Math.max(wait, retryAfter);
      end('rate-limit');
    } else if (httpStatus === 401 || httpStatus === 403) end('api-key');
    else if (unansweredInARow >= Math.max(STOPS_AFTER, concurrency)) end('unreachable');
  }

  const places = payloads.entries();
  async function work(): Promise<void> {
    // One iterator for all.
    for (const [index, payload] of places) {
      if (stop !== undefined) return;
      if (payload !== undefined) note(await sendEntry(payload, sender), index);
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  refused.sort((one, other) => one.index - other.index);
  const left = entries.filter((_, index) => isLeft[index]);
  return {
    counts,
    left,
    refused,
    ...(wait > 0 && { wait }),
    ...(stop !== undefined && left.length > 0 && { stop }),
    ...(why !== undefined && { why }),
  };
}

/** The options of {@link sendSealed}, checked. Not public. */
export function checkedSendOptions(options: SendOptions) {
  const problem = optionsProblem(options, OPTIONS);
  if (problem) throw invalid('options', `Options ${problem}.`);
  const { apiKey, keys, baseUrl, mode = 'create', allowUnknown = [] } = options;
  const { concurrency = 8, timeout = 30_000, signal, fetch = globalThis.fetch } = options;
  openingKeys(keys);
  if (!MODES.includes(mode)) throw invalid('mode', 'The mode is "create", "update" or "upsert".');
  if (!isBetween(concurrency, 256))
    throw invalid('concurrency', 'concurrency is a whole number from 1 to 256.');
  if (!isBetween(timeout, 600_000)) throw invalid('timeout', 'timeout is a whole number from 1 to 600000.');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalid('signal', 'signal is an AbortSignal.');
  if (typeof fetch !== 'function') throw invalid('fetch', `fetch is a function; got ${typeName(fetch)}.`);
  if (!areNames(allowUnknown)) throw invalid('allowUnknown', 'allowUnknown is an array of field names.');
  const how = exchangeOf({ apiKey, keys, baseUrl, fetch, retries: 0, timeout });
  const sender: Sender = { how, mode, stop: new AbortController() };
  return { sender, mode, concurrency, signal, keys, allowUnknown };
}

const isBetween = (value: unknown, most: number) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;

/** Whether something says how an entry is sent. */
export const isSendMode = (value: unknown): value is SendMode =>
  typeof value === 'string' && MODES.includes(value);
