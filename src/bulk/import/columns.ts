import { notAnEntry } from '../item.js';
import { type ColumnRole, type CsvFormat, type CsvFormatName, csvFormats } from './csv-formats.js';
import type { ExportRecord, Login } from './login.js';
import { type ColumnMap, loginOf } from './own-columns.js';
import { columnsOf, knownColumns, missingColumns, separatorAdvice } from './recognise.js';

/** Makes of a row what it is. */
export type RowReader = (row: readonly string[]) => ExportRecord;

/** Passwords and addresses end far below. What is longer is a mistake, and no other program would take it. */
const LONGEST_VALUE = 2 ** 20;

/**
 * The names of a header, without the white space around them.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if two columns have the same name: which one is meant, nobody knows
 */
export function headerNames(header: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  for (const [index, name] of names.entries()) {
    const before = names.indexOf(name);
    if (name !== '' && before < index) {
      // By their places: in a file without a header these are values.
      throw notAnEntry(
        `Columns ${before + 1} and ${index + 1} of the header have the same name: remove or rename one of them.`,
      );
    }
  }
  return names;
}

/**
 * How the rows below a header are read, in a known format.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` naming the columns that are missing
 */
export function readerOf(name: CsvFormatName, header: readonly string[]): RowReader {
  const format: CsvFormat = csvFormats[name];
  const places = placesOf(format, header);
  const missing = missingColumns(format, places);
  if (missing.length > 0) {
    const advice = separatorAdvice(header) ?? 'Export again, or name the columns in options.map.';
    throw notAnEntry(
      `The header has no column ${missing.join(' and no ')}, which an export of ${name} has. ${advice}`,
    );
  }
  const at = (role: ColumnRole | undefined) => columnsOf(role).flatMap((column) => places.get(column) ?? []);
  const url = at(format.url);
  const username = at(format.username);
  const password = at(format.password);
  const totp = at(format.totp);
  const title = at(format.title);
  const changedAt = format.changed && places.get(format.changed.column);
  const skips = (format.skip ?? []).flatMap((rule) => {
    const place = places.get(rule.column);
    return place === undefined ? [] : [{ ...rule, place }];
  });
  return checkedRows(header.length, (row) => {
    for (const { place, is, isNot, matches, reason } of skips) {
      const value = (row[place] ?? '').toLowerCase();
      if (value === is || (isNot !== undefined && value !== isNot) || matches?.test(value))
        return { skip: reason };
    }
    const address = firstOf(row, url);
    return {
      urls: format.urlSeparator === undefined ? [address] : address.split(format.urlSeparator),
      username: firstOf(row, username),
      password: firstOf(row, password),
      totp: firstOf(row, totp),
      title: firstOf(row, title),
      changed: changedAt === undefined ? undefined : format.changed?.read(row[changedAt] ?? ''),
    };
  });
}

/**
 * How the rows of a file of one's own are read.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if a column of the map is not in the header
 */
export function ownReaderOf(map: ColumnMap, header: readonly string[]): RowReader {
  const places = new Map(header.map((name, index) => [name, index]));
  const columns = Object.entries(map).map(([column, field], index) => {
    const place = places.get(column.trim());
    if (place === undefined) {
      const advice =
        separatorAdvice(header) ??
        `Upper and lower case count; the header has ${header.length} ${header.length === 1 ? 'column' : 'columns'}.`;
      throw notAnEntry(`Column ${index + 1} in options.map, for ${field}, is not in the header. ${advice}`);
    }
    return { field, place };
  });
  return checkedRows(header.length, (row) =>
    loginOf(columns.map(({ field, place }) => [field, row[place] ?? ''])),
  );
}

/** Refuses rows that do not fit the header: their values are not where they seem to be. */
function checkedRows(width: number, read: (row: readonly string[]) => ExportRecord): RowReader {
  return (row) => {
    if (row.length !== width) {
      const problem = `The row has ${row.length} values where the header has ${width}: it is cut off, or a comma in a value stands outside of quotation marks.`;
      return { problem };
    }
    const record = read(row);
    return 'urls' in record ? checkedLengths(record) : record;
  };
}

/** Refuses values that are too long to be what they should be. */
export function checkedLengths(login: Login): ExportRecord {
  const { username, password, totp, title, urls, fields = {} } = login;
  const values = { 'user name': username, password, 'TOTP secret': totp, title, ...fields };
  const long = Object.entries(values).find(([, value]) => value.length > LONGEST_VALUE)?.[0];
  if (long === undefined && urls.every((url) => url.length <= LONGEST_VALUE)) return login;
  return {
    problem: `The ${long ?? 'web address'} is longer than ${LONGEST_VALUE} characters: a quotation mark is missing, or it is something else.`,
  };
}

/** Where the columns of a format are: as they are written, or else in other letters. */
function placesOf(format: CsvFormat, header: readonly string[]): ReadonlyMap<string, number> {
  const inLowerCase = header.map((name) => name.toLowerCase());
  return new Map(
    [...knownColumns(format)].flatMap((column) => {
      const exact = header.indexOf(column);
      const place = exact === -1 ? inLowerCase.indexOf(column.toLowerCase()) : exact;
      return place === -1 ? [] : [[column, place]];
    }),
  );
}

function firstOf(row: readonly string[], places: readonly number[]): string {
  for (const place of places) {
    const value = row[place];
    if (value !== undefined && value !== '') return value;
  }
  return '';
}
