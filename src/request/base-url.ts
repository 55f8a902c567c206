import { parsedUrl } from '../url.js';
import { requestInvalid } from './request-invalid.js';

/** Where the vault is, unless somebody says otherwise: docs/vault-api.md, rule 1. */
export const DEFAULT_BASE_URL = 'https://api.cloudcruise.com';

/** The host of a URL on this machine. */
export const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

/**
 * Checks a base URL, and gives it without a trailing slash. `https` only: plain `http` carries the API key in clear
 * and is for a vault on this machine. A path in it is kept, for vaults behind a gateway.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID`
 */
export function checkedBaseUrl(baseUrl: unknown = DEFAULT_BASE_URL): string {
  const problem = (message: string) => requestInvalid(`The base URL ${message}.`, 'baseUrl');
  const url = typeof baseUrl === 'string' ? parsedUrl(baseUrl) : undefined;
  if (!url) throw problem(`must be an absolute URL such as ${DEFAULT_BASE_URL}`);
  if (url.username !== '' || url.password !== '') throw problem('must not carry user name or password');
  // What is empty behind a "?" is not in `search`, and stays in `href`.
  if (/[?#]/.test(url.href)) throw problem('must end before "?" or "#"');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    throw problem('must begin with https:// (http:// is for 127.0.0.1, [::1] and localhost)');
  }
  return url.href.replace(/\/+$/, '');
}
