import { parse } from 'tldts';

/** A host as people name it. */
export interface HostParts {
  /** The domain that somebody registered: `example.co.uk` of `login.example.co.uk`, `ada.github.io` of itself. */
  readonly domain: string;
  /** Its first label: `example`. */
  readonly label: string;
  /** The labels before it; none where they are a domain themselves, as of `paypal.com.evil.example`: it says who somebody wants to be. */
  readonly before: readonly string[];
}

/** Takes a host apart by the Public Suffix List, its private part included: `github.io` belongs to many. */
export function hostParts(host: string): HostParts {
  const { domain, domainWithoutSuffix, subdomain, isIp } = parse(host, { allowPrivateDomains: true });
  if (isIp || domain === null || !domainWithoutSuffix)
    return { domain: host, label: isIp ? '' : host, before: [] };
  const isLookalike = subdomain !== null && parse(subdomain).domain !== null && parse(subdomain).isIcann;
  return {
    domain,
    label: domainWithoutSuffix,
    before: subdomain && !isLookalike ? subdomain.split('.') : [],
  };
}
