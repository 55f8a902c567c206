import * as v from 'valibot';
import { CredsealError, type Issue, type RuleId } from '../errors.js';
import { typeName } from '../inspection.js';
import { TotpSecret } from '../totp/totp-secret.js';
import { type Field, fieldEntries, fieldOf } from './fields.js';
import { isJson, notAnObject } from './json.js';
import { proxyValueProblem } from './proxy-value.js';
import { crossFieldIssues, type Given } from './rules.js';
import { suggestion } from './suggestion.js';

/** What is done with an entry: a new one, or a change of one that is there. */
export type Operation = 'create' | 'update';

export interface CheckOptions {
  readonly operation: Operation;
  /** Names outside the table that are let through as they are. */
  readonly allowUnknown: readonly string[];
  /** Tells whether a credential is sealed already, where a key is at hand. */
  readonly isSealedAlready?: (value: string) => boolean;
}

/** An entry that was held against the field table. `values` is usable only if there are no issues. */
export interface Checked {
  /** What to send, still in plain text: TOTP secrets canonical, intervals as text, fields left out dropped. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly issues: readonly Issue[];
}

// The vault stores the secret alone, so that these are the only settings it can have in mind.
const VAULT_TOTP = { algorithm: 'SHA1', digits: 6, period: 30 };

/** Holds a plain entry against the field table and the rules between fields, and collects everything there is to say. */
export function checkEntry(entry: unknown, options: CheckOptions): Checked {
  const noObject = notAnObject(entry);
  if (noObject !== undefined) return { values: new Map(), issues: [noObject] };
  // One reading: what was checked is what is sent, whatever getters the object has.
  const given: Given = { ...(entry as object) };
  const values = new Map<string, unknown>();
  const issues: Issue[] = [];
  for (const [name, field] of fieldEntries) {
    if (field.required && given[name] === undefined) {
      issues.push({ path: name, rule: 'payload/missing-field', message: `${name} is required.` });
    }
  }
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (value === undefined) continue;
    const field = fieldOf(name);
    const result =
      field === undefined
        ? checkUnknown(name, value, options)
        : checkField(name, field, value, given, options);
    if (Array.isArray(result)) for (const issue of result) issues.push(issue);
    else values.set(name, result.value);
  }
  issues.push(...crossFieldIssues(given));
  return { values, issues };
}

type Result = { value: unknown } | Issue[];

function checkUnknown(name: string, value: unknown, { allowUnknown }: CheckOptions): Result {
  const path = printable(name);
  if (!allowUnknown.includes(name)) {
    const meant = suggestion(name);
    const advice =
      meant === undefined
        ? 'If the API has grown this field, let it through with allowUnknown'
        : `Did you mean ${meant}`;
    const message = `${path} is not a field of a vault entry, and would be sent in plain text. ${advice}${meant === undefined ? '.' : '?'}`;
    return [{ path, rule: 'payload/unknown-field', message }];
  }
  if (!isJson(value))
    return [{ path, rule: 'setting/type', message: `${path} must hold nothing but JSON data.` }];
  return { value };
}

function checkField(name: string, field: Field, value: unknown, given: Given, options: CheckOptions): Result {
  if (field.readOnly === 'always' || (field.readOnly === 'on-create' && options.operation === 'create')) {
    const message = `${name} is set by the vault and cannot be written: leave it out (toUpdate does, for an opened entry).`;
    return [{ path: name, rule: 'payload/read-only-field', message }];
  }
  if (field.sealed === 'always') return checkCredential(name, value, options);
  const parsed = v.safeParse(field.schema ?? v.unknown(), value);
  if (!parsed.success) return parsed.issues.map((issue) => toIssue(name, field, issue));
  if (name === 'proxy_value') {
    if (given.proxy_setting === 'custom' && options.isSealedAlready?.(parsed.output as string))
      return [sealedTwice(name)];
    const problem = proxyValueProblem(given.proxy_setting, parsed.output as string);
    if (problem !== undefined) return [{ path: name, rule: 'setting/proxy', message: `${name} ${problem}.` }];
  }
  return { value: parsed.output };
}

function checkCredential(name: string, value: unknown, { operation, isSealedAlready }: CheckOptions): Result {
  const problem = (rule: RuleId, message: string): Issue[] => [
    { path: name, rule, message: `${name} ${message}.` },
  ];
  if (value === null) {
    if (operation === 'update') return { value };
    return problem('setting/type', 'must not be null on create: leave it out');
  }
  if (name === 'tfa_secret' && value instanceof TotpSecret) return checkTotp(name, value);
  if (typeof value !== 'string') return problem('setting/type', `must be a string; got ${typeName(value)}`);
  if (value === '') return problem('credential/empty', 'must not be empty: leave it out');
  if (isSealedAlready?.(value)) return [sealedTwice(name)];
  return name === 'tfa_secret' ? checkTotp(name, value) : { value };
}

function checkTotp(path: string, value: string | TotpSecret): Result {
  try {
    const secret = typeof value === 'string' ? TotpSecret.parse(value) : value;
    const { algorithm, digits, period } = VAULT_TOTP;
    if (secret.algorithm === algorithm && secret.digits === digits && secret.period === period) {
      return { value: secret.base32 };
    }
    const message = `${path} would give wrong codes: the vault stores the secret alone and computes SHA1, 6 digits, 30 s, and this is ${secret}. Ask the site for a secret with the standard settings.`;
    return [{ path, rule: 'totp/format', message, code: 'ERR_TOTP_UNSUPPORTED' }];
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    return [{ path, rule: 'totp/format', message: `${path}: ${error.message}`, code: error.code }];
  }
}

function sealedTwice(path: string): Issue {
  const message = `${path} is sealed already: sealed a second time, the vault would use the hex text as the credential. Open the entry first, or send it as it is.`;
  return { path, rule: 'credential/sealed-twice', message, code: 'ERR_ALREADY_SEALED' };
}

/** Makes an issue of valibot's: its path and message, never its `input` or `received`. */
function toIssue(name: string, field: Field, issue: v.BaseIssue<unknown>): Issue {
  const keys = (issue.path ?? []).map(({ key }) => key);
  // A member that is not there is a fault of the object; valibot points at the empty place.
  if (issue.type === 'loose_object' && issue.expected === `"${String(keys.at(-1))}"`) keys.pop();
  const path = keys.reduce<string>(
    (place, key) => place + (typeof key === 'number' ? `[${key}]` : `.${key}`),
    name,
  );
  const rule = (issue.kind !== 'schema' && field.rule) || 'setting/type';
  return {
    path,
    rule,
    message: `${path} ${issue.message}.`.replace(/\.\.$/, '.'),
    ...(rule === 'setting/interval' ? { code: 'ERR_INTERVAL_FORMAT' } : {}),
  };
}

/** A name that came in, fit to be printed: no control characters, no kilobytes. */
function printable(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return /^[\p{L}\p{N}_$.-]+…?$/u.test(short) ? short : JSON.stringify(short);
}
