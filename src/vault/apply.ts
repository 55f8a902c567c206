import type { EntryRef } from '../entry/fields.js';
import { openEntry, type StoredEntry } from '../entry/open-entry.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { createEntry, deleteEntry, getEntry } from './calls.js';
import { changedFields } from './changed-fields.js';
import { concurrently } from './concurrently.js';
import { invalid } from './config.js';
import type { Ends, Exchange } from './exchange.js';
import { type Change, merged, type Steps } from './plan.js';
import type { ApplyOptions, ApplyOutcome } from './plan-types.js';
import { rewriteEntry } from './rewrite.js';
import { CONCURRENCY } from './rotate.js';
import { digestOfContent, idOfDeleted, idOfWritten } from './whole-entry.js';

type Outcome = Pick<ApplyOutcome, 'outcome' | 'reason'>;

const CHANGED: Outcome = {
  outcome: 'changed',
  reason: 'It was changed since the plan was made, so it was not written. Plan again.',
};
const DONE: Outcome = { outcome: 'done' };
const NOT_DELETED: Outcome = {
  outcome: 'failed',
  reason: 'Not deleted, because an earlier item failed or was changed. Plan again.',
};

/**
 * Does what a plan says: creates, then updates, then deletes. What is not as it was when the plan was made is left alone.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID` if the plan deletes more than `maxDeletes`, before anything is sent
 */
export async function* applySteps(
  steps: Steps,
  how: Exchange,
  { journal, concurrency = CONCURRENCY, maxDeletes = 0 }: ApplyOptions,
  ends: Ends,
): AsyncGenerator<ApplyOutcome, void, undefined> {
  const deletes = steps.delete.length;
  if (deletes > maxDeletes)
    throw invalid(
      'maxDeletes',
      `The plan deletes ${deletes} entries, but maxDeletes is ${maxDeletes}: nothing was changed.`,
    );

  const create = async (payload: SealedEntry): Promise<Outcome> => {
    const id = idOfWritten(payload);
    const sentBefore = journal?.has(id);
    await journal?.add(id);
    try {
      const { stored } = await createEntry(payload, how, ends, sentBefore);
      return asDesired(stored, payload, how);
    } catch (error) {
      if (!(error instanceof CredsealError) || error.status !== 409) throw error;
      const stored = await getEntry(payload, how, ends);
      if (stored && changedFields(openEntry(payload, how.keys), openEntry(stored, how.keys)).length === 0)
        return { outcome: 'already' };
      return CHANGED;
    }
  };

  const update = async ({ ref, digest, desired, fields = [] }: Change): Promise<Outcome> => {
    if (desired === undefined) throw new TypeError('An update without anything desired.');
    let isChanged = false;
    const { now, sent } = await rewriteEntry(ref, how, ends, async (stored) => {
      if (stored && changedFields(openEntry(desired, how.keys), openEntry(stored, how.keys)).length === 0)
        return undefined;
      isChanged = stored === undefined || digestOfContent(stored) !== digest;
      if (stored === undefined || isChanged) return undefined;
      const payload = merged(stored, desired, fields, how);
      await journal?.add(idOfWritten(payload));
      return payload;
    });
    if (isChanged) return CHANGED;
    if (sent === undefined || now === undefined) return { outcome: 'already' };
    return asDesired(now, desired, how);
  };

  const remove = async ({ ref, digest }: Change): Promise<Outcome> => {
    const stored = await getEntry(ref, how, ends);
    if (stored === undefined) return { outcome: 'already' };
    if (digestOfContent(stored) !== digest) return CHANGED;
    await journal?.add(idOfDeleted(ref));
    await deleteEntry(ref, how, ends);
    return DONE;
  };

  let isAllWell = true;
  yield* each('create', steps.create, (payload) => payload, create);
  yield* each('update', steps.update, ({ ref }) => ref, update);
  yield* each(
    'delete',
    steps.delete,
    ({ ref }) => ref,
    async (change) =>
      // What was to come in place of it may not be there.
      isAllWell ? remove(change) : NOT_DELETED,
  );

  function each<T>(
    operation: ApplyOutcome['operation'],
    items: readonly T[],
    refOf: (item: T) => EntryRef,
    work: (item: T) => Promise<Outcome>,
  ): AsyncGenerator<ApplyOutcome, void, undefined> {
    return concurrently(items, concurrency, async (item) => {
      const { permissioned_user_id, domain } = refOf(item);
      const name = { permissioned_user_id, domain, operation };
      let outcome: Outcome;
      try {
        outcome = await work(item);
      } catch (error) {
        if (!(error instanceof CredsealError)) throw error;
        outcome = { outcome: 'failed', reason: error.message };
      }
      if (operation !== 'delete') isAllWell &&= outcome.outcome === 'done' || outcome.outcome === 'already';
      return { ...name, ...outcome };
    });
  }
}

/** Whether what came back is what was sent: a vault that answers 200 and keeps something else has not done it. */
function asDesired(stored: StoredEntry, desired: SealedEntry, { keys }: Exchange): Outcome {
  const different = changedFields(openEntry(desired, keys), openEntry(stored, keys));
  if (different.length === 0) return DONE;
  return {
    outcome: 'failed',
    reason: `What came back from the vault differs in ${different.join(', ')} from what was sent.`,
  };
}
