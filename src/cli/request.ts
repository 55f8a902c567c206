import type { VaultEntry } from '../entry/seal-entry.js';
import { toCurl } from '../request/curl.js';
import { type VaultRequest, vaultRequests } from '../request/vault-requests.js';
import { asDocument, batchExit, eachEntry } from './batch.js';
import { environment, loadRing } from './keys.js';
import { type EntryOptions, sealOptionsOf } from './payload.js';

interface RequestOptions extends EntryOptions {
  baseUrl?: string;
  curl?: boolean;
  http?: boolean;
  json?: boolean;
}

// What is printed ends up in logs and files, so that the API key stays where it is: the reader of the output
// (a shell, envsubst) puts it in.
const API_KEY = '$CLOUDCRUISE_API_KEY';

/** `credseal request`: entries in plain text become requests that carry them sealed. */
export async function request(file: string | undefined, options: RequestOptions): Promise<number> {
  const { operation, ...sealOptions } = sealOptionsOf(options);
  const baseUrl = options.baseUrl ?? ((await environment(options)).CLOUDCRUISE_BASE_URL || undefined);
  const vault = vaultRequests({ apiKey: API_KEY, key: await loadRing(options), baseUrl });
  const make = operation === 'update' ? vault.update : vault.create;
  const batch = await eachEntry(file, (entry) => make(entry as VaultEntry, sealOptions));
  if (options.json) process.stdout.write(asDocument(batch));
  else
    process.stdout.write(
      batch.results.map((made) => `${options.http ? toHttp(made) : toCurl(made)}\n`).join('\n'),
    );
  return batchExit(batch);
}

/** The request as a message of HTTP/1.1 (RFC 9112 section 2.1). */
function toHttp({ method, url, headers, body = '' }: VaultRequest): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) });
  return [`${method} ${pathname}${search} HTTP/1.1`, ...lines.map((line) => line.join(': ')), '', body].join(
    '\r\n',
  );
}
