import type { SealedEntry } from '../../entry/seal-entry.js';
import { CredsealError } from '../../errors.js';
import { createEntry, updateEntry } from '../../vault/calls.js';
import type { Exchange } from '../../vault/exchange.js';

/** How one push sends. */
export interface Sender {
  readonly how: Exchange;
  readonly mode: 'create' | 'update' | 'upsert';
  /** Aborted, it ends waiting and retrying; what is under way is not cut off, since the vault may have heard it. */
  readonly stop: AbortController;
}

/** What came of sending an entry. `isGeneral` if the others would fare alike: a refused API key, a vault out of reach. */
export type Sent =
  | { readonly status: 'created' | 'updated' | 'there' }
  | {
      readonly status: 'refused';
      readonly reason: string;
      readonly httpStatus?: number;
      /** After how many seconds the vault wants to be asked again, where it says so. */
      readonly retryAfter?: number;
      readonly isGeneral: boolean;
    };

/** Sends one entry, again and again where that may help. */
export async function sendEntry(entry: SealedEntry, sender: Sender): Promise<Sent> {
  try {
    return { status: await sent(entry, sender) };
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    const { message: reason, status: httpStatus, retryAfter } = error;
    return {
      status: 'refused',
      reason,
      isGeneral: isGeneral(httpStatus),
      ...(httpStatus !== undefined && { httpStatus }),
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }
}

async function sent(
  entry: SealedEntry,
  { how, mode, stop }: Sender,
): Promise<'created' | 'updated' | 'there'> {
  const ends = { stop: stop.signal };
  if (mode !== 'update') {
    try {
      // Another push may have sent these very values, and not have heard the answer.
      const { isNew } = await createEntry(entry, how, ends, mode === 'create');
      return isNew ? 'created' : 'there';
    } catch (error) {
      const isThere = error instanceof CredsealError && error.status === 409;
      if (mode === 'create' || !isThere) throw error;
    }
  }
  await updateEntry(entry, how, ends);
  return 'updated';
}

/** A call that got no answer, or one that has nothing to do with this entry. */
function isGeneral(status = 0): boolean {
  return status < 400 || status === 401 || status === 403 || status === 429 || status >= 500;
}
