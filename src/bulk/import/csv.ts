import { CredsealError } from '../../errors.js';
import { notAnEntry } from '../item.js';

/**
 * A row may have a note of ten megabytes, which is read and left behind. Without a bound, a quotation mark that is
 * never closed would gather the whole file.
 */
const LARGEST_ROW = 32 * 2 ** 20;

/**
 * The records of a CSV document (RFC 4180), in batches as they come, the header first. Lines may end in CR and LF, LF or
 * CR, also mixed; empty lines are passed over; nothing is trimmed.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` where quotation marks do not match: from there on nobody knows what is a
 *   value and what is not
 */
export async function* csvRecords(texts: AsyncIterable<string>): AsyncGenerator<string[][]> {
  const { parse } = await import('#csv-parse');
  const parser = parse({
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LARGEST_ROW,
  });
  let batch: string[][] = [];
  const takeBatch = () => {
    const full = batch;
    batch = [];
    return full;
  };
  parser.on('data', (record: string[]) => batch.push(record));
  // The build for browsers tells errors by the event alone, that of Node by the callback of a write as well.
  let fail: (error: Error) => void = () => undefined;
  parser.on('error', (error) => fail(error));
  const step = (act: (done: () => void) => void) =>
    new Promise<void>((resolve, reject) => {
      fail = reject;
      act(resolve);
    });
  try {
    for await (const text of texts) {
      await step((done) => parser.write(text, (error) => (error ? fail(error) : done())));
      if (batch.length > 0) yield takeBatch();
    }
    await step((done) => {
      parser.on('end', done);
      parser.end();
    });
    if (batch.length > 0) yield takeBatch();
  } catch (error) {
    throw error instanceof CredsealError ? error : refusal(error);
  }
}

/**
 * The first record of a CSV document, whatever comes after it.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if there is none, or its quotation marks do not match
 */
export async function csvHeader(texts: AsyncIterable<string>): Promise<readonly string[]> {
  let head = '';
  let checked = 0;
  let isQuoted = false;
  reading: for await (const text of texts) {
    head += text;
    if (head.length > LARGEST_ROW) break;
    for (; checked < head.length; checked++) {
      const character = head[checked];
      if (character === '"') isQuoted = !isQuoted;
      else if (
        !isQuoted &&
        (character === '\n' || character === '\r') &&
        head.slice(0, checked).trim() !== ''
      ) {
        head = head.slice(0, checked);
        break reading;
      }
    }
  }
  // A spreadsheet of many countries writes "name";"url".
  const bare = head.replaceAll(/"[^"]*"/g, 'name');
  if (/[;\t]/.test(bare) && !bare.includes(',')) return [bare.trim()];
  for await (const [header] of csvRecords(oneText(head))) if (header !== undefined) return header;
  throw notAnEntry('The file has no header and no rows. Export again.');
}

async function* oneText(text: string): AsyncGenerator<string> {
  yield text;
}

/**
 * What escapes by backslash, as RFC 4180 has it: quotation marks doubled; and backslashes, where those are escaped, too,
 * once.
 */
export async function* withoutBackslashes(
  texts: AsyncIterable<string>,
  { areBackslashesEscaped }: { areBackslashesEscaped: boolean },
): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const whole = rest + text;
    // An escape may be cut in two.
    const open = /\\*$/.exec(whole)?.[0].length ?? 0;
    const end = whole.length - (open % 2);
    rest = whole.slice(end);
    yield whole
      .slice(0, end)
      .replaceAll(/\\(["\\])/g, (sequence, escaped) =>
        escaped === '"' ? '""' : areBackslashesEscaped ? escaped : sequence,
      );
  }
  if (rest !== '') yield rest;
}

/** What csv-parse tells of an error beside its message, which quotes the value. */
interface CsvFault {
  readonly code: string;
  /** How many records there were before, the header among them. */
  readonly records: number;
  readonly lines: number;
}

function refusal(error: unknown): unknown {
  const isFault = error instanceof Error && 'code' in error && 'records' in error && 'lines' in error;
  if (!isFault) return error;
  const { code, records, lines } = error as unknown as CsvFault;
  const row = records === 0 ? 'The header' : `Row ${records}`;
  const problem = PROBLEMS[code] ?? 'is not valid CSV. Export again.';
  return notAnEntry(`${row} (line ${lines}) ${problem}`);
}

const PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED:
    'begins a quoted value that never ends: the file was cut off, or a quotation mark is missing. Export again.',
  INVALID_OPENING_QUOTE:
    'has a quotation mark inside an unquoted value. CSV puts such a value in quotation marks, and doubles the marks inside: export again, or correct the row.',
  CSV_INVALID_CLOSING_QUOTE:
    'continues after the quotation mark that ends a value. CSV doubles the quotation marks inside a value: export again, or correct the row.',
  CSV_MAX_RECORD_SIZE: `is larger than ${LARGEST_ROW / 2 ** 20} MiB: a quotation mark before it is not closed, or this is no CSV.`,
};
