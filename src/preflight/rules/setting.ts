import { addIssue } from '../../entry/issue.js';
import type { Issue } from '../../errors.js';
import { error, warning } from './rule.js';

// The schemas of the field table and the rules between fields find all but the form of a domain.

export const settingRules = {
  /** A setting of the wrong type, or a word that is none of those allowed. */
  'setting/type': error('See the table of fields in docs/entries.md.'),
  /** An interval that not all of PostgreSQL 15 to 18 read, or that is not positive. */
  'setting/interval': error('Write it like "01:30:00" or "7 days 00:00:00".'),
  /** A `domain` that is no absolute http(s) URL, is `localhost`, or has user info, a wildcard or invisible characters. */
  'setting/domain': error('Write it like "https://example.com".'),
  /** A `domain` with a path, query, trailing slash or upper case, which the vault matches exactly. */
  'setting/domain-form': warning('It is matched exactly: "https://example.com" is safest.'),
  /** No IPv4 or IPv6 address. */
  'setting/ip-address': error('Write it like "203.0.113.7" or "2001:db8::7".'),
  /** `max_concurrency` below 1, or without `allow_multiple_sessions: true`. */
  'setting/concurrency': error('Set allow_multiple_sessions to true, or leave max_concurrency out.'),
  /** `proxy_value` without `proxy_setting`, or not of the form that it asks for. */
  'setting/proxy': error('country: two letters; static: an IP address; custom: a sealed URL.'),
  /** Half a secret provider, or a provider and credentials at once. */
  'setting/provider': error('Give secret_provider_id and secret_ref, or credentials.'),
};

/** What about a valid `domain` might keep the vault, which matches exactly, from finding it. */
export function checkDomainForm(domain: string, issues: Issue[]): void {
  const [, origin = '', path = '', query] = /^([^/]*\/\/[^/?#]*)([^?#]*)(.*)$/s.exec(domain) ?? [];
  const traits = [
    path && (path === '/' ? 'a trailing slash' : 'a path'),
    query && 'a query or fragment',
    origin !== origin.toLowerCase() && 'upper case',
  ].filter(Boolean);
  if (traits.length > 0) addIssue(issues, 'domain', 'setting/domain-form', `has ${traits.join(' and ')}`);
}
