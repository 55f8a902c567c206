import type { Operation } from '../entry/check.js';
import type { EntryRef } from '../entry/fields.js';
import {
  checkedSealOptions,
  type SealOptions,
  sealEntry,
  type VaultEntry,
  type VaultUpdate,
} from '../entry/seal-entry.js';
import { isObject } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { checkedBaseUrl } from './base-url.js';
import { requestInvalid } from './request-invalid.js';

/**
 * A request ready to send: `fetch(request.url, request)`. Its headers carry the API key, so that a log is no place
 * for it; `toCurl` shows it without.
 */
export interface VaultRequest {
  /** The HTTP method. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The absolute URL. */
  readonly url: string;
  /** `cc-key`, and `content-type` where there is a body. */
  readonly headers: Record<string, string>;
  /** JSON, where the call has a body. */
  readonly body?: string;
  /**
   * That a redirect is not followed, since it would take the API key and the body with it: the answer is then the
   * redirect itself, and not `ok`. `fetch` reads it; it is not enumerable, so that a copy by `...` is without it.
   */
  readonly redirect?: 'manual';
}

/** The calls of the vault API. Each gives a request and sends nothing. */
export interface VaultRequests {
  /** `POST /vault`: seals the entry with `sealEntry`. Answered by 201 and the complete entry. */
  create(entry: VaultEntry, options?: Omit<SealOptions, 'operation'>): VaultRequest;
  /** `PUT /vault`: seals the entry as an update. Answered by 200 and the complete entry. */
  update(entry: VaultEntry | VaultUpdate, options?: Omit<SealOptions, 'operation'>): VaultRequest;
  /** `GET /vault`: answered by an array of all entries, for `openEntry` one by one. */
  list(): VaultRequest;
  /** `GET /vault?…`: answered by one entry, not by a list. */
  get(ref: EntryRef): VaultRequest;
  /** `DELETE /vault`. */
  delete(ref: EntryRef): VaultRequest;
  /** `PATCH /vault/clear-browser-state`: answered by `{ success: true }`. */
  clearBrowserState(ref: EntryRef): VaultRequest;
  /** `GET /vault/tfa-code?…`: answered by `{ type, code, … }`; 404 if there is no fresh e-mail code, 409 for SMS and magic link. */
  tfaCode(ref: EntryRef): VaultRequest;
}

/** What {@link vaultRequests} needs to know. */
export interface VaultConfig {
  /** The workspace's API key, sent in the header `cc-key`. Undefined, as an unset variable is, is refused. */
  readonly apiKey: string | undefined;
  /** Seals what is created and updated. */
  readonly key: VaultKey | KeyRing;
  /** By default `https://api.cloudcruise.com`. Plain `http` is accepted for a loopback address only. */
  readonly baseUrl?: string | undefined;
}

/**
 * Makes the requests of the vault API (docs/vault-api.md, rules 1 to 8). The result prints and serialises without the key and
 * without the API key.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID` if the API key cannot be a header, the base URL is neither `https` nor
 *   loopback, or (from the calls) a reference is incomplete; `ERR_ENTRY_INVALID` from `create` and `update`;
 *   `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * const vault = vaultRequests({ apiKey: process.env.CLOUDCRUISE_API_KEY, key: VaultKey.fromEnv() });
 * const request = vault.create({ permissioned_user_id: 'user-1', domain: 'https://example.com', password: 'hunter2' });
 * const response = await fetch(request.url, request);
 */
