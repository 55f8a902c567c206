import { type EntryRef, sealedEntries } from '../entry/fields.js';
import { entryInvalid } from '../entry/issue.js';
import { openEntry, type StoredEntry } from '../entry/open-entry.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import type { SealedEntry, VaultEntry } from '../entry/seal-entry.js';
import { CredsealError, type Issue } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { compactStores } from '../preflight/compact-store.js';
import { entryName, sealOf, startBatch } from '../preflight/rules/batch.js';
import { isSealed } from '../value/sealed-value.js';
import { atPlace } from './at-place.js';
import { changedFields } from './changed-fields.js';
import { invalid } from './config.js';
import { checkedSealed, sealedDesired } from './desired.js';
import { entriesOf } from './entries.js';
import type { Ends, Exchange } from './exchange.js';
import { nameOf } from './name.js';
import type { PlanItem, PlanOptions, VaultPlan } from './plan-types.js';
import { digestOfContent, wholeOf } from './whole-entry.js';

/** What `apply` needs to know of a plan, which nobody else sees. */
export interface Steps {
  /** The client that made it. */
  readonly how: Exchange;
  readonly create: readonly SealedEntry[];
  readonly update: readonly Change[];
  readonly delete: readonly Change[];
}

/** A change of what was there when the plan was made. */
export interface Change {
  readonly ref: EntryRef;
  /** By `digestOfContent`. */
  readonly digest: string;
  /** What is desired, sealed; of a deletion nothing. */
  readonly desired?: SealedEntry;
  readonly fields?: readonly string[];
}

const stepsOfPlans = new WeakMap<VaultPlan, Steps>();

/** @throws CredsealError `ERR_REQUEST_INVALID` if this client did not make the plan */
export function stepsOf(plan: VaultPlan, how: Exchange): Steps {
  const steps = isObject(plan) ? stepsOfPlans.get(plan as unknown as VaultPlan) : undefined;
  if (steps?.how !== how)
    throw invalid('plan', 'apply takes a plan that plan of the same client has made, and no copy of one.');
  return steps;
}

/**
 * Compares what is desired with what is in the vault, in plain text and in memory. What is desired is read first, and held
 * sealed; the list is read as it comes.
 *
 * @param placeOf how messages refer to an entry that is desired.
 * @throws CredsealError `ERR_ENTRY_INVALID` if an entry breaks rules, or is desired twice: there is no plan then, since
 *   an entry that is left out would be one to delete
 */
export async function planOf(
  desired: Iterable<VaultEntry | SealedEntry> | AsyncIterable<VaultEntry | SealedEntry>,
  how: Exchange,
  options: PlanOptions,
  ends: Ends,
  placeOf = (index: number) => `[${index}]`,
): Promise<VaultPlan> {
  const wanted = await readDesired(desired, how, options, placeOf);
  const seen = new Set<string>();
  const update: (PlanItem & { fields: string[] })[] = [];
  const updates: Change[] = [];
  const deletes: Change[] = [];
  const incomparable: (PlanItem & { reason: string })[] = [];
  let unchanged = 0;

  for await (const stored of entriesOf(how, ends)) {
    const { permissioned_user_id, domain } = stored;
    const ref = { permissioned_user_id, domain };
    const key = keyOf(ref);
    const entry = wanted.get(key);
    if (seen.has(key)) {
      // Its first appearance was compared; a deletion would be of the same entry.
      incomparable.push({ ...ref, reason: 'The vault lists it twice.' });
      continue;
    }
    seen.add(key);
    if (entry === undefined) {
      if (options.prune) deletes.push({ ref, digest: digestOfContent(stored) });
      continue;
    }
    wanted.delete(key);
    try {
      const fields = changedFields(openEntry(entry, how.keys), openEntry(stored, how.keys));
      if (fields.length === 0) {
        unchanged += 1;
        continue;
      }
      update.push({ ...ref, fields });
      updates.push({ ref, digest: digestOfContent(stored), desired: entry, fields });
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      incomparable.push({ ...ref, reason: error.message });
    }
  }

  const creates = [...wanted.values()].map((entry) => creatable(entry, how, options));
  const plan: VaultPlan = {
    create: creates.map(({ permissioned_user_id, domain }) => ({ permissioned_user_id, domain })),
    update,
    delete: deletes.map(({ ref }) => ref),
    unchanged,
    incomparable,
  };
  stepsOfPlans.set(plan, { how, create: creates, update: updates, delete: deletes });
  return plan;
}

/** What is stored with what is desired in place of what differs: every value under the current key, as a whole. */
export function merged(
  stored: StoredEntry,
  desired: SealedEntry,
  fields: readonly string[],
  how: Exchange,
): SealedEntry {
  const changes = Object.entries(desired).filter(([name]) => fields.includes(name));
  return { ...wholeOf(rotateEntry(stored, how.keys)), ...Object.fromEntries(changes) } as SealedEntry;
}

async function readDesired(
  desired: Iterable<VaultEntry | SealedEntry> | AsyncIterable<VaultEntry | SealedEntry>,
  how: Exchange,
  options: PlanOptions,
  placeOf: (index: number) => string,
): Promise<Map<string, SealedEntry>> {
  const wanted = new Map<string, SealedEntry>();
  if (!isIterable(desired))
    throw invalid('desired', `What is desired is an iterable of entries; got ${typeName(desired)}.`);
  // A sealed value is bound to no place: one that is met twice is not what somebody meant.
  const batch = startBatch(placeOf, compactStores());
  let index = 0;
  for await (const entry of desired) {
    atPlace(placeOf(index), () => {
      const sealed = sealedDesired(entry, how, options);
      const issues: Issue[] = [];
      batch.checkEntry(entryName(sealed.permissioned_user_id, sealed.domain), index, issues);
      for (const [name] of sealedEntries) {
        const value = (sealed as Readonly<Record<string, unknown>>)[name];
        if (isSealed(value)) batch.checkValue(name, sealOf(value), index, issues);
      }
      if (issues.length > 0) throw entryInvalid(issues);
      wanted.set(keyOf(sealed), sealed);
    });
    index += 1;
  }
  return wanted;
}

/** What is to be created: there is nothing that a null could take away. */
function creatable(desired: SealedEntry, how: Exchange, options: PlanOptions): SealedEntry {
  const entry = wholeOf(desired as StoredEntry);
  return atPlace(nameOf(entry), () => checkedSealed(entry, how, options, 'create'));
}

function isIterable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

const keyOf = ({ permissioned_user_id, domain }: EntryRef) => JSON.stringify([permissioned_user_id, domain]);
