import type { PushFailure, PushOutcome } from '../../bulk/push/outcome.js';
import { toldAt } from '../input/place.js';
import { printable } from '../terminal/printable.js';

/** As many entries that fail alike are named; the others are counted. */
const MAX_NAMED = 20;

/**
 * Tells of entries that the vault does not get. What meets all alike (a wrong API key, a vault out of reach) is said for
 * the first of them, and the others are named in the end.
 */
export class ToldFailures {
  readonly #nameOf: (line: number) => string;
  readonly #alike = new Map<string, { readonly first: number; readonly others: number[]; count: number }>();

  /** @param nameOf what the place of an entry is called. */
  constructor(nameOf: (line: number) => string) {
    this.#nameOf = nameOf;
  }

  /** What there is to say now: lines, or nothing. */
  tell(outcome: PushFailure): string {
    const alike = outcome.isGeneral ? this.#alike.get(outcome.reason) : undefined;
    if (alike !== undefined) {
      alike.count += 1;
      if (alike.others.length < MAX_NAMED) alike.others.push(outcome.line);
      return '';
    }
    if (outcome.isGeneral) this.#alike.set(outcome.reason, { first: outcome.line, others: [], count: 0 });
    return toldAt(`${this.#nameOf(outcome.line)}${identity(outcome)}`, problemsIn(outcome).map(printable));
  }

  /** What was not said yet. */
  rest(): string {
    const lines = [...this.#alike.values()].map(({ first, others, count }) => {
      if (count === 0) return '';
      const named = others.map((line) => this.#nameOf(line)).join(', ');
      const more = count > others.length ? ` and ${count - others.length} others` : '';
      return `${count} more ${count === 1 ? 'fails' : 'fail'} like ${this.#nameOf(first)}: ${named}${more}.\n`;
    });
    return lines.join('');
  }
}

/** What preflight has found, a line each; else the reason. */
export function problemsIn({ findings, reason }: PushFailure): string[] {
  return findings?.map(({ message, hint }) => `${message} ${hint}`) ?? [reason];
}

function identity({ permissioned_user_id, domain }: PushOutcome): string {
  const names = [permissioned_user_id, domain].filter((name) => name !== undefined);
  return names.length === 0 ? '' : ` (${printable(names.join(', '))})`;
}