export function vaultRequests(config: VaultConfig): VaultRequests {
  const problem = optionsProblem(config, ['apiKey', 'key', 'baseUrl']);
  if (problem) throw requestInvalid(`Options ${problem}.`);
  const { key } = config;
  keysOf(key);
  const { request, refRequest, get, tfaCode } = vaultAddress(config);
  const sealed = (entry: VaultEntry | VaultUpdate, options: SealOptions, operation: Operation) =>
    sealEntry(entry as VaultEntry, key, {
      ...checkedSealOptions(options, ['padTo', 'allowUnknown']),
      operation,
    });

  return Object.freeze<VaultRequests>({
    create: (entry, options = {}) => request('POST', '/vault', sealed(entry, options, 'create')),
    update: (entry, options = {}) => request('PUT', '/vault', sealed(entry, options, 'update')),
    list: () => request('GET', '/vault'),
    get,
    delete: (ref) => refRequest('DELETE', '/vault', ref),
    clearBrowserState: (ref) => refRequest('PATCH', '/vault/clear-browser-state', ref),
    tfaCode,
  });
}

/** A vault to call, with payloads that are sealed already. Not public. */
export interface VaultAddress {
  /** The base URL, without a slash at its end. */
  readonly base: string;
  request(method: VaultRequest['method'], path: string, body?: object): VaultRequest;
  /** With the name of the entry as its body, and nothing else of what was given. */
  refRequest(method: VaultRequest['method'], path: string, ref: EntryRef): VaultRequest;
  get(ref: EntryRef): VaultRequest;
  tfaCode(ref: EntryRef): VaultRequest;
}

/** @throws CredsealError `ERR_REQUEST_INVALID` */
export function vaultAddress({ apiKey, baseUrl }: Omit<VaultConfig, 'key'>): VaultAddress {
  const checkedKey = checkedApiKey(apiKey);
  const base = checkedBaseUrl(baseUrl);
  const request: VaultAddress['request'] = (method, path, body) => {
    const headers: Record<string, string> = { 'cc-key': checkedKey };
    if (!body) return withoutRedirects({ method, url: base + path, headers });
    headers['content-type'] = 'application/json';
    return withoutRedirects({ method, url: base + path, headers, body: JSON.stringify(body) });
  };
  return {
    base,
    request,
    refRequest: (method, path, ref) => request(method, path, checkedRef(ref)),
    get: (ref) => request('GET', `/vault?${query(ref)}`),
    tfaCode: (ref) => request('GET', `/vault/tfa-code?${query(ref)}`),
  };
}

/**
 * Has `fetch` answer with a redirect in place of following it: of the headers it would only take `authorization` away
 * (Fetch Standard, "HTTP-redirect fetch"). `error` would be no redirect mode of Cloudflare Workers. Not public.
 */
export function withoutRedirects<T extends object>(init: T): T {
  return Object.defineProperty(init, 'redirect', { value: 'manual' });
}

/** An API key that can be a header; nothing of it is shown. Not public. */
export function checkedApiKey(apiKey: unknown): string {
  if (typeof apiKey !== 'string' || apiKey === '') {
    throw requestInvalid('The API key is missing: give apiKey, from CLOUDCRUISE_API_KEY.', 'apiKey');
  }
  // RFC 9110 section 5.5 would allow inner spaces and more; no API key has them, and a pasted line break is common.
  const stranger = apiKey.search(/[^\x21-\x7e]/);
  if (stranger !== -1) {
    const advice = /^\S+[\r\n]+$/.test(apiKey) ? ' Take the line break off.' : '';
    throw requestInvalid(
      `The API key has white space, or what no header carries, at position ${stranger + 1} of ${apiKey.length}.${advice}`,
      'apiKey',
    );
  }
  return apiKey;
}

/** An entry is found by exact match, and one that another client stored under an odd domain must stay within reach: only presence is checked. */
function checkedRef(ref: unknown): EntryRef {
  const { permissioned_user_id, domain } = isObject(ref) ? ref : {};
  for (const [field, value] of Object.entries({ permissioned_user_id, domain })) {
    if (typeof value !== 'string' || value === '') {
      throw requestInvalid(
        `An entry is referred to by permissioned_user_id and domain; ${field} is missing.`,
        field,
      );
    }
  }
  return { permissioned_user_id, domain } as EntryRef;
}

function query(ref: unknown): string {
  // %20 is understood everywhere; "+" for a space only where the query is read as a form.
  return new URLSearchParams(checkedRef(ref)).toString().replaceAll('+', '%20');
}
