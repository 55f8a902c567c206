import { notAnEntry } from '../item.js';
import { type ColumnRole, type CsvFormat, type CsvFormatName, csvFormats } from './csv-formats.js';
import { type JsonFormatName, jsonFormats } from './json-formats.js';

export type KnownFormatName = CsvFormatName | JsonFormatName;

export const isJsonFormat = (name: string): name is JsonFormatName => Object.hasOwn(jsonFormats, name);

/** Every name that `from` takes, but for `auto` and `csv`. */
export const knownFormatNames = [
  ...Object.keys(csvFormats),
  ...Object.keys(jsonFormats),
].sort() as KnownFormatName[];

const ROLES = ['url', 'username', 'password', 'totp', 'title'] as const;
const NEEDED = ['url', 'username', 'password'] as const;

/** The columns of a role, the first of which has to be there. */
export const columnsOf = (role: ColumnRole | undefined): readonly string[] =>
  role === undefined ? [] : typeof role === 'string' ? [role] : role;

/** Every column that a product writes. */
export function knownColumns(format: CsvFormat): Set<string> {
  return new Set([
    ...ROLES.flatMap((role) => columnsOf(format[role])),
    ...(format.changed ? [format.changed.column] : []),
    ...(format.skip ?? []).map(({ column }) => column),
    ...format.leftBehind,
  ]);
}

/** Which of the columns that a format cannot do without are not there. */
export function missingColumns(format: CsvFormat, columns: Pick<ReadonlySet<string>, 'has'>): string[] {
  return NEEDED.flatMap((role) => {
    const names = columnsOf(format[role]);
    return names.some((name) => columns.has(name)) ? [] : names.slice(0, 1);
  });
}

/**
 * The CSV format of a header. Letters count as they are written (`Url` is 1Password's and `URL` Apple's); only if no
 * product writes them so, upper and lower case are the same. Of the formats that fit, one that knows more of the columns
 * wins over one that knows fewer of the same: Chrome's columns are among those of LastPass and Proton Pass.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if none fits, or several do equally; never with anything of the header, which
 *   in a file without one is the first row
 */
export function recogniseHeader(header: readonly string[]): CsvFormatName {
  const candidates = [
    candidatesFor(header),
    candidatesFor(header, (name) => name.toLowerCase()),
    // Enough for an entry, and too little to tell whose it is.
    candidatesFor(header, (name) => name, { isEnough: true }),
  ].find(({ length }) => length > 0);
  const [format, another] = candidates ?? [];
  if (another !== undefined) {
    throw notAnEntry(
      `The header fits several formats: ${candidates?.join(', ')}. Say which it is by options.from.`,
    );
  }
  if (format !== undefined) return format;
  const advice =
    separatorAdvice(header) ??
    'Say what it is by options.from, or, for a file of your own, name its columns in options.map.';
  throw notAnEntry(
    `The header is that of no export that is known (${knownFormatNames.join(', ')}). ${advice}`,
  );
}

/** What to do about a header that is one column and looks like several. */
export function separatorAdvice(header: readonly string[]): string | undefined {
  if (header.length > 1 || !/[;\t]/.test(header[0] ?? '')) return undefined;
  return 'Its columns are separated by semicolons or tabs: save it with commas.';
}

function candidatesFor(
  header: readonly string[],
  spelling = (name: string) => name,
  { isEnough } = { isEnough: false },
): CsvFormatName[] {
  const columns = new Set(header.map(spelling));
  const fitting = Object.entries(csvFormats).flatMap(([name, format]: [string, CsvFormat]) => {
    const known = new Set([...knownColumns(format)].map(spelling).filter((column) => columns.has(column)));
    const isNeededThere = NEEDED.every((role) =>
      columnsOf(format[role]).some((one) => known.has(spelling(one))),
    );
    const isKnown = isEnough || (format.knownBy?.some((column) => known.has(spelling(column))) ?? true);
    return isNeededThere && isKnown ? [{ name: name as CsvFormatName, known }] : [];
  });
  const isBeaten = (one: Set<string>) =>
    fitting.some(({ known }) => known.size > one.size && [...one].every((column) => known.has(column)));
  return fitting.filter(({ known }) => !isBeaten(known)).map(({ name }) => name);
}

/** The JSON format of a document. */
export function recogniseJson(document: Readonly<Record<string, unknown>>): JsonFormatName {
  const found = Object.entries(jsonFormats).filter(([, { knownBy }]) => Object.hasOwn(document, knownBy));
  // An encrypted Bitwarden export may have no items at all: it is refused with the way out, not as unknown.
  if (found.length === 0 && document.encrypted === true) return 'bitwarden-json';
  const [format, another] = found.map(([name]) => name as JsonFormatName);
  if (format === undefined)
    throw notAnEntry(
      'This JSON is that of no export that is known (bitwarden-json, or the export.data of 1pux). Entries in JSON are sealed by credseal payload.',
    );
  if (another !== undefined)
    throw notAnEntry(
      `This JSON fits several formats: ${format}, ${another}. Say which it is by options.from.`,
    );
  return format;
}
