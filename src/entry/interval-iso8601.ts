import {
  add,
  DAY,
  HOUR,
  MICROSECOND,
  MINUTE,
  MONTH,
  notAnInterval,
  SECOND,
  type Totals,
  type Unit,
  WEEK,
  YEAR,
} from './interval-units.js';

/** How the date before `T`, and a time after it, are written. */
type Half = readonly [
  /** The units, and their designators in the same order. The first three make the alternative form. */
  units: readonly [Unit, Unit, Unit, Unit?],
  designators: string,
  /** Between the units of the extended alternative form. */
  separator: string,
  /** How many digits make the basic alternative form, and what a fraction of it counts. */
  width: number,
  fractionOf: Unit,
];
const DATE: Half = [[YEAR, MONTH, DAY, WEEK], 'YMDW', '-', 8, DAY];
const TIME: Half = [[HOUR, MINUTE, SECOND], 'HMS', ':', 6, MICROSECOND];

/** What `strtod` of C reads, hexadecimal or decimal. That it reads `inf` and `nan` helps nobody here. */
const NUMBER =
  /(-?)(?:0x(?=\.?[\da-f])([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?|(?=\.?\d)(\d*)\.?\d*(?:e[+-]?\d+)?)/iy;

/**
 * Digits `whole.fraction` of base 16, times two to the power of `exponent`. NaN for an underflow, which glibc
 * reports as an error, and musl, so PGlite, does not always.
 */
function fromHex(whole: string, fraction: string, exponent: number): number {
  const digits = (whole + fraction).replace(/^0+/, '');
  // 15 digits hold more than the 53 bits of a double. Of the others it only matters whether one is not zero.
  const kept = digits.slice(0, 15);
  const mantissa = Number(`0x0${kept}${/[^0]/.test(digits.slice(15)) ? 1 : 0}`);
  const power = exponent + 4 * (digits.length - kept.length - fraction.length - 1);
  // In two steps, as the power alone may leave the range of a double when the product does not.
  const half = Math.floor(power / 2);
  return mantissa && (mantissa * 2 ** half * 2 ** (power - half) || Number.NaN);
}

/** One number at a place: where it ends, how many digits it starts with, its whole and fractional part. */
function readNumber(text: string, at: number): [end: number, width: number, value: bigint, fraction: number] {
  NUMBER.lastIndex = at;
  const [token, sign, hex, fraction = '', power = 0, digits = ''] = NUMBER.exec(text) ?? notAnInterval();
  const isHex = hex !== undefined;
  const value = isHex ? (sign ? -1 : 1) * fromHex(hex, fraction, Number(power)) : Number(token);
  // `strtod` reports an underflow: a number that is not zero and became zero, or nearly so.
  const underflow = !isHex && Math.abs(value) < 2 ** -1022 && /^[^e]*[1-9]/i.test(token);
  // Up to 1e15, a double has room for a fraction. NaN is neither above nor below.
  if (underflow || !(Math.abs(value) <= 1e15)) notAnInterval();
  const whole = Math.trunc(value);
  return [NUMBER.lastIndex, digits.length, BigInt(whole), value - whole];
}

function readHalf(text: string, half: Half, mayBeAlternative: boolean, totals: Totals): void {
  const [units, designators, separator, basicWidth, fractionOf] = half;
  /** How many units of the alternative form are read. */
  let alternative = 0;
  for (let at = 0; at < text.length; ) {
    const isFirst = !at;
    const [end, width, value, fraction] = readNumber(text, at);
    const next = text[end];
    at = end + 1;
    const unit = next && !alternative && units[designators.indexOf(next)];
    if (unit) add(totals, unit, value, fraction);
    else if (!mayBeAlternative || !(isFirst || alternative)) notAnInterval();
    else if (isFirst && !next && width === basicWidth) {
      add(totals, units[0], value / 10000n);
      add(totals, units[1], (value / 100n) % 100n);
      add(totals, units[2], value % 100n);
      add(totals, fractionOf, 0n, fraction);
    } else {
      // Between numbers stands the separator, after the last one nothing.
      if (next && (next !== separator || at === text.length || alternative > 1)) notAnInterval();
      add(totals, units[alternative++] as Unit, value, fraction);
    }
  }
}

/**
 * Reads the ISO 8601 forms into `totals`: with designators (`P1Y2M3DT4H5M6S`) and alternative, extended
 * (`P0001-02-03T04:05:06`) or basic (`P00010203T040506`). PostgreSQL takes more than the standard: fractions,
 * signs and exponents anywhere, any order, repetitions (DecodeISO8601Interval and ParseISO8601Number in
 * src/backend/utils/adt/datetime.c).
 */
export function readIso8601(text: string, totals: Totals): void {
  if (text === 'P') notAnInterval();
  // A date, then any number of times, each of which may be empty. Nothing follows an alternative form of time.
  const halves = text.slice(1).split('T');
  for (const [index, half] of halves.entries()) {
    readHalf(half, index ? TIME : DATE, !index || index === halves.length - 1, totals);
  }
}
