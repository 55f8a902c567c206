import { jsonBreaksAt } from '../json-position.js';
import type { VaultRequest } from '../request/vault-requests.js';
import type { Signal } from './shared-signal.js';

/** An answer larger than this is none of the vault's. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** An answer ended before its JSON did: what was asked may have been done. */
export class CutOff extends Error {}

/** What is waited for, unless the attempt is cut off before. Only one thing is waited for at a time. */
type UnlessCut = <T>(promise: Promise<T>) => Promise<T>;

/** One request that has its answer's head, and may have its body read. Whoever opens one closes it. */
export interface Opened {
  readonly response: Response;
  /** The body as it comes. Each piece has the time limit for itself. */
  pieces(): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * The JSON of the whole body, within the time limit of the attempt; undefined if it is no JSON, or has no end.
   *
   * @throws CutOff where a success is told by half of an answer: a body that is compressed, or goes on until the connection
   *   closes, may end anywhere, and nobody says so
   */
  json(): Promise<unknown>;
  close(): void;
}

/**
 * Sends a request once, bounded in time by a timer of its own: that of `AbortSignal.timeout` lets Node end before it goes
 * off, and a body whose compression is cut off never ends by itself. A redirect is not followed: it would carry the
 * API key to somewhere else.
 *
 * @param timeout in ms.
 * @param signal of the caller: what is under way is cut off with its reason.
 * @throws whatever `fetch` or reading fails with; a `DOMException` named `TimeoutError` when time is up.
 */
export async function openAttempt(
  { url, ...init }: VaultRequest,
  { fetch, timeout }: { readonly fetch: typeof globalThis.fetch; readonly timeout: number },
  signal?: Signal,
): Promise<Opened> {
  const cut = new AbortController();
  /** Tells whoever waits right now. */
  let rejectWaiting: ((reason: unknown) => void) | undefined;
  cut.signal.addEventListener('abort', () => rejectWaiting?.(cut.signal.reason), { once: true });
  // By `Promise.race` with one promise for all, that would keep every piece until it settles.
  const unlessCut: UnlessCut = (promise) =>
    new Promise((resolve, reject) => {
      rejectWaiting = reject;
      Promise.resolve(promise).then(resolve, reject);
      if (cut.signal.aborted) reject(cut.signal.reason);
    });
  const onAbort = () => cut.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timeIsUp = () => cut.abort(new DOMException('Time is up.', 'TimeoutError'));
  let timer = setTimeout(timeIsUp, timeout);
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(timeIsUp, timeout);
  };
  const close = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };

  try {
    const response = await unlessCut(fetch(url, { ...init, redirect: 'manual', signal: cut.signal }));
    return { response, pieces: () => piecesOf(response, unlessCut, restart), json, close };

    async function json(): Promise<unknown> {
      const decoder = new TextDecoder();
      let text = '';
      for await (const piece of piecesOf(response, unlessCut)) {
        text += decoder.decode(piece, { stream: true });
        if (text.length > LARGEST_ANSWER) return undefined;
      }
      text += decoder.decode();
      try {
        return JSON.parse(text);
      } catch {
        if (response.ok && isCutOff(text, response.headers)) throw new CutOff();
        return undefined;
      }
    }
  } catch (error) {
    close();
    throw error;
  }
}

async function* piecesOf(
  { body }: Response,
  unlessCut: UnlessCut,
  onPiece: () => void = () => undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!body) return;
  const reader = body.getReader();
  let isAtEnd = false;
  try {
    for (;;) {
      const { done, value } = await unlessCut(reader.read());
      isAtEnd = done;
      if (done) return;
      onPiece();
      yield value;
    }
  } finally {
    // Not waited for: the end of a connection that hangs may hang as well. Why it ends was said by reading.
    if (!isAtEnd) reader.cancel().catch(() => undefined);
  }
}

/** Of nothing at all that is only so where there was something to decompress. */
function isCutOff(text: string, headers: Headers): boolean {
  return text === '' ? headers.has('content-encoding') : jsonBreaksAt(text) === text.length;
}
