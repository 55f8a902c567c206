import { closestName, spellingsOf } from '../closest-name.js';
import { isSealedField, sealedEntries } from '../entry/fields.js';
import { issueOf } from '../entry/issue.js';
import { isReference } from '../entry/reference.js';
import { CredsealError, type Issue } from '../errors.js';
import { isObject } from '../inspection.js';
import { limiter } from './limiter.js';

/**
 * Gets what a reference stands for, all of `from` being given: `op://vault/item/field`. What it throws is told only
 * where it is a `CredsealError`: the message of any other might hold the value.
 */
export type Resolver = (reference: string) => string | Promise<string>;

/** So many are asked at once. */
const AT_ONCE = 8;
/** No credential is longer. */
const MAX_BYTES = 65_536;
const SCHEME = /^([a-z][a-z\d+.-]*):/i;
/** Text of a reference, which would be sealed as the credential. */
const REFERENCE = /^\s*\{\s*"from"\s*:/;

type Outcome = { readonly value: string } | { readonly problem: string };

/** An entry in which references were resolved; with issues, some of them are still there. */
export interface Resolved {
  readonly value: unknown;
  readonly issues: Issue[];
}

/** A run over entries: what is referred to twice is asked for once, and so many at once are under way. */
export class Resolution {
  readonly #resolvers: ReadonlyMap<string, Resolver>;
  readonly #outcomes = new Map<string, Promise<Outcome>>();
  readonly #limited = limiter(AT_ONCE);
  readonly #onAnswer: () => void;

  /** @param onAnswer is told of each reference that was asked for. */
  constructor(resolvers: ReadonlyMap<string, Resolver>, onAnswer: () => void = () => undefined) {
    this.#resolvers = resolvers;
    this.#onAnswer = onAnswer;
  }

  /** Resolves the references of one entry. Anything may be given: what is no entry is for others to refuse. */
  async resolve(entry: unknown): Promise<Resolved> {
    const issues: Issue[] = [];
    const references = referencesIn(entry, issues);
    if (references.length === 0) return { value: entry, issues };
    const resolved = { ...(entry as object) } as Record<string, unknown>;
    await Promise.all(
      references.map(async ([name, reference]) => {
        const outcome = await this.#ask(reference);
        if ('value' in outcome) resolved[name] = outcome.value;
        else issues.push(referenceIssue(name, outcome.problem));
      }),
    );
    return { value: resolved, issues };
  }

  #ask(reference: string): Promise<Outcome> {
    const known = this.#outcomes.get(reference);
    if (known !== undefined) return known;
    const outcome = this.#limited(() => this.#answer(reference));
    this.#outcomes.set(reference, outcome);
    return outcome;
  }

  async #answer(reference: string): Promise<Outcome> {
    const scheme = schemeOf(reference, this.#resolvers.keys());
    if ('problem' in scheme) return scheme;
    try {
      const value: unknown = await this.#resolvers.get(scheme.value)?.(reference);
      const problem = problemOf(value);
      return problem === undefined ? { value: value as string } : { problem };
    } catch (error) {
      return {
        problem:
          error instanceof CredsealError
            ? error.message
            : 'its resolver failed, and what it said is not shown',
      };
    } finally {
      this.#onAnswer();
    }
  }
}

/** The references of an entry by the names of their fields, in fields that are sealed: no other is resolved. */
export function referencesIn(entry: unknown, issues: Issue[]): (readonly [name: string, from: string])[] {
  if (!isObject(entry)) return [];
  return sealedEntries.flatMap(([name, field]) => {
    const value = entry[name];
    // In clear, a proxy_value would show what it stands for.
    if (!isReference(value) || !isSealedField(field, entry)) return [];
    const { from, ...others } = value;
    if (typeof from === 'string' && Object.keys(others).length === 0) return [[name, from] as const];
    issues.push(referenceIssue(name, 'it has one member, "from", a text'));
    return [];
  });
}

/** The scheme of a reference, if it is known. */
export function schemeOf(reference: string, known: Iterable<string>): Outcome {
  const names = [...known];
  const scheme = SCHEME.exec(reference)?.[1] ?? '';
  if (names.includes(scheme)) return { value: scheme };
  const meant = closestName(scheme, spellingsOf(names));
  return {
    problem: `its scheme is not one of ${names.map((name) => `${name}:`).join(', ')}${meant ? ` (did you mean ${meant}:?)` : ''}`,
  };
}

export const referenceIssue = (name: string, problem: string): Issue =>
  issueOf(name, 'setting/type', `is a reference that cannot be resolved: ${problem}`);

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'its resolver did not return text';
  if (value === '') return 'its value is empty';
  if (value.length > MAX_BYTES) return 'its value is too long for a credential';
  if (value.includes('\0')) return 'its value is binary';
  return REFERENCE.test(value) ? 'its value is a reference itself, which is not followed' : undefined;
}
