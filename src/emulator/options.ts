import { areNames } from '../entry/check.js';
import { CredsealError } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { optionsOnce } from '../options-once.js';
import type { Faults } from './faults.js';

/** What {@link startEmulator} takes. */
export interface EmulatorOptions {
  /** The workspace's key. Of a ring, what is sent must be under the current key; what is stored may be under any. */
  readonly key: VaultKey | KeyRing;
  /** What clients must send in the header `cc-key`. */
  readonly apiKey: string;
  /** By default, or as 0, one that is free. */
  readonly port?: number | undefined;
  /** The address to listen on; by default `127.0.0.1`, which no other machine reaches. */
  readonly host?: string | undefined;
  /** A file that keeps the entries across restarts. By default they are gone when the vault closes. */
  readonly data?: string | undefined;
  /** The clock that time stamps, session expiry and codes go by, in ms since the epoch; by default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** What goes wrong on purpose, for testing clients. By default nothing. */
  readonly faults?: Faults | undefined;
  /**
   * What an update does, since nobody documents it: `merge` keeps what it does not name (the default), `replace` takes
   * that away, and `complete-only` keeps it, and refuses an update without user name and password, unless the entry is
   * backed by a secret provider.
   */
  readonly updates?: 'merge' | 'replace' | 'complete-only' | undefined;
  /** Whether answers have a field that is not there as null, `kept` (the default), or not at all, `absent`. */
  readonly nulls?: 'kept' | 'absent' | undefined;
  /** Fields outside the table that are accepted, as with `sealEntry`. */
  readonly allowUnknown?: readonly string[] | undefined;
  /** A larger body is refused with 413; by default 1 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Is told of every request when it is over, for a log. What it throws is not caught. */
  readonly onAnswer?: ((answer: EmulatorAnswer) => void) | undefined;
}

/** A request that is over, without anything of its headers, query or body. */
export interface EmulatorAnswer {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** Undefined if the connection ended before there was an answer. */
  readonly status: number | undefined;
}

const DEFAULTS = {
  port: 0,
  host: '127.0.0.1',
  data: undefined,
  now: Date.now,
  faults: undefined,
  updates: 'merge' as const,
  nulls: 'kept' as const,
  allowUnknown: [],
  maxBodyBytes: 1_048_576,
  onAnswer: () => undefined,
};

const isCount = (value: unknown, least: number, most: number) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
const isOneOf =
  (...words: readonly string[]) =>
  (value: unknown) =>
    typeof value === 'string' && words.includes(value);
const isText = (value: unknown) => typeof value === 'string' && value !== '' && !value.includes('\0');

const checks: Readonly<
  Record<Exclude<keyof typeof DEFAULTS, 'faults'>, [(value: unknown) => boolean, string]>
> = {
  port: [(value) => isCount(value, 0, 65_535), 'is a whole number from 0 to 65535'],
  host: [isText, 'is an address or a host name'],
  data: [(value) => value === undefined || isText(value), 'is the path of a file'],
  now: [(value) => typeof value === 'function', 'is a function that gives ms since the epoch'],
  updates: [isOneOf('merge', 'replace', 'complete-only'), 'is "merge", "replace" or "complete-only"'],
  nulls: [isOneOf('kept', 'absent'), 'is "kept" or "absent"'],
  allowUnknown: [areNames, 'is an array of field names'],
  maxBodyBytes: [(value) => isCount(value, 1, 2 ** 30), 'is a whole number of bytes, at most 2^30'],
  onAnswer: [(value) => typeof value === 'function', 'is a function that takes { method, path, status }'],
};

/**
 * The options with their defaults; `key`, `apiKey` and `faults` are checked by those that know them.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID`
 */
export function checkedOptions(options: EmulatorOptions) {
  const names = ['key', 'apiKey', ...Object.keys(DEFAULTS)] as (keyof EmulatorOptions)[];
  const problem = optionsProblem(options, names);
  if (problem) throw invalid('options', problem);
  const given = optionsOnce(options, names);
  const all = { ...DEFAULTS, ...(given as unknown as EmulatorOptions) };
  for (const [name, [isGood, what]] of Object.entries(checks)) {
    if (!isGood(all[name as keyof typeof checks])) throw invalid(name, what);
  }
  return all as { [N in keyof typeof all]: Exclude<(typeof all)[N], undefined> } & Pick<
    EmulatorOptions,
    'data' | 'faults'
  >;
}

function invalid(field: string, message: string): CredsealError {
  return new CredsealError('ERR_REQUEST_INVALID', `The local vault: ${field} ${message}.`, { field });
}
