import type { EntryRef } from '../entry/fields.js';
import { sealedEntries } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { isObject } from '../inspection.js';

/** Whether an answer is about this entry: what a proxy or a wrong address answers is not. */
export function isAbout(answer: unknown, { permissioned_user_id, domain }: EntryRef): answer is StoredEntry {
  return isObject(answer) && answer.permissioned_user_id === permissioned_user_id && answer.domain === domain;
}

/**
 * Whether the vault holds this very payload. Every sealing has a fresh random IV, so that two equal sealed values
 * are the same one; a payload without credentials is compared by its settings.
 */
export function isSamePayload(stored: unknown, entry: SealedEntry): stored is StoredEntry {
  if (!isAbout(stored, entry)) return false;
  const sent = Object.entries(entry).filter(([, value]) => value !== undefined && value !== null);
  const credentials = sent.filter(([name]) => sealedEntries.some(([sealed]) => sealed === name));
  const compared = credentials.length > 0 ? credentials : sent;
  return compared.every(([name, value]) => JSON.stringify(stored[name]) === JSON.stringify(value));
}
