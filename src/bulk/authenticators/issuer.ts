import { type HostParts, hostParts } from '#registrable-domain';
import { parsedUrl } from '../../url.js';

/**
 * Issuers of which one has many sites, whose accounts are several, or one account many sites: to which row a secret of
 * theirs belongs, nobody can tell by the issuer.
 */
const MANY_SITES = new Set(
  [
    'adobe',
    'amazon',
    'apple',
    'atlassian',
    'google',
    'ibm',
    'meta',
    'microsoft',
    'oracle',
    'salesforce',
  ].concat(['sap', 'yahoo', 'zoho']),
);

/** Labels of hosts that say what is done there, and not whose the site is. */
const COMMON_LABELS = new Set(
  [
    'account',
    'accounts',
    'admin',
    'app',
    'auth',
    'cloud',
    'dashboard',
    'id',
    'identity',
    'login',
    'm',
    'mail',
  ].concat(['my', 'online', 'portal', 'secure', 'signin', 'sso', 'web', 'www']),
);

/** How surely a host is the issuer's: 0 is the host itself, 1 its registered domain, 2 that by name, 3 a label before it. */
export type Closeness = 0 | 1 | 2 | 3;

/** An issuer, as hosts are compared with it. */
export interface Issuer {
  /** What it is matched by: the host that it is, or else its name. */
  readonly id: string;
  /** The same for all ways of writing it: `github` of `GitHub` and `github.com`. Empty if it says nothing. */
  readonly name: string;
  /** Whether one such issuer has many sites. */
  readonly hasManySites: boolean;
  /** The host that it is, where it is one. */
  readonly host?: string;
  readonly domain?: string;
}

const HOST = /^(?:https?:\/\/)?((?:[\p{L}\p{N}_-]+\.)+\p{L}[\p{L}\p{N}-]+)(?:[:/].*)?$/u;

/** Reads the name of an issuer. An e-mail address is none: some authenticators put the user there. */
export function issuerOf(text: string): Issuer {
  const plain = text.normalize('NFKC').trim().toLowerCase();
  if (/\S@\S/.test(plain)) return { id: '', name: '', hasManySites: false };
  const written = HOST.exec(plain)?.[1];
  const host = written && parsedUrl(`https://${written}`)?.hostname;
  if (host) {
    const { domain, label } = hostParts(host);
    const name = lettersOf(label);
    return { id: host, name, hasManySites: MANY_SITES.has(name), host: withoutWww(host), domain };
  }
  // What is in brackets is a note: "GitHub (work)".
  const name = lettersOf(plain.replace(/\s*[([].*[)\]]\s*$/, '')) || lettersOf(plain);
  return { id: name, name, hasManySites: MANY_SITES.has(name) };
}

/** What a host may be called, each with how surely. */
export function namesOfHost(host: string): readonly (readonly [key: string, closeness: Closeness])[] {
  const parts: HostParts = hostParts(host);
  const before = parts.before.filter((label) => !COMMON_LABELS.has(label)).map(lettersOf);
  return [
    [`host ${withoutWww(host)}`, 0],
    [`domain ${parts.domain}`, 1],
    [`name ${lettersOf(parts.label)}`, 2],
    ...before.map((label) => [`name ${label}`, 3] as const),
  ];
}

/** The keys of {@link namesOfHost} that are those of an issuer. */
export function keysOfIssuer({ name, host, domain }: Issuer): readonly string[] {
  if (host !== undefined) return [`host ${host}`, `domain ${domain}`];
  return name === '' ? [] : [`name ${name}`];
}

/** User names are compared without case, since e-mail addresses are. */
export const userKey = (user: string) => user.normalize('NFKC').trim().toLowerCase();

const lettersOf = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
const withoutWww = (host: string) => host.replace(/^www\./, '');
