import { sealedEntries } from '../../entry/fields.js';
import type { SealedEntry } from '../../entry/seal-entry.js';
import { isObject } from '../../inspection.js';

/** An answer larger than this is none of the vault's. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** The JSON of an answer; undefined if it is no JSON, or has no end. Fails where the connection does. */
export async function jsonOf(response: Response): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    text += decoder.decode(read.value, { stream: true });
    if (text.length > LARGEST_ANSWER) {
      await reader?.cancel();
      return undefined;
    }
  }
  try {
    return JSON.parse(text + decoder.decode());
  } catch {
    return undefined;
  }
}

/** Whether an answer is about this entry: what a proxy or a wrong address answers is not. */
export function isAbout(answer: unknown, { permissioned_user_id, domain }: SealedEntry): boolean {
  return isObject(answer) && answer.permissioned_user_id === permissioned_user_id && answer.domain === domain;
}

/**
 * Whether the vault holds this very payload. Every sealing has a fresh random IV, so that two equal sealed values
 * are the same one; a payload without credentials is compared by its settings.
 */
export function isSamePayload(stored: unknown, entry: SealedEntry): boolean {
  if (!isAbout(stored, entry)) return false;
  const kept = stored as Record<string, unknown>;
  const sent = Object.entries(entry).filter(([, value]) => value !== undefined && value !== null);
  const credentials = sent.filter(([name]) => sealedEntries.some(([sealed]) => sealed === name));
  const compared = credentials.length > 0 ? credentials : sent;
  return compared.every(([name, value]) => JSON.stringify(kept[name]) === JSON.stringify(value));
}
