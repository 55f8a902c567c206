import { CredsealError } from '../errors.js';
import { CliError, EXIT } from './exit.js';
import { readDocument } from './input.js';
import { type DocumentRecord, parseRecords } from './records.js';

/** What became of a document: results in order, and how many entries gave none. */
interface Batch<T> {
  readonly form: 'one' | 'array' | 'ndjson';
  readonly results: T[];
  readonly failed: number;
  /** Whether the document had line breaks inside, so that a single result may have them too. */
  readonly isIndented: boolean;
}

/**
 * Runs a document's entries through `work`. A single entry that fails ends the command; of many, each failure is
 * reported by line or index, and the others go on.
 */
export async function eachEntry<T>(file: string | undefined, work: (entry: unknown) => T): Promise<Batch<T>> {
  const text = await readDocument(file);
  const { form, records } = parseRecords(text);
  const results: T[] = [];
  for (const record of records) {
    const problems = attempt(record, work, results);
    if (problems.length === 0) continue;
    if (form === 'one') throw new CliError(EXIT.input, problems.join('\n'));
    for (const problem of problems) process.stderr.write(`${record.place}: ${problem}\n`);
  }
  const failed = records.length - results.length;
  if (failed > 0)
    process.stderr.write(`${failed} of ${records.length} entries failed; the others are written.\n`);
  return { form, results, failed, isIndented: text.trim().includes('\n') };
}

/** Writes results as JSON in the form they came in: an array as an array, lines as lines. */
export function asDocument({ form, results, isIndented }: Batch<unknown>): string {
  if (form === 'ndjson') return results.map((result) => `${JSON.stringify(result)}\n`).join('');
  return `${JSON.stringify(form === 'one' ? results[0] : results, null, isIndented ? 2 : 0)}\n`;
}

/** The exit code of a batch. */
export function batchExit({ failed }: Batch<unknown>): number {
  return failed === 0 ? EXIT.done : EXIT.checkFailed;
}

function attempt<T>(record: DocumentRecord, work: (entry: unknown) => T, results: T[]): string[] {
  if ('problem' in record) return [`${record.problem}.`];
  try {
    results.push(work(record.value));
    return [];
  } catch (error) {
    if (!(error instanceof CredsealError) || error.code !== 'ERR_ENTRY_INVALID') throw error;
    return error.issues?.length ? error.issues.map((issue) => issue.message) : [error.message];
  }
}
