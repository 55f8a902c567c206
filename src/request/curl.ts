import { isObject } from '../inspection.js';
import { requestInvalid } from './request-invalid.js';
import type { VaultRequest } from './vault-requests.js';

/**
 * Writes a request as a command for `curl` in a POSIX shell. The API key is not in it: the shell takes it from
 * `$CLOUDCRUISE_API_KEY`. (curl is then given it as an argument, which other users of that machine can read.)
 * Credentials are sealed in the body; cookies, headers and storage are not, since the API takes them in clear.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID` if this is no request of `vaultRequests`
 * @example console.log(toCurl(vault.list()));
 */
export function toCurl(request: VaultRequest): string {
  const { method, url, headers, body = '' } = isObject(request) ? request : ({} as VaultRequest);
  const texts = isObject(headers) ? [method, url, body, ...Object.values(headers)] : [headers];
  if (!texts.every((text) => typeof text === 'string') || !/^[A-Z]+$/.test(method)) {
    throw requestInvalid('toCurl takes a request of vaultRequests.');
  }
  const lines = [`curl --request ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) {
    // Header names are the same in either case (RFC 9110 section 5.1), should somebody have put them together anew.
    const isApiKey = name.toLowerCase() === 'cc-key';
    lines.push(`--header ${isApiKey ? '"cc-key: $CLOUDCRUISE_API_KEY"' : quoted(`${name}: ${value}`)}`);
  }
  if (body !== '') lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(' \\\n  ');
}

/** Single quotes take everything as it is but themselves (POSIX.1-2017, Shell Command Language, 2.2.2). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
