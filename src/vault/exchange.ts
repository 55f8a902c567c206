import type { EntryRef } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import {
  type VaultAddress,
  type VaultConfig,
  type VaultRequest,
  vaultAddress,
} from '../request/vault-requests.js';
import { type Opened, openAttempt } from './attempt.js';
import { keysOfCredentials, type VaultEvent, type VaultOperation } from './event.js';
import { backoff, pause, retryAfter } from './retry.js';
import type { Signal } from './shared-signal.js';
import { unreachable } from './unreachable.js';

/** Whoever asks for more patience than this is told later. */
export const LONGEST_RETRY_AFTER_MS = 300_000;

/** How a client sends: what is the same for all its calls. */
export interface Exchange {
  readonly vault: VaultAddress;
  readonly keys: VaultKey | KeyRing;
  /** The same as a ring. */
  readonly ring: Pick<KeyRing, 'current' | 'keys'>;
  readonly fetch: typeof globalThis.fetch;
  /** How often a call is tried again. */
  readonly retries: number;
  /** For one attempt, in ms. */
  readonly timeout: number;
  readonly onEvent?: ((event: VaultEvent) => void) | undefined;
  /** When the vault wants to hear from us again, by `performance.now()`: every attempt of every call waits for it. */
  readonly pause: { until: number };
}

/** How to send by these options, which are checked already. */
export function exchangeOf(
  options: Omit<VaultConfig, 'key'> & Pick<Exchange, 'keys' | 'fetch' | 'retries' | 'timeout' | 'onEvent'>,
): Exchange {
  const { keys, fetch, retries, timeout, onEvent } = options;
  return {
    vault: vaultAddress(options),
    keys,
    ring: keysOf(keys),
    // Not as a method of ours: the platform's own must not be called as one.
    fetch: (...args) => fetch(...args),
    retries,
    timeout,
    onEvent,
    pause: { until: 0 },
  };
}

/** One call. */
export interface Call {
  readonly operation: VaultOperation;
  readonly ref?: EntryRef | undefined;
  readonly request: VaultRequest;
}

/** When a call ends early. */
export interface Ends {
  /** Cuts off what is under way: the call rejects with its reason. */
  readonly signal?: Signal | undefined;
  /** Ends waiting and trying again; what is under way is not cut off, since the vault may have heard it. */
  readonly stop?: Signal | undefined;
}

/** What the vault answered, whatever its status. */
export interface Reply {
  readonly status: number;
  /** The JSON of the answer; undefined if it is none. */
  readonly answer: unknown;
  /** Whether an earlier attempt got no answer that says it was not heard. */
  readonly mayBeHeard: boolean;
}

/**
 * Makes a call, and tries again after 429 (as `Retry-After` asks), 5xx, and failed connections, with exponential backoff
 * and jitter; never after anything else.
 *
 * @returns the answer, also if it is a refusal that another attempt would not change.
 * @throws CredsealError `ERR_VAULT_REFUSED` with `status`, and `retryAfter` where the vault says when to come back, if
 *   it answers 429 or 5xx to the end; `ERR_VAULT_UNREACHABLE`; the reason of the signal
 */
export function exchange(call: Call, how: Exchange, ends: Ends = {}): Promise<Reply> {
  return attempts(call, how, ends, async (opened, mayBeHeard) => {
    const answer = await opened.json();
    opened.close();
    return { status: opened.response.status, answer, mayBeHeard };
  });
}

/** {@link exchange} up to the head of the answer: whoever calls it reads the body, and closes it. */
export function openExchange(call: Call, how: Exchange, ends: Ends = {}): Promise<Opened> {
  return attempts(call, how, ends, async (opened) => opened);
}

async function attempts<T extends object>(
  call: Call,
  how: Exchange,
  { signal, stop }: Ends,
  read: (opened: Opened, mayBeHeard: boolean) => Promise<T>,
): Promise<T> {
  let mayBeHeard = false;
  for (let attempt = 1; ; attempt++) {
    await pause(how.pause.until - performance.now(), signal, stop);
    signal?.throwIfAborted();
    const start = performance.now();
    const tell = (event: Pick<VaultEvent, 'outcome' | 'status' | 'keys'>) =>
      tellOf(how, call, { attempt, ms: performance.now() - start, ...event });
    let failure: { readonly why: string; readonly status?: number; readonly wait?: number | undefined };
    try {
      const opened = await openAttempt(call.request, how, signal);
      const { status, headers } = opened.response;
      if (!isPassing(status)) {
        const result = await read(opened, mayBeHeard);
        const keys = 'answer' in result && isObject(result.answer) && how.onEvent && status < 300;
        tell({
          status,
          outcome: outcomeOf(status),
          ...(keys && { keys: keysOfCredentials(result.answer as StoredEntry, how.ring) }),
        });
        return result;
      }
      opened.close();
      // A server that failed may have done what it was asked before; one that has no time has not.
      mayBeHeard ||= status >= 500;
      const wait = retryAfter(headers);
      failure = { why: `The vault answers ${status}`, status, wait };
      tell({ status, outcome: 'retry' });
    } catch (error) {
      tell({ outcome: signal?.aborted ? 'aborted' : 'unreachable' });
      signal?.throwIfAborted();
      mayBeHeard = true;
      failure = { why: unreachable(call.request.url, error) };
    }
    const { why, status, wait } = failure;
    if (wait !== undefined && wait <= LONGEST_RETRY_AFTER_MS)
      how.pause.until = Math.max(how.pause.until, performance.now() + wait);
    const end = whyNoMore(attempt, how, stop, wait);
    if (end !== undefined) {
      const code = status === undefined ? 'ERR_VAULT_UNREACHABLE' : 'ERR_VAULT_REFUSED';
      throw new CredsealError(code, `${why}${end}.`, {
        ...(status !== undefined && { status }),
        ...(wait !== undefined && { retryAfter: wait / 1000 }),
      });
    }
    await pause(backoff(attempt), signal, stop);
  }
}

/** Whether an answer may be another one next time. */
const isPassing = (status: number) => status === 429 || status >= 500;

function outcomeOf(status: number): VaultEvent['outcome'] {
  if (status === 404) return 'missing';
  return status >= 200 && status < 300 ? 'ok' : 'refused';
}

/** The end of the sentence, if this attempt was the last. */
function whyNoMore(
  attempt: number,
  { retries }: Exchange,
  stop: Signal | undefined,
  wait: number | undefined,
): string | undefined {
  if (wait !== undefined && wait > LONGEST_RETRY_AFTER_MS)
    return ` and asks to come back in ${Math.ceil(wait / 1000)} s`;
  if (attempt > retries) return `; given up after ${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}`;
  return stop?.aborted ? '; not tried again, for the push had stopped' : undefined;
}

/** What a listener throws is its own affair: it must not change what becomes of the call. */
function tellOf(
  { onEvent }: Exchange,
  { operation, ref }: Call,
  event: Omit<VaultEvent, 'operation' | 'ref'>,
): void {
  if (onEvent === undefined) return;
  // Its name alone: what is referred to may be a whole entry.
  const name = ref && { permissioned_user_id: ref.permissioned_user_id, domain: ref.domain };
  try {
    onEvent(Object.freeze({ operation, ...(name && { ref: Object.freeze(name) }), ...event }));
  } catch {
    return;
  }
}
