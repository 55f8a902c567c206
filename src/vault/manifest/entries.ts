import { entryInvalid, issueOf } from '../../entry/issue.js';
import type { StoredEntry } from '../../entry/open-entry.js';
import type { SealedEntry } from '../../entry/seal-entry.js';
import { typeName } from '../../inspection.js';

/** Entries as they are sealed, or as the vault answers them: all at once, or one after the other. */
export type ManifestEntries = Iterable<SealedEntry | StoredEntry> | AsyncIterable<SealedEntry | StoredEntry>;

/**
 * Entries that can be gone through.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID`
 */
export function checkedEntries(entries: ManifestEntries): ManifestEntries {
  const canBe = Object(entries) === entries;
  if (canBe && (Symbol.iterator in entries || Symbol.asyncIterator in entries)) return entries;
  const problem = `Entries are an array, or a stream of them; got ${typeName(entries)}`;
  throw entryInvalid([issueOf('', 'payload/not-an-object', problem)]);
}
