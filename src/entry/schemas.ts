import * as v from 'valibot';
import { CredsealError } from '../errors.js';
import { domainProblem } from './domain.js';
import { type IntervalParts, toInterval } from './interval.js';
import { isIpAddress } from './ip-address.js';
import { isJson, isPlainObject } from './json.js';

// What the field table is made of. Every message ends the sentence that begins with the field's path, and none is
// left to valibot, whose own would show the value. What is of the wrong type fails a schema; what is of the right
// type and still unusable fails a check: the rules are told apart by that.

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const text = v.string('must be a string');
export const filledText = v.pipe(
  text,
  v.check((value: string) => value !== '', 'must not be empty'),
);
export const flag = v.boolean('must be true or false');
export const uuid = v.pipe(
  text,
  v.check((value: string) => UUID.test(value), 'must be a UUID'),
);
export const ipAddress = v.pipe(text, v.check(isIpAddress, 'must be an IPv4 or IPv6 address'));
export const domain = v.pipe(
  text,
  v.check(
    (value: string) => domainProblem(value) === undefined,
    ({ input }) => domainProblem(input) ?? '',
  ),
);

/** A whole number, not below a minimum. */
export const wholeNumber = (minimum: number, orElse = '') =>
  v.pipe(
    v.custom<number>(Number.isSafeInteger, `must be a whole number${orElse}`),
    v.check((value: number) => value >= minimum, `must be at least ${minimum}${orElse}`),
  );

/** One of a few words. */
export const oneOf = <const T extends string>(words: readonly T[]) =>
  v.picklist(words, `must be one of ${words.join(', ')}`);

export const jsonObject = v.custom<Record<string, unknown>>(
  (value) => isPlainObject(value) && isJson(value),
  'must be an object that holds nothing but JSON data',
);

export const interval = v.pipe(
  v.custom<string | IntervalParts>(
    (value) => typeof value === 'string' || isPlainObject(value),
    'must be a PostgreSQL interval such as "01:30:00", or parts such as { days: 7, hours: 1 }',
  ),
  v.rawTransform(({ dataset, addIssue, NEVER }): string => {
    try {
      return toInterval(dataset.value);
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      addIssue({ message: `is not usable: ${error.message}` });
      return NEVER;
    }
  }),
);

const json = <T>() => v.check<T, string>(isJson, 'must hold nothing but JSON data');

export const cookies = v.pipe(
  v.array(
    v.looseObject(
      {
        name: text,
        value: text,
        domain: text,
        path: v.optional(text),
        httpOnly: v.optional(flag),
        hostOnly: v.optional(flag),
        secure: v.optional(flag),
        session: v.optional(flag),
        storeId: v.optional(v.nullable(text)),
        sameSite: v.optional(v.nullable(text)),
        expirationDate: v.optional(v.number('must be a number of seconds since the epoch')),
      },
      'must be an object with name, value and domain',
    ),
    'must be an array of cookies',
  ),
  json(),
);

export const headers = v.pipe(
  v.array(
    v.looseObject({ name: text, value: text }, 'must be an object of name and value'),
    'must be an array of headers',
  ),
  json(),
);

const PROXY_MEMBERS = 'must be an object of enable and, if wanted, target_ip';
export const proxy = v.pipe(
  v.looseObject({ enable: flag, target_ip: v.optional(ipAddress) }, PROXY_MEMBERS),
  // A misspelt target_ip would be a proxy somewhere else.
  v.custom<{ enable: boolean; target_ip?: string | undefined }>(
    (value) => Object.keys(value as object).every((name) => name === 'enable' || name === 'target_ip'),
    `${PROXY_MEMBERS}; it has another member`,
  ),
);
