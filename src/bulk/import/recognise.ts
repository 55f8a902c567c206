import { notAnEntry } from '../item.js';
import { type CsvFormat, columnsOf, knownColumns, missingColumns } from './csv-format.js';
import { type CsvFormatName, csvFormats } from './csv-formats.js';
import { type ItemFormatName, itemFormats } from './item-formats.js';

export type KnownFormatName = CsvFormatName | ItemFormatName;

export const isItemFormat = (name: string): name is ItemFormatName => Object.hasOwn(itemFormats, name);

/** Every name that `from` takes, but for `auto` and `csv`. */
export const knownFormatNames = [
  ...Object.keys(csvFormats),
  ...Object.keys(itemFormats),
].sort() as KnownFormatName[];

/** Where columns are: as they are written, or else in other letters. */
export function placesOf(
  format: CsvFormat,
  header: readonly string[],
): ReadonlyMap<string | RegExp, number[]> {
  const inLowerCase = header.map((name) => name.toLowerCase());
  const allOf = (column: string | RegExp): number[] => {
    if (typeof column !== 'string')
      return header.flatMap((name, place) => (column.test(name) ? [place] : []));
    const exact = header.indexOf(column);
    const place = exact === -1 ? inLowerCase.indexOf(column.toLowerCase()) : exact;
    return place === -1 ? [] : [place];
  };
  const found = [...knownColumns(format)].map((column) => [column, allOf(column)] as const);
  return new Map(found.filter(([, places]) => places.length > 0));
}

/**
 * The CSV format of a header. Letters count as they are written (`Url` is 1Password's and `URL` Apple's); only if no
 * product writes them so, upper and lower case are the same. Of the formats that fit, one that knows more of the columns
 * wins over one that knows fewer of the same: Chrome's columns are among those of LastPass and Proton Pass. Formats that
 * read the same out of the same columns are none to choose between.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if none fits, or several do equally; never with anything of the header, which
 *   in a file without one is the first row
 */
export function recogniseHeader(header: readonly string[]): CsvFormatName {
  const candidates =
    [
      candidatesFor(header),
      candidatesFor(header, (name) => name.toLowerCase()),
      // Enough for an entry, and too little to tell whose it is.
      candidatesFor(header, (name) => name, { isEnough: true }),
    ].find(({ length }) => length > 0) ?? [];
  const [format] = candidates;
  if (format === undefined) throw notAnEntry(`${UNKNOWN_HEADER} ${adviceFor(header)}`);
  const readings = new Set(candidates.map((name) => readingOf(csvFormats[name], header)));
  if (readings.size === 1) return format;
  throw notAnEntry(
    `The header fits several formats: ${candidates.join(', ')}. Say which it is by options.from; or, where none has all of its columns, name them in options.map.`,
  );
}

const UNKNOWN_HEADER = `The header is that of no export that is known (${knownFormatNames.join(', ')}).`;

