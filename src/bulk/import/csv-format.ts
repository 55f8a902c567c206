import type { SkipReason } from './login.js';

/**
 * A CSV export: which columns become what. Columns are matched by name, in any order. What is not named here does not
 * travel.
 */
export interface CsvFormat {
  readonly url: ColumnRole;
  readonly username: ColumnRole;
  readonly password: ColumnRole;
  readonly totp?: ColumnRole;
  readonly title?: ColumnRole;
  readonly changed?: { readonly column: string; readonly read: (text: string) => number | undefined };
  /** What stands between several addresses in one column. */
  readonly urlSeparator?: string;
  /** A column of further addresses, as a list in JSON. */
  readonly furtherUrls?: string;
  /** Rows that are no credentials of a web site: the first that fits gives the reason. */
  readonly skip?: readonly SkipRule[];
  /** The recycle bin: the column with the path of a group, and the names that the bin may have beneath the root. */
  readonly bin?: { readonly column: string; readonly names: ReadonlySet<string> };
  /** Columns that the product writes too, and that stay behind: they only help to know the file. */
  readonly leftBehind: readonly string[];
  /** Without at least one of these columns the file is some other. By default the others tell enough. */
  readonly knownBy?: readonly string[];
  /** Its name in the ZIP archive that the product gives. */
  readonly inArchive?: string;
  /**
   * A product that escapes by backslash, and not as RFC 4180 says: quotation marks and backslashes always, or quotation
   * marks in files that cannot be read otherwise.
   */
  readonly backslash?: 'always' | 'where it shows';
  /** What the product writes in place of an empty TOTP secret. */
  readonly noTotp?: string;
  /** What the product puts before a value, so that no spreadsheet takes it for a formula. */
  readonly shield?: RegExp;
  /** A file without a header: the names of its columns, in order. */
  readonly headerless?: readonly string[];
  /** Rows may have cells beyond the last column, or none in it: the TOTP secrets in that and those. */
  readonly surplus?: (cells: readonly string[]) => readonly string[];
}

/** One column, or several of which the first that is not empty counts. The first one has to be there. */
export type ColumnRole = string | readonly [string, ...(string | RegExp)[]];

/** Passes a row over: where the column has this value, none of these, one like this, or any; all in lower case. */
export interface SkipRule {
  readonly column: string;
  readonly is?: string;
  readonly isNone?: readonly string[];
  readonly isFilled?: true;
  readonly reason: SkipReason;
}

/** The columns of a role, the first of which has to be there. */
export const columnsOf = (role: ColumnRole | undefined): readonly (string | RegExp)[] =>
  role === undefined ? [] : typeof role === 'string' ? [role] : role;

const ROLES = ['url', 'username', 'password', 'totp', 'title'] as const;
const NEEDED = ['url', 'username', 'password'] as const;

/** Every column that a product writes. */
export function knownColumns(format: CsvFormat): Set<string | RegExp> {
  return new Set([
    ...ROLES.flatMap((role) => columnsOf(format[role])),
    ...(format.changed ? [format.changed.column] : []),
    ...(format.furtherUrls ? [format.furtherUrls] : []),
    ...(format.bin ? [format.bin.column] : []),
    ...(format.skip ?? []).map(({ column }) => column),
    ...format.leftBehind,
  ]);
}

/** Which of the columns that a format cannot do without are not there. */
export function missingColumns(format: CsvFormat, isThere: (column: string | RegExp) => boolean): string[] {
  return NEEDED.flatMap((role) => {
    const names = columnsOf(format[role]);
    return names.some(isThere) ? [] : names.slice(0, 1).map(String);
  });
}
