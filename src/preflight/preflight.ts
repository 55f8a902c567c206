import { checkEntry, type Operation } from '../entry/check.js';
import { notAnObject } from '../entry/json.js';
import { CredsealError, type Finding, type Issue, type PreflightReport } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { BatchMemory, MAX_PLACES } from './batch.js';
import { inspectCredential } from './credential.js';
import { domainFormIssues } from './domain-form.js';
import { rules } from './rules.js';

/** What names an entry: an update of nothing else changes nothing. */
const ENTRY_NAMES = ['permissioned_user_id', 'domain', 'id'];

/** What {@link preflight} holds payloads against. */
export interface PreflightOptions {
  /** A key, or a ring: a value under a previous key of it is a warning. */
  readonly keys: VaultKey | KeyRing;
  /** What the payloads are for: `create` (the default) or `update`. */
  readonly operation?: Operation | undefined;
}

/**
 * Proves, without sending anything, that a payload is what the vault will accept and what its author meant: known
 * fields of the right types, every credential sealed, opening under the key, well-formed inside and bound to one place.
 *
 * @param payload one sealed entry, or an array of them; anything may be given, and gets findings.
 * @param options see {@link PreflightOptions}.
 * @returns `ok` if there is no error among the findings (there may be warnings), how many entries were checked, and
 *   the findings: paths are like `password`, `proxy.target_ip`, and in an array `[2].password`. No finding shows a
 *   value: lengths and fingerprints at most.
 * @throws CredsealError `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`; `ERR_ENTRY_INVALID` if the operation is neither
 * @example
 * const { ok, findings } = preflight(sealEntry(plainEntry, key), { keys: key });
 * for (const { severity, path, message, hint } of findings) console.log(severity, path, message, hint);
 */
export function preflight(payload: unknown, options: PreflightOptions): PreflightReport {
  const batch = readable(() =>
    Array.isArray(payload) && payload.length <= MAX_PLACES ? payload : undefined,
  );
  const nameOf = (index: number) => (batch ? `[${index}]` : '');
  const check = startPreflight(options, nameOf);
  const payloads: readonly unknown[] = batch ?? [payload];
  const checked = payloads.length;
  const findings: Finding[] = [];
  for (let index = 0; index < checked; index++) {
    const element = readable(() => payloads[index]);
    for (const finding of check(element, index)) {
      findings.push({
        ...finding,
        path: [nameOf(index), finding.path].filter((part) => part !== '').join('.'),
      });
    }
  }
  return reportOf(findings, checked);
}

/**
 * {@link preflight} as an assertion.
 *
 * @throws CredsealError `ERR_PREFLIGHT` with the report if there is an error among the findings; and as `preflight`
 * @example assertPreflight(sealEntry(plainEntry, key), { keys: key });
 */
export function assertPreflight(payload: unknown, options: PreflightOptions): void {
  const report = preflight(payload, options);
  if (!report.ok) throw preflightFailed(report);
}

/** The error of a report that is not ok. */
export function preflightFailed(report: PreflightReport): CredsealError {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more: see report)` : '';
  return new CredsealError('ERR_PREFLIGHT', `Preflight failed: ${errors[0]?.message}${more}`, { report });
}

/** The report of findings. */
export function reportOf(findings: readonly Finding[], checked: number): PreflightReport {
  return { ok: findings.every(({ severity }) => severity !== 'error'), checked, findings };
}

/**
 * Begins a run over many payloads, one at a time: what is remembered of each is small. Not public.
 *
 * @param nameOf how messages refer to a place.
 * @returns a function that checks one payload, at a place: a number below 2^26, in any order.
 */
export function startPreflight(
  options: PreflightOptions,
  nameOf: (place: number) => string,
): (payload: unknown, place: number) => Finding[] {
  if (!isObject(options)) {
    throw new CredsealError(
      'ERR_KEY_FORMAT',
      `Preflight needs options { keys, operation }; got ${typeName(options)}.`,
    );
  }
  const { keys, operation = 'create' } = options;
  if (operation !== 'create' && operation !== 'update') {
    throw new CredsealError('ERR_ENTRY_INVALID', 'The operation is "create" or "update".', { issues: [] });
  }
  const ring = keysOf(keys);
  const memory = new BatchMemory(nameOf);
  return (payload, place) =>
    issuesOf(payload, ring, operation, memory, place).map((issue) => ({
      rule: issue.rule,
      severity: rules[issue.rule].severity,
      path: issue.path,
      message: issue.message,
      hint: rules[issue.rule].hint,
    }));
}

type Ring = ReturnType<typeof keysOf>;

function issuesOf(
  payload: unknown,
  ring: Ring,
  operation: Operation,
  memory: BatchMemory,
  place: number,
): Issue[] {
  const noObject = readable(() => notAnObject(payload));
  if (noObject) return [noObject];
  const given = asSent(payload);
  const fromCredentials: Issue[] = [];
  const unopened: string[] = [];
  let sealed = 0;
  const { values, issues } = checkEntry(given, {
    operation,
    allowUnknown: [],
    checkCredential(path, value) {
      const verdict = inspectCredential(path, value, ring);
      if (verdict.isSealed) {
        sealed += 1;
        if (!verdict.opens) unopened.push(path);
        fromCredentials.push(...memory.seenValue(path, value as string, place));
      }
      return verdict.issues;
    },
  });
  const all = [...issues, ...fromCredentials, ...unopenedIssues(unopened, sealed, ring)];
  if (given === undefined) return all;
  for (const [path, value] of values) {
    // An interval in parts: the table takes it, since sealEntry does, and the API does not.
    if (typeof value !== typeof given[path])
      all.push({ path, rule: 'setting/type', message: `${path} must be text, as sealEntry makes it.` });
  }

  const { permissioned_user_id, domain, tfa_method, tfa_secret } = given;
  if (
    operation === 'update' &&
    Object.keys(given).every((name) => given[name] === undefined || ENTRY_NAMES.includes(name))
  ) {
    const message = 'The update names an entry, and changes nothing of it.';
    all.push({ path: '', rule: 'payload/nothing-to-update', message });
  }
  if (typeof domain === 'string' && !all.some(({ rule }) => rule === 'setting/domain'))
    all.push(...domainFormIssues(domain));
  // Without a method nobody can say: on update it may be set already.
  if (tfa_secret && typeof tfa_method === 'string' && tfa_method !== 'AUTHENTICATOR') {
    const message = 'tfa_secret is there, and tfa_method does not use it.';
    all.push({ path: 'tfa_secret', rule: 'totp/unused-secret', message });
  }
  all.push(...memory.seenEntry(permissioned_user_id, domain, place));
  return all;
}

/** What does not open, with what can be known: GCM tells no wrong key from a changed value, but the others can. */
function unopenedIssues(paths: readonly string[], sealed: number, ring: Ring): Issue[] {
  if (paths.length === 0) return [];
  let likely = '';
  if (sealed > 1)
    likely =
      paths.length === sealed
        ? ' No value of this entry opens: rather the key.'
        : ' Others of this entry open: rather the value.';
  const tried = ring.keys.map(String).join(', ');
  return paths.map((path) => ({
    path,
    rule: 'credential/wrong-key-or-changed',
    message: `${path} does not open under ${tried}: another key, or a changed value.${likely}`,
  }));
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
