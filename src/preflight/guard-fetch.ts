import { indexOfDuplicateMember } from '../duplicate-member.js';
import { areNames } from '../entry/check.js';
import { CredsealError, type Finding } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { checkedBaseUrl, DEFAULT_BASE_URL } from '../request/base-url.js';
import { requestInvalid } from '../request/request-invalid.js';
import { withoutRedirects } from '../request/vault-requests.js';
import { openingKeys, type PreflightOptions, preflight, preflightFailed, reportOf } from './preflight.js';
import { rules } from './rules.js';
import { recogniser } from './vault-call.js';

/** What {@link guardFetch} guards. */
export interface GuardOptions {
  /** A key, or a ring, that credentials must be sealed under; never `'none'`. */
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
 * Where the base URL is of this machine, any host at its port may be the vault.
 *
 * @param fetch the platform's, undici's, or another of the same signature.
 * @param options see {@link GuardOptions}.
 * @returns a `fetch` that rejects with `ERR_PREFLIGHT`, with the report, instead of sending what has errors.
 *   Bytes are copied; a body that is a stream, or a `Request`'s, is read whole, and sent as bytes. `ERR_REQUEST_INVALID` if reading the request throws.
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
  openingKeys(keys);
  if (!areNames(allowUnknown))
    throw requestInvalid('allowUnknown is an array of field names.', 'allowUnknown');
  const operationAt = recogniser(new URL(`${checkedBaseUrl(baseUrl)}/vault`));

  // All is read once, and what was read is sent: it might answer otherwise the next time.
  return async (...args) => {
    const [input, init] = args;
    const { request, url } = readable(() => addressOf(input));
    if (!request) args[0] = url;
    const operationOf = operationAt(url);
    if (operationOf === undefined) return fetch(...args);
    const sent = readable(() => snapshotOf(init, request));
    args[1] = sent;
    const operation = operationOf(sent.method ?? request?.method);
    if (operation !== undefined) {
      // A body in `init` goes before that of the request (Fetch Standard, "Request class", constructor).
      const given: unknown = sent.body ?? undefined;
      // Text and bytes are checked and sent at once.
      const { copy, blob, stream } = readable(() => ({
        copy: copyOf(given),
        blob:
          given instanceof Blob
            ? { type: given.type, bytes: Blob.prototype.arrayBuffer.call(given) }
            : undefined,
        stream: isStream(given) ? given : undefined,
      }));
      let body = copy;
      if (blob) body = await blob.bytes;
      else if (given === undefined) body = await request?.bytes();
      else if (stream && copy === undefined) {
        body = await new Response(stream).arrayBuffer();
        delete (sent as { duplex?: string }).duplex;
      }
      const report = checkBody(body, { keys, operation, allowUnknown });
      if (!report.ok) throw preflightFailed(report);
      sent.body = blob && body !== undefined ? new Blob([body], { type: blob.type }) : (body ?? null);
    }
    return fetch(...args);
  };
}

type Body = string | Uint8Array<ArrayBuffer> | ArrayBuffer;

function checkBody(body: Body = '', options: PreflightOptions) {
  let message = 'The body of this request is not JSON.';
  try {
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    const payload: unknown = JSON.parse(text);
    if (indexOfDuplicateMember(text) === -1) return preflight(payload, options);
    message = 'The body of this request has a member twice: leave one.';
  } catch (error) {
    if (error instanceof CredsealError) throw error;
  }
  const rule = 'payload/not-an-object';
  const finding: Finding = { rule, ...rules[rule], path: '', message };
  return reportOf([finding], 1);
}

/** What is looked at of a `Request`. */
interface GivenRequest {
  readonly method: unknown;
  readonly redirect: unknown;
  readonly bytes: () => Promise<ArrayBuffer>;
}

/**
 * Where a request goes. Of the platform's `Request` its members are taken as `fetch` does, whatever was put over them.
 * undici's own is another class, and taken at its word.
 */
function addressOf(input: unknown): { request?: GivenRequest; url: string } {
  const own = platformMember(input, 'url') !== undefined;
  if (!own) {
    const url = String(input);
    if (typeof input === 'string' || url !== '[object Request]') return { url };
  }
  const given = input as Request;
  const member = <K extends keyof Request>(name: K) =>
    (own ? platformMember(given, name) : given[name]) as Request[K];
  const [method, redirect, clone] = [member('method'), member('redirect'), member('clone')];
  const bytes = () => clone.call(given).arrayBuffer();
  return { request: { method, redirect, bytes }, url: String(member('url')) };
}

/** A member that the platform's `Request` has; undefined for what is none. */
function platformMember(input: unknown, name: keyof Request): unknown {
  try {
    return Reflect.get(Request.prototype, name, input);
  } catch {
    return undefined;
  }
}

function isStream(body: unknown): body is ReadableStream {
  return typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);
}

/** A body that is text, or a copy of one that is bytes: whoever has them may change them before they are sent. */
function copyOf(body: unknown): Body | undefined {
  if (typeof body === 'string') return body;
  if (ArrayBuffer.isView(body))
    return new Uint8Array(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  return body instanceof ArrayBuffer ? new Uint8Array(new Uint8Array(body)) : undefined;
}

/**
 * What `init` says now, with inherited members, since a `Request` may be given as `init`, too, and with a redirect not
 * followed unless it says otherwise. (That a `Request` says `follow` may just be what it says by default.)
 */
function snapshotOf(init: RequestInit | undefined, request: GivenRequest | undefined): RequestInit {
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
      : redirect === 'follow' && Object.prototype.toString.call(init) === '[object Request]';
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
