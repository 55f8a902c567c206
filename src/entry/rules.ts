import type { Issue, RuleId } from '../errors.js';

/** An entry as it came in, plain or sealed: these rules look at which fields are there, and not into credentials. */
export type Given = Readonly<Record<string, unknown>>;

interface CrossFieldRule {
  readonly rule: RuleId;
  /** Where the problem is, and what to do: the end of the sentence that begins with the path. Nothing if all is well. */
  check(given: Given): { path: string; message: string } | undefined;
}

const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];

// null takes a value away, so that it counts as not there.
const has = (given: Given, name: string) => given[name] !== undefined && given[name] !== null;
const isProviderBacked = (given: Given) => has(given, 'secret_provider_id') || has(given, 'secret_ref');

/** What holds between fields: VAULT-API.md, "Fields of create and update". */
const crossFieldRules: readonly CrossFieldRule[] = [
  {
    rule: 'totp/missing-secret',
    check: (given) =>
      // A provider-backed entry has its secret at the provider.
      given.tfa_method === 'AUTHENTICATOR' && !has(given, 'tfa_secret') && !isProviderBacked(given)
        ? { path: 'tfa_secret', message: 'is required where tfa_method is AUTHENTICATOR' }
        : undefined,
  },
  {
    rule: 'setting/concurrency',
    check: (given) =>
      has(given, 'max_concurrency') && given.allow_multiple_sessions !== true
        ? { path: 'max_concurrency', message: 'needs allow_multiple_sessions: true' }
        : undefined,
  },
  {
    rule: 'setting/proxy',
    check: (given) =>
      has(given, 'proxy_value') && !has(given, 'proxy_setting')
        ? { path: 'proxy_value', message: 'needs proxy_setting: static, country or custom' }
        : undefined,
  },
  {
    rule: 'setting/provider',
    check: (given) => {
      const [id, ref] = [has(given, 'secret_provider_id'), has(given, 'secret_ref')];
      if (id === ref) return undefined;
      return id
        ? { path: 'secret_ref', message: 'is required with secret_provider_id' }
        : { path: 'secret_provider_id', message: 'is required with secret_ref' };
    },
  },
  ...CREDENTIALS.map(
    (name): CrossFieldRule => ({
      rule: 'setting/provider',
      check: (given) =>
        isProviderBacked(given) && has(given, name)
          ? {
              path: name,
              message: 'must be left out: the credentials of this entry come from secret_provider_id',
            }
          : undefined,
    }),
  ),
  {
    rule: 'setting/provider',
    check: (given) =>
      has(given, 'secret_cache_ttl_seconds') && !isProviderBacked(given)
        ? { path: 'secret_cache_ttl_seconds', message: 'needs secret_provider_id and secret_ref' }
        : undefined,
  },
];

/** Every rule between fields that this entry breaks. */
export function crossFieldIssues(given: Given): Issue[] {
  const issues: Issue[] = [];
  for (const { rule, check } of crossFieldRules) {
    const problem = check(given);
    if (problem !== undefined)
      issues.push({ path: problem.path, rule, message: `${problem.path} ${problem.message}.` });
  }
  return issues;
}
