import type { Issue, RuleId } from '../errors.js';

/** An entry as it came in, plain or sealed: these rules look at which fields are there, and not into credentials. */
export type Given = Readonly<Record<string, unknown>>;

interface CrossFieldRule {
  readonly rule: RuleId;
  readonly path: string;
  /** What to do: the end of the sentence that begins with the path. */
  readonly message: string;
  isBroken(given: Given): boolean;
}

const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];

// null takes a value away, so that it counts as not there.
const has = (given: Given, name: string) => given[name] !== undefined && given[name] !== null;
const isProviderBacked = (given: Given) => has(given, 'secret_provider_id') || has(given, 'secret_ref');

/** What holds between fields: VAULT-API.md, "Fields of create and update". */
const crossFieldRules: readonly CrossFieldRule[] = [
  {
    rule: 'totp/missing-secret',
    path: 'tfa_secret',
    message: 'is required where tfa_method is AUTHENTICATOR',
    // A provider-backed entry has its secret at the provider.
    isBroken: (given) =>
      given.tfa_method === 'AUTHENTICATOR' && !has(given, 'tfa_secret') && !isProviderBacked(given),
  },
  {
    rule: 'setting/concurrency',
    path: 'max_concurrency',
    message: 'needs allow_multiple_sessions: true',
    isBroken: (given) => has(given, 'max_concurrency') && given.allow_multiple_sessions !== true,
  },
  {
    rule: 'setting/proxy',
    path: 'proxy_value',
    message: 'needs proxy_setting',
    isBroken: (given) => has(given, 'proxy_value') && !has(given, 'proxy_setting'),
  },
  {
    rule: 'setting/provider',
    path: 'secret_ref',
    message: 'is required with secret_provider_id',
    isBroken: (given) => has(given, 'secret_provider_id') && !has(given, 'secret_ref'),
  },
  {
    rule: 'setting/provider',
    path: 'secret_provider_id',
    message: 'is required with secret_ref',
    isBroken: (given) => has(given, 'secret_ref') && !has(given, 'secret_provider_id'),
  },
  ...CREDENTIALS.map(
    (path): CrossFieldRule => ({
      rule: 'setting/provider',
      path,
      message: 'must be left out: it comes from secret_provider_id',
      isBroken: (given) => isProviderBacked(given) && has(given, path),
    }),
  ),
  {
    rule: 'setting/provider',
    path: 'secret_cache_ttl_seconds',
    message: 'needs secret_provider_id and secret_ref',
    isBroken: (given) => has(given, 'secret_cache_ttl_seconds') && !isProviderBacked(given),
  },
];

/** Every rule between fields that this entry breaks. */
export function crossFieldIssues(given: Given): Issue[] {
  const issues: Issue[] = [];
  for (const { rule, path, message, isBroken } of crossFieldRules) {
    if (isBroken(given)) issues.push({ path, rule, message: `${path} ${message}.` });
  }
  return issues;
}
