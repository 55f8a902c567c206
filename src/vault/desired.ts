import type { Operation } from '../entry/check.js';
import { sealedEntries } from '../entry/fields.js';
import { openEntry, type StoredEntry } from '../entry/open-entry.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import {
  type SealedEntry,
  sealEntry,
  sealEntryBy,
  type VaultEntry,
  type VaultUpdate,
} from '../entry/seal-entry.js';
import { isObject } from '../inspection.js';
import type { VaultKey } from '../key/vault-key.js';
import { isSealed, opensUnder, type Sealed, sealValue } from '../value/sealed-value.js';
import type { CallOptions } from './call-options.js';
import type { Exchange } from './exchange.js';

/**
 * A desired entry as it would be sent: sealed under the current key. It may come plain or sealed. Sealed is one of whose
 * credentials any opens, or all look so: then what does not open is an error, and is never sealed once more. Of a plain
 * entry, a long hex password is an ordinary value.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID`, or what `rotateEntry` and `openEntry` throw
 */
export function sealedDesired(
  entry: VaultEntry | SealedEntry,
  how: Exchange,
  options: CallOptions,
): SealedEntry {
  const { keys, ring } = how;
  const { padTo, allowUnknown } = options;
  if (!isSealedEntry(entry, ring.keys))
    return sealEntry(entry as VaultEntry, keys, { operation: 'update', padTo, allowUnknown });
  return checkedSealed(rotateEntry(entry as SealedEntry, keys), how, options, 'update');
}

/**
 * A sealed entry that was held to the rules of {@link sealEntry}. Its values stay as they are, to the byte, but for a TOTP
 * secret that is not canonical.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID`, or what `openEntry` throws
 */
export function checkedSealed(
  entry: SealedEntry,
  { keys }: Exchange,
  { padTo, allowUnknown }: CallOptions,
  operation: Operation,
): SealedEntry {
  const opened = openEntry(entry as StoredEntry, keys);
  const kept = (
    value: string,
    key: VaultKey,
    options: { readonly padTo?: number | undefined },
    field: string,
  ) =>
    value === opened[field] ? (entry[field as keyof SealedEntry] as Sealed) : sealValue(value, key, options);
  return sealEntryBy(kept, opened as VaultUpdate, keys, { operation, padTo, allowUnknown });
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
