import { CredsealError } from '../errors.js';

/** The counters that PostgreSQL fills while it reads (`struct pg_itm_in` in src/include/pgtime.h). */
export interface Totals {
  years: bigint;
  months: bigint;
  days: bigint;
  microseconds: bigint;
}

export interface Unit {
  /** The counter that takes the whole part of a number, times `scale`. A unit without one takes no number. */
  readonly into?: keyof Totals;
  readonly scale: number;
  /** Units that share a bit exclude each other within one text (`fmask` and `tmask` of DecodeInterval). */
  readonly bit: number;
  /** As in `deltatktbl` of datetime.c or, for what that lacks, in `datetktbl`. */
  readonly names: string;
}

export const MICROSECOND: Unit = {
  into: 'microseconds',
  scale: 1,
  bit: 1,
  names: 'us usec usecs usecond useconds microsecon',
};
const MILLISECOND: Unit = {
  into: 'microseconds',
  scale: 1e3,
  bit: 2,
  names: 'ms msec msecs msecond mseconds millisecon',
};
export const SECOND: Unit = { into: 'microseconds', scale: 1e6, bit: 4, names: 's sec secs second seconds' };
export const MINUTE: Unit = {
  into: 'microseconds',
  scale: 60e6,
  bit: 8,
  names: 'm mm min mins minute minutes',
};
export const HOUR: Unit = { into: 'microseconds', scale: 3600e6, bit: 16, names: 'h hr hrs hour hours' };
export const DAY: Unit = { into: 'days', scale: 1, bit: 32, names: 'd day days' };
export const MONTH: Unit = { into: 'months', scale: 1, bit: 64, names: 'mon mons month months' };
export const YEAR: Unit = { into: 'years', scale: 1, bit: 128, names: 'y yr yrs year years' };
export const WEEK: Unit = { into: 'days', scale: 7, bit: 256, names: 'w week weeks' };
const DECADE: Unit = { into: 'years', scale: 10, bit: 512, names: 'dec decs decade decades' };
const CENTURY: Unit = { into: 'years', scale: 100, bit: 1024, names: 'c cent century centuries' };
const MILLENNIUM: Unit = { into: 'years', scale: 1000, bit: 2048, names: 'mil mils millennia millennium' };
/** Words that PostgreSQL knows as units, though it counts in none of them. */
export const NO_UNIT: Unit = {
  scale: 0,
  bit: 0,
  names: 'qtr quarter timezone j jd julian dow doy isodow isoyear',
};
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

/** Microseconds to seconds: what seconds with a fraction occupy (`DTK_ALL_SECS_M`). */
export const SUBSECOND_BITS = 7;
/** Microseconds to hours: what `HH:MM:SS` occupies (`DTK_TIME_M`). */
export const TIME_BITS = 31;
/** Microseconds to years: what `infinity` occupies (`DTK_DATE_M | DTK_TIME_M`). */
export const DATE_TIME_BITS = 255;

/** Finds a unit by its name in lower case. Only 10 letters count: `TOKMAXLEN` in src/include/utils/datetime.h. */
export const unitOf = (word: string): Unit | undefined =>
  UNITS.find(({ names }) => ` ${names} `.includes(` ${word.slice(0, 10)} `));

/** Every refusal: one code, and a message that says nothing of what was given. */
export function refuse(message: string): never {
  throw new CredsealError('ERR_INTERVAL_FORMAT', message);
}

export function notAnInterval(): never {
  refuse('not an interval that PostgreSQL reads; write it like "01:30:00" or "7 days 00:00:00"');
}

/** The value, if its counter can hold it: 64 bits of microseconds, 32 bits of all others, signed. */
export function checked(into: keyof Totals, value: bigint): bigint {
  if (BigInt.asIntN(into === 'microseconds' ? 64 : 32, value) === value) return value;
  refuse('an interval out of the range that PostgreSQL holds; write one like "7 days 00:00:00"');
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
export function add(totals: Totals, { into, scale }: Unit, value: bigint, fraction = 0): void {
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
