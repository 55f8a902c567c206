import { fieldEntries } from '../entry/fields.js';
import { type Interval, parseInterval } from '../entry/interval.js';
import type { StoredRecord } from './stored-record.js';

const SESSION_FIELDS = fieldEntries.flatMap(([name, { sessionState }]) => (sessionState ? [name] : []));

/** The last millisecond that a Date can hold (ECMA-262, "Time Values and Time Range"). */
const END_OF_TIME = 8.64e15;

/** Whether any of these fields is session data. */
export function hasSessionData(fields: Readonly<Record<string, unknown>>): boolean {
  return SESSION_FIELDS.some((name) => fields[name] !== undefined);
}

/** The record without browser state. */
export function withoutSession(record: StoredRecord): StoredRecord {
  const { sessionSet: _set, lastUse: _use, session: _id, ...rest } = record;
  const fields = { ...record.fields };
  for (const name of SESSION_FIELDS) delete fields[name];
  return { ...rest, fields };
}

/** The record as it is at a time: session data that has expired is gone. */
export function recordAt(record: StoredRecord, now: number): StoredRecord {
  const end = sessionEnd(record);
  return end !== undefined && now >= end ? withoutSession(record) : record;
}

/**
 * When the session data of a record expires, in ms since the epoch: the earlier of the two ends that its settings
 * give. Undefined if there is none, or no end that a Date can hold.
 */
export function sessionEnd({ sessionSet, lastUse, fields }: StoredRecord): number | undefined {
  if (sessionSet === undefined) return undefined;
  const ends = [
    endOf(Math.max(sessionSet, lastUse ?? sessionSet), fields.expiry_time_from_last_use),
    endOf(sessionSet, fields.expiry_time_from_session_data_set),
  ].filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function endOf(start: number, interval: unknown): number | undefined {
  if (typeof interval !== 'string') return undefined;
  const end = addInterval(start, parseInterval(interval));
  return Math.abs(end) <= END_OF_TIME ? end : undefined;
}

/**
 * `timestamp + interval` as PostgreSQL adds them, in UTC: months first, with the day cut to the month's last, then
 * days, then the time (timestamp_pl_interval in src/backend/utils/adt/timestamp.c).
 */
export function addInterval(start: number, { months, days, microseconds }: Interval): number {
  const date = new Date(start);
  const day = date.getUTCDate();
  if (months !== 0) {
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + months);
    const lastDay = new Date(date);
    lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0);
    date.setUTCDate(Math.min(day, lastDay.getUTCDate()));
  }
  return date.getTime() + days * 86_400_000 + Number(microseconds) / 1000;
}
