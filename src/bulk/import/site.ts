import { parsedUrl } from '../../url.js';
import type { Login, SkipReason } from './login.js';

/** The site of a record, why it is passed over, or what is wrong with its addresses. */
export type Sites =
  | { readonly domain: string; readonly host: string; readonly further: number }
  | { readonly skip: SkipReason; readonly hasBadAddress?: boolean }
  | { readonly problem: string };

/**
 * The site of a record: the origin of its first web address (WHATWG URL, "origin"), without path, user info and default
 * port. A record is one entry, so that further sites are counted and not made entries of.
 *
 * Apps, and patterns, are no addresses of sites and are passed over. What has no scheme, or that of another server, is
 * not: an entry for a later address would send the password elsewhere.
 */
export function sitesOf({ urls, hasPattern = false }: Login, assumeHttps: boolean): Sites {
  const [only = ''] = urls;
  const [, origin, name] = (urls.length === 1 && PLAIN_ADDRESS.exec(only)) || [];
  if (origin !== undefined && name !== undefined && !hasPattern)
    return { domain: origin, host: name, further: 0 };
  const sites = new Map<string, string>();
  let isAny = hasPattern;
  let hasBadAddress = hasPattern;
  let isFirstBad = false;
  for (const text of urls) {
    const address = text.trim();
    if (address === '') continue;
    isAny = true;
    if (APP.test(address)) continue;
    const url = webAddress(address, assumeHttps);
    if (isPattern(address) || url?.hostname.includes('*')) hasBadAddress = true;
    else if (url === undefined) {
      hasBadAddress ||= !OTHER_SCHEME.test(address);
      isFirstBad ||= sites.size === 0;
    } else if (!sites.has(url.origin)) sites.set(url.origin, url.host);
  }
  const [first] = sites;
  if (first === undefined)
    return isAny ? { skip: 'not a web address', hasBadAddress } : { skip: 'no web address' };
  if (isFirstBad) return { problem: FIRST_HAS_NO_SCHEME };
  return { domain: first[0], host: first[1], further: sites.size - 1 };
}

/**
 * What most addresses are, of which `URL` would make just this: a name in lower case that ends in letters, so that it is no
 * IP address, and no label that it would look into.
 */
const PLAIN_ADDRESS =
  /^(https:\/\/(?![^/?#]*xn--)((?:[a-z\d-]{1,63}\.){1,9}[a-z]{2,63}))(?:[/?#][\x21-\x7e]*)?$/;

/** What has no scheme could be either of http and https, and the vault matches domains exactly. */
function webAddress(address: string, assumeHttps: boolean): URL | undefined {
  if (/^https?:\/\//i.test(address)) return parsedUrl(address);
  return assumeHttps && BARE_HOST.test(address) ? parsedUrl(`https://${address}`) : undefined;
}

/** A name with a dot in it or an IP address, with a port and a path if need be; no scheme, and nobody's e-mail address. */
const BARE_HOST = /^(?:(?:[^\s.:/?#@\\[\]]+\.)+[^\s.:/?#@\\[\]]+|\[[\da-f:.]+\])(?::\d+)?(?:[/?#]|$)/i;

/** In the host: `*` of many products, and what else a regular expression has and no name of a host. */
function isPattern(address: string): boolean {
  const authority = /^(?:[a-z][a-z\d+.-]*:\/\/)?([^/?#]*)/i.exec(address)?.[1] ?? '';
  return /[*\\^$()+{}|]/.test(authority.slice(authority.lastIndexOf('@') + 1));
}

/** Of Chrome, Proton Pass, LastPass, Bitwarden, KeePass2Android. */
const APP = /^(android|ios|app)[\w-]*:\/\//i;
/** A server: ssh:// */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:\/\//i;

const FIRST_HAS_NO_SCHEME =
  'The first address decides, and does not begin with https:// or http://, or cannot be read; an entry for a later one could send the password to another site. Begin the first with its scheme, or use --assume-https (assumeHttps) for bare host names.';
