import type { EntryRef } from '../entry/fields.js';
import { sealedEntries } from '../entry/fields.js';
import { openEntry, type StoredEntry } from '../entry/open-entry.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { concurrently } from './concurrently.js';
import type { Ends, Exchange } from './exchange.js';
import { type Look, lookAtAll } from './look.js';
import { nameOf } from './name.js';
import { rewriteEntry } from './rewrite.js';
import type { RotateOptions, RotationOutcome, RotationReceipt } from './rotation-types.js';
import { idOfWritten, wholeOf } from './whole-entry.js';

/** By default; as for a push. */
export const CONCURRENCY = 8;

const REFUSED_KEY =
  'The vault refuses credentials sealed under the current key (401): the workspace may have a different key.';

/**
 * Brings everything in the vault under the current key, and looks again: the receipt is what that last look has seen.
 *
 * @param keys the ring: the current key first.
 */
export async function* rotateAll(
  how: Exchange,
  { journal, concurrency = CONCURRENCY, dryRun = false }: RotateOptions,
  ends: Ends,
): AsyncGenerator<RotationOutcome, RotationReceipt, undefined> {
  let writtenBefore = 0;
  let currentBefore = 0;
  const first = await lookAtAll(how, ends, (stored) => {
    if (journal?.has(idOfWritten(stored))) writtenBefore += 1;
    else currentBefore += 1;
  });
  const failed: (EntryRef & { reason: string })[] = [];
  const rotated = new Set<string>();
  /** Why nothing is sent any more. */
  let stopped: string | undefined;

  async function rotateOne(ref: EntryRef): Promise<RotationOutcome> {
    const failedBy = (reason: string): RotationOutcome => ({ ...ref, outcome: 'failed', reason });
    if (stopped !== undefined) return failedBy(`Not tried, for the rotation had stopped: ${stopped}`);
    try {
      const { before, now, sent } = await rewriteEntry(ref, how, ends, async (stored) => {
        const current = stored && rotateEntry(stored, how.keys);
        if (current === undefined || current === stored) return undefined;
        const payload = wholeOf(current);
        // Before it is sent: what the vault hears and we never learn of is known as ours all the same.
        await journal?.add(idOfWritten(payload));
        return payload;
      });
      if (before === undefined || now === undefined) return { ...ref, outcome: 'gone' };
      if (sent === undefined) return { ...ref, outcome: 'current' };
      const changed = changedCredential(before, sent, now, how);
      if (changed !== undefined) {
        stopped = `${nameOf(ref)}: ${changed} came back from the vault as something else.`;
        return failedBy(stopped);
      }
      rotated.add(idOfWritten(now));
      return { ...ref, outcome: 'rotated' };
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      if (error.status !== 401) return failedBy(error.message);
      stopped = REFUSED_KEY;
      return failedBy(stopped);
    }
  }

  const toRotate: EntryRef[] = [];
  for (const outcome of leftAlone(first)) {
    failed.push(outcome);
    yield { ...outcome, outcome: 'failed' };
  }
  for (const place of first.underPrevious)
    if (!first.shared.has(place) && !first.unopenable.has(place))
      toRotate.push(first.refs[place] as EntryRef);

  if (dryRun) {
    for (const ref of toRotate) yield { ...ref, outcome: 'would-rotate' };
  } else {
    // One alone: if the vault will have none of it, one entry has shown it.
    const [canary, ...others] = toRotate;
    for (const group of [canary ? [canary] : [], others]) {
      for await (const outcome of concurrently(group, concurrency, rotateOne)) {
        const { permissioned_user_id, domain, reason } = outcome;
        if (reason !== undefined) failed.push({ permissioned_user_id, domain, reason });
        yield outcome;
      }
    }
  }

  let rotatedAtEnd = 0;
  const last = dryRun
    ? first
    : await lookAtAll(how, ends, (stored) => {
        const id = idOfWritten(stored);
        if (rotated.has(id) || journal?.has(id)) rotatedAtEnd += 1;
      });
  return {
    version: 1,
    at: new Date().toISOString(),
    vault: how.vault.base,
    currentKey: how.ring.current.fingerprint,
    previousKeys: how.ring.keys.slice(1).map(({ fingerprint }) => fingerprint),
    entries: last.refs.length,
    rotated: dryRun ? writtenBefore : rotatedAtEnd,
    currentBefore,
    failed,
    underPreviousKeys: last.underPrevious.size,
    unopenable: last.unopenable.size,
  };
}

/** Entries that cannot be rotated, or must not be, and why: in the order of the list. */
function leftAlone({ refs, underPrevious, unopenable, shared }: Look): (EntryRef & { reason: string })[] {
  const places = [...new Set([...unopenable.keys(), ...shared.keys()])].sort((a, b) => a - b);
  return places.map((place) => {
    const why = unopenable.get(place) ?? shared.get(place);
    const what = underPrevious.has(place) ? ' It is left as it is.' : '';
    return { ...(refs[place] as EntryRef), reason: `${why}${what}` };
  });
}

/**
 * The name of a credential that does not come back under the current key as what it was; undefined if all do. What comes
 * back as it was sent, to the byte, was opened and compared when it was sealed.
 */
function changedCredential(
  before: StoredEntry,
  sent: SealedEntry,
  after: StoredEntry,
  { keys, ring }: Exchange,
): string | undefined {
  const valueIn = (entry: StoredEntry | SealedEntry, name: string) =>
    (entry as Readonly<Record<string, unknown>>)[name] ?? null;
  const others = sealedEntries.filter(([name]) => valueIn(sent, name) !== valueIn(after, name));
  if (others.length === 0) return undefined;
  const held = openEntry(before, keys);
  const holds = openEntry(after, ring.current);
  return others.find(([name]) => (held[name] ?? null) !== (holds[name] ?? null))?.[0];
}
