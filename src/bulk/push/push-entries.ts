import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { areNames } from '../../entry/check.js';
import type { SealedEntry } from '../../entry/seal-entry.js';
import { CredsealError } from '../../errors.js';
import { isObject, typeName } from '../../inspection.js';
import type { KeyRing } from '../../key/key-ring.js';
import type { VaultKey } from '../../key/vault-key.js';
import { optionsProblem } from '../../options.js';
import { compactStores } from '../../preflight/compact-store.js';
import { openingKeys } from '../../preflight/preflight.js';
import { startSendable } from '../../preflight/sendable.js';
import { exchangeOf } from '../../vault/exchange.js';
import { type BulkItem, itemOf } from '../item.js';
import type { PushJournal, PushOutcome } from './outcome.js';
import { type Sender, type Sent, sendEntry } from './send-entry.js';

const CONCURRENCY = 8;
const MOST_AT_ONCE = 256;
const RETRIES = 5;
const TIMEOUT_MS = 30_000;
/** So many entries refused in a row, for a reason that would meet the others too, and the push stops. */
const STOPS_AFTER = 8;
/** 128 bits of a digest over a body full of random IVs: no two are alike by chance. */
const ID_BYTES = 16;

/** How {@link pushEntries} pushes. */
export interface PushOptions {
  /** The workspace's API key. */
  readonly apiKey: string | undefined;
  /** Preflights every entry before it is sent; never `'none'`. */
  readonly keys: VaultKey | KeyRing;
  /** By default `https://api.cloudcruise.com`. Plain `http` is accepted for a loopback address only. */
  readonly baseUrl?: string | undefined;
  /** `create` (the default), `update`, or `upsert`: create, and update what exists. */
  readonly mode?: 'create' | 'update' | 'upsert' | undefined;
  /** How many entries are under way at once: 1 to 256, by default 8. */
  readonly concurrency?: number | undefined;
  /** How often an entry is tried again after 429, 5xx, or a failed connection: 0 to 20, by default 5. */
  readonly retries?: number | undefined;
  /** For one attempt, in ms: 1 to 600,000, by default 30,000. */
  readonly timeout?: number | undefined;
  /** Sends nothing: preflight alone. */
  readonly dryRun?: boolean | undefined;
  /** Remembers across runs what the vault has acknowledged: that is not sent again. */
  readonly journal?: PushJournal | undefined;
  /** Ends the push in good order: what is under way is finished, and the rest reported as unsent. */
  readonly signal?: AbortSignal | undefined;
  /** Sends: by default the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Fields that the API has grown since this version: let through as they are, in clear, as by `sealEntry`. */
  readonly allowUnknown?: readonly string[] | undefined;
}

const OPTIONS: readonly (keyof PushOptions)[] = [
  'apiKey',
  'keys',
  'baseUrl',
  'mode',
  'concurrency',
  'retries',
  'timeout',
  'dryRun',
  'journal',
  'signal',
  'fetch',
  'allowUnknown',
];

/**
 * Pushes sealed entries to the vault: preflights each, sends a bounded number at once, and tries again after 429
 * (as `Retry-After` asks), 5xx, and failed connections, with exponential backoff and jitter; never after any other 4xx. An
 * interrupted create that the vault has heard of is recognised by its sealed values, and is no conflict. When
 * entries in a row are refused for a reason that would meet all of them (a wrong API key, a vault out of reach),
 * it stops, and reports the rest as unsent. Source: docs/vault-api.md, rules 2 and 3.
 *
 * @param options see {@link PushOptions}.
 * @returns a stream that takes items of sealed entries, as `readNdjson` and `sealEntries` give them, and gives an outcome
 *   for each, in the order in which they end. It does not fail because an entry does.
 * @throws CredsealError `ERR_REQUEST_INVALID` if API key, base URL or an option cannot be used; `ERR_KEY_FORMAT`,
 *   `ERR_KEY_DESTROYED`
 * @example
 * const outcomes = file.stream().pipeThrough(readNdjson<SealedEntry>()).pipeThrough(pushEntries({ apiKey, keys }));
 * for await (const { line, status } of outcomes) console.log(line, status);
 */
export function pushEntries(options: PushOptions): TransformStream<BulkItem<SealedEntry>, PushOutcome> {
  return pushEntriesAt(options, (line) => `line ${line}`);
}

