import { areNames, type Operation } from '../entry/check.js';
import { CredsealError, type Finding } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { checkedBaseUrl, DEFAULT_BASE_URL, LOOPBACK } from '../request/base-url.js';
import { requestInvalid } from '../request/request-invalid.js';
import { withoutRedirects } from '../request/vault-requests.js';
import { parsedUrl } from '../url.js';
import { indexOfDuplicateMember } from './duplicate-member.js';
import { type PreflightOptions, preflight, preflightFailed, reportOf } from './preflight.js';
import { rules } from './rules.js';

/** What {@link guardFetch} guards. */
export interface GuardOptions {
  /** A key, or a ring, that credentials must be sealed under. */
  readonly keys: VaultKey | KeyRing;
  /** Where the vault is; by default `https://api.cloudcruise.com`. */
  readonly baseUrl?: string | undefined;
  /** Fields that the API has grown since this version: let through as they are, in clear, as by `sealEntry`. */
  readonly allowUnknown?: readonly string[] | undefined;
}

const OPTIONS: readonly (keyof GuardOptions)[] = ['keys', 'baseUrl', 'allowUnknown'];

type Fetch = typeof globalThis.fetch;

/**
 * Wraps `fetch` so that nothing reaches the vault that fails preflight. Every `POST` (a create), `PUT` and `PATCH` (an
 * update) under the vault's path is read and checked first; other methods there pass, and everything elsewhere does
 * untouched. A redirect of the vault's is not followed unless `init` says so: it is the answer.
 *
 * In doubt a request is the vault's: whichever scheme and port its host is reached by, and however its path is written.
 *
 * @param fetch the platform's, undici's, or another of the same signature.
 * @param options see {@link GuardOptions}.
 * @returns a `fetch` that rejects with `ERR_PREFLIGHT`, with the report, instead of sending what has errors.
 *   A body that is a stream is read whole, and sent as bytes. `ERR_REQUEST_INVALID` if reading the request throws.
 * @throws CredsealError `ERR_REQUEST_INVALID` for the base URL or an option that is none, `ERR_KEY_FORMAT`,
 *   `ERR_KEY_DESTROYED`
 * @example
 * const guarded = guardFetch(fetch, { keys: key });
 * const response = await guarded(request.url, request);
 */
export function guardFetch(fetch: Fetch, options: GuardOptions): Fetch {
  if (typeof fetch !== 'function')
    throw new CredsealError('ERR_REQUEST_INVALID', `guardFetch wraps a function; got ${typeName(fetch)}.`);
  const given = isObject(options) ? options : ({} as GuardOptions);
  const problem = optionsProblem(given, OPTIONS);
  if (problem) throw requestInvalid(`Options ${problem}.`);
  const { keys, baseUrl = DEFAULT_BASE_URL, allowUnknown = [] } = given;
  keysOf(keys);
  if (!areNames(allowUnknown))
    throw requestInvalid('allowUnknown is an array of field names.', 'allowUnknown');
  const operationAt = recogniser(new URL(`${checkedBaseUrl(baseUrl)}/vault`));

  // All is read once, and what was read is sent: it might answer otherwise the next time.
  return async (...args) => {
    const [input, init] = args;
    const request = readable(() => (isRequest(input) ? input : undefined));
    const url = readable(() => request?.url ?? String(input));
    const operationOf = operationAt(url);
    if (operationOf === undefined) {
      if (!request && !(input instanceof URL)) args[0] = url;
      return fetch(...args);
    }
    const sent = readable(() => snapshotOf(init, request));
    args[0] = request ?? url;
    args[1] = sent;
    const operation = operationOf(sent.method ?? request?.method);
    if (operation !== undefined) {
      // A body in `init` goes before that of the request (Fetch Standard, "Request class", constructor).
      const body: unknown = sent.body ?? undefined;
      // Text and bytes are checked and sent at once.
      let { text, blob, stream } = readable(() => ({
        text: textOf(body),
        blob: body instanceof Blob ? body : undefined,
        stream: isStream(body) ? body : undefined,
      }));
      if (blob) text = await Blob.prototype.text.call(blob);
      else if (body === undefined) text = await request?.clone().text();
      else if (text === undefined && stream) {
        sent.body = await new Response(stream).arrayBuffer();
        text = textOf(sent.body);
        delete (sent as { duplex?: string }).duplex;
      }
      const report = checkBody(text, { keys, operation, allowUnknown });
      if (!report.ok) throw preflightFailed(report);
    }
    return fetch(...args);
  };
}

