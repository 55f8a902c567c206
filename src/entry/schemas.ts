import type { Issue, RuleId } from '../errors.js';
import { isObject } from '../inspection.js';
import { domainProblem } from './domain.js';
import { type IntervalParts, toInterval } from './interval.js';
import { isIpAddress } from './ip-address.js';
import { addIssue, readOrAddIssue } from './issue.js';
import { isJson, isPlainObject } from './json.js';

// What the field table is made of: declared, and in a few lines of our own rather than in those of a library of
// schemas, since the smallest of them would be a fifteenth of the whole bundle, and of every check. What is of the
// wrong type breaks `setting/type`; what is of the right type and still unusable, the rule that its schema names.

/**
 * What a field takes: a function that adds everything that is wrong with a value to `issues`, and gives what to send.
 * For the types of entries, it carries what may be written, and what comes of it.
 */
export interface Schema<Given, Sent = Given> {
  (value: unknown, path: string, issues: Issue[]): unknown;
  readonly given?: Given;
  readonly sent?: Sent;
}
export type GivenBy<S> = S extends Schema<infer Given, unknown> ? Given : never;
export type SentBy<S> = S extends Schema<unknown, infer Sent> ? Sent : never;

/** Whether a schema takes a value as it is. */
export function accepts(schema: Schema<unknown>, value: unknown): boolean {
  const issues: Issue[] = [];
  schema(value, '', issues);
  return issues.length === 0;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What has no problem, once it is what another schema takes. */
const without =
  <T>(
    problemOf: (value: T) => string | false | undefined,
    rule: RuleId = 'setting/type',
    schema?: Schema<T>,
  ): Schema<T> =>
  (value, path, issues) => {
    const before = issues.length;
    schema?.(value, path, issues);
    const problem = issues.length === before && problemOf(value as T);
    if (problem) addIssue(issues, path, rule, problem);
    return value;
  };

/** What a schema takes, or null. */
export const orNull =
  <Given, Sent>(schema: Schema<Given, Sent>): Schema<Given | null, Sent | null> =>
  (value, path, issues) =>
    value === null ? value : schema(value, path, issues);

type Members = Readonly<Record<string, Schema<unknown>>>;
type Given<M extends Members> = { [N in keyof M]: GivenBy<M[N]> };

/** An object with members that must be there, and others that may. */
const object =
  <R extends Members, O extends Members>(
    required: R,
    optional: O,
  ): Schema<Given<R> & Partial<{ [N in keyof O]: GivenBy<O[N]> | undefined }>> =>
  (value, path, issues) => {
    const names = Object.keys(required);
    if (!isObject(value) || names.some((name) => value[name] === undefined))
      addIssue(issues, path, 'setting/type', `must be an object with ${names.join(', ')}`);
    else
      for (const [name, schema] of Object.entries({ ...required, ...optional }))
        if (value[name] !== undefined) schema(value[name], `${path}.${name}`, issues);
    return value;
  };

export const NOT_JSON = 'must hold nothing but JSON data';

/** An array that JSON can carry. */
const arrayOf = <T>(item: Schema<T>, what: string): Schema<T[]> =>
  without(
    (value) => !isJson(value) && NOT_JSON,
    'setting/type',
    (value, path, issues) => {
      if (Array.isArray(value))
        for (const [at, each] of value.entries()) item(each, `${path}[${at}]`, issues);
      else addIssue(issues, path, 'setting/type', `must be an array of ${what}`);
      return value;
    },
  );

export const text = without<string>((value) => typeof value !== 'string' && 'must be a string');
export const flag = without<boolean>((value) => typeof value !== 'boolean' && 'must be true or false');
export const filledText = (rule?: RuleId) =>
  without((value) => value === '' && 'must not be empty', rule, text);
export const uuid = without((value) => !UUID.test(value) && 'must be a UUID', 'setting/type', text);
export const domain = without(domainProblem, 'setting/domain', text);
export const ipAddress = without(
  (value) => !isIpAddress(value) && 'must be an IPv4 or IPv6 address',
  'setting/ip-address',
  text,
);

/** A whole number, not below a minimum. */
export const wholeNumber = (minimum: number, rule: RuleId) =>
  without(
    (value) => value < minimum && `must be at least ${minimum}`,
    rule,
    without<number>((value) => !Number.isSafeInteger(value) && 'must be a whole number'),
  );

/** One of a few words. */
export const oneOf = <const T extends string>(words: readonly T[]) =>
  without<T>((value) => !words.includes(value) && `must be one of ${words.join(', ')}`);

export const jsonObject = without<Record<string, unknown>>(
  (value) => !(isPlainObject(value) && isJson(value)) && 'must be an object that holds nothing but JSON data',
);

export const interval: Schema<string | IntervalParts, string> = (value, path, issues) => {
  if (typeof value === 'string' || isPlainObject(value))
    return readOrAddIssue(issues, path, 'setting/interval', value, toInterval);
  addIssue(issues, path, 'setting/type', 'must be an interval: "01:30:00", or { hours: 1, minutes: 30 }');
  return value;
};

export const cookies = arrayOf(
  object(
    { name: text, value: text, domain: text },
    {
      path: text,
      httpOnly: flag,
      hostOnly: flag,
      secure: flag,
      session: flag,
      storeId: orNull(text),
      sameSite: orNull(text),
      expirationDate: without<number>(
        (value) => (typeof value !== 'number' || Number.isNaN(value)) && 'must be a number of seconds',
      ),
    },
  ),
  'cookies',
);

export const headers = arrayOf(object({ name: text, value: text }, {}), 'headers');

export const proxy = without<{ enable: boolean; target_ip?: string | undefined }>(
  // A misspelt target_ip would be a proxy somewhere else.
  (value) =>
    Object.keys(value).some((name) => name !== 'enable' && name !== 'target_ip') &&
    'must have no members but enable and target_ip',
  'setting/type',
  object({ enable: flag }, { target_ip: ipAddress }),
);
