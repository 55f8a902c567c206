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
  /** As in `deltatktbl` of datetime.c: as a regular expression. */
  names: string,
];

/** In the order of their bits: no text may say two things of one bit (`tmask` and `fmask` of DecodeInterval). */
const UNITS = [
  ['microseconds', 1, 'us|usec(ond)?s?|microsecon'],
  ['microseconds', 1e3, 'ms|msec(ond)?s?|millisecon'],
  ['microseconds', 1e6, 's|sec(ond)?s?'],
  ['microseconds', 60e6, 'm|min(ute)?s?'],
  ['microseconds', 3600e6, 'h|h(ou)?rs?'],
  ['days', 1, 'd|days?'],
  ['months', 1, 'mon(th)?s?'],
  ['years', 1, 'y|y(ea)?rs?'],
  ['days', 7, 'w|weeks?'],
  ['years', 10, 'dec(ade)?s?'],
  ['years', 100, 'c|cent|century|centuries'],
  ['years', 1000, 'mils?|millenni(a|um)'],
  // Words that PostgreSQL knows as units, though it counts in none of them.
  [undefined, 0, 'qtr|quarter|timezone'],
] as const satisfies readonly Unit[];
export const [MICROSECOND, , SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, WEEK, , , , NO_UNIT] = UNITS;

export const bitOf = (unit: Unit): number => 1 << (UNITS as readonly Unit[]).indexOf(unit);
/** Microseconds to seconds: what seconds with a fraction occupy (`DTK_ALL_SECS_M`). */
export const SUBSECOND_BITS = 0b111;
/** Microseconds to hours: what `HH:MM:SS` occupies (`DTK_TIME_M`). */
export const TIME_BITS = 0b11111;

/** Finds a unit by its name in lower case. Only 10 letters count: `TOKMAXLEN` in src/include/utils/datetime.h. */
export const unitOf = (word: string): Unit | undefined =>
  UNITS.find(([, , names]) => new RegExp(`^(${names})$`).test(word.slice(0, 10)));

/** Every refusal: one code, and a message that says nothing of what was given. */
export function refuse(message: string): never {
  throw new CredsealError('ERR_INTERVAL_FORMAT', message);
}

export function notAnInterval(): never {
  refuse(
    'not an interval that PostgreSQL 15 to 18 read alike, or too long for it. Write it like "01:30:00" or "7 days 00:00:00".',
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
