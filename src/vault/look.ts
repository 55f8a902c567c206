import type { EntryRef } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import type { Issue } from '../errors.js';
import { compactStores } from '../preflight/compact-store.js';
import { entryName, sealOf, startBatch } from '../preflight/rules/batch.js';
import { isSealed } from '../value/sealed-value.js';
import { entriesOf } from './entries.js';
import type { Ends, Exchange } from './exchange.js';
import { credentialsOf } from './key-state.js';
import { nameOf } from './name.js';

/** What one look at everything in the vault has seen. Places count the entries of the list from 0. */
export interface Look {
  /** The names of all entries, by place. */
  readonly refs: readonly EntryRef[];
  /** The places of entries with a credential under a previous key. */
  readonly underPrevious: ReadonlySet<number>;
  /** Why a credential opens under no key at hand, by place. */
  readonly unopenable: ReadonlyMap<number, string>;
  /**
   * What an entry shares with another one, by the places of both: a sealed value, an IV, its name. A value sealed anew
   * gets a fresh IV, which would hide that for ever.
   */
  readonly shared: ReadonlyMap<number, string>;
}

/**
 * Looks at every entry once, and remembers names and what is wrong.
 *
 * @param onEntry is told of each entry that is whole under the current key.
 */
export async function lookAtAll(
  how: Exchange,
  ends: Ends,
  onEntry: (stored: StoredEntry) => void = () => undefined,
): Promise<Look> {
  const refs: EntryRef[] = [];
  const underPrevious = new Set<number>();
  const unopenable = new Map<number, string>();
  const shared = new Map<number, string>();
  const named = (place: number) => nameOf(refs[place] as EntryRef);
  const batch = startBatch(named, compactStores());

  function share(place: number, earlier: number | undefined, [issue]: readonly Issue[]): void {
    if (earlier === undefined || issue === undefined) return;
    if (!shared.has(place)) shared.set(place, issue.message);
    if (earlier !== place && !shared.has(earlier))
      shared.set(earlier, `${issue.path} is met again in ${named(place)}.`);
  }

  for await (const stored of entriesOf(how, ends)) {
    const { permissioned_user_id, domain } = stored;
    const place = refs.push({ permissioned_user_id, domain }) - 1;
    const names: Issue[] = [];
    share(place, batch.checkEntry(entryName(permissioned_user_id, domain), place, names), names);
    for (const { field, value, key } of credentialsOf(stored, how.ring)) {
      if (key === undefined) unopenable.set(place, `${field} opens under no key at hand.`);
      else if (key !== how.ring.current) underPrevious.add(place);
      if (!isSealed(value)) continue;
      const values: Issue[] = [];
      share(place, batch.checkValue(field, sealOf(value), place, values), values);
    }
    if (!underPrevious.has(place) && !unopenable.has(place)) onEntry(stored);
  }
  return { refs, underPrevious, unopenable, shared };
}
