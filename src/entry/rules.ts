import type { Issue, RuleId } from '../errors.js';
import { addIssue } from './issue.js';

/** An entry as it came in, plain or sealed: these rules look at which fields are there, and not into credentials. */
export type Given = Readonly<Record<string, unknown>>;

/** Adds every rule between fields that an entry breaks: docs/vault-api.md, rules 14 to 18. */
export function addCrossFieldIssues(given: Given, issues: Issue[]): void {
  // null takes a value away, so that it counts as not there.
  const has = (name: string) => given[name] !== undefined && given[name] !== null;
  const refuseIf = (isBroken: boolean, rule: RuleId, path: string, problem: string) => {
    if (isBroken) addIssue(issues, path, rule, problem);
  };
  const hasProvider = has('secret_provider_id');
  const hasRef = has('secret_ref');
  // A provider-backed entry has its credentials at the provider.
  const isBacked = hasProvider || hasRef;

  refuseIf(
    given.tfa_method === 'AUTHENTICATOR' && !has('tfa_secret') && !isBacked,
    'totp/missing-secret',
    'tfa_secret',
    'is required where tfa_method is AUTHENTICATOR',
  );
  refuseIf(
    has('max_concurrency') && given.allow_multiple_sessions !== true,
    'setting/concurrency',
    'max_concurrency',
    'needs allow_multiple_sessions: true',
  );
  refuseIf(
    has('proxy_value') && !has('proxy_setting'),
    'setting/proxy',
    'proxy_value',
    'needs proxy_setting',
  );
  const provider = 'setting/provider';
  refuseIf(hasProvider && !hasRef, provider, 'secret_ref', 'is required with secret_provider_id');
  refuseIf(hasRef && !hasProvider, provider, 'secret_provider_id', 'is required with secret_ref');
  for (const path of ['user_name', 'password', 'tfa_secret'])
    refuseIf(isBacked && has(path), provider, path, 'must be left out: it comes from secret_provider_id');
  refuseIf(
    !isBacked && has('secret_cache_ttl_seconds'),
    provider,
    'secret_cache_ttl_seconds',
    'needs secret_provider_id and secret_ref',
  );
}
