import { parsedUrl } from '../url.js';

import { isIpAddress } from './ip-address.js';

/**
 * Says what is wrong with a `proxy_value` under its `proxy_setting`, or nothing (docs/vault-api.md, rule 17: "country code for
 * `country`, target IP for `static`; for `custom` a `socks5://`, `http://` or `https://` URL").
 */
export function proxyValueProblem(setting: unknown, value: string): string | false {
  if (setting === 'country') return !/^[a-z]{2}$/i.test(value) && 'must be a country code, such as "DE"';
  if (setting === 'static') return !isIpAddress(value) && 'must be an IPv4 or IPv6 address';
  // A proxy with its password, as a URL or as host:port:user:password, is sealed under custom only; elsewhere it would
  // travel in clear. (What `random` takes, nobody documents.)
  if (setting !== 'custom')
    return (
      /[:@]/.test(value) && !isIpAddress(value) && 'must not name a proxy unless proxy_setting is custom'
    );
  const isProxyUrl = /^(socks5|https?):\/\/[^\s/]\S*$/i.test(value) && parsedUrl(value) !== undefined;
  return !isProxyUrl && 'must be a socks5://, http:// or https:// URL';
}
