import { CredsealError } from '../errors.js';

/** The counters that PostgreSQL fills while it reads (`struct pg_itm_in` in src/include/pgtime.h). */
export interface Totals {
  years: bigint;
  months: bigint;
  days: bigint;
  microseconds: bigint;
}

export type Unit = readonly [
  /** The counter that takes the whole part of a number, times `scale`. A unit without one takes no number. */
  into: keyof Totals | undefined,
  scale: number,
  /** As in `deltatktbl` of datetime.c or, for what that lacks, in `datetktbl`. */
  names: string,
];

export const MICROSECOND: Unit = ['microseconds', 1, 'us usec usecs usecond useconds microsecon'];
const MILLISECOND: Unit = ['microseconds', 1e3, 'ms msec msecs msecond mseconds millisecon'];
export const SECOND: Unit = ['microseconds', 1e6, 's sec secs second seconds'];
export const MINUTE: Unit = ['microseconds', 60e6, 'm mm min mins minute minutes'];
export const HOUR: Unit = ['microseconds', 3600e6, 'h hr hrs hour hours'];
export const DAY: Unit = ['days', 1, 'd day days'];
export const MONTH: Unit = ['months', 1, 'mon mons month months'];
export const YEAR: Unit = ['years', 1, 'y yr yrs year years'];
export const WEEK: Unit = ['days', 7, 'w week weeks'];
const DECADE: Unit = ['years', 10, 'dec decs decade decades'];
const CENTURY: Unit = ['years', 100, 'c cent century centuries'];
const MILLENNIUM: Unit = ['years', 1000, 'mil mils millennia millennium'];
/** Words that PostgreSQL knows as units, though it counts in none of them. */
export const NO_UNIT: Unit = [undefined, 0, 'qtr quarter timezone j jd julian dow doy isodow isoyear'];

/** In the order of their bits: no text may say two things of one bit (`tmask` and `fmask` of DecodeInterval). */
const UNITS = [
  MICROSECOND,
  MILLISECOND,
  SECOND,
  MINUTE,
  HOUR,
  DAY,
  MONTH,
  YEAR,
  WEEK,
  DECADE,
  CENTURY,
  MILLENNIUM,
  NO_UNIT,
];
export const bitOf = (unit: Unit): number => 1 << UNITS.indexOf(unit);
/** Microseconds to seconds: what seconds with a fraction occupy (`DTK_ALL_SECS_M`). */
export const SUBSECOND_BITS = 0b111;
/** Microseconds to hours: what `HH:MM:SS` occupies (`DTK_TIME_M`). */
export const TIME_BITS = 0b11111;
/** Microseconds to years: what `infinity` occupies (`DTK_DATE_M | DTK_TIME_M`). */
export const DATE_TIME_BITS = 0b11111111;

/** Finds a unit by its name in lower case. Only 10 letters count: `TOKMAXLEN` in src/include/utils/datetime.h. */
export const unitOf = (word: string): Unit | undefined =>
  UNITS.find(([, , names]) => ` ${names} `.includes(` ${word.slice(0, 10)} `));

/** Every refusal: one code, and a message that says nothing of what was given. */
export function refuse(message: string): never {
  throw new CredsealError('ERR_INTERVAL_FORMAT', message);
}

export function notAnInterval(): never {
  refuse(
    'not an interval that PostgreSQL reads, or too long for it; write it like "01:30:00" or "7 days 00:00:00"',
  );
}

/** The value, if its counter can hold it: 64 bits of microseconds, 32 bits of all others, signed. */
export function checked(into: keyof Totals, value: bigint): bigint {
  return BigInt.asIntN(into === 'microseconds' ? 64 : 32, value) === value ? value : notAnInterval();
}

/** PostgreSQL checks the product and the sum, so that no later subtraction makes up for an overflow. */
function addWhole(totals: Totals, into: keyof Totals, value: bigint, scale = 1): void {
  totals[into] = checked(into, totals[into] + checked(into, value * BigInt(scale)));
}

/** Rounds as `rint` of C does, a half to the even neighbour: so far from zero, doubles have no fraction. */
export const rint = (value: number): bigint => BigInt(value + 1.5 * 2 ** 52 - 1.5 * 2 ** 52);

/** Unlike `rint`, drops half a microsecond (AdjustFractMicroseconds). */
function addMicroseconds(totals: Totals, value: number): void {
  const whole = Math.trunc(value);
  const rest = value - whole;
  addWhole(totals, 'microseconds', BigInt(whole + (rest > 0.5 ? 1 : rest < -0.5 ? -1 : 0)));
}

/**
 * Adds `value + fraction` of a unit. A fraction of a year becomes months and nothing smaller. One of a month
 * (of 30 days) or a week becomes days, and what remains microseconds. One of a day (of 24 hours) or anything
 * below becomes microseconds (AdjustFractYears, AdjustFractDays). This is arithmetic of doubles in the same
 * order, since its rounding shows in the last microsecond.
 */
export function add(totals: Totals, [into, scale]: Unit, value: bigint, fraction = 0): void {
  if (!into) notAnInterval();
  addWhole(totals, into, value, scale);
  if (into === 'microseconds') addMicroseconds(totals, fraction * scale);
  else if (into === 'years') addWhole(totals, 'months', rint(fraction * scale * 12));
  else {
    const days = fraction * (into === 'months' ? 30 : scale);
    // A fraction of many nines is 1 as a double. Of a day, even that becomes microseconds.
    const whole = into === 'days' && scale === 1 ? 0 : Math.trunc(days);
    addWhole(totals, 'days', BigInt(whole));
    addMicroseconds(totals, (days - whole) * 86400e6);
  }
}
