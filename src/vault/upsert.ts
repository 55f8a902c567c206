import { openEntry, type StoredEntry } from '../entry/open-entry.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { createEntry } from './calls.js';
import { changedFields } from './changed-fields.js';
import type { Ends, Exchange } from './exchange.js';
import { merged } from './plan.js';
import { rewriteEntry } from './rewrite.js';

/** So often somebody else may create or delete the entry between two looks, before it is their affair. */
const ROUNDS = 3;

/** Creates an entry, or brings the one that is there up to it. */
export async function upsertEntry(
  desired: SealedEntry,
  how: Exchange,
  ends: Ends,
): Promise<{ readonly outcome: 'created' | 'updated' | 'unchanged'; readonly stored: StoredEntry }> {
  const wanted = openEntry(desired, how.keys);
  for (let round = 1; ; round++) {
    try {
      const { now, sent } = await rewriteEntry(desired, how, ends, (stored) => {
        const fields = stored === undefined ? [] : changedFields(wanted, openEntry(stored, how.keys));
        return stored && fields.length > 0 ? merged(stored, desired, fields, how) : undefined;
      });
      if (now) return { outcome: sent ? 'updated' : 'unchanged', stored: now };
      return { outcome: 'created', stored: (await createEntry(desired, how, ends)).stored };
    } catch (error) {
      const isElsewhere = error instanceof CredsealError && (error.status === 404 || error.status === 409);
      if (!isElsewhere || round === ROUNDS) throw error;
    }
  }
}
