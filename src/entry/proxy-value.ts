import { parsedUrl } from '../url.js';

import { isIpAddress } from './ip-address.js';

/**
 * Says what is wrong with a `proxy_value` under its `proxy_setting`, or nothing (VAULT-API.md: "country code for
 * `country`, target IP for `static`; for `custom` a `socks5://`, `http://` or `https://` URL").
 */
export function proxyValueProblem(setting: unknown, value: string): string | undefined {
  if (setting === 'country')
    return /^[a-z]{2}$/i.test(value) ? undefined : 'must be a country code of two letters, such as "DE"';
  if (setting === 'static') return isIpAddress(value) ? undefined : 'must be an IPv4 or IPv6 address';
  // A proxy URL, perhaps with a password in it, is sealed under custom only; elsewhere it would travel in clear.
  if (setting !== 'custom')
    return /:\/\/|@/.test(value) ? 'must not be a URL unless proxy_setting is custom' : undefined;
  const isProxyUrl = /^(socks5|https?):\/\/[^\s/]\S*$/i.test(value) && parsedUrl(value) !== undefined;
  return isProxyUrl ? undefined : 'must be a URL that begins with socks5://, http:// or https://';
}
