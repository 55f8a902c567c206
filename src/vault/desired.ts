import { sealedEntries } from '../entry/fields.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import { type SealedEntry, sealEntry, type VaultEntry } from '../entry/seal-entry.js';
import { isObject } from '../inspection.js';
import { assertPreflight } from '../preflight/preflight.js';
import { isSealed, opensUnder } from '../value/sealed-value.js';
import type { CallOptions } from './call-options.js';
import type { Exchange } from './exchange.js';

/**
 * A desired entry as it would be sent: sealed under the current key. It may come plain or sealed. Sealed is one of whose
 * credentials any opens, or all look so: then what does not open is an error, and is never sealed once more. Of a plain
 * entry, a long hex password is an ordinary value.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID`, `ERR_PREFLIGHT`, or what `rotateEntry` throws
 */
export function sealedDesired(
  entry: VaultEntry | SealedEntry,
  { keys, ring }: Exchange,
  { padTo, allowUnknown }: CallOptions,
): SealedEntry {
  if (!isSealedEntry(entry, ring.keys))
    return sealEntry(entry as VaultEntry, keys, { operation: 'update', padTo, allowUnknown });
  const current = rotateEntry(entry as SealedEntry, keys);
  assertPreflight(current, { keys, operation: 'update', allowUnknown });
  return current;
}

function isSealedEntry(entry: unknown, keys: Exchange['ring']['keys']): boolean {
  if (!isObject(entry)) return false;
  const credentials = sealedEntries
    .map(([name]) => entry[name])
    .filter((value) => value !== undefined && value !== null);
  if (credentials.length === 0) return false;
  return (
    credentials.every(isSealed) || credentials.some((value) => isSealed(value) && opensUnder(value, keys))
  );
}
