import type { Issue } from '../errors.js';

const IV_DIGITS = 24;
const TAG_DIGITS = 6;
/** Places are counted, and a few of a place's fields are told apart: see {@link BatchMemory.seenValue}. */
const FIELDS = 8;
export const MAX_PLACES = 2 ** 26;

/**
 * What a run remembers of the payloads that it has seen: a hundred thousand of them are a few tens of megabytes. For
 * each entry its name; for each sealed value its IV, and in one number the place and the beginning of the tag.
 */
export class BatchMemory {
  readonly #entries = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #fields: string[] = [];
  readonly #nameOf: (place: number) => string;

  /** @param nameOf how messages refer to a place, such as `[2]`. */
  constructor(nameOf: (place: number) => string) {
    this.#nameOf = nameOf;
  }

  /** The entry's name, if it was seen before. */
  seenEntry(userId: unknown, domain: unknown, place: number): Issue[] {
    if (typeof userId !== 'string' || typeof domain !== 'string') return [];
    // With the length of one, so that no other pair of texts reads the same.
    const name = `${domain.length} ${domain}${userId}`;
    const before = this.#entries.get(name);
    if (before === undefined) {
      this.#entries.set(name, place);
      return [];
    }
    const message = `The entry has the permissioned_user_id and domain of ${this.#nameOf(before)}.`;
    return [{ path: 'permissioned_user_id', rule: 'batch/duplicate-entry', message }];
  }

  /** A sealed value: the same one as before, or another under the same IV. */
  seenValue(path: string, sealed: string, place: number): Issue[] {
    // In two parts: engines keep the whole text in memory for a longer slice of it.
    const half = IV_DIGITS / 2;
    const iv = (sealed.slice(0, half) + sealed.slice(half, IV_DIGITS)).toLowerCase();
    // 24 bits: should another value under this IV share them, once in 16 million, it is called a copy; an error as well.
    const tag = Number.parseInt(sealed.slice(-TAG_DIGITS), 16);
    const before = this.#values.get(iv);
    if (before === undefined) {
      if (!this.#fields.includes(path)) this.#fields.push(path);
      this.#values.set(iv, (tag * MAX_PLACES + place) * FIELDS + this.#fields.indexOf(path));
      return [];
    }
    const field = this.#fields[before % FIELDS];
    const placeAndTag = Math.floor(before / FIELDS);
    const other = `${this.#nameOf(placeAndTag % MAX_PLACES)} ${field}`.trim();
    return Math.floor(placeAndTag / MAX_PLACES) === tag
      ? [{ path, rule: 'credential/copied', message: `${path} is a copy of ${other}.` }]
      : [
          {
            path,
            rule: 'credential/iv-reused',
            message: `${path} has the IV of ${other}, and is another value.`,
          },
        ];
  }
}
