import { allowedNames, checkEntry, type Operation, operationOf } from '../entry/check.js';
import { addIssue, optionInvalid, summaryOf } from '../entry/issue.js';
import { notAnObject } from '../entry/json.js';
import {
  CredsealError,
  type EntryRuleId,
  type Finding,
  type Issue,
  type PreflightReport,
} from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { optionsOnce } from '../options-once.js';
import { type BatchStores, entryName, MAX_PLACES, type Seal, sealOf, startBatch } from './rules/batch.js';
import { addUnopened, checkCredential } from './rules/credential.js';
import { checkUpdate } from './rules/payload.js';
import { checkDomainForm } from './rules/setting.js';
import { checkTotpUse } from './rules/totp.js';
import { rules } from './rules.js';

/** What {@link preflight} holds payloads against. */
export interface PreflightOptions {
  /**
   * A key, or a ring: a value under a previous key of it is a warning. `'none'` opens nothing and checks all that needs
   * no key: plain text that happens to be long hex passes for sealed, and the report says `opened: false`.
   */
  readonly keys: VaultKey | KeyRing | 'none';
  /** What the payloads are for: `create` (the default) or `update`. */
  readonly operation?: Operation | undefined;
  /** Fields that the API has grown since this version: let through as they are, in clear, as by `sealEntry`. */
  readonly allowUnknown?: readonly string[] | undefined;
}

const OPTIONS: readonly (keyof PreflightOptions)[] = ['keys', 'operation', 'allowUnknown'];

/**
 * Proves, without sending anything, that a payload is what the vault will accept and what its author meant: known
 * fields of the right types, every credential sealed, opening under the key, well-formed inside and bound to one place.
 * Without a key (`keys: 'none'`), credentials are looked at from outside alone.
 *
 * @param payload one sealed entry, or an array of them; anything may be given, and gets findings.
 * @param options see {@link PreflightOptions}.
 * @returns `ok` if there is no error among the findings (there may be warnings), how many entries were checked, whether
 *   credentials were opened, and the findings: paths are like `password`, `proxy.target_ip`, and in an array
 *   `[2].password`. No finding shows a value: lengths and fingerprints at most.
 * @throws CredsealError `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`; `ERR_ENTRY_INVALID` if an option is none
 * @example
 * const { ok, findings } = preflight(sealEntry(plainEntry, key), { keys: key });
 * for (const { severity, path, message, hint } of findings) console.log(severity, path, message, hint);
 */
export function preflight(payload: unknown, options: PreflightOptions): PreflightReport {
  const given = readOptions(options);
  const batch = readable(() =>
    Array.isArray(payload) && payload.length <= MAX_PLACES ? payload : undefined,
  );
  const nameOf = (index: number) => (batch ? `[${index}]` : '');
  const check = startPreflight(given, nameOf);
  const payloads: readonly unknown[] = batch ?? [payload];
  const checked = payloads.length;
  const findings: Finding[] = [];
  for (let index = 0; index < checked; index++) {
    const element = readable(() => payloads[index]);
    for (const finding of check(element, index)) {
      findings.push({
        ...finding,
        path: [nameOf(index), finding.path].filter(Boolean).join('.'),
      });
    }
  }
  return reportOf(findings, checked, given.keys !== NO_KEYS);
}

/** What {@link assertPreflight} and others that let nothing pass unopened hold payloads against. */
export type KeyedPreflightOptions = PreflightOptions & { readonly keys: VaultKey | KeyRing };

/**
 * {@link preflight} as an assertion. It takes no `keys: 'none'`: what it lets pass has been opened.
 *
 * @throws CredsealError `ERR_PREFLIGHT` with the report if there is an error among the findings; and as `preflight`
 * @example assertPreflight(sealEntry(plainEntry, key), { keys: key });
 */
export function assertPreflight(payload: unknown, options: KeyedPreflightOptions): void {
  const given = readOptions(options);
  if (isObject(given)) openingKeys(given.keys);
  const report = preflight(payload, given);
  if (!report.ok) throw preflightFailed(report);
}

/** The options, each read once: what was checked is what is done, and what the report says. */
function readOptions<O>(options: O): O {
  if (!isObject(options)) return options;
  const problem = optionsProblem(options, OPTIONS);
  if (problem) throw optionInvalid('options', problem);
  return optionsOnce(options as O & PreflightOptions, OPTIONS) as O;
}

/** The error of a report that is not ok. */
export function preflightFailed(report: PreflightReport): CredsealError {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  return new CredsealError('ERR_PREFLIGHT', `Preflight failed: ${summaryOf(errors, 'report')}`, { report });
}

/** The report of findings. */
export function reportOf(findings: readonly Finding[], checked: number, opened = true): PreflightReport {
  return { ok: findings.every(({ severity }) => severity !== 'error'), checked, opened, findings };
}

const NO_KEYS = 'none';

/**
 * The keys of what lets pass only what opens. Not public.
 *
 * @throws CredsealError `ERR_KEY_FORMAT`, also for `'none'`; `ERR_KEY_DESTROYED`
 */
