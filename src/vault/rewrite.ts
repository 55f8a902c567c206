import type { EntryRef } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { getEntry, updateEntry } from './calls.js';
import { type Ends, type Exchange, LONGEST_RETRY_AFTER_MS } from './exchange.js';
import { backoff, pause } from './retry.js';
import { idOfWritten } from './whole-entry.js';

/** What became of a rewriting. */
export interface Rewritten {
  /** What was there before; undefined if nothing. */
  readonly before: StoredEntry | undefined;
  /** What is there now, as far as is known. */
  readonly now: StoredEntry | undefined;
  /** What was sent, if anything was, and was heard. */
  readonly sent?: SealedEntry;
}

/**
 * Reads an entry, has it changed, and writes it back as a whole; where no answer comes, from the reading on again, so that
 * what somebody else wrote meanwhile is seen. The API has no conditional write: between the reading and what the vault
 * hears next lies one round trip, in which another client's write would be lost.
 *
 * @param change what to write in place of what is there; undefined if nothing is to be written (any more).
 * @throws CredsealError `ERR_VAULT_REFUSED`, `ERR_VAULT_UNREACHABLE`; what `change` throws; the reason of the signal
 */
export async function rewriteEntry(
  ref: EntryRef,
  how: Exchange,
  ends: Ends,
  change: (stored: StoredEntry | undefined) => SealedEntry | undefined | Promise<SealedEntry | undefined>,
): Promise<Rewritten> {
  let earlier: { readonly before: StoredEntry | undefined; readonly sent: SealedEntry } | undefined;
  for (let failures = 0; ; ) {
    const before = await getEntry(ref, how, ends);
    const sent = await change(before);
    if (sent === undefined) {
      // After an attempt without an answer: what is there is what was sent then, or somebody else's.
      const isHeard = before && earlier && idOfWritten(before) === idOfWritten(earlier.sent);
      return { before, ...(isHeard && earlier), now: before };
    }
    earlier = { before, sent };
    try {
      // Once: whoever tries again, looks again first.
      return { ...earlier, now: await updateEntry(sent, { ...how, retries: 0 }, ends) };
    } catch (error) {
      failures += 1;
      if (!mayPass(error) || failures > how.retries || ends.stop?.aborted) throw error;
      await pause(backoff(failures), ends.signal, ends.stop);
    }
  }
}

/** Whether another attempt may fare better, and soon. The pause that the vault asks for is kept by the next call. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof CredsealError)) return false;
  const { code, status = 0, retryAfter = 0 } = error;
  if (code === 'ERR_VAULT_UNREACHABLE') return true;
  const isPassing = status === 429 || status >= 500;
  return code === 'ERR_VAULT_REFUSED' && isPassing && 1000 * retryAfter <= LONGEST_RETRY_AFTER_MS;
}