/** {@link pushEntries} with a way to name a place in messages, for documents that do not count by lines. Not public. */
export function pushEntriesAt(
  options: PushOptions,
  nameOfPlace: (line: number) => string,
): TransformStream<BulkItem<SealedEntry>, PushOutcome> {
  const { sender, concurrency, dryRun, journal, keys, allowUnknown, ignoreSignal } = checked(options);
  const check = startSendable(
    { keys, operation: sender.mode === 'update' ? 'update' : 'create', allowUnknown },
    nameOfPlace,
    compactStores(),
  );
  const underWay = new Set<Promise<void>>();
  let refusedInARow = 0;
  let whyUnsent = 'Stopped before it was sent.';

  async function push(entry: SealedEntry, line: number): Promise<PushOutcome> {
    const place = { line, permissioned_user_id: entry.permissioned_user_id, domain: entry.domain };
    const id = idOf(entry);
    if (journal?.has(id)) return { ...place, status: 'journaled' };
    if (dryRun) return { ...place, status: 'checked' };
    if (sender.stop.signal.aborted) return { ...place, status: 'unsent', reason: whyUnsent, entry };
    const sent = await sendEntry(entry, sender);
    noteFor(sent);
    if (sent.status !== 'refused') {
      await journal?.add(id);
      return { ...place, status: sent.status };
    }
    const { retryAfter: _, ...refused } = sent;
    return { ...place, ...refused, entry };
  }

  function noteFor(sent: Sent): void {
    refusedInARow = sent.status === 'refused' && sent.isGeneral ? refusedInARow + 1 : 0;
    if (sent.status !== 'refused' || refusedInARow < Math.max(STOPS_AFTER, concurrency)) return;
    if (!sender.stop.signal.aborted)
      whyUnsent = `Stopped: one entry after another failed for a reason that meets them all. ${sent.reason}`;
    sender.stop.abort();
  }

  return new TransformStream<BulkItem<SealedEntry>, PushOutcome>({
    async transform(given, controller) {
      const item = itemOf(given, 'pushEntries');
      const { line } = item;
      if ('error' in item) {
        controller.enqueue({ line, status: 'invalid', reason: item.error.message });
        return;
      }
      const { payload, problems: findings } = check(item.value, line);
      if (payload === undefined) {
        const reason = findings.map(({ message, hint }) => `${message} ${hint}`).join(' ');
        controller.enqueue({ line, ...nameOf(item.value), status: 'invalid', reason, findings });
        return;
      }
      while (underWay.size >= concurrency) await Promise.race(underWay);
      const one = push(payload, line).then((outcome) => {
        underWay.delete(one);
        controller.enqueue(outcome);
      });
      // A journal that cannot be written ends the push: what follows would be sent twice.
      one.catch((error) => controller.error(error));
      underWay.add(one);
    },
    async flush() {
      await Promise.all(underWay);
      ignoreSignal();
    },
  });
}

/** The name of an entry that may be anything. Not public. */
export function nameOf(entry: unknown): { permissioned_user_id?: string; domain?: string } {
  const { permissioned_user_id, domain } = isObject(entry) ? entry : {};
  return {
    ...(typeof permissioned_user_id === 'string' && { permissioned_user_id }),
    ...(typeof domain === 'string' && { domain }),
  };
}

function idOf(entry: SealedEntry): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(entry))).subarray(0, ID_BYTES));
}

function checked(options: PushOptions) {
  const problem = (field: string, message: string) =>
    new CredsealError('ERR_REQUEST_INVALID', message, { field });
  const wrong = optionsProblem(options, OPTIONS);
  if (wrong) throw problem('options', `Options ${wrong}.`);
  const {
    apiKey,
    keys,
    baseUrl,
    mode = 'create',
    dryRun = false,
    journal,
    signal,
    fetch = globalThis.fetch,
    allowUnknown = [],
  } = options;
  const { concurrency = CONCURRENCY, retries = RETRIES, timeout = TIMEOUT_MS } = options;
  openingKeys(keys);
  const ranges = {
    concurrency: [concurrency, 1, MOST_AT_ONCE],
    retries: [retries, 0, 20],
    timeout: [timeout, 1, 600_000],
  } as const;
  for (const [name, [value, least, most]] of Object.entries(ranges)) {
    if (!Number.isInteger(value) || value < least || value > most)
      throw problem(name, `${name} is a whole number from ${least} to ${most}.`);
  }
  if (!['create', 'update', 'upsert'].includes(mode))
    throw problem('mode', 'The mode is "create", "update" or "upsert".');
  if (typeof fetch !== 'function') throw problem('fetch', `fetch is a function; got ${typeName(fetch)}.`);
  if (typeof dryRun !== 'boolean')
    throw problem('dryRun', `dryRun is true or false; got ${typeName(dryRun)}.`);
  if (journal !== undefined && !hasMethods(journal, ['has', 'add']))
    throw problem('journal', 'journal has the functions has(id) and add(id).');
  if (signal !== undefined && !hasMethods(signal, ['addEventListener', 'removeEventListener']))
    throw problem('signal', 'signal is an AbortSignal.');
  if (!areNames(allowUnknown)) throw problem('allowUnknown', 'allowUnknown is an array of field names.');
  const stop = new AbortController();
  if (signal?.aborted) stop.abort();
  // Not for longer than this push: a signal may outlive many.
  const onAbort = () => stop.abort();
  signal?.addEventListener('abort', onAbort);
  const ignoreSignal = () => signal?.removeEventListener('abort', onAbort);
  const how = exchangeOf({ apiKey, keys, baseUrl, fetch, retries, timeout });
  const sender: Sender = { how, mode, stop };
  return { sender, concurrency, dryRun, journal, keys, allowUnknown, ignoreSignal };
}

function hasMethods(given: unknown, names: readonly string[]): boolean {
  return isObject(given) && names.every((name) => typeof given[name] === 'function');
}
