import { isObject } from '../../inspection.js';
import { jsonBreaksAt } from '../../json-position.js';
import { notAnEntry } from '../item.js';
import { checkedLengths, headerNames, ownReaderOf, type RowReader, readerOf } from './columns.js';
import { csvRecords } from './csv.js';
import { csvFormats } from './csv-formats.js';
import { jsonFormats } from './json-formats.js';
import type { ExportRecord } from './login.js';
import type { ColumnMap } from './own-columns.js';
import { isJsonFormat, type KnownFormatName, recogniseHeader, recogniseJson } from './recognise.js';
import { type ContentKind, chunksOf, collect, type ImportSource, kindOf } from './source.js';
import { decodeText } from './text.js';
import { fileFromZip } from './zip.js';

/** What an export is; `csv` is a CSV file of one's own, with a map of its columns. */
export type ImportFormat = KnownFormatName | 'csv';

/** An export that is recognised. Its records can be read more than once, and are the same each time. */
export interface ExportDocument {
  readonly format: ImportFormat;
  /** The records in order, in batches as they come. */
  batches(): AsyncIterable<readonly ExportRecord[]>;
}

/** JSON is held whole, since it is parsed whole. */
const LARGEST_JSON = 256 * 2 ** 20;

/**
 * Finds out what an export is.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is none that is known, or another than was said
 */
export async function openDocument(
  source: ImportSource,
  from: ImportFormat | 'auto',
  map: ColumnMap | undefined,
): Promise<ExportDocument> {
  const kind = await kindOf(source);
  if (kind === 'zip') return openArchive(source, from);
  return openText(source, kind, from, map);
}

async function openText(
  source: ImportSource,
  kind: ContentKind,
  from: ImportFormat | 'auto',
  map: ColumnMap | undefined,
): Promise<ExportDocument> {
  if (kind === 'json') return openJson(source, from);
  if (isJsonFormat(from)) throw wrongKind(from, 'csv');
  return openCsv(source, from, map);
}

/** Files in archives, by the format whose product puts them there. */
const inArchives = Object.entries({ ...csvFormats, ...jsonFormats }).flatMap(([format, table]) =>
  'inArchive' in table ? [{ format: format as KnownFormatName, name: table.inArchive }] : [],
);

async function openArchive(source: ImportSource, from: ImportFormat | 'auto'): Promise<ExportDocument> {
  const wanted = inArchives.filter(({ format }) => from === 'auto' || from === format);
  if (wanted.length === 0) throw wrongKind(from, 'zip');
  const { name, bytes } = await fileFromZip(
    source,
    wanted.map((one) => one.name),
  );
  const format = wanted.find((one) => one.name === name)?.format ?? from;
  const inside = new Blob([bytes]);
  const kind = await kindOf(inside);
  // An archive can hold itself.
  if (kind === 'zip')
    throw notAnEntry(`The ${name} in the ZIP archive is a ZIP archive itself: this is no export.`);
  return openText(inside, kind, format, undefined);
}

async function openJson(source: ImportSource, from: ImportFormat | 'auto'): Promise<ExportDocument> {
  if (from !== 'auto' && !isJsonFormat(from)) throw wrongKind(from, 'json');
  const document = await parsedJson(source);
  const format = from === 'auto' ? recogniseJson(document) : from;
  const { items, read } = jsonFormats[format];
  const found = items(document);
  return {
    format,
    async *batches() {
      for (let start = 0; start < found.length; start += 1000) {
        yield found.slice(start, start + 1000).map((item): ExportRecord => {
          if (!isObject(item)) return { problem: 'The item is no JSON object.' };
          const record = read(item);
          return 'urls' in record ? checkedLengths(record) : record;
        });
      }
    },
  };
}

async function parsedJson(source: ImportSource): Promise<Record<string, unknown>> {
  const tooLarge = `The JSON is larger than ${LARGEST_JSON / 2 ** 20} MiB. Export as CSV, which is read piece by piece.`;
  const bytes = await collect(chunksOf(source.stream()), LARGEST_JSON, tooLarge);
  let text = '';
  for await (const piece of decodeText([bytes])) text += piece;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    const at = jsonBreaksAt(text) ?? text.length;
    const lines = text.slice(0, at).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
    const what = at === text.length ? 'ends too early: it was cut off' : 'is not valid JSON';
    throw notAnEntry(`The file ${what}, at ${place}. Export again.`);
  }
  if (!isObject(document)) throw notAnEntry('An export in JSON is an object; this is none.');
  return document;
}

async function openCsv(
  source: ImportSource,
  from: Exclude<ImportFormat | 'auto', keyof typeof jsonFormats>,
  map: ColumnMap | undefined,
): Promise<ExportDocument> {
  const records = () => csvRecords(decodeText(chunksOf(source.stream())));
  const header = headerNames(await firstOf(records()));
  let format: ImportFormat;
  let read: RowReader;
  if (map !== undefined) {
    format = 'csv';
    read = ownReaderOf(map, header);
  } else {
    format = from === 'auto' || from === 'csv' ? recogniseHeader(header) : from;
    read = readerOf(format, header);
  }
  return {
    format,
    async *batches() {
      let isHeader = true;
      for await (const batch of records()) {
        const rows = isHeader ? batch.slice(1) : batch;
        isHeader = false;
        // A line of nothing but white space is one value, and an empty line to people.
        yield rows
          .filter((row) => row.length > 1 || header.length === 1 || (row[0] ?? '').trim() !== '')
          .map(read);
      }
    },
  };
}

async function firstOf(batches: AsyncIterable<string[][]>): Promise<readonly string[]> {
  for await (const [first] of batches) if (first !== undefined) return first;
  throw notAnEntry('The file has no header and no rows. Export again.');
}

const KINDS: Readonly<Record<ContentKind, string>> = {
  zip: 'a ZIP archive',
  json: 'JSON',
  csv: 'text that is neither JSON nor a ZIP archive, CSV probably',
};

function wrongKind(from: string, found: ContentKind): Error {
  const expected =
    {
      '1pux': 'a ZIP archive with export.data inside, or that file itself',
      'bitwarden-json': 'JSON',
    }[from] ?? 'CSV';
  const advice =
    found === 'zip'
      ? 'Unpack it and give the CSV file inside, or leave out options.from if it is a 1PUX or Dashlane export'
      : 'Give the other file, or leave out options.from so that it is recognised';
  return notAnEntry(`An export of ${from} is ${expected}; this file is ${KINDS[found]}. ${advice}.`);
}
