import type { EntryRef } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import type { KeyRing } from '../key/key-ring.js';
import { credentialsOf } from './key-state.js';

/** A call of the vault, by the name that {@link VaultClient} gives it. */
export type VaultOperation =
  | 'create'
  | 'update'
  | 'get'
  | 'list'
  | 'delete'
  | 'clearBrowserState'
  | 'tfaCode';

/** One attempt to reach the vault, for logs, metrics and traces. It never holds a value, a message of the vault, or a header. */
export interface VaultEvent {
  /** Which call. `upsert`, `plan`, `apply` and `rotate` are made of these. */
  readonly operation: VaultOperation;
  /** Which entry, where it is about one. */
  readonly ref?: EntryRef;
  /** Which attempt of the call it was, from 1. */
  readonly attempt: number;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** How long the attempt took, in ms, its answer read. */
  readonly ms: number;
  /**
   * `ok`; `missing`: the vault has no such entry (404); `refused`: it will not, and trying again does not help;
   * `retry`: it may, and will be asked again or has been asked often enough (429, 5xx); `unreachable`: no answer, or none
   * to its end; `aborted`: the caller's signal.
   */
  readonly outcome: 'ok' | 'missing' | 'refused' | 'retry' | 'unreachable' | 'aborted';
  /** How many credentials of the answer are under the current key, and how many under a previous one. */
  readonly keys?: { readonly current: number; readonly previous: number };
}

/** Counts the credentials of an entry by the key that opens them. What opens under none is in neither count. */
export function keysOfCredentials(
  entry: StoredEntry,
  ring: Pick<KeyRing, 'current' | 'keys'>,
): { readonly current: number; readonly previous: number } {
  const keys = credentialsOf(entry, ring).flatMap(({ key }) => key ?? []);
  const current = keys.filter((key) => key === ring.current).length;
  return { current, previous: keys.length - current };
}
