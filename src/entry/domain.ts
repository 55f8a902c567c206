import { parsedUrl } from '../url.js';

/**
 * What nearly every domain looks like, and `URL` has nothing to say about. At most 253 characters, the longest name that
 * DNS has: a long text would exhaust the stack of the regular expression.
 */
const PLAIN_ORIGIN = /^https:\/\/(?=.{1,253}$)(?!.*(?:xn--|localhost))(?:[a-z\d-]+\.)+[a-z]{2,}$/;

/**
 * What nobody sees, and `URL` drops from a host. The two joiners are left: some languages are spelled with them, and `URL`
 * keeps them where they belong.
 */
const INVISIBLE = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;

/**
 * Says what is wrong with the `domain` of an entry, or nothing. The vault matches domains exactly, so that one is
 * checked and never rewritten; `URL` alone would not do, since it strips white space, reads backslashes as
 * slashes, and supplies missing ones (WHATWG URL, "basic URL parser").
 */
export function domainProblem(domain: string): string | undefined {
  if (PLAIN_ORIGIN.test(domain)) return undefined;
  if (/[\p{Cc}\p{Cs}\\]|\s/u.test(domain))
    return 'must not have white space, control characters or backslashes';
  if (INVISIBLE.test(domain))
    return 'must not have invisible characters, such as a zero-width space or a soft hyphen';
  // Never empty: URL reads "https:///user:password@host" as if the third slash were not there.
  const authority = /^https?:\/\/([^/?#]+)/i.exec(domain)?.[1];
  if (!authority) return 'must begin with https:// or http://';
  if (authority.includes('@')) return 'must not carry user name or password';
  const host = parsedUrl(domain)?.hostname ?? '';
  if (host === '') return 'must be a valid URL with a host';
  // Also a wide one, or an escaped one: an escape can hide anything, and no host needs one.
  if (/[*%]/.test(authority + host)) return 'must not have * or % in its host: it is matched exactly';
  if (/(^|\.)localhost\.*$/.test(host)) return 'must not be localhost: use http://127.0.0.1:PORT';
  return undefined;
}
