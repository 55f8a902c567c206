import { toUpdate, vaultSetNames } from '../../entry/open-entry.js';
import type { Place } from './place.js';

const FIELDS = 'with fields that only the vault sets';
const HINT =
  'Leave them out: credseal rotate --for-update does, for all entries at once (in a program, toUpdate does).';

/** What is said of an entry that is an answer of the vault, once for all of them. */
export const VAULT_ANSWER = `This is an answer of the vault, ${FIELDS}. ${HINT}`;

/** Tells an answer of the vault, which has several fields that only the vault sets; a single one may be a slip. */
export function isVaultAnswer(entry: unknown): boolean {
  return vaultSetNames(entry).length > 1;
}

/** Of an answer of the vault what may be written back. */
export function withoutVaultSet(answer: unknown): unknown {
  return toUpdate(answer as Parameters<typeof toUpdate>[0]);
}

/** The answers of the vault in a document: each would be refused for a dozen fields. */
export class VaultAnswers {
  #count = 0;
  #first: Place = {};

  add(place: Place): void {
    if (this.#count === 0) this.#first = place;
    this.#count += 1;
  }

  /** One finding for all of them, if there are any. */
  finding() {
    if (this.#count === 0) return undefined;
    const message =
      this.#count === 1
        ? `This is an answer of the vault, ${FIELDS}.`
        : `${this.#count} entries, this one the first, are answers of the vault, ${FIELDS}.`;
    const { line, index } = this.#first;
    const rule = 'payload/read-only-field' as const;
    const path = index === undefined ? '' : `[${index}]`;
    return { rule, severity: 'error' as const, path, message, hint: HINT, line };
  }
}
