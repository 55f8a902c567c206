import type { StoredEntry } from '../../entry/open-entry.js';
import { CredsealError } from '../../errors.js';
import { listEntries } from '../../vault/entry-list.js';
import type { Ends, Exchange } from '../../vault/exchange.js';

/**
 * The entries of the vault, each once. A list that is cut off is asked for again, as often as a call is tried again, and
 * what came before is passed over.
 */
export async function* entriesOf(
  how: Exchange,
  ends: Ends = {},
): AsyncGenerator<StoredEntry, void, undefined> {
  const seen = new Set<string>();
  for (let failures = 0; ; ) {
    const inThisList = new Set<string>();
    try {
      for await (const stored of listEntries(how, ends)) {
        const name = JSON.stringify([stored.permissioned_user_id, stored.domain]);
        // Twice in one list is for who looks at the list.
        const isKnown = seen.has(name) && !inThisList.has(name);
        inThisList.add(name);
        if (isKnown) continue;
        seen.add(name);
        yield stored;
      }
      return;
    } catch (error) {
      failures += 1;
      const isCutOff = error instanceof CredsealError && error.code === 'ERR_VAULT_UNREACHABLE';
      if (!isCutOff || failures > how.retries) throw error;
    }
  }
}
