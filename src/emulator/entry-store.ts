import type { EntryRef } from '../entry/fields.js';
import type { DataFile } from './data-file.js';
import type { StoredRecord } from './stored-record.js';

/**
 * The entries, one per name. Each is kept as the JSON text that is its line in the data file: that is half the memory
 * of the objects, and an answer makes a new object of it anyway.
 */
export class EntryStore {
  readonly #texts = new Map<string, string>();
  #file: DataFile | undefined;

  /** From now on, changes are written to this file, too. */
  attach(file: DataFile): void {
    this.#file = file;
  }

  get size(): number {
    return this.#texts.size;
  }

  get(ref: EntryRef): StoredRecord | undefined {
    const text = this.#texts.get(nameOf(ref));
    return text === undefined ? undefined : JSON.parse(text);
  }

  put(record: StoredRecord): void {
    const text = JSON.stringify(record);
    this.#texts.set(nameOf(record.fields), text);
    this.#file?.append(`{"put":${text}}`);
  }

  delete({ permissioned_user_id, domain }: EntryRef): boolean {
    const isThere = this.#texts.delete(nameOf({ permissioned_user_id, domain }));
    if (isThere) this.#file?.append(JSON.stringify({ delete: { permissioned_user_id, domain } }));
    return isThere;
  }

  /** Every record, in the order of creation. */
  *records(): Generator<StoredRecord> {
    for (const text of this.#texts.values()) yield JSON.parse(text);
  }

  /** Every record as a line of a data file. */
  *lines(): Generator<string> {
    for (const text of this.#texts.values()) yield `{"put":${text}}`;
  }

  /** Resolves when everything that was changed so far would survive a kill; rejects if it cannot be written. */
  async settled(): Promise<void> {
    await this.#file?.flushed();
  }
}

/** One text for the two names, that no other pair has. */
function nameOf({ permissioned_user_id, domain }: EntryRef): string {
  return JSON.stringify([permissioned_user_id, domain]);
}
