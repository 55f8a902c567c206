import { decodeLines } from '../../bulk/encoding.js';
import type { LineBlock } from '../../bulk/line-blocks.js';
import { CredsealError } from '../../errors.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { beginDocument, MAX_DOCUMENT_BYTES, openSource, type Source, tooLarge } from './document-source.js';
import { type DocumentRecord, parseLine, parseRecords } from './records.js';

/**
 * One entry of a document that is read as a stream: by its line in NDJSON, by its index in an array, or by itself; and
 * the text that it is in, its line or the whole document.
 */
export type StreamedRecord = DocumentRecord & { readonly text: string };

/**
 * The entries of a document, one after the other. NDJSON is read line by line and never held whole; one object over
 * several lines, and an array, are.
 *
 * @param path a file, or `-` for standard input.
 * @param role what it is on the command line, for messages.
 */
export function streamRecords(path: string, role: string, context: Context): AsyncGenerator<StreamedRecord> {
  return streamDocument(path, role, context, {
    records: (text) => recordsOf(text),
    async *blocks(blocks) {
      for await (const block of blocks) yield* linesOf(block);
    },
  });
}

/** What is made of a document: of a whole one, or of the lines of NDJSON. */
export interface Streaming<T> {
  records(text: string): Iterable<T>;
  blocks(blocks: AsyncIterable<LineBlock>, source: Source): AsyncIterable<T>;
}

/** What is made of a document, as it is read: see {@link streamRecords}. */
export async function* streamDocument<T>(
  path: string,
  role: string,
  context: Context,
  { records, blocks }: Streaming<T>,
): AsyncGenerator<T> {
  const source = openSource(path, context, role);
  try {
    const form = { maxLineBytes: MAX_DOCUMENT_BYTES, isLineEnough: true };
    const document = await beginDocument(source, form);
    if ('text' in document) yield* records(document.text);
    else yield* blocks(document.blocks, source);
  } catch (error) {
    // The document as a whole: UTF-16, Latin-1, binary.
    if (error instanceof CredsealError) throw new CliError(EXIT.input, `${role}: ${error.message}`);
    throw error;
  } finally {
    source.close();
  }
}

/** The lines of a block, but for empty ones. */
function* linesOf(block: LineBlock): Generator<StreamedRecord> {
  if (block.isTooLong) throw tooLarge();
  for (const [index, text] of decodeLines(block.bytes, block.line).split('\n').entries()) {
    if (text.trim() !== '') yield { line: block.line + index, text, ...parseLine(text) };
  }
}

export function* recordsOf(document: string): Generator<StreamedRecord> {
  const { form, records } = parseRecords(document);
  const lines = form === 'ndjson' ? document.split('\n') : [];
  for (const record of records) yield { ...record, text: lines[(record.line ?? 0) - 1] ?? document };
}
