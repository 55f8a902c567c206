import type { EntryRef } from '../entry/fields.js';
import type { CallOptions } from './call-options.js';
import type { Journal } from './rotation-types.js';

/** An entry of a plan: its name. */
export interface PlanItem extends EntryRef {}

/**
 * What has to be done so that the vault holds what is desired. It shows names of entries and fields, and no value,
 * whatever prints or serialises it. `apply` of the client that made it knows the rest.
 */
export interface VaultPlan {
  readonly create: readonly PlanItem[];
  /** With the names of the fields that differ. */
  readonly update: readonly (PlanItem & { readonly fields: readonly string[] })[];
  /** With `prune`: what is in the vault, and not desired. */
  readonly delete: readonly PlanItem[];
  readonly unchanged: number;
  /** What cannot be compared, since a credential of it does not open; it is left alone. */
  readonly incomparable: readonly (PlanItem & { readonly reason: string })[];
}

/** How `plan` plans. */
export interface PlanOptions extends CallOptions {
  /** Plans to delete what is in the vault and not desired. */
  readonly prune?: boolean | undefined;
}

/** How `apply` applies. */
export interface ApplyOptions extends CallOptions {
  readonly journal?: Journal | undefined;
  /** How many entries are under way at once: 1 to 256, by default 8. */
  readonly concurrency?: number | undefined;
  /** A plan that deletes more than this is refused as a whole, before anything is sent. By default 0. */
  readonly maxDeletes?: number | undefined;
}

/** What became of an item of a plan. */
export interface ApplyOutcome extends PlanItem {
  readonly operation: 'create' | 'update' | 'delete';
  /**
   * `done`: the vault acknowledged it, and what came back opens to what was desired. `already`: it was so already.
   * `changed`: the entry is not what it was when the plan was made, and was left alone. `failed`: see `reason`.
   */
  readonly outcome: 'done' | 'already' | 'changed' | 'failed';
  /** A sentence for people, with `changed` and `failed`. It shows no value. */
  readonly reason?: string;
}