function adviceFor(header: readonly string[]): string {
  const separators = separatorAdvice(header);
  if (separators !== undefined) return separators;
  // No column has the name of a web site.
  if (header.some((name) => /^https?:\/\//i.test(name)))
    return 'The first line looks like values: in a file without a header, write one above it, and name its columns in options.map. Keeper writes files without one: give options.from keeper.';
  return 'Say what it is by options.from, or, for a file of your own, name its columns in options.map.';
}

/** What to do about a header that is one column and looks like several. */
export function separatorAdvice(header: readonly string[]): string | undefined {
  if (header.length > 1 || !/[;\t]/.test(header[0] ?? '')) return undefined;
  return 'Its columns are separated by semicolons or tabs: save it with commas.';
}

/** What a format makes of a header: which columns become what, in which order. */
function readingOf(format: CsvFormat, header: readonly string[]): string {
  const places = placesOf(format, header);
  const at = (columns: readonly (string | RegExp)[]) => [
    ...new Set(columns.flatMap((column) => places.get(column) ?? [])),
  ];
  const credentials = [format.url, format.username, format.password, format.totp].map((role) =>
    at(columnsOf(role)),
  );
  const skips = (format.skip ?? []).filter((rule) =>
    at([rule.column]).some((place) => !credentials.flat().includes(place)),
  );
  return JSON.stringify([
    credentials,
    skips,
    at(format.bin ? [format.bin.column] : []),
    at(format.changed ? [format.changed.column] : []),
  ]);
}

function candidatesFor(
  header: readonly string[],
  spelling = (name: string) => name,
  { isEnough } = { isEnough: false },
): CsvFormatName[] {
  const columns = new Set(header.map(spelling));
  const isThere = (column: string | RegExp) =>
    typeof column === 'string' ? columns.has(spelling(column)) : header.some((name) => column.test(name));
  const fitting = Object.entries(csvFormats).flatMap(([name, format]: [string, CsvFormat]) => {
    const known = new Set([...knownColumns(format)].filter(isThere).map(String).map(spelling));
    const isKnown = isEnough || (format.knownBy?.some(isThere) ?? true);
    const isFit = isKnown && missingColumns(format, isThere).length === 0;
    return isFit ? [{ name: name as CsvFormatName, known }] : [];
  });
  const isBeaten = (one: Set<string>) =>
    fitting.some(({ known }) => known.size > one.size && [...one].every((column) => known.has(column)));
  return fitting.filter(({ known }) => !isBeaten(known)).map(({ name }) => name);
}

/**
 * The format without a header that rows are of, if they are of one: every row has its width, and in the column of the
 * address an address or nothing.
 */
export function recogniseRows(rows: readonly (readonly string[])[]): CsvFormatName | undefined {
  const names = Object.keys(csvFormats) as CsvFormatName[];
  return names.find((name) => {
    const { headerless, surplus, url }: CsvFormat = csvFormats[name];
    const place = headerless?.indexOf(String(columnsOf(url)[0])) ?? -1;
    if (headerless === undefined || place === -1) return false;
    const isWide = (row: readonly string[]) =>
      surplus === undefined ? row.length === headerless.length : row.length >= headerless.length;
    const addresses = rows.map((row) => row[place] ?? '');
    return (
      rows.every(isWide) &&
      addresses.every((address) => address === '' || /^[\w-]+:\/\/|^[^\s.]+(\.[^\s.]+)+$/.test(address)) &&
      addresses.some((address) => /^https?:\/\//i.test(address))
    );
  });
}

/**
 * The format of a document in JSON or XML.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is none that is known, or several; with what it looks like
 */
export function recogniseItems(document: unknown, kind: 'json' | 'xml'): ItemFormatName {
  const names = (Object.keys(itemFormats) as ItemFormatName[]).filter(
    (name) => itemFormats[name].kind === kind,
  );
  const [format, another] = names.filter((name) => itemFormats[name].fits(document));
  if (format === undefined) throw notAnEntry(kind === 'json' ? unknownJson(document) : UNKNOWN_XML);
  if (another !== undefined)
    throw notAnEntry(
      `This JSON fits several formats: ${format}, ${another}. Say which it is by options.from.`,
    );
  return format;
}

function unknownJson(document: unknown): string {
  const alike = lookalikes.find(({ member }) => member.test(JSON.stringify(document).slice(0, LOOKED_AT)));
  const names = Object.keys(itemFormats).filter(
    (name) => itemFormats[name as ItemFormatName].kind === 'json',
  );
  return `This JSON is that of no export that is known (${names.join(', ')}). ${alike?.says ?? 'Entries in JSON are sealed by credseal payload.'}`;
}

const LOOKED_AT = 10_000;

/** What other files look like, by their members. */
const lookalikes: readonly { member: RegExp; says: string }[] = [
  {
    member: /"(issuerName|issuerExt|issuer|services|entry_type|Authenticators|tokens)":/,
    says: 'It looks like the export of an authenticator, which has no passwords.',
  },
  {
    member: /"encrypted(Username|Password)":/,
    says: 'It looks like the logins.json of Firefox, which is encrypted: Passwords → … → Export passwords.',
  },
  {
    member: /"(accounts|items|records|vaults)":/,
    says: 'It has "accounts" or "items" as some exports do, but no logins as they have them: export again as CSV, and name its columns in options.map.',
  },
];

const UNKNOWN_XML =
  'The file is XML or HTML of no export that is known (keepass-xml). Export as CSV or JSON.';