export function openingKeys(keys: VaultKey | KeyRing): ReturnType<typeof keysOf> {
  if ((keys as unknown) === NO_KEYS)
    throw new CredsealError(
      'ERR_KEY_FORMAT',
      "keys: 'none' is for preflight alone, since it opens nothing: give a VaultKey or a KeyRing here.",
    );
  return keysOf(keys);
}

/**
 * Begins a run over many payloads, one at a time: what is remembered of each is small. Not public.
 *
 * @param nameOf how messages refer to a place.
 * @param stores what remembers: by default a `Map`; for very many payloads `compactStores()` are smaller.
 * @returns a function that checks one payload, at a place: a number below 2^26, in any order.
 */
export function startPreflight(
  options: PreflightOptions,
  nameOf: (place: number) => string,
  stores: BatchStores = { entries: new Map(), values: new Map() },
): (payload: unknown, place: number) => Finding[] {
  const look = startLooking(options);
  const join = startJoining(nameOf, stores);
  return (payload, place) => join(look(payload), place);
}

/** What a payload is by itself, and what there is to compare with others. */
export interface Looked<Key = string> {
  readonly issues: readonly Issue[];
  readonly seals: readonly SealAt<Key>[];
  /** The entry's name, if it has one. */
  readonly name: Key | undefined;
}

/** A sealed value in its field. */
export interface SealAt<Key = string> extends Seal<Key> {
  readonly path: string;
  /** How many issues were found before: those of the whole run are told in between. */
  readonly at: number;
}

/** The half of a run that looks at each payload by itself, in any thread. Not public. */
export function startLooking(options: PreflightOptions): (payload: unknown) => Looked {
  if (!isObject(options))
    throw new CredsealError(
      'ERR_KEY_FORMAT',
      `Preflight needs { keys, operation }; got ${typeName(options)}.`,
    );
  const problem = optionsProblem(options, OPTIONS);
  if (problem) throw optionInvalid('options', problem);
  const ring = options.keys === NO_KEYS ? undefined : keysOf(options.keys);
  const operation = operationOf(options.operation);
  const allowUnknown = allowedNames(options.allowUnknown);

  return (payload) => {
    const noObject = readable(() => notAnObject(payload));
    if (noObject) return { issues: [noObject], seals: [], name: undefined };
    const given = asSent(payload);
    const unopened: string[] = [];
    const seals: SealAt[] = [];
    const { values, issues } = checkEntry(given, {
      operation,
      allowUnknown,
      isSent: true,
      credential(value, path, found) {
        const opens = checkCredential(value, path, ring, found);
        if (opens === undefined) return;
        if (!opens) unopened.push(path);
        seals.push({ path, at: found.length, ...sealOf(value as string) });
      },
    });
    if (!given) return { issues, seals, name: undefined };
    if (ring) addUnopened(unopened, seals.length, ring, issues);
    // An interval in parts: the table takes it, since sealEntry does, and the API does not.
    for (const [path, value] of Object.entries(values))
      if (typeof value === 'string' && typeof given[path] !== 'string')
        addIssue(issues, path, 'setting/type', 'must be text, as sealEntry makes it');
    checkUpdate(given, operation, issues);
    const { permissioned_user_id, domain } = given;
    if (typeof domain === 'string' && !issues.some(({ rule }) => rule === 'setting/domain'))
      checkDomainForm(domain, issues);
    checkTotpUse(given, issues);
    return { issues, seals, name: entryName(permissioned_user_id, domain) };
  };
}

/** The half of a run that compares each payload with those before it. Not public. */
export function startJoining<Key>(
  nameOf: (place: number) => string,
  stores: BatchStores<Key>,
): (looked: Looked<Key>, place: number) => Finding[] {
  const batch = startBatch(nameOf, stores);
  return ({ issues, seals, name }, place) => {
    const all: Issue[] = [];
    let told = 0;
    for (const seal of seals) {
      for (; told < seal.at; told++) all.push(issues[told] as Issue);
      batch.checkValue(seal.path, seal, place, all);
    }
    all.push(...issues.slice(told));
    batch.checkEntry(name, place, all);
    return all.map(({ rule, path, message }) => {
      // What is wrong with an entry by itself is never a matter of manifests.
      const { severity, hint } = rules[rule as EntryRuleId];
      return { rule, severity, path, message, hint };
    });
  };
}

/** An entry as JSON would send it; undefined if nothing of it can be read, and so nothing sent. */
function asSent(payload: unknown): Record<string, unknown> | undefined {
  return readable(() => {
    const { toJSON } = payload as { toJSON?: unknown };
    const given: Record<string, unknown> = {
      ...(typeof toJSON === 'function' ? toJSON.call(payload) : payload),
    };
    for (const name of Object.keys(given)) {
      const value = given[name];
      // A cycle, a BigInt, a function, nesting without end: no field takes a symbol.
      if (Object(value) === value)
        given[name] = readable(() => JSON.parse(JSON.stringify(value))) ?? Symbol('not JSON');
    }
    return given;
  });
}

/** What can be read; undefined where a getter or a proxy throws. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
