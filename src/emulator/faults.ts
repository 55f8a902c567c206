import { CredsealError } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { optionsProblem } from '../options.js';
import { type RateLimit, RateLimiter } from './rate-limit.js';

/** What goes wrong with one request, on purpose. Without members, nothing does. */
export interface Fault {
  /** The answer comes this many ms later. */
  readonly latency?: number | undefined;
  /** This status is answered instead: 429, or one from 500 to 599. */
  readonly status?: number | undefined;
  /** The header `Retry-After` of that answer: seconds, or a moment, which is sent as an HTTP date. */
  readonly retryAfter?: number | Date | undefined;
  /** The connection ends without an answer. */
  readonly drop?: boolean | undefined;
  /**
   * Whether `status` and `drop` come `before` the vault has done what was asked (the default) or `after`: then it is
   * done, and the client cannot know.
   */
  readonly when?: 'before' | 'after' | undefined;
  /** The body of the answer takes this many ms to arrive, piece by piece. */
  readonly slowBody?: number | undefined;
}

/** A request as a fault plan sees it. */
export interface FaultRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** Counted from 1, over all connections. */
  readonly count: number;
}

/**
 * Which requests go wrong: those beyond a limit; by a script, request by request (null and what is behind its end go
 * right); by rate, of which the first that strikes is taken; or as a function says.
 */
export type Faults =
  | ((request: FaultRequest) => Fault | null | undefined)
  | {
      readonly script?: readonly (Fault | null)[] | undefined;
      readonly rates?: readonly (Fault & { readonly rate: number })[] | undefined;
      /** Before all others: so many requests in a time, and then none for a while. */
      readonly limit?: RateLimit | undefined;
      /** From 0 to below 1; for tests that want the same run again. By default `Math.random`. */
      readonly random?: (() => number) | undefined;
    };

const MEMBERS = ['latency', 'status', 'retryAfter', 'drop', 'when', 'slowBody'];
const LONGEST_MS = 3_600_000;

/** Checks faults once, and gives what says for each request what goes wrong, with the limit that counts, if there is one. */
export function faultPlan(faults: Faults | undefined): {
  readonly faultOf: (request: FaultRequest) => Fault;
  readonly limiter?: RateLimiter;
} {
  if (faults === undefined) return { faultOf: () => ({}) };
  if (typeof faults === 'function')
    return { faultOf: (request) => checkedFault(faults(request) ?? {}, 'faults()') };
  if (!isObject(faults))
    throw invalid('faults', `is a function, or { script, rates }; got ${typeName(faults)}`);
  const problem = optionsProblem(faults, ['script', 'rates', 'limit', 'random']);
  if (problem) throw invalid('faults', problem);
  const { script = [], rates = [], limit, random = Math.random } = faults;
  if (!Array.isArray(script)) throw invalid('faults.script', 'is an array of faults');
  if (!Array.isArray(rates)) throw invalid('faults.rates', 'is an array of faults, each with its rate');
  if (typeof random !== 'function') throw invalid('faults.random', 'is a function');
  const steps = script.map((fault, at) => checkedFault(fault ?? {}, `faults.script[${at}]`));
  const chances = rates.map((given, at) => checkedRate(given, `faults.rates[${at}]`));
  const limiter = limit && new RateLimiter(limit);
  const faultOf = ({ count, path }: FaultRequest) => {
    // What only a local vault has is not the vault's, and counts for nothing.
    const beyond = limiter && !path.startsWith('/emulator/') ? limiter.next() : undefined;
    const step = steps[count - 1];
    return beyond ?? step ?? chances.find(({ rate }) => random() < rate)?.fault ?? {};
  };
  return { faultOf, ...(limiter && { limiter }) };
}

function checkedRate(given: unknown, place: string): { rate: number; fault: Fault } {
  const problem = optionsProblem(given, ['rate', ...MEMBERS]);
  if (problem) throw invalid(place, problem);
  const { rate, ...fault } = given as { rate?: unknown };
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1))
    throw invalid(`${place}.rate`, 'is a number from 0 to 1');
  return { rate, fault: checkedFault(fault, place) };
}

function checkedFault(fault: object, place: string): Fault {
  const problem = optionsProblem(fault, MEMBERS);
  if (problem) throw invalid(place, problem);
  const { latency, status, retryAfter, drop, when, slowBody }: Record<string, unknown> = { ...fault };
  for (const [name, ms] of Object.entries({ latency, slowBody })) {
    if (ms !== undefined && !(typeof ms === 'number' && ms >= 0 && ms <= LONGEST_MS))
      throw invalid(`${place}.${name}`, `is a number of ms, at most ${LONGEST_MS}`);
  }
  const isStatus =
    Number.isInteger(status) && (status === 429 || (Number(status) >= 500 && Number(status) <= 599));
  if (status !== undefined && !isStatus) throw invalid(`${place}.status`, 'is 429, or from 500 to 599');
  if (retryAfter !== undefined && !isMoment(retryAfter))
    throw invalid(`${place}.retryAfter`, 'is a whole number of seconds, or a Date');
  if (retryAfter !== undefined && status === undefined) throw invalid(`${place}.retryAfter`, 'needs status');
  if (drop !== undefined && typeof drop !== 'boolean') throw invalid(`${place}.drop`, 'is true or false');
  if (drop === true && status !== undefined) throw invalid(place, 'has drop or status, and not both');
  if (when !== undefined && when !== 'before' && when !== 'after')
    throw invalid(`${place}.when`, 'is "before" or "after"');
  return fault;
}

function isMoment(value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** `Retry-After` as RFC 9110 section 10.2.3 has it: seconds, or an HTTP date. */
export function retryAfterHeader(fault: Fault): Record<string, string> {
  const { retryAfter } = fault;
  if (retryAfter === undefined) return {};
  return { 'retry-after': retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter) };
}

function invalid(field: string, message: string): CredsealError {
  return new CredsealError('ERR_REQUEST_INVALID', `${field} ${message}.`, { field });
}
