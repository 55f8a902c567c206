import type { Operation } from '../entry/check.js';
import type { Finding } from '../errors.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { checkedBaseUrl, DEFAULT_BASE_URL } from '../request/base-url.js';
import { preflight, preflightFailed, reportOf } from './preflight.js';
import { rules } from './rules.js';

/** What {@link guardFetch} guards. */
export interface GuardOptions {
  /** A key, or a ring, that credentials must be sealed under. */
  readonly keys: VaultKey | KeyRing;
  /** Where the vault is; by default `https://api.cloudcruise.com`. */
  readonly baseUrl?: string | undefined;
}

type Fetch = typeof globalThis.fetch;

/**
 * Wraps `fetch` so that nothing reaches the vault that fails preflight. Every `POST` (a create) and `PUT` (an update)
 * under the vault's path is read and checked first; everything else, there and elsewhere, passes untouched.
 *
 * @param fetch the platform's, undici's, or another of the same signature.
 * @param options see {@link GuardOptions}.
 * @returns a `fetch` that rejects with `ERR_PREFLIGHT`, with the report, instead of sending what has errors.
 *   A body that is a stream is read whole, and sent as bytes.
 * @throws CredsealError `ERR_REQUEST_INVALID` for the base URL, `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * const guarded = guardFetch(fetch, { keys: key });
 * const response = await guarded(request.url, request);
 */
export function guardFetch(fetch: Fetch, options: GuardOptions): Fetch {
  const { keys } = options;
  keysOf(keys);
  const vaultUrl = new URL(`${checkedBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL)}/vault`);

  return async (input, init) => {
    const request = isRequest(input) ? input : undefined;
    const operation = operationOf(init?.method ?? request?.method);
    if (operation === undefined || !isUnder(request?.url ?? String(input), vaultUrl))
      return fetch(input, init);

    let sent = init;
    let text: string | undefined;
    // A body in `init` goes before that of the request (Fetch Standard, "Request class", constructor).
    if (init?.body !== undefined && init.body !== null) {
      if (isStream(init.body)) {
        const bytes = await new Response(init.body).arrayBuffer();
        const { duplex: _, ...others } = init as RequestInit & { duplex?: string };
        sent = { ...others, body: bytes };
      }
      text = await textOf(sent?.body);
    } else if (request !== undefined) {
      text = await request.clone().text();
    }
    const report = checkBody(text, keys, operation);
    if (!report.ok) throw preflightFailed(report);
    return fetch(input, sent);
  };
}

function checkBody(text: string | undefined, keys: VaultKey | KeyRing, operation: Operation) {
  try {
    return preflight(JSON.parse(text ?? ''), { keys, operation });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const rule = 'payload/not-an-object';
    const finding: Finding = {
      rule,
      ...rules[rule],
      path: '',
      message: 'The body of this request is not JSON.',
    };
    return reportOf([finding], 1);
  }
}

function operationOf(method = 'GET'): Operation | undefined {
  return ({ POST: 'create', PUT: 'update' } as const)[method.toUpperCase()];
}

function isUnder(text: string, vault: URL): boolean {
  // A relative URL means something in a browser only, and there is resolved as fetch does it.
  const base = globalThis.document?.baseURI;
  if (!URL.canParse(text, base)) return false;
  const { origin, pathname } = new URL(text, base);
  return (
    origin === vault.origin && (pathname === vault.pathname || pathname.startsWith(`${vault.pathname}/`))
  );
}

/** By its members: undici's own `Request` is another class than the platform's. */
function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'clone' in input;
}

function isStream(body: unknown): body is ReadableStream {
  return typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);
}

/** The text of a body that can be read again; what no JSON can be in (a form, say) has none. */
async function textOf(body: unknown): Promise<string | undefined> {
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body) || body instanceof Blob)
    return new Response(body as BodyInit).text();
  return undefined;
}
