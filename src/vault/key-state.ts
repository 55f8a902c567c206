import { isSealedField, sealedEntries } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { isSealed, openBytes } from '../value/sealed-value.js';

/** A credential of an entry: the key that opens it, if one does. */
export interface KeptCredential {
  readonly field: string;
  readonly value: unknown;
  readonly key: VaultKey | undefined;
}

/** The credentials that an entry has, sealed as they should be or not, each with the key that it is under. */
export function credentialsOf(
  stored: StoredEntry,
  ring: Pick<KeyRing, 'current' | 'keys'>,
): readonly KeptCredential[] {
  return sealedEntries.flatMap(([field, row]): KeptCredential[] => {
    const value = stored[field];
    if (value === undefined || value === null) return [];
    if (!isSealedField(row, stored) && !isSealed(value)) return [];
    const opened = isSealed(value) ? openBytes(value, ring.keys) : undefined;
    opened?.plaintext.fill(0);
    return [{ field, value, key: opened?.key }];
  });
}

/** Which key an entry is under: what its credentials have in common, or the worst of them. */
export type KeyState = 'none' | 'current' | 'previous' | 'mixed' | 'unopenable';

export function keyStateOf(stored: StoredEntry, ring: Pick<KeyRing, 'current' | 'keys'>): KeyState {
  const keys = credentialsOf(stored, ring).map(({ key }) => key);
  if (keys.length === 0) return 'none';
  if (keys.includes(undefined)) return 'unopenable';
  const current = keys.filter((key) => key === ring.current).length;
  if (current === keys.length) return 'current';
  return current === 0 ? 'previous' : 'mixed';
}
