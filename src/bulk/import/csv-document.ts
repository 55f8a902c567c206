import { CredsealError } from '../../errors.js';
import { notAnEntry } from '../item.js';
import { type ColumnReader, headerNames, ownReaderOf, type RowReader, readerOf } from './columns.js';
import { csvHeader, csvRecords, withoutBackslashes } from './csv.js';
import type { CsvFormat } from './csv-format.js';
import { type CsvFormatName, csvFormats } from './csv-formats.js';
import type { DocumentSettings, ExportDocument } from './export-document.js';
import { LeftBehind } from './left-behind.js';
import type { ExportRecord } from './login.js';
import { recogniseHeader, recogniseRows } from './recognise.js';
import { GroupRoot } from './recycle-bins.js';
import { chunksOf, type ImportSource } from './source.js';
import { decodeText } from './text.js';

type Records = () => AsyncIterable<string[][]>;

/** @throws CredsealError `ERR_ENTRY_INVALID` as {@link ExportDocument} says */
export async function openCsv(
  source: ImportSource,
  { from, map, ignoreColumns }: DocumentSettings,
): Promise<ExportDocument> {
  const texts = () => decodeText(chunksOf(source.stream()));
  const first = await csvHeader(texts());
  if (map !== undefined) {
    const header = ignoring(headerNames(first), ignoreColumns);
    // Whose file it is decides how its values are written, whatever the columns are taken for.
    const product = productOf(first);
    const { records } = await recordsOf(texts, product?.backslash);
    return documentOf('csv', headerNames(first), records, ownReaderOf(map, header, product?.surplus), true);
  }
  const format = await formatOf(first, from as CsvFormatName | 'auto' | 'csv', texts);
  const { headerless, backslash, bin }: CsvFormat = csvFormats[format];
  const isWithHeader = headerless === undefined;
  const names = isWithHeader ? headerNames(first) : headerless;
  const header = ignoring(names, ignoreColumns);
  const { records, isDoubled } = await recordsOf(texts, backslash);
  const root = new GroupRoot();
  if (bin !== undefined) await findRoot(root, records, header.indexOf(bin.column));
  const reader = readerOf(format, header, root);
  const read: RowReader = isDoubled ? (row) => withoutDoubleBackslashes(reader.read(row)) : reader.read;
  return documentOf(format, names, records, { ...reader, read }, isWithHeader);
}

function productOf(header: readonly string[]): CsvFormat | undefined {
  try {
    return csvFormats[recogniseHeader(header)];
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    return undefined;
  }
}

function documentOf(
  format: ExportDocument['format'],
  header: readonly string[],
  records: Records,
  { read, isRead, isKnown }: ColumnReader,
  isWithHeader: boolean,
): ExportDocument {
  const leftBehind = new LeftBehind(header, { isRead, isKnown });
  let isFirstReading = true;
  return {
    format,
    leftBehind,
    async *batches() {
      const isLookedAt = isFirstReading;
      isFirstReading = false;
      let isHeader = isWithHeader;
      for await (const batch of records()) {
        const rows = (isHeader ? batch.slice(1) : batch).filter(
          // A line of nothing but white space is one value, and an empty line to people.
          (row) => row.length > 1 || header.length === 1 || (row[0] ?? '').trim() !== '',
        );
        isHeader = false;
        if (isLookedAt) for (const row of rows) leftBehind.see(row);
        yield rows.map(read);
      }
    },
  };
}

async function formatOf(
  first: readonly string[],
  from: CsvFormatName | 'auto' | 'csv',
  texts: () => AsyncIterable<string>,
): Promise<CsvFormatName> {
  if (from !== 'auto' && from !== 'csv') return from;
  try {
    return recogniseHeader(headerNames(first));
  } catch (error) {
    const format = await formatWithoutHeader(texts);
    if (format === undefined) throw error;
    return format;
  }
}

/** By the rows at the beginning of the file. */
async function formatWithoutHeader(texts: () => AsyncIterable<string>): Promise<CsvFormatName | undefined> {
  const rows: string[][] = [];
  try {
    for await (const batch of csvRecords(texts())) {
      rows.push(...batch);
      if (rows.length > LOOKED_AT) break;
    }
  } catch (error) {
    // Not a file without a header, then: what is wrong with the header is said.
    if (!(error instanceof CredsealError)) throw error;
    return undefined;
  }
  return recogniseRows(rows);
}

/** So many rows tell what they are of. */
const LOOKED_AT = 100;

/** The records, in the way of escaping that the file has; and whether two backslashes in them may be one. */
async function recordsOf(
  texts: () => AsyncIterable<string>,
  backslash: CsvFormat['backslash'],
): Promise<{ records: Records; isDoubled: boolean }> {
  const plain: Records = () => csvRecords(texts());
  if (backslash === undefined || (backslash === 'where it shows' && (await isReadable(plain))))
    return { records: plain, isDoubled: false };
  const areBackslashesEscaped = backslash === 'always';
  return {
    records: () => csvRecords(withoutBackslashes(texts(), { areBackslashesEscaped })),
    isDoubled: !areBackslashesEscaped,
  };
}

/** Whether this product escapes backslashes as it does quotation marks, is not known. */
function withoutDoubleBackslashes(record: ExportRecord): ExportRecord {
  if (!('urls' in record) || !`${record.username}\n${record.password}`.includes('\\\\')) return record;
  return {
    problem:
      'The user name or password has two backslashes, which may stand for one: enter it by hand, or export in another format (1PUX).',
  };
}

async function isReadable(records: Records): Promise<boolean> {
  try {
    for await (const _ of records());
    return true;
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    return false;
  }
}

async function findRoot(root: GroupRoot, records: Records, place: number): Promise<void> {
  let isHeader = true;
  for await (const batch of records()) {
    for (const row of isHeader ? batch.slice(1) : batch) if (row.length > 1) root.add(row[place] ?? '');
    isHeader = false;
  }
}

/** The header without the names of columns to ignore. */
function ignoring(header: readonly string[], ignored: readonly string[]): string[] {
  for (const [index, name] of ignored.entries()) {
    if (!header.includes(name))
      throw notAnEntry(
        `Column ${index + 1} in options.ignoreColumns is not in the header. Upper and lower case count.`,
      );
  }
  return header.map((name) => (ignored.includes(name) ? '' : name));
}
