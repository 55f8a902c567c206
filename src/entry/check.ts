import type { Issue } from '../errors.js';
import { isArray } from '../inspection.js';
import { type Field, fieldOf, isSealedField, requiredNames } from './fields.js';
import { addIssue, optionInvalid } from './issue.js';
import { jsonText, notAnObject } from './json.js';
import { proxyValueProblem } from './proxy-value.js';
import { addCrossFieldIssues, type Given } from './rules.js';
import { NOT_JSON, type Schema } from './schemas.js';
import { suggestion } from './suggestion.js';

/** What is done with an entry: a new one, or a change of one that is there. */
export type Operation = 'create' | 'update';

/** @throws CredsealError `ERR_ENTRY_INVALID` for anything else; create is the default. */
export function operationOf(operation: unknown = 'create'): Operation {
  if (operation === 'create' || operation === 'update') return operation;
  throw optionInvalid('options.operation', 'must be "create" or "update"');
}

/** Tells whether something can be `allowUnknown`: an array of names. */
export function areNames(names: unknown): names is readonly string[] {
  return isArray(names) === true && (names as unknown[]).every((name) => typeof name === 'string');
}

/** @throws CredsealError `ERR_ENTRY_INVALID` for anything but names; none is the default. */
export function allowedNames(allowUnknown: unknown = []): readonly string[] {
  if (areNames(allowUnknown)) return allowUnknown;
  throw optionInvalid('options.allowUnknown', 'must be an array of field names');
}

export interface CheckOptions {
  readonly operation: Operation;
  /** Names outside the table that are let through as they are. */
  readonly allowUnknown: readonly string[];
  /** What a credential is that is there, and not null: plain text on the way in, sealed before it is sent. */
  readonly credential: Schema<unknown>;
  /** Whether the entry is what is sent: then `$schema`, which editors look for in a file, is a field like any other. */
  readonly isSent?: boolean;
}

/** An entry that was held against the field table. `values` is usable only if there are no issues. */
export interface Checked {
  /** What to send, still in plain text: TOTP secrets canonical, intervals as text, fields left out dropped. */
  readonly values: Record<string, unknown>;
  readonly issues: Issue[];
}

/** Holds an entry against the field table and the rules between fields, and collects everything there is to say. */
export function checkEntry(entry: unknown, options: CheckOptions): Checked {
  const issues: Issue[] = [];
  const given = readOnce(entry, issues);
  if (!given) return { values: {}, issues };
  // A copy, whose members are its own whatever their names: __proto__ is one like all others.
  const values: Record<string, unknown> = { ...given };
  for (const name of requiredNames) {
    if (given[name] === undefined) addIssue(issues, name, 'payload/missing-field', 'is required');
  }
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (value === undefined || (name === '$schema' && typeof value === 'string' && !options.isSent)) {
      delete values[name];
      continue;
    }
    const field = fieldOf(name);
    values[name] = field
      ? checkField(name, field, given, options, issues)
      : checkUnknown(name, value, options, issues);
  }
  addCrossFieldIssues(given, issues);
  return { values, issues };
}

/** One reading: what was checked is what is sent, whatever getters the object has. The error of one could hold anything. */
export function readOnce(entry: unknown, issues: Issue[]): Given | undefined {
  try {
    const problem = notAnObject(entry);
    if (problem) issues.push(problem);
    else {
      const given: Record<string | symbol, unknown> = { ...(entry as Given) };
      // JSON has none, and no rule looks at them.
      for (const symbol of Object.getOwnPropertySymbols(given)) delete given[symbol];
      return given;
    }
  } catch {
    addIssue(issues, '', 'payload/not-an-object', 'The entry cannot be read: a field of it throws');
  }
  return undefined;
}

function checkUnknown(name: string, value: unknown, { allowUnknown }: CheckOptions, issues: Issue[]) {
  const path = printable(name);
  if (allowUnknown.includes(name)) {
    const text = jsonText(value);
    if (text) return JSON.parse(text);
    addIssue(issues, path, 'setting/type', NOT_JSON);
    return value;
  }
  const meant = suggestion(name);
  const advice = meant
    ? `Did you mean ${meant}?`
    : 'allowUnknown (--allow-unknown) lets it through, unsealed';
  addIssue(issues, path, 'payload/unknown-field', `is not a field of an entry. ${advice}`);
  return value;
}

function checkField(name: string, field: Field, given: Given, options: CheckOptions, issues: Issue[]) {
  const value = given[name];
  const { schema, sealed, readOnly } = field;
  const isUpdate = options.operation === 'update';
  if (!schema || (readOnly && !isUpdate)) {
    addIssue(issues, name, 'payload/read-only-field', 'is set by the vault: leave it out, as toUpdate does');
    return value;
  }
  if (value === null && sealed && isUpdate) return value;
  if (isSealedField(field, given)) {
    if (value !== null) return options.credential(value, name, issues);
    addIssue(issues, name, 'setting/type', 'must not be null on create: leave it out');
    return value;
  }
  const before = issues.length;
  const sent = checkSetting(schema, value, name, issues);
  if (name === 'proxy_value' && issues.length === before) {
    const problem = proxyValueProblem(given.proxy_setting, value as string);
    if (problem) addIssue(issues, name, 'setting/proxy', problem);
  }
  return sent;
}

/** A setting by its schema. Of what has members, its JSON is checked and sent, so that those are read once as well. */
function checkSetting(schema: Schema<unknown>, value: unknown, name: string, issues: Issue[]): unknown {
  const text = Object(value) === value ? jsonText(value) : undefined;
  if (text) return schema(JSON.parse(text), name, issues);
  const before = issues.length;
  try {
    const sent = schema(value, name, issues);
    if (Object(sent) !== sent || issues.length > before) return sent;
  } catch {
    // The error of a getter could hold anything.
  }
  addIssue(issues, name, 'setting/type', NOT_JSON);
  return undefined;
}

/** A name that came in, fit to be printed: no control characters, no kilobytes. */
export function printable(name: string, most = 60): string {
  const short = name.length > most ? `${name.slice(0, most)}…` : name;
  return /^[\p{L}\p{N}_$.-]+…?$/u.test(short) ? short : JSON.stringify(short).replace(/\p{C}/gu, '?');
}
