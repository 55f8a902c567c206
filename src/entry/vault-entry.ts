import { checkEntry } from './check.js';
import { plainCredential } from './plain-credential.js';
import type { VaultEntry } from './seal-entry.js';

/** One problem, as Standard Schema has it. */
interface StandardIssue {
  readonly message: string;
  /** `['cookies', 2, 'name']`; empty for the entry as a whole. */
  readonly path: readonly (string | number)[];
}

interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    /** For compilers alone: what goes in and what comes out. */
    readonly types?: { readonly input: VaultEntry; readonly output: VaultEntry };
    validate(value: unknown): { readonly value: VaultEntry } | { readonly issues: readonly StandardIssue[] };
  };
}

const OPTIONS = { operation: 'create', allowUnknown: [], credential: plainCredential([]) } as const;

/**
 * An entry to create, in plain text, as routers and form libraries check input: a schema of Standard Schema
 * (https://standardschema.dev, version 1). `validate` is synchronous and says what {@link sealEntry} would say without a
 * key. What is valid comes back as it would be sealed: TOTP secrets canonical, intervals as text. Messages show no value.
 *
 * @example
 * const result = vaultEntry['~standard'].validate({ permissioned_user_id: 'user-1', domain: 'example.com' });
 * if ('issues' in result) console.log(result.issues); // [{ path: ['domain'], message: 'domain must begin with …' }]
 */
export const vaultEntry: StandardSchema = {
  '~standard': {
    version: 1,
    vendor: 'credseal',
    validate(value) {
      const { values, issues } = checkEntry(value, OPTIONS);
      if (issues.length === 0) return { value: values as VaultEntry };
      return { issues: issues.map(({ message, path }) => ({ message, path: stepsOf(path) })) };
    },
  },
};

/** `cookies[2].name` step by step. */
function stepsOf(path: string): (string | number)[] {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
