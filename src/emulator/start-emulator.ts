import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EntryRef } from '../entry/fields.js';
import { CredsealError } from '../errors.js';
import { KeyRing } from '../key/key-ring.js';
import { checkedApiKey } from '../request/vault-requests.js';
import { EntryStore } from './entry-store.js';
import { faultPlan } from './faults.js';
import { checkedOptions, type EmulatorOptions } from './options.js';
import { openData } from './persistence.js';
import type { RateLimitCounts } from './rate-limit.js';
import { Refusal } from './refusal.js';
import { vaultServer } from './server.js';
import { Vault } from './vault.js';
import { Waits } from './waits.js';

/** A local vault that runs. */
export interface Emulator {
  /** Where it listens, for `baseUrl` and `CLOUDCRUISE_BASE_URL`: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ends it: what is being answered is answered, what waits is dropped, the data file is written. Twice is once. */
  close(): Promise<void>;
  /**
   * As if an e-mail with this code had come in, for an entry whose `tfa_method` is `EMAIL`: it is fresh for ten
   * minutes. Over HTTP, `POST /emulator/email-code` with the same three names does it.
   *
   * @throws CredsealError `ERR_REQUEST_INVALID` if there is no such entry
   */
  putEmailCode(email: EntryRef & { readonly code: string }): void;
  /**
   * As if a workflow execution had used the entry: `expiry_time_from_last_use` counts from now on. Over HTTP,
   * `POST /emulator/use`.
   *
   * @throws CredsealError `ERR_REQUEST_INVALID` if there is no such entry
   */
  recordUse(ref: EntryRef): void;
  /** What the rate limit among the faults has counted so far. Over HTTP, `GET /emulator/rate-limit` tells it. */
  rateLimit(): RateLimitCounts;
}

/** How long a close waits for answers that are on their way. */
const GRACE_MS = 2000;

/**
 * Starts a local vault: an HTTP server with the seven calls of docs/vault-api.md, which checks what the vault checks. For
 * development, tests and continuous integration; nothing leaves the machine.
 *
 * It refuses what preflight finds an error in, with 401 where a credential is not sealed under the current key or holds
 * no JSON string, and 400 otherwise; warnings, and rules about several entries, are not the vault's. Errors are
 * `{ message, error }`.
 *
 * @param options see {@link EmulatorOptions}.
 * @throws CredsealError (as a rejection) `ERR_REQUEST_INVALID` for an option, or a data file that is none or whose
 *   entries do not open; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`. A port in use, or a file that cannot be written, is an
 *   error of Node's with its own code (`EADDRINUSE`, `EACCES`).
 * @example
 * const local = await startEmulator({ key, apiKey: 'sk_test' });
 * const { create } = vaultRequests({ apiKey: 'sk_test', key, baseUrl: local.url });
 * const sent = create(plainEntry);
 * const stored = await fetch(sent.url, sent);
 * await local.close();
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { key, apiKey, port, host, data, now, faults, updates, nulls, allowUnknown, maxBodyBytes, onAnswer } =
    checkedOptions(options);
  const ring = key instanceof KeyRing ? key : new KeyRing(key);
  const expected = digestOf(checkedApiKey(apiKey));
  const { faultOf, limiter } = faultPlan(faults);
  const rateLimit = () => ({
    closures: limiter?.closures ?? 0,
    whileClosed: limiter?.whileClosed ?? 0,
  });

  const store = new EntryStore();
  const file = data === undefined ? undefined : await openData(data, store, ring);
  const workspaceId = file?.workspaceId ?? randomUUID();
  const vault = new Vault({ ring, store, workspaceId, now, allowUnknown, updates, nulls, rateLimit });
  const waits = new Waits();
  const server = vaultServer({
    vault,
    store,
    faultOf,
    maxBodyBytes,
    onAnswer,
    waits,
    // Of digests, which are of one length, so that the time says nothing about the key.
    isApiKey: (given) => timingSafeEqual(digestOf(given ?? ''), expected),
  });
  try {
    await listen(server, port, host);
  } catch (error) {
    await file?.close();
    throw error;
  }

  let closed: Promise<void> | undefined;
  const close = async () => {
    waits.end();
    await closeServer(server);
    await file?.close();
  };
  return Object.freeze<Emulator>({
    url: urlOf(server.address() as AddressInfo),
    close() {
      closed ??= close();
      return closed;
    },
    putEmailCode: (email) => act(() => vault.putEmailCode({ ...email })),
    rateLimit,
    recordUse: (ref) => act(() => vault.recordUse({ ...ref })),
  });
}

function digestOf(apiKey: string): Buffer {
  return createHash('sha256').update(apiKey).digest();
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  // Rejects with the server's error.
  await once(server, 'listening');
}

function urlOf({ address, family, port }: AddressInfo): string {
  // A server on all addresses is asked at this machine's own.
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
  return `http://${family === 'IPv6' ? `[${reachable}]` : reachable}:${port}`;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Connections that have been answered in the meantime stay open, otherwise, for as long as the client likes.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const end = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(end);
}

/** Runs what a test asks for directly; there is no answer that could carry a status. */
function act(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new CredsealError('ERR_REQUEST_INVALID', error.message);
  }
}
