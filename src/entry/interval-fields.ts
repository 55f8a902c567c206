import {
  add,
  bitOf,
  checked,
  DAY,
  HOUR,
  MINUTE,
  MONTH,
  NO_UNIT,
  notAnInterval,
  rint,
  SECOND,
  SUBSECOND_BITS,
  TIME_BITS,
  type Totals,
  type Unit,
  unitOf,
} from './interval-units.js';

/** `MAXDATEFIELDS`, and the room for all fields, each but the last with a zero byte (`workbuf` of interval_in). */
const MAX_FIELDS = 25;
const MAX_LENGTH = 255;

/**
 * White space and punctuation, which PostgreSQL skips, then one field of ParseDateTime: a number, time or
 * year-month; one with a sign; a word with a sign; a word. A word ends before a digit or plus only if it is
 * in `datetktbl`, which is why `1d2h` is an interval and `1w2d` is not; of those, only units are here. Where PostgreSQL
 * takes more into a field than can have a meaning (`1.2.3`, `5-x`, `1/2`, `day-`), as much is taken here as it needs to be
 * refused.
 */
const FIELD =
  /[\t-\r !-*,/:-@[-`{-~]*(?:(\d+(?::[\d:.]*|([-.])(?:\d+\2?|(?:\2|[a-z])[-a-z\d]*)?|\/)?|\.\d*|[+-][\t-\r ]*(?:\d[\d:.-]*|[a-z]+)|(?:dec|mon|[dhmsy])(?![-./a-z])|[a-z]+[-+./\d]?)|$)/giy;

/** Breaks a text into fields, in lower case and without white space. */
function splitFields(text: string): string[] {
  const fields: string[] = [];
  for (const [matched, field] of text.matchAll(FIELD)) {
    // After the last possible field, white space may follow, but nothing else that is skipped.
    if (fields.length === MAX_FIELDS && /\S/.test(matched)) break;
    if (field) fields.push(field.replace(/\s+/, '').toLowerCase());
    else if (fields.join().length <= MAX_LENGTH) return fields;
  }
  return notAnInterval();
}

/**
 * The fields that have a meaning: words, `years-months`, `h:m`, `h:m:s`, `h:m:s.f`, `m:s.f`, numbers. The digits
 * after a hyphen, colon or point may be missing, or be a negative zero.
 */
const MEANING = /^([+-]?)(?:([a-z]+)|(\d*)(?:-(\d*|-0+)|(?::(\d*|-0+)(?::(\d*|-0+))?)?(\.\d*)?))$/;

/** DecodeTimeCommon. Not added: what units to the right of a time said in microseconds is lost. */
function setTime(totals: Totals, hours: string, minutes: string, seconds = '', fraction: string): void {
  if (Number(minutes) > 59 || Number(seconds) > 60) notAnInterval();
  totals.microseconds = rint(Number(`0${fraction}`) * 1e6);
  add(totals, HOUR, BigInt(hours));
  add(totals, MINUTE, BigInt(minutes));
  add(totals, SECOND, BigInt(seconds));
}

/**
 * Reads the traditional form and that of the SQL standard into `totals`, in `IntervalStyle` postgres, as
 * ParseDateTime and DecodeInterval in src/backend/utils/adt/datetime.c do.
 *
 * Fields are read backwards, so that a unit is known before its number. A number without a unit counts
 * seconds; before hours or a time, days.
 */
export function readFields(text: string, totals: Totals): void {
  const fields = splitFields(text).reverse();
  // It stands at the end only, and no number may come right before it.
  const ago = fields[0] === 'ago';
  if (ago) fields.shift();
  let unit: Unit = ago ? NO_UNIT : SECOND;
  let unitWaits = false;
  let seen = 0;
  for (const field of fields) {
    const [, sign = '', word, first = '', months, second, third, fraction = ''] =
      MEANING.exec(field) ?? notAnInterval();
    let bits = 0;
    if (word) {
      if (unitWaits) notAnInterval();
      unitWaits = true;
      unit = unitOf(field) ?? notAnInterval();
      continue;
    }
    unitWaits = false;
    if (second !== undefined) {
      // Without hours, only `minutes:seconds.fraction` is possible.
      if (third === undefined && fraction) setTime(totals, '', first, second, fraction);
      else setTime(totals, first, second, third, fraction);
      if (sign === '-') totals.microseconds = -totals.microseconds;
      bits = TIME_BITS;
      unit = DAY;
    } else {
      let value = BigInt(`${sign}0${first}`);
      if (months !== undefined) {
        if (Number(months) > 11) notAnInterval();
        value = value * 12n + BigInt(`${sign}0${Number(months)}`);
        unit = MONTH;
      }
      const part = Number(`${sign}0${fraction}`);
      add(totals, unit, value, part);
      bits = unit === SECOND && part ? SUBSECOND_BITS : bitOf(unit);
      if (unit === HOUR) unit = DAY;
    }
    if (seen & bits) notAnInterval();
    seen |= bits;
  }
  if (!seen || unitWaits) notAnInterval();
  if (ago) {
    for (const into of Object.keys(totals) as (keyof Totals)[]) {
      totals[into] = checked(into, -totals[into]);
    }
  }
}
