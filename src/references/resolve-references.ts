import { entryInvalid, optionInvalid } from '../entry/issue.js';
import type { VaultEntry, VaultUpdate } from '../entry/seal-entry.js';
import { isArray } from '../inspection.js';
import { optionsProblem } from '../options.js';
import { envResolver } from './env-resolver.js';
import { Resolution, type Resolver } from './resolution.js';
import type { WithReferences } from './with-references.js';

/** How {@link resolveReferences} resolves. */
export interface ResolveOptions {
  /** A function for each scheme, by its name: `{ vault: (reference) => … }`. None is built in but `env`. */
  readonly resolvers?: Readonly<Record<string, Resolver>> | undefined;
  /** Where `env:NAME` looks; by default `process.env`. */
  readonly env?: Readonly<Record<string, unknown>> | undefined;
}

const SCHEME_NAME = /^[a-z][a-z\d+.-]*$/;

/**
 * Puts credentials in the place of references, just before an entry is sealed: `{ from: 'env:PORTAL_PASSWORD' }` in
 * `user_name`, `password`, `tfa_secret`, or a `proxy_value` that is sealed. Each reference is asked for once, 8 at a time.
 * It runs nothing and reads no file: `env:` is built in, and never reads a variable whose name begins with `CLOUDCRUISE`
 * or `CREDSEAL`; for other schemes, resolvers are given. Who writes an entry writes its `domain` as well: a resolver
 * hands out only what may be typed into any site.
 *
 * @param entry one entry, or an array of them; not changed.
 * @param options see {@link ResolveOptions}.
 * @returns the entry without references, or an array of such.
 * @throws CredsealError (as a rejection) `ERR_ENTRY_INVALID` with an issue for each reference
 *   that does not resolve: of an unknown scheme ("did you mean"), or to nothing, to something empty, binary or too long, to
 *   a reference. No value shows, nor what a resolver threw, unless that is a `CredsealError`. Also for an option that is none
 * @example
 * const resolvers = { secrets: async (reference) => mySecrets.get(reference.slice('secrets:'.length)) };
 * const entry = await resolveReferences({ ...ref, password: { from: 'secrets:portal' } }, { resolvers });
 * const payload = sealEntry(entry, key);
 */
export function resolveReferences(
  entry: WithReferences<VaultEntry>,
  options?: ResolveOptions,
): Promise<VaultEntry>;
export function resolveReferences(
  entry: WithReferences<VaultUpdate>,
  options?: ResolveOptions,
): Promise<VaultUpdate>;
export function resolveReferences(
  entries: readonly WithReferences<VaultEntry>[],
  options?: ResolveOptions,
): Promise<VaultEntry[]>;
export function resolveReferences(
  entries: readonly WithReferences<VaultUpdate>[],
  options?: ResolveOptions,
): Promise<VaultUpdate[]>;
export async function resolveReferences(given: unknown, options: ResolveOptions = {}): Promise<unknown> {
  const resolution = new Resolution(checkedResolvers(options));
  const isMany = isArray(given) === true;
  const entries = isMany ? [...(given as unknown[])] : [given];
  const resolved = await Promise.all(entries.map((entry) => resolution.resolve(entry)));
  const issues = resolved.flatMap((one, index) =>
    isMany ? one.issues.map((issue) => ({ ...issue, path: `[${index}].${issue.path}` })) : one.issues,
  );
  if (issues.length > 0) throw entryInvalid(issues);
  const values = resolved.map(({ value }) => value);
  return isMany ? values : values[0];
}

function checkedResolvers(options: ResolveOptions): ReadonlyMap<string, Resolver> {
  const problem = optionsProblem(options, ['resolvers', 'env']);
  if (problem) throw optionInvalid('options', problem);
  const { resolvers = {}, env = globalThis.process?.env ?? {} } = options;
  if (!isRecord(env)) throw optionInvalid('options.env', 'must be an object of variables');
  const given = isRecord(resolvers) ? Object.entries(resolvers) : [];
  if (
    !isRecord(resolvers) ||
    !given.every(([name, each]) => SCHEME_NAME.test(name) && typeof each === 'function')
  )
    throw optionInvalid('options.resolvers', 'must be an object of functions, by schemes in lower case');
  return new Map([['env', envResolver(env)], ...given]);
}

const isRecord = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object Object]';
