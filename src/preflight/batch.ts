import type { Issue } from '../errors.js';

const IV_DIGITS = 24;
const TAG_DIGITS = 32;

/**
 * What a run remembers of the payloads it has seen: for each entry its name, for each sealed value IV and tag, and
 * where that was. Nothing else, so that a run over a hundred thousand entries stays small.
 */
export class BatchMemory {
  readonly #entries = new Map<string, string>();
  readonly #values = new Map<string, { tag: string; place: string }>();

  /** The entry's name, if it was seen before. */
  seenEntry(userId: unknown, domain: unknown, place: string): Issue[] {
    if (typeof userId !== 'string' || typeof domain !== 'string') return [];
    const name = JSON.stringify([userId, domain]);
    const before = this.#entries.get(name);
    if (before === undefined) {
      this.#entries.set(name, place);
      return [];
    }
    const message = `The entry has the permissioned_user_id and domain of ${before}.`;
    return [{ path: 'permissioned_user_id', rule: 'batch/duplicate-entry', message }];
  }

  /** A sealed value: the same one as before, or another under the same IV. */
  seenValue(path: string, sealed: string, place: string): Issue[] {
    const iv = sealed.slice(0, IV_DIGITS).toLowerCase();
    const tag = sealed.slice(-TAG_DIGITS).toLowerCase();
    const before = this.#values.get(iv);
    if (before === undefined) {
      this.#values.set(iv, { tag, place: place === '' ? path : `${place} ${path}` });
      return [];
    }
    // Same IV and tag: the same value, but for somebody who can forge, and then the IV is the lesser worry.
    if (before.tag === tag)
      return [{ path, rule: 'credential/copied', message: `${path} is a copy of ${before.place}.` }];
    return [
      {
        path,
        rule: 'credential/iv-reused',
        message: `${path} has the IV of ${before.place}, and is another value.`,
      },
    ];
  }
}
