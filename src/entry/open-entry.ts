import { CredsealError, type Issue } from '../errors.js';
import { isObject } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { isSealed, openedOnce, openValue } from '../value/sealed-value.js';
import { readOnce } from './check.js';
import {
  type Credentials,
  type EntryRef,
  fieldOf,
  isSealedField,
  requiredNames,
  sealedEntries,
  type VaultSetFields,
} from './fields.js';
import { entryInvalid } from './issue.js';
import { notAnEntry } from './json.js';
import { accepts } from './schemas.js';
import type { VaultUpdate } from './seal-entry.js';

/** An entry as the vault answers it: credentials sealed or null, fields that only the vault sets, and whatever it adds. */
export type StoredEntry = EntryRef &
  Credentials<string | null> &
  VaultSetFields & { readonly [field: string]: unknown };

/** The same with its credentials in plain text. */
export type OpenedEntry = EntryRef &
  Credentials<string | null> &
  VaultSetFields & { [field: string]: unknown };

/**
 * Opens every credential of an entry that the vault answered. What is null or absent stays so, and fields that this
 * version does not know are kept. A sealed text is never handed back as if it were the credential.
 *
 * @param stored an answer of the vault, or a sealed entry; not changed.
 * @param keys a key, or a ring: then every key is tried for each credential.
 * @throws CredsealError with `field` naming the credential: `ERR_SEALED_FORMAT` if it is not a sealed value,
 *   `ERR_OPEN_FAILED` if no key opens it, `ERR_PLAINTEXT_FORMAT` if what is inside is not a JSON string,
 *   `ERR_ALREADY_SEALED` if it is itself a sealed value of these keys;
 *   `ERR_ENTRY_INVALID` if it is no entry: a list, an error answer; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example const { password } = openEntry(await response.json(), key);
 */
export function openEntry(stored: StoredEntry, keys: VaultKey | KeyRing): OpenedEntry {
  const ring = keysOf(keys);
  return withCredentials(stored, (sealed) => openedOnce(openValue(sealed, keys), ring.keys));
}

/**
 * Makes of an opened entry what may be written back: fields that only the vault sets, and fields outside the
 * table, are left out, and so are settings that are null where the API takes no null. Change what you want in
 * the result, and give it to `sealEntry` with `operation: 'update'`, or to `vaultRequests(…).update`.
 *
 * @param opened from {@link openEntry}; not changed.
 * @throws CredsealError `ERR_ENTRY_INVALID` if the entry is no object
 * @example
 * const entry = toUpdate(openEntry(answer, key));
 * const request = vault.update({ ...entry, password: newPassword });
 */
export function toUpdate(opened: OpenedEntry): VaultUpdate {
  return Object.fromEntries(Object.entries(copyOf(opened)).filter(isWritable)) as VaultUpdate;
}

/**
 * The same but for fields outside the table, which stay: whoever writes the entry back is told of them, and loses none
 * unawares. Not public.
 */
export function asWritten(opened: OpenedEntry): OpenedEntry {
  const written = Object.entries(copyOf(opened)).filter(isWritableOrUnknown);
  return Object.fromEntries(written) as OpenedEntry;
}

function isWritable([name, value]: [string, unknown]): boolean {
  const { schema, readOnly, sealed } = fieldOf(name) ?? {};
  if (!schema || readOnly) return false;
  return value !== null || sealed === 'always' || accepts(schema, null);
}

const isWritableOrUnknown = (member: [string, unknown]) =>
  fieldOf(member[0]) === undefined || isWritable(member);

/** The fields of an entry, which may be anything, that only the vault sets. Not public. */
export function vaultSetNames(entry: unknown): string[] {
  return isObject(entry) ? Object.keys(entry).filter((name) => fieldOf(name)?.readOnly === 'always') : [];
}

/**
 * An entry without what only the vault sets, if it has any of it: as {@link toUpdate}, but with the fields that the table
 * does not have, of which one may be misspelt since somebody edited the entry. Not public.
 */
export function withoutVaultSet(entry: unknown): unknown {
  if (vaultSetNames(entry).length === 0) return entry;
  return Object.fromEntries(Object.entries(entry as object).filter(isWritableOrUnknown));
}

/** A copy of an entry with `work` done on each sealed credential that is there; what it throws names the field. */
export function withCredentials(stored: StoredEntry, work: (sealed: string) => string): OpenedEntry {
  const entry = copyOf(stored);
  if (![...requiredNames, ...sealedEntries.map(([name]) => name)].some((name) => name in entry))
    throw entryInvalid([notAnEntry('none of its fields')]);
  for (const [name, field] of sealedEntries) {
    const value = entry[name];
    if (value === undefined || value === null) continue;
    // A proxy_value is sealed under `custom`, but an answer may leave out the setting.
    if (!isSealedField(field, entry) && !isSealed(value)) continue;
    try {
      entry[name] = work(value as string);
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      throw new CredsealError(error.code, `${name}: ${error.message}`, { field: name });
    }
  }
  return entry;
}

function copyOf(entry: unknown): OpenedEntry {
  const issues: Issue[] = [];
  const read = readOnce(entry, issues);
  if (!read) throw entryInvalid(issues);
  return read as OpenedEntry;
}
