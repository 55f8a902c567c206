import * as v from 'valibot';
import type { Issue } from '../errors.js';
import { type Field, fieldOf, isSealedField, requiredNames } from './fields.js';
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
  /** Checks a credential that is there, and not null: in plain text on the way in, sealed before it is sent. */
  readonly checkCredential: (path: string, value: unknown) => FieldResult;
}

/** An entry that was held against the field table. `values` is usable only if there are no issues. */
export interface Checked {
  /** What to send, still in plain text: TOTP secrets canonical, intervals as text, fields left out dropped. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly issues: readonly Issue[];
}

/** Holds a plain entry against the field table and the rules between fields, and collects everything there is to say. */
export function checkEntry(entry: unknown, options: CheckOptions): Checked {
  const noObject = notAnObject(entry);
  if (noObject !== undefined) return { values: new Map(), issues: [noObject] };
  const given = readOnce(entry as object);
  if (given === undefined) return { values: new Map(), issues: [UNREADABLE] };
  const values = new Map<string, unknown>();
  const issues: Issue[] = [];
  for (const name of requiredNames) {
    if (given[name] === undefined) {
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

const UNREADABLE: Issue = {
  path: '',
  rule: 'payload/not-an-object',
  message: 'The entry cannot be read: one of its fields throws.',
};

/** One reading: what was checked is what is sent, whatever getters the object has. The error of one could hold anything. */
function readOnce(entry: object): Given | undefined {
  try {
    return { ...entry };
  } catch {
    return undefined;
  }
}

/** What came of a field: the value to send, or what is wrong with it. */
export type FieldResult = { readonly value: unknown } | Issue[];

function checkUnknown(name: string, value: unknown, { allowUnknown }: CheckOptions): FieldResult {
  const path = printable(name);
  if (!allowUnknown.includes(name)) {
    const meant = suggestion(name);
    const advice =
      meant === undefined
        ? 'If the API knows it, allowUnknown lets it through, unsealed.'
        : `Did you mean ${meant}?`;
    const message = `${path} is not a field of a vault entry. ${advice}`;
    return [{ path, rule: 'payload/unknown-field', message }];
  }
  if (!isJson(value))
    return [{ path, rule: 'setting/type', message: `${path} must hold nothing but JSON data.` }];
  return { value };
}

function checkField(
  name: string,
  field: Field,
  value: unknown,
  given: Given,
  options: CheckOptions,
): FieldResult {
  if (field.readOnly === 'always' || (field.readOnly === 'on-create' && options.operation === 'create')) {
    const message = `${name} is set by the vault: leave it out, as toUpdate does.`;
    return [{ path: name, rule: 'payload/read-only-field', message }];
  }
  if (value === null && field.sealed !== undefined && options.operation === 'update') return { value };
  if (isSealedField(field, given)) {
    if (value !== null) return options.checkCredential(name, value);
    return [
      { path: name, rule: 'setting/type', message: `${name} must not be null on create: leave it out.` },
    ];
  }
  const parsed = v.safeParse(field.schema ?? v.unknown(), value);
  if (!parsed.success) return parsed.issues.map((issue) => toIssue(name, field, issue));
  const problem =
    name === 'proxy_value' ? proxyValueProblem(given.proxy_setting, parsed.output as string) : undefined;
  if (problem !== undefined) return [{ path: name, rule: 'setting/proxy', message: `${name} ${problem}.` }];
  return { value: parsed.output };
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

/** A name that came in, fit to be printed: no control characters, no kilobytes. Not public. */
export function printable(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return /^[\p{L}\p{N}_$.-]+…?$/u.test(short) ? short : JSON.stringify(short).replace(/\p{C}/gu, '?');
}
