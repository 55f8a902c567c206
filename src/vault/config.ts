import { areNames } from '../entry/check.js';
import { CredsealError } from '../errors.js';
import { typeName } from '../inspection.js';
import { keysOf } from '../key/key-ring.js';
import { optionsProblem } from '../options.js';
import { optionsOnce } from '../options-once.js';
import type { CallOptions } from './call-options.js';
import type { VaultClientConfig } from './client-types.js';
import { type Exchange, exchangeOf } from './exchange.js';

const RETRIES = 5;
const TIMEOUT_MS = 30_000;
const CONFIG = ['apiKey', 'keys', 'baseUrl', 'fetch', 'retries', 'timeout', 'onEvent'];

/** @throws CredsealError `ERR_REQUEST_INVALID`, `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED` */
export function checkedConfig(config: VaultClientConfig): Exchange {
  const problem = optionsProblem(config, CONFIG);
  if (problem) throw invalid('config', `Options of vaultClient ${problem}.`);
  const {
    apiKey,
    keys,
    baseUrl,
    fetch = globalThis.fetch,
    retries = RETRIES,
    timeout = TIMEOUT_MS,
    onEvent,
  } = config;
  keysOf(keys);
  check({ fetch, retries, timeout, onEvent });
  return exchangeOf({ apiKey, keys, baseUrl, fetch, retries, timeout, onEvent });
}

/**
 * The options of a call, and when it ends.
 *
 * @param more names of options that this call has beside those of every call.
 * @throws CredsealError `ERR_REQUEST_INVALID`
 */
export function checkedCallOptions<T extends CallOptions>(
  operation: string,
  options: T | undefined,
  more: readonly string[] = [],
): { readonly options: Partial<T>; readonly ends: { readonly signal?: AbortSignal | undefined } } {
  const names = ['signal', 'padTo', 'allowUnknown', ...more] as (keyof T & string)[];
  const all = options === undefined ? ({} as T) : options;
  const problem = optionsProblem(all, names);
  if (problem) throw invalid('options', `Options of ${operation} ${problem}.`);
  const given = optionsOnce(all, names);
  check(given);
  return { options: given, ends: { signal: given.signal } };
}

const wholeNumber = (least: number, most: number) =>
  [
    (value: unknown) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
    `a whole number from ${least} to ${most}`,
  ] as const;
const has =
  (...methods: string[]) =>
  (value: unknown) =>
    Object(value) === value &&
    methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
const isFlag = (value: unknown) => typeof value === 'boolean';
const isFunction = (value: unknown) => typeof value === 'function';

/** What an option is, where it is given. */
const CHECKS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  fetch: [isFunction, 'a function'],
  onEvent: [isFunction, 'a function'],
  retries: wholeNumber(0, 20),
  timeout: wholeNumber(1000, 600_000),
  padTo: wholeNumber(1, 65_536),
  allowUnknown: [areNames, 'an array of field names'],
  signal: [has('addEventListener', 'removeEventListener'), 'an AbortSignal'],
  concurrency: wholeNumber(1, 256),
  maxDeletes: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  prune: [isFlag, 'true or false'],
  dryRun: [isFlag, 'true or false'],
  journal: [has('has', 'add'), 'an object with the methods has and add'],
};

function check(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const [isGood, what] = CHECKS[name] ?? [];
    if (value !== undefined && isGood?.(value) === false)
      throw invalid(name, `${name} is ${what}; got ${typeName(value)}.`);
  }
}

export function invalid(field: string, message: string): CredsealError {
  return new CredsealError('ERR_REQUEST_INVALID', message, { field });
}
