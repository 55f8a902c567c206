import { CredsealError } from '../errors.js';
import { isObject, typeName } from '../inspection.js';

/** How many requests are answered in a time; one more closes the vault for a while, and every one until then gets 429. */
export interface RateLimit {
  /** As many are answered. */
  readonly requests: number;
  /** In so many ms, counted from the first of them. */
  readonly per: number;
  /** For so many seconds the vault is closed, as the header `Retry-After` says; by default the time of `per`. */
  readonly retryAfter?: number | undefined;
}

/** What a rate limit has counted. */
export interface RateLimitCounts {
  /** How often the vault was closed: by one request too many each. */
  readonly closures: number;
  /** How many requests came in while it was closed: none, if clients wait as long as they are asked to. */
  readonly whileClosed: number;
}

type CheckedLimit = { readonly [N in keyof RateLimit]-?: number };

const MEMBERS = ['requests', 'per', 'retryAfter'];
const LONGEST_SECONDS = 3600;

/** A rate limit at work. Its clock is that of the machine, since `now` of the vault may stand still. */
export class RateLimiter {
  closures = 0;
  whileClosed = 0;
  readonly #limit: CheckedLimit;
  #answered = 0;
  #windowEnds = 0;
  #closedUntil = 0;

  /** @throws CredsealError `ERR_REQUEST_INVALID` */
  constructor(limit: RateLimit) {
    this.#limit = checked(limit);
  }

  /** What goes wrong with a request that comes in now. */
  next(now = performance.now()): { status: 429; retryAfter: number } | undefined {
    const { requests, per, retryAfter } = this.#limit;
    if (now < this.#closedUntil) {
      this.whileClosed += 1;
      return { status: 429, retryAfter: Math.ceil((this.#closedUntil - now) / 1000) };
    }
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + per;
      this.#answered = 0;
    }
    this.#answered += 1;
    if (this.#answered <= requests) return undefined;
    this.closures += 1;
    this.#closedUntil = now + retryAfter * 1000;
    this.#windowEnds = 0;
    return { status: 429, retryAfter };
  }
}

function checked(limit: unknown): CheckedLimit {
  if (!isObject(limit)) throw invalid('', `is { requests, per, retryAfter }; got ${typeName(limit)}`);
  if (Object.keys(limit).some((name) => !MEMBERS.includes(name)))
    throw invalid('', `has ${MEMBERS.join(', ')}, and no other members`);
  const { requests, per, retryAfter = Math.ceil(Number(per) / 1000) } = limit;
  if (!isWhole(requests, 1_000_000)) throw invalid('.requests', 'is a whole number from 1 to 1000000');
  if (!isWhole(per, LONGEST_SECONDS * 1000))
    throw invalid('.per', `is a whole number of ms from 1 to ${LONGEST_SECONDS * 1000}`);
  if (!isWhole(retryAfter, LONGEST_SECONDS))
    throw invalid('.retryAfter', `is a whole number of seconds from 1 to ${LONGEST_SECONDS}`);
  return { requests, per, retryAfter };
}

const isWhole = (value: unknown, most: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most;

function invalid(member: string, message: string): CredsealError {
  const field = `faults.limit${member}`;
  return new CredsealError('ERR_REQUEST_INVALID', `${field} ${message}.`, { field });
}
