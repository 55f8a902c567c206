import type { StoredEntry } from '../entry/open-entry.js';
import { CredsealError } from '../errors.js';
import { CompactStore } from '../preflight/compact-store.js';
import { listEntries } from './entry-list.js';
import type { Ends, Exchange } from './exchange.js';
import { backoff, pause } from './retry.js';

/**
 * The entries of the vault, each once. A list that is cut off is asked for again, as often as a call is tried again, and
 * what came before is passed over.
 *
 * @throws CredsealError `ERR_VAULT_UNREACHABLE` if it is cut off again and again, `ERR_VAULT_REFUSED`; the reason of the signal
 */
export async function* entriesOf(how: Exchange, ends: Ends): AsyncGenerator<StoredEntry, void, undefined> {
  /** In which list a name was met last. */
  const lists = new CompactStore();
  for (let list = 0; ; list++) {
    try {
      for await (const stored of listEntries(how, ends)) {
        const name = JSON.stringify([stored.permissioned_user_id, stored.domain]);
        // Twice in one list is for who looks at the list.
        const isKnown = (lists.get(name) ?? list) < list;
        lists.set(name, list);
        if (!isKnown) yield stored;
      }
      return;
    } catch (error) {
      const isCutOff = error instanceof CredsealError && error.code === 'ERR_VAULT_UNREACHABLE';
      if (!isCutOff || list >= how.retries) throw error;
      await pause(backoff(list + 1), ends.signal, ends.stop);
      ends.signal?.throwIfAborted();
    }
  }
}
