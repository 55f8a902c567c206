import { isObject } from '../../inspection.js';
import type { ExportRecord } from './login.js';

/** An export in JSON or XML, which is held whole: how it is known, and its records in order. */
export interface ItemFormat {
  readonly kind: 'json' | 'xml';
  /** What an export of it is, in words. */
  readonly is: string;
  /** Its name in the ZIP archive that the product gives. */
  readonly inArchive?: string;
  /** Whether a document has the whole shape of it: not a member or two, but that of its items. */
  readonly fits: (document: unknown) => boolean;
  /**
   * The items, in order.
   *
   * @throws CredsealError `ERR_ENTRY_INVALID` if it is none, or encrypted
   */
  readonly items: (document: unknown) => readonly unknown[];
  readonly read: (item: Members) => ExportRecord;
}

export type Members = Readonly<Record<string, unknown>>;

/** What is text, and nothing in place of anything else. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** What has members, and none in place of anything else. */
export const members = (value: unknown): Members => (isObject(value) ? value : {});
/** What is a list, and an empty one in place of anything else. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** A list of what has members. */
export const objects = (value: unknown): readonly Members[] => list(value).map(members);
