import { notAnEntry } from '../item.js';
import { type ColumnRole, type CsvFormat, columnsOf, knownColumns, missingColumns } from './csv-format.js';
import { type CsvFormatName, csvFormats } from './csv-formats.js';
import { list, text } from './item-format.js';
import { type ExportRecord, firstTotp, type Login, type SkipReason } from './login.js';
import { type ColumnMap, loginOf } from './own-columns.js';
import { placesOf, separatorAdvice } from './recognise.js';
import type { GroupRoot } from './recycle-bins.js';

/** Makes of a row what it is. */
export type RowReader = (row: readonly string[]) => ExportRecord;

/** How the columns of a header are read, and which. */
export interface ColumnReader {
  readonly read: RowReader;
  /** Whether something is read of a column. */
  readonly isRead: (place: number) => boolean;
  /** Whether the product is known to write a column, or somebody said to ignore it. */
  readonly isKnown: (place: number) => boolean;
}

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
 * @param root what the paths of all groups begin with, where the format has a recycle bin.
 * @throws CredsealError `ERR_ENTRY_INVALID` naming the columns that are missing
 */
export function readerOf(name: CsvFormatName, header: readonly string[], root: GroupRoot): ColumnReader {
  const format: CsvFormat = csvFormats[name];
  const places = placesOf(format, header);
  const missing = missingColumns(format, (column) => places.has(column));
  if (missing.length > 0) {
    const advice = separatorAdvice(header) ?? 'Export again, or name the columns in options.map.';
    throw notAnEntry(
      `The header has no column ${missing.join(' and no ')}, which an export of ${name} has. ${advice}`,
    );
  }
  const at = (role: ColumnRole | undefined) => [
    ...new Set(columnsOf(role).flatMap((column) => places.get(column) ?? [])),
  ];
  const url = at(format.url);
  const username = at(format.username);
  const password = at(format.password);
  const totp = at(format.totp);
  const title = at(format.title);
  const [furtherUrls] = at(format.furtherUrls);
  const [changedAt] = at(format.changed?.column);
  const skipOf = skipperOf(format, at, root);
  const { urlSeparator, noTotp, shield, surplus } = format;
  const textOf = (row: readonly string[], of: readonly number[]) => {
    const value = firstOf(row, of);
    return shield === undefined ? value : value.replace(shield, '');
  };
  const read = (row: readonly string[]): ExportRecord => {
    const skip = skipOf(row);
    if (skip !== undefined) return { skip };
    const address = firstOf(row, url);
    const urls = urlSeparator === undefined ? [address] : address.split(urlSeparator);
    if (furtherUrls !== undefined) urls.push(...listIn(row[furtherUrls]));
    const login: Login = {
      urls,
      username: textOf(row, username),
      password: textOf(row, password),
      totp: '',
      title: firstOf(row, title),
      changed: changedAt === undefined ? undefined : format.changed?.read(row[changedAt] ?? ''),
    };
    if (totp.length === 0 && surplus === undefined) return login;
    const secrets = totp.map((place) => row[place] ?? '').filter((text) => text !== noTotp);
    return { ...login, ...firstTotp(surplus ? surplus(row.slice(header.length - 1)) : secrets) };
  };
  const inUse = [...url, ...username, ...password, ...totp, ...title, ...at(format.furtherUrls)];
  const told = new Set(
    [...inUse, ...at(format.changed?.column), ...at(format.bin?.column)].concat(
      (format.skip ?? []).flatMap(({ column }) => at(column)),
    ),
  );
  const known = new Set([...knownColumns(format)].map((column) => String(column).toLowerCase()));
  return {
    read: checkedRows(header.length, read, surplus !== undefined),
    isRead: (place) => told.has(place),
    isKnown: (place) => header[place] === '' || known.has((header[place] ?? '').toLowerCase()),
  };
}

/** Says why a row is passed over, if it is. */
function skipperOf(
  { skip = [], bin }: CsvFormat,
  at: (column: string | undefined) => readonly number[],
  root: GroupRoot,
): (row: readonly string[]) => SkipReason | undefined {
  const rules = skip.flatMap((rule) => at(rule.column).map((place) => ({ ...rule, place })));
  const [binAt] = at(bin?.column);
  return (row) => {
    for (const { place, is, isNone, isFilled, reason } of rules) {
      const value = (row[place] ?? '').toLowerCase();
      if (value === is || isNone?.includes(value) === false || (isFilled && value !== '')) return reason;
    }
    return bin && binAt !== undefined && root.isInBin(row[binAt] ?? '', bin.names) ? 'deleted' : undefined;
  };
}

/** A list of texts in JSON; of what is none, nothing. */
function listIn(cell = ''): string[] {
  try {
    return list(JSON.parse(cell)).map(text);
  } catch {
    return [];
  }
}

/**
 * How the rows of a file of one's own are read.
 *
 * @param surplus what the product that writes such a header has beyond it, see {@link CsvFormat}.
 * @throws CredsealError `ERR_ENTRY_INVALID` if a column of the map is not in the header
 */
export function ownReaderOf(
  map: ColumnMap,
  header: readonly string[],
  surplus?: CsvFormat['surplus'],
): ColumnReader {
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
  return {
    read: checkedRows(
      header.length,
      (row) => {
        const login = loginOf(columns.map(({ field, place }) => [field, row[place] ?? '']));
        if (surplus === undefined) return login;
        return { ...login, ...firstTotp([login.totp, ...surplus(row.slice(header.length - 1))]) };
      },
      surplus !== undefined,
    ),
    isRead: (at) => columns.some(({ place }) => place === at),
    isKnown: (place) => header[place] === '',
  };
}

/** Refuses rows that do not fit the header: their values are not where they seem to be. */
function checkedRows(
  width: number,
  read: (row: readonly string[]) => ExportRecord,
  hasSurplus = false,
): RowReader {
  return (row) => {
    if (row.length !== width && !(hasSurplus && row.length >= width - 1)) {
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
  let length = username.length + password.length + totp.length + title.length;
  for (const url of urls) length += url.length;
  for (const name in fields) length += fields[name]?.length ?? 0;
  // So for nearly every row.
  if (length <= LONGEST_VALUE) return login;
  const values = { 'user name': username, password, 'TOTP secret': totp, title, ...fields };
  const long = Object.entries(values).find(([, value]) => value.length > LONGEST_VALUE)?.[0];
  if (long === undefined && urls.every((url) => url.length <= LONGEST_VALUE)) return login;
  return {
    problem: `The ${long ?? 'web address'} is longer than ${LONGEST_VALUE} characters: a quotation mark is missing, or it is something else.`,
  };
}

function firstOf(row: readonly string[], places: readonly number[]): string {
  for (const place of places) {
    const value = row[place];
    if (value !== undefined && value !== '') return value;
  }
  return '';
}
