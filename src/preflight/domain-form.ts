import type { Issue } from '../errors.js';

/** Says what about a valid `domain` might keep the vault, which matches exactly, from finding it. */
export function domainFormIssues(domain: string): Issue[] {
  const [, origin = '', path = '', query = ''] = /^([^/]*\/\/[^/?#]*)([^?#]*)(.*)$/s.exec(domain) ?? [];
  const traits: string[] = [];
  if (path === '/') traits.push('a trailing slash');
  else if (path !== '') traits.push('a path');
  if (query !== '') traits.push('a query or fragment');
  if (origin !== origin.toLowerCase()) traits.push('upper case');
  if (traits.length === 0) return [];
  return [{ path: 'domain', rule: 'setting/domain-form', message: `domain has ${traits.join(' and ')}.` }];
}
