import type { CredsealError } from '../errors.js';

/** One thing on its way through a stream, with the line of the document that it came from, counted from 1. */
export type BulkItem<T> = BulkResult<T> | BulkFailure;

/** What came of a line. */
export interface BulkResult<T> {
  readonly line: number;
  readonly value: T;
}

/** A line that failed: it travels beside the results, in its place, and stops nothing. */
export interface BulkFailure {
  readonly line: number;
  /** What went wrong; as every error here, it shows no value. */
  readonly error: CredsealError;
}
