import { readFields } from './interval-fields.js';
import { readIso8601 } from './interval-iso8601.js';
import { checked, notAnInterval, refuse, type Totals } from './interval-units.js';

/** An interval as PostgreSQL stores it: three counters, none of which is ever turned into another. */
export interface Interval {
  /** 32 bits, signed. A year is 12 months. */
  readonly months: number;
  /** 32 bits, signed. A week is 7 days. */
  readonly days: number;
  /** 64 bits, signed. An hour is 3,600,000,000 microseconds. */
  readonly microseconds: bigint;
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

/** PostgreSQL reads blanks and repetitions for as long as they go on. Nothing that anybody means is so long. */
const MAX_LENGTH = 10_000;

/**
 * Reads an interval as PostgreSQL 15, 16, 17 and 18 do with `IntervalStyle` postgres: the traditional form, that of
 * the SQL standard, and those of ISO 8601. Which of them the vault runs, nobody says. So what one of them refuses is
 * refused: up to 16 that is `mm`, `at`, `on`, `infinity` and the units of dates such as `dow`; from 17 on, a unit without
 * a number, and `ago` before the end. What they read is read to the same month, day and microsecond.
 *
 * @throws {CredsealError} `ERR_INTERVAL_FORMAT` for anything else, and for more than 10,000 characters. The
 *   message never shows the text.
 * @see interval_in in src/backend/utils/adt/timestamp.c of PostgreSQL
 * @example
 * parseInterval('1 year 1.5 days'); // { months: 12, days: 1, microseconds: 43_200_000_000n }
 */
export function parseInterval(text: string): Interval {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) notAnInterval();
  const totals: Totals = { years: 0n, months: 0n, days: 0n, microseconds: 0n };
  // PostgreSQL tries ISO 8601 when the other forms fail. Those always fail on a text that starts with a
  // capital P, and ISO 8601 on any other.
  if (text.startsWith('P')) readIso8601(text, totals);
  else readFields(text, totals);
  const { years, days, microseconds } = totals;
  const months = years * 12n + totals.months;
  // The extremes of all three are infinity from 17 on, and were a long time before.
  const stored = `${months} ${days} ${microseconds}`;
  if (
    /^(2147483647 2147483647 9223372036854775807|-2147483648 -2147483648 -9223372036854775808)$/.test(stored)
  )
    notAnInterval();
  return { months: Number(checked('months', months)), days: Number(days), microseconds };
}

/**
 * How long an interval is in seconds, by the rule of `EXTRACT(EPOCH FROM interval)`: a year has 365.25 days,
 * each month beyond whole years 30 days, a day 24 hours.
 *
 * @throws {CredsealError} `ERR_INTERVAL_FORMAT` for what {@link parseInterval} refuses.
 * @see interval_part_common in src/backend/utils/adt/timestamp.c of PostgreSQL
 * @example
 * intervalSeconds('7 days 01:00:00'); // 608_400
 */
export function intervalSeconds(text: string): number {
  const { months, days, microseconds } = parseInterval(text);
  // A quarter of a day is the unit in which a year is a whole number. Sums stay below 2^53.
  const quarters = 1461 * Math.trunc(months / 12) + 120 * (months % 12) + 4 * days;
  // Rounded once: the quotient of two rounded numbers would not always be the nearest number.
  return Number(`${BigInt(quarters) * 21_600_000_000n + microseconds}e-6`);
}

const PARTS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'];

/** Writes parts as PostgreSQL itself writes an interval: `1 year 2 mons 7 days 03:00:00` (EncodeInterval). */
function writeParts(parts: unknown): string {
  // Read once. Of what has no parts, as null, an object without entries.
  const counts: Record<string, number> = { ...(parts as object) };
  for (const [name, value] of Object.entries(counts)) {
    // The name is shown only if it can be one: a slip may put anything there.
    if (!PARTS.includes(name))
      refuse(
        `the parts of an interval are ${PARTS.join(', ')}, not ${/^\w{1,20}$/.test(name) ? name : 'this'}`,
      );
    // Signs, exponents, NaN and Infinity do not match.
    const pattern = name === 'seconds' ? /^\d+(\.\d{1,6})?$/ : /^\d+$/;
    if (typeof value !== 'number' || !pattern.test(String(value)))
      refuse(`${name} must be a number from 0, whole or, for seconds, with up to 6 decimals`);
  }
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = PARTS.map(
    (name) => counts[name],
  );
  const count = (number: number, unit: string) =>
    number ? `${number} ${unit}${number > 1 ? 's' : ''} ` : '';
  const date =
    count(years + Math.floor(months / 12), 'year') +
    count(months % 12, 'mon') +
    count(7 * weeks + days, 'day');
  // Whole numbers up to 2^53: PostgreSQL's 64 bits of microseconds have 43 bits of seconds.
  const time = hours * 3600 + minutes * 60 + Math.floor(seconds);
  const fraction = String(seconds).replace(/^\d+/, '');
  if (date && !time && !fraction) return date.trimEnd();
  const clock = [time / 3600, (time / 60) % 60, time % 60].map((number) =>
    String(Math.floor(number)).padStart(2, '0'),
  );
  return date + clock.join(':') + fraction;
}

const CLOCK = /^\d\d:[0-5]\d:[0-5]\d$/;

/**
 * The text to send for an interval setting. Text is checked and returned as it is; parts are written as
 * PostgreSQL writes them. It must be, in seconds by {@link intervalSeconds}, more than zero.
 *
 * @throws {CredsealError} `ERR_INTERVAL_FORMAT` for what {@link parseInterval} refuses, for an interval that
 *   is zero or negative, and for parts that are none. The message shows neither text nor numbers.
 * @see docs/vault-api.md, rule 16
 * @example
 * toInterval('01:30:00'); // '01:30:00'
 * toInterval({ days: 7, hours: 1 }); // '7 days 01:00:00'
 */
export function toInterval(value: string | IntervalParts): string {
  const text = typeof value === 'string' ? value : writeParts(value);
  // Nearly every interval is a plain clock time, which needs no reading.
  if (CLOCK.test(text) && /[1-9]/.test(text)) return text;
  if (intervalSeconds(text) > 0) return text;
  refuse('an interval must be longer than zero');
}
