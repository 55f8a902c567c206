import { isObject } from '../../inspection.js';
import { notAnEntry } from '../item.js';
import { parseDocuments } from '../json-documents.js';
import { checkedLengths } from './columns.js';
import { openCsv } from './csv-document.js';
import { csvFormats } from './csv-formats.js';
import type { DocumentSettings, ExportDocument, ImportFormat } from './export-document.js';
import { hiddenTotpIn } from './hidden-totp.js';
import { itemFormats } from './item-formats.js';
import type { ExportRecord } from './login.js';
import { looksLikePass, readPass } from './pass-entry.js';
import { isItemFormat, type KnownFormatName, recogniseItems } from './recognise.js';
import { type ContentKind, chunksOf, collect, type ImportSource, kindOf } from './source.js';
import { decodeText } from './text.js';
import { parseXml } from './xml.js';
import { fileFromZip } from './zip.js';

/** What is held whole, since it is parsed whole. */
const LARGEST = { json: 256 * 2 ** 20, xml: 64 * 2 ** 20, pass: 2 ** 20 };

/**
 * Finds out what an export is.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is none that is known, or another than was said
 */
export async function openDocument(
  source: ImportSource,
  settings: DocumentSettings,
): Promise<ExportDocument> {
  const { kind, beginning } = await kindOf(source);
  if (kind === 'zip') return openArchive(source, settings.from);
  return openText(source, kind, beginning, settings);
}

async function openText(
  source: ImportSource,
  kind: Exclude<ContentKind, 'zip'>,
  beginning: string,
  settings: DocumentSettings,
): Promise<ExportDocument> {
  const { from, map } = settings;
  if (from === 'pass' || (from === 'auto' && map === undefined && kind === 'csv' && looksLikePass(beginning)))
    return openPass(source);
  if (from !== 'auto' && kindOfFormat(from) !== kind) throw wrongKind(from, kind);
  if (kind === 'csv') return openCsv(source, settings);
  return openItems(source, kind, from as KnownFormatName | 'auto');
}

/** The kind of a text of this format. */
const kindOfFormat = (format: ImportFormat) => (isItemFormat(format) ? itemFormats[format].kind : 'csv');

async function openPass(source: ImportSource): Promise<ExportDocument> {
  const bytes = await collect(chunksOf(source.stream()), LARGEST.pass, NO_PASS_ENTRY);
  let text = '';
  for await (const piece of decodeText([bytes])) text += piece;
  const record = checkedLengths(readPass(text));
  return {
    format: 'pass',
    async *batches() {
      yield [record];
    },
  };
}

const NO_PASS_ENTRY = 'The file is larger than an entry of pass can be.';

/** Files in archives, by the format whose product puts them there. */
const inArchives = Object.entries({ ...csvFormats, ...itemFormats }).flatMap(([format, table]) =>
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
  const { kind, beginning } = await kindOf(inside);
  // An archive can hold itself.
  if (kind === 'zip')
    throw notAnEntry(`The ${name} in the ZIP archive is a ZIP archive itself: this is not an export.`);
  return openText(inside, kind, beginning, { from: format, map: undefined, ignoreColumns: [] });
}

async function openItems(
  source: ImportSource,
  kind: 'json' | 'xml',
  from: KnownFormatName | 'auto',
): Promise<ExportDocument> {
  const limit = LARGEST[kind];
  const tooLarge = `The ${kind.toUpperCase()} is larger than ${limit / 2 ** 20} MiB. Export as CSV, which is read piece by piece.`;
  const bytes = await collect(chunksOf(source.stream()), limit, tooLarge);
  const texts = decodeText([bytes]);
  const document = kind === 'xml' ? await parseXml(texts) : await parsedJson(texts);
  const format = from === 'auto' ? recogniseItems(document, kind) : from;
  if (!isItemFormat(format)) throw wrongKind(format, kind);
  const { items, read } = itemFormats[format];
  const found = items(document);
  return {
    format,
    async *batches() {
      for (let start = 0; start < found.length; start += 1000) {
        yield found.slice(start, start + 1000).map((item): ExportRecord => {
          if (!isObject(item)) return { problem: 'The item is no JSON object.' };
          const record = read(item);
          return 'urls' in record ? checkedLengths(hiddenTotpIn(item, record)) : record;
        });
      }
    },
  };
}

async function parsedJson(texts: AsyncIterable<string>): Promise<unknown> {
  let text = '';
  for await (const piece of texts) text += piece;
  return parseDocuments(text);
}

const KINDS: Readonly<Record<ContentKind, string>> = {
  zip: 'a ZIP archive',
  json: 'JSON',
  xml: 'XML or HTML',
  csv: 'text that is neither JSON, XML nor a ZIP archive, CSV probably',
};

function wrongKind(from: string, found: ContentKind): Error {
  const expected = isItemFormat(from) ? itemFormats[from].is : 'CSV';
  const advice =
    found === 'zip'
      ? 'Unpack it and give the file inside, or leave out options.from if it is an archive that the product gives'
      : 'Give the other file, or leave out options.from so that it is recognised';
  return notAnEntry(`An export of ${from} is ${expected}; this file is ${KINDS[found]}. ${advice}.`);
}
