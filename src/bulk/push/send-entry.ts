import type { SealedEntry } from '../../entry/seal-entry.js';
import type { VaultAddress, VaultRequest } from '../../request/vault-requests.js';
import { isAbout, isSamePayload, jsonOf } from './answer.js';
import { refusalWords } from './refusal-words.js';
import { backoff, pause, retryAfter } from './retry.js';
import { unreachable } from './unreachable.js';

/** Whoever asks for more patience than this is told later. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** How one push sends. */
export interface Sender {
  readonly vault: VaultAddress;
  readonly mode: 'create' | 'update' | 'upsert';
  /** How often an entry is tried again. */
  readonly retries: number;
  /** For one attempt, in ms. */
  readonly timeout: number;
  readonly fetch: typeof globalThis.fetch;
  /** Aborted, it ends waiting and retrying; what is under way is not cut off, since the vault may have heard it. */
  readonly stop: AbortController;
  /** When the vault wants to hear from us again: every attempt of a push waits for it. In ms of `performance.now()`, which
   * nobody can set. */
  pausedUntil: number;
}

/** What came of sending an entry. `isGeneral` if the others would fare alike: a refused API key, a vault out of reach. */
export type Sent =
  | { readonly status: 'created' | 'updated' | 'there' }
  | {
      readonly status: 'refused';
      readonly reason: string;
      readonly httpStatus?: number;
      readonly isGeneral: boolean;
    };

type Attempt =
  | Sent
  | {
      readonly status: 'failed';
      readonly reason: string;
      readonly httpStatus?: number;
      readonly wait?: number;
    };

/** Sends one entry, again and again where that may help. */
export async function sendEntry(entry: SealedEntry, sender: Sender): Promise<Sent> {
  let method: 'POST' | 'PUT' = sender.mode === 'update' ? 'PUT' : 'POST';
  for (let failures = 0; ; ) {
    const wanted = sender.pausedUntil - performance.now();
    if (wanted > 0) await pause(wanted, sender.stop.signal);
    const attempt = await attemptTo(method, entry, sender);
    if (
      attempt.status === 'refused' &&
      attempt.httpStatus === 409 &&
      method === 'POST' &&
      sender.mode === 'upsert'
    ) {
      method = 'PUT';
      continue;
    }
    if (attempt.status !== 'failed') return attempt;
    failures += 1;
    const { reason, httpStatus, wait } = attempt;
    const details = { isGeneral: true, ...(httpStatus !== undefined && { httpStatus }) };
    if (wait !== undefined && wait > LONGEST_RETRY_AFTER_MS) {
      const seconds = Math.ceil(wait / 1000);
      return { status: 'refused', reason: `${reason} and asks to come back in ${seconds} s.`, ...details };
    }
    if (failures > sender.retries || sender.stop.signal.aborted) {
      return {
        status: 'refused',
        reason: `${reason}; ${whyNoMore(failures, sender)}.`,
        ...details,
      };
    }
    if (wait !== undefined) sender.pausedUntil = Math.max(sender.pausedUntil, performance.now() + wait);
    await pause(Math.max(wait ?? 0, backoff(failures)), sender.stop.signal);
  }
}

async function attemptTo(method: 'POST' | 'PUT', entry: SealedEntry, sender: Sender): Promise<Attempt> {
  const { vault, mode } = sender;
  let response: Response;
  let answer: unknown;
  let isThere = false;
  const request = vault.request(method, '/vault', entry);
  try {
    [response, answer] = await ask(request, sender);
    if (response.status === 409 && method === 'POST' && mode === 'create') {
      const [lookedUp, stored] = await ask(vault.get(entry), sender);
      if (!lookedUp.ok) return notLookedUp(lookedUp);
      isThere = isSamePayload(stored, entry);
    }
  } catch (error) {
    return { status: 'failed', reason: unreachable(request.url, error) };
  }
  if (isThere) return { status: 'there' };
  const { status: httpStatus } = response;
  if (response.ok) {
    if (isAbout(answer, entry)) return { status: method === 'POST' ? 'created' : 'updated' };
    const reason = 'What answered is no vault: check the base URL.';
    return { status: 'refused', reason, httpStatus, isGeneral: true };
  }
  if (isPassing(response)) return failedBy(response, `The vault answers ${httpStatus}`);
  const isGeneral = httpStatus === 401 || httpStatus === 403 || httpStatus < 400;
  return { status: 'refused', reason: refusalWords(method, httpStatus, answer), httpStatus, isGeneral };
}

/** Whether an answer may be another one next time. */
const isPassing = ({ status }: Response) => status === 429 || status >= 500;

function failedBy({ status: httpStatus, headers }: Response, reason: string): Attempt {
  const wait = retryAfter(headers);
  return { status: 'failed', reason, httpStatus, ...(wait !== undefined && { wait }) };
}

/** An entry is there under this name, and the vault did not say which: it may be this one, or not. */
function notLookedUp(lookedUp: Response): Attempt {
  const reason = `An entry is there under this name (409); asked whether it is this one, the vault answers ${lookedUp.status}`;
  if (isPassing(lookedUp)) return failedBy(lookedUp, reason);
  return { status: 'refused', reason: `${reason}.`, httpStatus: 409, isGeneral: false };
}

function whyNoMore(failures: number, { retries }: Sender): string {
  if (failures <= retries) return 'not tried again, for the push had stopped';
  return `given up after ${failures} ${failures === 1 ? 'attempt' : 'attempts'}`;
}

/**
 * One call with all of its answer, bounded in time. The timer is our own: that of `AbortSignal.timeout` does not keep a
 * process alive, and there are answers that break off without a word (Node 20 to 24, on a body that is not compressed as
 * it says), or a `fetch` that does not heed its signal. A redirect is not followed: it would carry the API key to
 * somewhere else.
 */
async function ask(
  { url, ...init }: VaultRequest,
  { fetch, timeout }: Sender,
): Promise<[response: Response, answer: unknown]> {
  const limit = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException('The vault does not answer in time.', 'TimeoutError');
      limit.abort(error);
      reject(error);
    }, timeout);
  });
  const call = async (): Promise<[Response, unknown]> => {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: limit.signal });
    return [response, await jsonOf(response)];
  };
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}
