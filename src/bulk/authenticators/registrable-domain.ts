import { parse } from 'tldts';

/** A host as people name it. */
export interface HostParts {
  /** The domain that somebody registered: `example.co.uk` of `login.example.co.uk`, `ada.github.io` of itself. */
  readonly domain: string;
  /** Its first label: `example`. */
  readonly label: string;
  /** The labels before it. None if they are a domain themselves, as in `paypal.com.evil.example`: that is no name of the site. */
  readonly before: readonly string[];
}

/** Takes a host apart by the Public Suffix List, its private part included: `github.io` belongs to many. */
export function hostParts(host: string): HostParts {
  const { domain, domainWithoutSuffix, subdomain, isIp } = parse(host, { allowPrivateDomains: true });
  if (isIp || domain === null || !domainWithoutSuffix)
    return { domain: host, label: isIp ? '' : host, before: [] };
  const inFront = parse(subdomain ?? '');
  const isLookalike = inFront.domain !== null && inFront.isIcann;
  return {
    domain,
    label: domainWithoutSuffix,
    before: subdomain && !isLookalike ? subdomain.split('.') : [],
  };
}