function checkBody(text: string | undefined, options: PreflightOptions) {
  let message = 'The body of this request is not JSON.';
  try {
    const payload: unknown = JSON.parse(text ?? '');
    if (indexOfDuplicateMember(text ?? '') === -1) return preflight(payload, options);
    message = 'The body of this request has a member twice: leave one.';
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

/** Tells of a URL of the vault what a request by a method does to an entry, if anything; undefined of a URL elsewhere. */
function recogniser(vault: URL) {
  const [vaultPath = ''] = pathsOf(vault);
  return (text: string) => {
    // A relative URL means something in a browser only, and there is resolved as fetch does it.
    const url = parsedUrl(text, globalThis.document?.baseURI ?? globalThis.location?.href);
    if (!url || !/^https?:/.test(url.protocol) || hostOf(url) !== hostOf(vault)) return undefined;
    const paths = pathsOf(url);
    if (!paths.some((path) => `${path}/`.startsWith(`${vaultPath}/`))) return undefined;
    // The one PATCH of the API names an entry, and changes nothing of it.
    const isHarmless = paths.every((path) => path === `${vaultPath}/clear-browser-state`);
    return (method: unknown): Operation | undefined => {
      const name = String(method).toUpperCase();
      return name === 'PATCH' && isHarmless ? undefined : OPERATIONS.get(name);
    };
  };
}

/** What reaches this machine as well: unspecified addresses, IPv4 mapped into IPv6, names (RFC 6761 section 6.3). */
const ALSO_LOOPBACK = /^(0\.0\.0\.0|\[::(ffff:(7f..:\w+|0:0))?\]|(.+\.)?localhost)$/;

/** A host, whichever scheme and port it is reached by; on this machine, where every port is another service, its port. */
function hostOf({ hostname, port }: URL): string {
  const host = hostname.replace(/\.$/, '');
  return LOOPBACK.test(host) || ALSO_LOOPBACK.test(host) ? port : host;
}

/**
 * The path as a server may read it: with what need not be escaped unescaped, however often, slashes merged, parameters of
 * segments left out, in either case; and the same with dot segments resolved that came to light.
 */
function pathsOf(url: URL): string[] {
  let plain = url.pathname;
  for (let before = ''; before !== plain; ) {
    before = plain;
    // Escaped escapes at once, so that a long row of them is not gone through again for each.
    plain = plain.replace(/%(?:25)*([\da-f]{2})/gi, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  plain = plain.replace(/[\\/]+/g, '/').replace(/;[^/]*/g, '');
  return [...new Set([plain, new URL(plain, url).pathname].map((path) => path.toLowerCase()))];
}

/** By its tag: undici's own `Request` is another class than the platform's. */
function isRequest(input: unknown): input is Request {
  return Object.prototype.toString.call(input) === '[object Request]';
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

/**
 * What `init` says now, with inherited members, since a `Request` may be given as `init`, too, and with a redirect not
 * followed unless it says otherwise. (That a `Request` says `follow` may just be what it says by default.)
 */
function snapshotOf(init: RequestInit | undefined, request: Request | undefined): RequestInit {
  const snapshot: Record<string, unknown> = {};
  const names = new Set(['method', 'headers', 'body', 'signal']);
  for (const name in init) names.add(name);
  for (const name of names) {
    const value = init?.[name as keyof RequestInit];
    if (value !== undefined) snapshot[name] = value;
  }
  const { method, redirect } = snapshot;
  if (method !== undefined && method !== null) snapshot.method = String(method);
  const isDefault =
    redirect === undefined
      ? (request?.redirect ?? 'follow') === 'follow'
      : redirect === 'follow' && isRequest(init);
  return isDefault ? withoutRedirects(snapshot) : snapshot;
}

/** What can be read of a request, whatever getters and proxies it is made of; their errors could hold anything. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new CredsealError(
      'ERR_REQUEST_INVALID',
      'This request cannot be read: reading its URL or a member of init throws.',
    );
  }
}
