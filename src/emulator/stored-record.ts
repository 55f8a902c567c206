import type { EntryRef } from '../entry/fields.js';

/** What is kept of an entry: what was written, and what the vault adds that cannot be computed. Times are ms since the epoch. */
export interface StoredRecord {
  readonly id: string;
  readonly created: number;
  readonly updated: number;
  /** When cookies or storage were last written, when a session last used them, and which session they are. */
  readonly sessionSet?: number;
  readonly lastUse?: number;
  readonly session?: string;
  /** The fields as they were written; null and absent ones are left out. */
  readonly fields: Readonly<Record<string, unknown>> & EntryRef;
}
