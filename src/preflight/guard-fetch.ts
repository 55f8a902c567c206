import type { Operation } from '../entry/check.js';
import { CredsealError, type Finding } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { checkedBaseUrl, DEFAULT_BASE_URL } from '../request/base-url.js';
import { parsedUrl } from '../url.js';
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
  if (typeof fetch !== 'function')
    throw new CredsealError('ERR_REQUEST_INVALID', `guardFetch wraps a function; got ${typeName(fetch)}.`);
  const { keys, baseUrl = DEFAULT_BASE_URL } = isObject(options) ? options : ({} as GuardOptions);
  keysOf(keys);
  const vaultUrl = new URL(`${checkedBaseUrl(baseUrl)}/vault`);

  return async (...args) => {
    const [input, init] = args;
    const request = isRequest(input) ? input : undefined;
    const operation = operationOf(init?.method ?? request?.method);
    if (operation === undefined || !isUnder(request?.url ?? String(input), vaultUrl)) return fetch(...args);

    // A body in `init` goes before that of the request (Fetch Standard, "Request class", constructor).
    const body: unknown = init?.body ?? undefined;
    // Text and bytes are checked and sent at once, so that what is sent is what was checked.
    let text = textOf(body);
    let sent = init;
    if (text === undefined) {
      // Whatever the caller makes of `init` in the meantime is not for this request, as it is with fetch itself.
      sent = copyOf(init);
      if (body instanceof Blob) text = await body.text();
      else if (body === undefined) text = await request?.clone().text();
      else if (isStream(body)) {
        const bytes = await new Response(body).arrayBuffer();
        text = textOf(bytes);
        sent = { ...sent, body: bytes };
        delete (sent as { duplex?: string }).duplex;
      }
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
    if (error instanceof CredsealError) throw error;
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

function operationOf(method: unknown = 'GET'): Operation | undefined {
  return ({ POST: 'create', PUT: 'update' } as const)[String(method).toUpperCase()];
}

function isUnder(text: string, vault: URL): boolean {
  // A relative URL means something in a browser only, and there is resolved as fetch does it.
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const url = parsedUrl(text, base);
  return (
    url !== undefined && url.origin === vault.origin && `${pathOf(url)}/`.startsWith(`${pathOf(vault)}/`)
  );
}

/** The path as servers read it, with what need not be escaped unescaped, and slashes merged. */
function pathOf({ pathname }: URL): string {
  return pathname
    .replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\/+/g, '/');
}

/** By its members: undici's own `Request` is another class than the platform's. */
function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'clone' in input;
}

function isStream(body: unknown): body is ReadableStream {
  return typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);
}

/** The text of a body that is text or bytes. */
function textOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
  return undefined;
}

/** With inherited members: a `Request` may be given as `init`, too. */
function copyOf(init: RequestInit | undefined): RequestInit | undefined {
  if (!init) return init;
  const copy: Record<string, unknown> = {};
  for (const name in init) copy[name] = init[name as keyof RequestInit];
  return copy;
}
