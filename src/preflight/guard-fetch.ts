import type { Operation } from '../entry/check.js';
import { CredsealError, type Finding } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { checkedBaseUrl, DEFAULT_BASE_URL, LOOPBACK } from '../request/base-url.js';
import { parsedUrl } from '../url.js';
import { hasDuplicateMember } from './duplicate-member.js';
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
 * Wraps `fetch` so that nothing reaches the vault that fails preflight. Every `POST` (a create), `PUT` and `PATCH` (an
 * update) under the vault's path is read and checked first; everything else, there and elsewhere, passes untouched.
 *
 * In doubt a request is the vault's: whichever scheme and port its host is reached by, and however its path is written.
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
  const operationOf = recogniser(new URL(`${checkedBaseUrl(baseUrl)}/vault`));

  return async (...args) => {
    const [input, init] = args;
    const request = isRequest(input) ? input : undefined;
    const operation = operationOf(init?.method ?? request?.method, request?.url ?? String(input));
    if (operation === undefined) return fetch(...args);

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
  let message = 'The body of this request is not JSON.';
  try {
    const payload: unknown = JSON.parse(text ?? '');
    if (!hasDuplicateMember(text ?? '')) return preflight(payload, { keys, operation });
    message = 'The body of this request has a member twice: which one counts, readers do not agree.';
  } catch (error) {
    if (error instanceof CredsealError) throw error;
  }
  const rule = 'payload/not-an-object';
  const finding: Finding = { rule, ...rules[rule], path: '', message };
  return reportOf([finding], 1);
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'update'],
]);

/** Tells what a request does to an entry of the vault at this URL: undefined if nothing, or if it goes elsewhere. */
function recogniser(vault: URL) {
  const [vaultPath = ''] = pathsOf(vault);
  return (method: unknown, text: string): Operation | undefined => {
    const name = String(method).toUpperCase();
    const operation = OPERATIONS.get(name);
    // A relative URL means something in a browser only, and there is resolved as fetch does it.
    const base = globalThis.document?.baseURI ?? globalThis.location?.href;
    const url = parsedUrl(text, base);
    if (!operation || !url || !/^https?:/.test(url.protocol) || hostOf(url) !== hostOf(vault))
      return undefined;
    const paths = pathsOf(url);
    // The one PATCH of the API names an entry, and changes nothing of it.
    const isHarmless = name === 'PATCH' && paths.every((path) => path === `${vaultPath}/clear-browser-state`);
    const isUnder = paths.some((path) => `${path}/`.startsWith(`${vaultPath}/`));
    return isUnder && !isHarmless ? operation : undefined;
  };
}

/** A host, whichever scheme and port it is reached by; on this machine, where every port is another service, its port. */
function hostOf({ hostname, port }: URL): string {
  return LOOPBACK.test(hostname) ? port : hostname.replace(/\.$/, '');
}

/**
 * The path as a server may read it: with what need not be escaped unescaped, slashes merged, parameters of segments left
 * out, in either case; and the same with dot segments resolved that came to light.
 */
function pathsOf(url: URL): string[] {
  const plain = url.pathname
    .replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/[\\/]+/g, '/')
    .replace(/;[^/]*/g, '');
  return [...new Set([plain, new URL(plain, url).pathname].map((path) => path.toLowerCase()))];
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
