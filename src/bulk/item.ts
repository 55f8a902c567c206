import { CredsealError, type Finding } from '../errors.js';
import { isObject, typeName } from '../inspection.js';

/** One thing on its way through a stream, with the line of the document that it came from, counted from 1. */
export type BulkItem<T> = BulkResult<T> | BulkFailure;

/** What came of a line. */
export interface BulkResult<T> {
  readonly line: number;
  readonly value: T;
  /** What `preflightEntries` has to say about the value without refusing it. */
  readonly warnings?: readonly Finding[];
}

/** A line that failed: it travels beside the results, in its place, and stops nothing. */
export interface BulkFailure {
  readonly line: number;
  /** What went wrong; as every error here, it shows no value. */
  readonly error: CredsealError;
}

/** A line that is no entry: the failure of everything that is wrong before the field table is asked. Not public. */
export function badLine(line: number, message: string): BulkFailure {
  return { line, error: notAnEntry(message) };
}

/** The error of something that is no entry, or no document with entries. Not public. */
export function notAnEntry(message: string, path = ''): CredsealError {
  return new CredsealError('ERR_ENTRY_INVALID', message, {
    issues: [{ path, rule: 'payload/not-an-object', message }],
  });
}

/**
 * The item that a stage was given. Not public.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is none: an entry by itself, for instance.
 */
export function itemOf<T>(given: BulkItem<T>, stage: string): BulkItem<T> {
  if (isObject(given) && Number.isSafeInteger(given.line)) {
    if ('value' in given || given.error instanceof CredsealError) return given;
  }
  throw notAnEntry(`${stage} takes items { line, value }, as readNdjson makes them; got ${typeName(given)}.`);
}
