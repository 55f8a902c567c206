import type { EntryRef } from '../entry/fields.js';
import type { CallOptions } from './call-options.js';

/**
 * Remembers across runs which payloads were written: of an interrupted run, the next one knows what was its own. Ids are
 * 32 hex digits that tell nothing of the payload. `credseal --journal` has one in a file.
 */
export interface Journal {
  has(id: string): boolean;
  /** Remembers it. What is sent is sent when this is done. */
  add(id: string): void | Promise<void>;
}

/** How `rotate` rotates. */
export interface RotateOptions extends CallOptions {
  readonly journal?: Journal | undefined;
  /** How many entries are under way at once: 1 to 256, by default 8. */
  readonly concurrency?: number | undefined;
  /** Writes nothing: the outcomes say what would be done. */
  readonly dryRun?: boolean | undefined;
}

/** What became of an entry that needed to be rotated, or could not be looked into. */
export interface RotationOutcome extends EntryRef {
  /**
   * `rotated`: it was written, and what came back opens under the current key to what it held. `would-rotate`: in a dry
   * run. `current`: somebody else was quicker. `gone`: it was deleted meanwhile. `failed`: it is as it was, as far as is
   * known; `reason` says why.
   */
  readonly outcome: 'rotated' | 'would-rotate' | 'current' | 'gone' | 'failed';
  /** A sentence for people, with `failed`. It shows no value. */
  readonly reason?: string;
}

/** What holds after a rotation, by one last look at everything that is in the vault. */
export interface RotationReceipt {
  readonly version: 1;
  /** When the last look ended, ISO 8601. */
  readonly at: string;
  /** The base URL of the vault. */
  readonly vault: string;
  /** Fingerprints. */
  readonly currentKey: string;
  readonly previousKeys: readonly string[];
  /** How many entries there are. */
  readonly entries: number;
  /** Of these, how many this rotation has written; with a journal, in all of its runs. */
  readonly rotated: number;
  /** How many had nothing under a previous key before. */
  readonly currentBefore: number;
  readonly failed: readonly (EntryRef & { readonly reason: string })[];
  /** How many still have a credential under a previous key. */
  readonly underPreviousKeys: number;
  /** How many have a credential that opens under no key at hand. */
  readonly unopenable: number;
}
