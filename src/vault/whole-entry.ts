import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { boundEntries, type EntryRef, fieldOf } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { canonicalJson } from './canonical-json.js';

/**
 * A stored entry as a whole, as it can be written back: without what only the vault sets, and without nulls. Whole, since
 * nobody documents whether an update keeps what it does not name. Fields that this version does not know are the
 * vault's own, and go along.
 */
export function wholeOf(stored: StoredEntry): SealedEntry {
  const kept = Object.entries(stored).filter(
    ([name, value]) => value !== null && value !== undefined && !fieldOf(name)?.readOnly,
  );
  return Object.fromEntries(kept) as SealedEntry;
}

/** 128 bits of a digest: no two texts are alike by chance. */
const ID_BYTES = 16;

/**
 * What tells a written entry from all others, for a journal: a digest over its name, its sealed values, which are random,
 * and all else that decides where or how they are used. It tells nothing of them.
 */
export function idOfWritten(entry: StoredEntry | SealedEntry): string {
  const given = entry as Readonly<Record<string, unknown>>;
  const bound = boundEntries.map(([name]) => canonicalJson(given[name] ?? null) ?? null);
  return digestOf([entry.permissioned_user_id, entry.domain, ...bound]);
}

/** The same of an entry that is deleted. */
export function idOfDeleted({ permissioned_user_id, domain }: EntryRef): string {
  return digestOf(['deleted', permissioned_user_id, domain]);
}

/**
 * What tells whether an entry was changed: a digest over all of it but what the vault sets and what an execution leaves
 * behind (cookies and storage).
 */
export function digestOfContent(stored: StoredEntry): string {
  const content = Object.entries(stored).filter(([name, value]) => {
    const field = fieldOf(name);
    return value !== null && value !== undefined && field?.readOnly !== 'always' && !field?.sessionState;
  });
  return digestOf(canonicalJson(Object.fromEntries(content)) ?? content);
}

function digestOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(value))).subarray(0, ID_BYTES));
}
