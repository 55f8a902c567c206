import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import type { VaultRequest } from './vault-requests.js';

/**
 * Writes a request as a command for `curl` in a POSIX shell. The API key is not in it: the shell takes it from
 * `$CLOUDCRUISE_API_KEY`. Credentials are sealed in the body, so that the text may be logged.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID` if this is no request of `vaultRequests`
 * @example console.log(toCurl(vault.list()));
 */
export function toCurl(request: VaultRequest): string {
  if (
    !isObject(request) ||
    !isObject(request.headers) ||
    !/^[A-Z]+$/.test(request.method) ||
    typeof request.url !== 'string'
  ) {
    throw new CredsealError('ERR_REQUEST_INVALID', 'toCurl takes a request of vaultRequests.');
  }
  const { method, url, headers, body } = request;
  const lines = [`curl --request ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) {
    lines.push(
      `--header ${name === 'cc-key' ? '"cc-key: $CLOUDCRUISE_API_KEY"' : quoted(`${name}: ${value}`)}`,
    );
  }
  if (body !== undefined) lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(' \\\n  ');
}

/** Single quotes take everything as it is but themselves (POSIX.1-2017, Shell Command Language, 2.2.2). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
