import { readFields } from './interval-fields.js';
import { readIso8601 } from './interval-iso8601.js';
import { checked, NO_UNIT, notAnInterval, refuse, type Totals, unitOf } from './interval-units.js';

/** An interval as PostgreSQL stores it: three counters, none of which is ever turned into another. */
export interface Interval {
  /** 32 bits, signed. A year is 12 months. */
  readonly months: number;
  /** 32 bits, signed. A week is 7 days. */
  readonly days: number;
  /** 64 bits, signed. An hour is 3,600,000,000 microseconds. */
  readonly microseconds: bigint;
  /** 1 for `infinity`, -1 for `-infinity`, and the counters are 0 then. Otherwise 0. */
  readonly infinite: -1 | 0 | 1;
}

/** An interval in numbers: at least one, none negative, all of them whole but the seconds. */
export interface IntervalParts {
  years?: number;
  months?: number;
  weeks?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  /** May have up to six decimals. */
  seconds?: number;
}

/**
 * Reads an interval as PostgreSQL 18 does with `IntervalStyle` postgres: the traditional form, that of the
 * SQL standard, and those of ISO 8601. What PostgreSQL refuses is refused, and what it reads is read to the
 * same month, day and microsecond.
 *
 * @throws {CredsealError} `ERR_INTERVAL_FORMAT` for anything else. The message never shows the text.
 * @see interval_in in src/backend/utils/adt/timestamp.c of PostgreSQL
 * @example
 * parseInterval('1 year 1.5 days'); // { months: 12, days: 1, microseconds: 43_200_000_000n, infinite: 0 }
 */
export function parseInterval(text: string): Interval {
  if (typeof text !== 'string') notAnInterval();
  const totals: Totals = { years: 0n, months: 0n, days: 0n, microseconds: 0n };
  let infinite: Interval['infinite'] = 0;
  // PostgreSQL tries ISO 8601 when the other forms fail. Those always fail on a text that starts with a
  // capital P, and ISO 8601 on any other.
  if (text.startsWith('P')) readIso8601(text, totals);
  else infinite = readFields(text, totals);
  const { days, microseconds } = totals;
  const months = checked('months', totals.years * 12n + totals.months);
  // Infinity is stored as the extremes of all three, so a text that adds up to these means it, too.
  const stored = `${months} ${days} ${microseconds}`;
  if (stored === '2147483647 2147483647 9223372036854775807') infinite = 1;
  if (stored === '-2147483648 -2147483648 -9223372036854775808') infinite = -1;
  if (infinite) return { months: 0, days: 0, microseconds: 0n, infinite };
  return { months: Number(months), days: Number(days), microseconds, infinite };
}

/**
 * How long an interval is in seconds, by the rule of `EXTRACT(EPOCH FROM interval)`: a year has 365.25 days,
 * each month beyond whole years 30 days, a day 24 hours. An infinite interval has `Infinity` seconds.
 *
 * @throws {CredsealError} `ERR_INTERVAL_FORMAT` for what {@link parseInterval} refuses.
 * @see interval_part_common in src/backend/utils/adt/timestamp.c of PostgreSQL
 * @example
 * intervalSeconds('7 days 01:00:00'); // 608_400
 */
export function intervalSeconds(text: string): number {
  const { months, days, microseconds, infinite } = parseInterval(text);
  if (infinite) return infinite * Number.POSITIVE_INFINITY;
  // A quarter of a day is the unit in which a year is a whole number. Sums stay below 2^53.
  const quarters = 1461 * Math.trunc(months / 12) + 120 * (months % 12) + 4 * days;
  // Rounded once: the quotient of two rounded numbers would not always be the nearest number.
  return Number(`${BigInt(quarters) * 21_600_000_000n + microseconds}e-6`);
}

/** Longer text is no use as a setting. PostgreSQL itself sets an end to some forms only. */
const MAX_LENGTH = 1000;
const PARTS = 'years, months, weeks, days, hours, minutes, seconds';

/** Writes parts as PostgreSQL itself writes an interval: `1 year 2 mons 7 days 03:00:00` (EncodeInterval). */
function writeParts(parts: object): string {
  const totals: Totals = { years: 0n, months: 0n, days: 0n, microseconds: 0n };
  for (const [name, value] of Object.entries(parts)) {
    const { into, scale } = (PARTS.split(', ').includes(name) && unitOf(name)) || NO_UNIT;
    // The name is shown only if it can be one: a slip may put anything there.
    if (!into)
      refuse(`the parts of an interval are ${PARTS}, not ${/^\w{1,20}$/.test(name) ? name : 'this'}`);
    // Signs, exponents, NaN and Infinity do not match.
    const number = typeof value === 'number' && /^(\d+)\.?(\d{0,6})$/.exec(String(value));
    const [, whole, decimals = ''] = number || [];
    if (!whole || (decimals && name !== 'seconds')) {
      refuse(`the ${name} of an interval must be a whole number from 0; seconds may have up to 6 decimals`);
    }
    totals[into] += (BigInt(whole + decimals.padEnd(6, '0')) * BigInt(scale)) / 1_000_000n;
  }
  const { years, months, days, microseconds } = totals;
  const count = (number: bigint, name: string) =>
    number ? `${number} ${name}${number > 1 ? 's' : ''} ` : '';
  const digits = (number: bigint, width: number) => String(number).padStart(width, '0');
  const date = count(years + months / 12n, 'year') + count(months % 12n, 'mon') + count(days, 'day');
  const time = [
    microseconds / 3_600_000_000n,
    (microseconds / 60_000_000n) % 60n,
    (microseconds / 1_000_000n) % 60n,
  ];
  if (date && !microseconds) return date.trimEnd();
  return `${date}${time.map((number) => digits(number, 2)).join(':')}.${digits(microseconds % 1_000_000n, 6)}`.replace(
    /\.?0*$/,
    '',
  );
}

/**
 * The text to send for an interval setting. Text is checked and returned as it is; parts are written as
 * PostgreSQL writes them. It must be finite and, in seconds by {@link intervalSeconds}, more than zero.
 *
 * @throws {CredsealError} `ERR_INTERVAL_FORMAT` if it is no interval, infinite, zero, negative, longer than
 *   PostgreSQL holds, written in more than 1,000 characters, or neither text nor parts. The message never
 *   shows the text.
 * @see VAULT-API.md, `expiry_time_from_last_use`
 * @example
 * toInterval('01:30:00'); // '01:30:00'
 * toInterval({ days: 7, hours: 1 }); // '7 days 01:00:00'
 */
export function toInterval(value: string | IntervalParts): string {
  const isParts = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isParts && typeof value !== 'string') {
    refuse('an interval must be text like "7 days 01:00:00" or parts like { days: 7, hours: 1 }');
  }
  const text = isParts ? writeParts(value) : (value as string);
  if (text.length > MAX_LENGTH) refuse(`an interval must have at most ${MAX_LENGTH} characters`);
  const seconds = intervalSeconds(text);
  if (seconds > 0 && seconds < Number.POSITIVE_INFINITY) return text;
  refuse('an interval must be finite and longer than zero; write it like "01:30:00" or "7 days 00:00:00"');
}
