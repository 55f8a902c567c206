import { addIssue } from '../../entry/issue.js';
import type { Issue } from '../../errors.js';
import { IV_DIGITS } from '../../value/format.js';
import { error } from './rule.js';

export const batchRules = {
  /** The same `permissioned_user_id` and `domain` twice in one batch. */
  'batch/duplicate-entry': error('Keep only one of them.'),
};

/** Keeps numbers below 2^53 by key. A `Map` is one; for a stream of many there is a more compact one. */
export interface NumberStore<Key> {
  get(key: Key): number | undefined;
  set(key: Key, value: number): unknown;
}

/** What is remembered of a sealed value: its IV, and 24 bits of its tag. */
export interface Seal<Key> {
  readonly iv: Key;
  readonly tag: number;
}

/** Of a sealed value what tells it from others. */
export function sealOf(sealed: string): Seal<string> {
  return {
    iv: sealed.slice(0, IV_DIGITS).toLowerCase(),
    // Should another value under this IV share them, once in 16 million, it is called a copy; an error as well.
    tag: Number.parseInt(sealed.slice(-TAG_DIGITS), 16),
  };
}

/** The name of an entry as one text. */
export function entryName(userId: unknown, domain: unknown): string | undefined {
  if (typeof userId !== 'string' || typeof domain !== 'string') return undefined;
  // With the length of one, so that no other pair of texts reads the same.
  return `${domain.length} ${domain}${userId}`;
}

const TAG_DIGITS = 6;
/** Places are counted, and a few of a place's fields are told apart: see {@link startBatch}. */
const FIELDS = 8;
export const MAX_PLACES = 2 ** 26;

/** Where a run remembers the names of entries and the IVs of values. */
export interface BatchStores<Key = string> {
  readonly entries: NumberStore<Key>;
  readonly values: NumberStore<Key>;
}

/**
 * What a run remembers of the payloads that it has seen: for each entry its name, for each sealed value its IV, and in
 * one number the beginning of its tag, its place and its field.
 *
 * @param nameOf how messages refer to a place, such as `[2]`.
 */
export function startBatch<Key = string>(
  nameOf: (place: number) => string,
  { entries, values }: BatchStores<Key>,
) {
  const fields: string[] = [];
  return {
    /**
     * An entry's name: whether it was seen before.
     *
     * @returns the place where it was.
     */
    checkEntry(name: Key | undefined, place: number, issues: Issue[]): number | undefined {
      if (name === undefined) return undefined;
      const before = entries.get(name);
      if (before === undefined) entries.set(name, place);
      else {
        const path = 'permissioned_user_id';
        addIssue(issues, path, 'batch/duplicate-entry', `and domain are those of ${nameOf(before)}`);
      }
      return before;
    },

    /**
     * A sealed value: whether the same was seen before, or another under the same IV.
     *
     * @returns the place where it was.
     */
    checkValue(path: string, { iv, tag }: Seal<Key>, place: number, issues: Issue[]): number | undefined {
      const before = values.get(iv);
      if (before === undefined) {
        if (!fields.includes(path)) fields.push(path);
        values.set(iv, (tag * MAX_PLACES + place) * FIELDS + fields.indexOf(path));
        return undefined;
      }
      const placeAndTag = Math.floor(before / FIELDS);
      const earlier = placeAndTag % MAX_PLACES;
      const other = `${nameOf(earlier)} ${fields[before % FIELDS]}`.trim();
      if (Math.floor(placeAndTag / MAX_PLACES) === tag)
        addIssue(issues, path, 'credential/copied', `is a copy of ${other}`);
      else addIssue(issues, path, 'credential/iv-reused', `has the IV of ${other}, and is another value`);
      return earlier;
    },
  };
}
