import { sealedEntries } from '../../entry/fields.js';
import type { SealedEntry } from '../../entry/seal-entry.js';
import { isObject } from '../../inspection.js';
import { jsonBreaksAt } from '../json-position.js';

/** An answer larger than this is none of the vault's. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** An answer ended before its JSON did: what was asked may have been done. */
export class CutOff extends Error {}

/**
 * The JSON of an answer; undefined if it is no JSON, or has no end. Fails where the connection does.
 *
 * @throws CutOff where a success is told by half of an answer: a body that is compressed, or goes on until the connection
 *   closes, may end anywhere, and nobody says so
 */
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
  text += decoder.decode();
  try {
    return JSON.parse(text);
  } catch {
    if (response.ok && isCutOff(text, response.headers)) throw new CutOff();
    return undefined;
  }
}

/** Of nothing at all that is only so where there was something to decompress. */
function isCutOff(text: string, headers: Headers): boolean {
  return text === '' ? headers.has('content-encoding') : jsonBreaksAt(text) === text.length;
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
