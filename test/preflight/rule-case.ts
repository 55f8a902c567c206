import type { RuleId } from '../../src/errors.js';
import type { KeyRing } from '../../src/key/key-ring.js';
import type { VaultKey } from '../../src/key/vault-key.js';

/** A payload, and everything that preflight must say about it: no finding less, and none more. */
export interface Case {
  readonly what: string;
  readonly given: unknown;
  /** Each as `path: rule`. */
  readonly findings: readonly string[];
  readonly options: { readonly operation?: 'update'; readonly keys?: VaultKey | KeyRing };
}

export interface RuleCases {
  readonly severity: 'error' | 'warning';
  /** Payloads that break the rule. */
  readonly broken: readonly Case[];
  /** Payloads that nearly do: they have no finding of this rule, though perhaps others. */
  readonly sound: readonly Case[];
}

/** The cases of some of the rules. */
export type RuleTable<R extends string> = Record<Extract<RuleId, R>, RuleCases>;

type Make = (what: string, given: unknown, ...findings: string[]) => Case;

const withOptions =
  (options: Case['options']): Make =>
  (what, given, ...findings) => ({ what, given, findings, options });

export const create: Make = withOptions({});
export const update: Make = withOptions({ operation: 'update' });
export const under = (keys: VaultKey | KeyRing): Make => withOptions({ keys });
