import type { Operation } from '../../entry/check.js';
import type { SealOptions, VaultEntry } from '../../entry/seal-entry.js';
import type { KeyRing } from '../../key/key-ring.js';
import { toCurl } from '../../request/curl.js';
import { type VaultRequest, vaultRequests } from '../../request/vault-requests.js';
import type { Work } from './work.js';

/** To make requests of entries, as text of some form. */
export interface RequestTask {
  readonly kind: 'request';
  readonly operation: Operation;
  readonly options: Omit<SealOptions, 'operation'>;
  readonly baseUrl: string | undefined;
  readonly form: 'curl' | 'http' | 'json';
}

// What is printed ends up in logs and files, so that the API key stays where it is: the reader of the output
// (a shell, envsubst) puts it in.
const API_KEY = '$CLOUDCRUISE_API_KEY';

/** The functions of the task: JSON is written as every other result. */
export function requestWork(
  { operation, options, baseUrl, form }: RequestTask,
  key: KeyRing,
): Pick<Work, 'run'> & Partial<Work> {
  const vault = vaultRequests({ apiKey: API_KEY, key, baseUrl });
  const run = (entry: unknown) => vault[operation](entry as VaultEntry, options);
  if (form === 'json') return { run };
  const toText = form === 'http' ? toHttp : toCurl;
  return { run, isJson: false, text: (request) => `${toText(request as VaultRequest)}\n`, separator: '\n' };
}

/** The request as a message of HTTP/1.1 (RFC 9112 section 2.1). */
function toHttp({ method, url, headers, body = '' }: VaultRequest): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) });
  return [`${method} ${pathname}${search} HTTP/1.1`, ...lines.map((line) => line.join(': ')), '', body].join(
    '\r\n',
  );
}
