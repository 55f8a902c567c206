import type { EntryRef } from '../entry/fields.js';
import { isObject } from '../inspection.js';
import { Refusal } from './refusal.js';
import type { Vault } from './vault.js';

/** What a call is given, read and parsed. */
export interface CallInput {
  readonly query: URLSearchParams;
  /** The body as JSON has it, where the call has one. */
  readonly body: unknown;
}

/** What a call gives: a JSON value, or an array whose elements come one by one. */
export interface CallResult {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly value: unknown;
  readonly elements?: Iterable<unknown>;
}

interface Call {
  readonly hasBody: boolean;
  /** Sent with every answer of the call, refusals too. */
  readonly headers?: Readonly<Record<string, string>>;
  run(vault: Vault, input: CallInput): CallResult;
}

const ok = (value: unknown, status = 200): CallResult => ({ status, value });
const SUCCESS = { success: true };

/** docs/vault-api.md, rules 2 to 8; and below them, what only a local vault has: a way for tests to do what happens elsewhere. */
const calls: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  '/vault': {
    POST: { hasBody: true, run: (vault, { body }) => ok(vault.create(objectOf(body)), 201) },
    PUT: { hasBody: true, run: (vault, { body }) => ok(vault.update(objectOf(body))) },
    GET: { hasBody: false, run: getOrList },
    DELETE: { hasBody: true, run: successOf((vault, body) => vault.delete(body)) },
  },
  '/vault/clear-browser-state': {
    PATCH: { hasBody: true, run: successOf((vault, body) => vault.clearBrowserState(body)) },
  },
  '/vault/tfa-code': {
    GET: { hasBody: false, headers: { 'cache-control': 'no-store' }, run: tfaCode },
  },
  '/emulator/email-code': {
    POST: { hasBody: true, run: successOf((vault, body) => vault.putEmailCode(body)) },
  },
  '/emulator/rate-limit': {
    GET: { hasBody: false, run: (vault) => ok(vault.rateLimit()) },
  },
  '/emulator/use': {
    POST: { hasBody: true, run: successOf((vault, body) => vault.recordUse(body)) },
  },
};

/**
 * The call of a method and a path.
 *
 * @throws Refusal 404 or 405
 */
export function callOf(method: string, path: string): Call {
  const methods = Object.hasOwn(calls, path) ? calls[path] : undefined;
  if (methods === undefined)
    throw new Refusal(404, `There is nothing at this path. The vault has ${Object.keys(calls).join(', ')}.`);
  const call = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (call !== undefined) return call;
  const allow = Object.keys(methods).join(', ');
  throw new Refusal(405, `This path takes ${allow}, and no other method.`, { allow });
}

function getOrList(vault: Vault, { query }: CallInput): CallResult {
  const ref = refOf(query);
  return ref === undefined ? { status: 200, value: [], elements: vault.list() } : ok(vault.get(ref));
}

function tfaCode(vault: Vault, { query }: CallInput): CallResult {
  const ref = refOf(query);
  if (ref === undefined)
    throw new Refusal(400, 'The query needs permissioned_user_id and domain: a code is that of one entry.');
  return ok(vault.tfaCode(ref));
}

function successOf(act: (vault: Vault, body: Record<string, unknown>) => void): Call['run'] {
  return (vault, { body }) => {
    act(vault, objectOf(body));
    return ok(SUCCESS);
  };
}

function objectOf(body: unknown): Record<string, unknown> {
  if (isObject(body)) return body;
  const hint = Array.isArray(body) ? ' Entries are sent one by one.' : '';
  throw new Refusal(400, `The body must be one JSON object.${hint}`);
}

/** Both names, or undefined for neither. */
function refOf(query: URLSearchParams): EntryRef | undefined {
  const names = ['permissioned_user_id', 'domain'] as const;
  const given = names.filter((name) => query.has(name));
  if (given.length === 0) return undefined;
  for (const name of names) {
    const [value, ...more] = query.getAll(name);
    if (!value)
      throw new Refusal(
        400,
        `The query has only one of permissioned_user_id and domain: ${name} is missing.`,
      );
    if (more.length > 0) throw new Refusal(400, `The query has ${name} more than once.`);
  }
  return {
    permissioned_user_id: query.get('permissioned_user_id') ?? '',
    domain: query.get('domain') ?? '',
  };
}
