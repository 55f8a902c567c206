import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { resealValue } from '../value/sealed-value.js';
import { type StoredEntry, withCredentials } from './open-entry.js';

/**
 * Brings an entry under the ring's current key: each credential is opened under whichever key it is under, sealed
 * under the current one, and opened once more before it is handed out. What is under the current key already, is null,
 * or is no credential stays as it is, to the byte. Padding is kept, so that rotation tells nothing about lengths.
 *
 * @param entry a sealed entry, or an answer of the vault; not changed.
 * @param keys the ring: the current key, and the previous ones that entries may still be under.
 * @returns a new object; or the very entry that was given, if nothing in it had to change.
 * @throws CredsealError for the first credential that fails, with `field` naming it: `ERR_OPEN_FAILED` if no key opens
 *   it, `ERR_SEALED_FORMAT` if it is not a sealed value, `ERR_PLAINTEXT_FORMAT` if what is inside is not a JSON string,
 *   `ERR_ALREADY_SEALED` if it is a sealed value itself;
 *   `ERR_ENTRY_INVALID` if the entry is no object; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * const ring = new KeyRing(VaultKey.fromEnv(), [previousKey]);
 * const rotated = rotateEntry(answer, ring);
 * if (rotated !== answer) await save(rotated);
 */
export function rotateEntry<T extends StoredEntry>(entry: T, keys: VaultKey | KeyRing): T {
  const ring = keysOf(keys);
  let isChanged = false;
  const rotated = withCredentials(entry, (sealed) => {
    const resealed = resealValue(sealed, ring);
    isChanged ||= resealed !== sealed;
    return resealed;
  });
  return isChanged ? (rotated as StoredEntry as T) : entry;
}
