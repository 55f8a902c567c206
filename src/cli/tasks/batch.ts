import { attempt } from '../../bulk/entries.js';
import { entryInvalid } from '../../entry/issue.js';
import type { Resolved } from '../../references/resolution.js';
import { CliError, EXIT } from '../exit.js';
import { nameOfPlace } from '../input/place.js';
import { parseRecords } from '../input/records.js';
import { problemsOf } from './task.js';
import type { LineFailure, Work } from './work.js';

/** What became of a document that was read whole. */
export interface Batch {
  /** The results in the form that the entries came in: an array as an array, lines as lines. */
  readonly text: string;
  readonly done: number;
  readonly failures: readonly (Pick<LineFailure, 'problems'> & { readonly place: string })[];
}

/** Puts credentials in the place of references, in all the entries of a document. */
export type ResolveAll = (entries: readonly unknown[]) => Promise<readonly Resolved[]>;

/**
 * Runs the entries of a document through the work. A single entry that fails ends the command; of many, each failure
 * is told by line or index, and the others go on.
 */
export async function eachEntry(text: string, work: Work, resolveAll?: ResolveAll): Promise<Batch> {
  const { form, records } = parseRecords(text);
  const resolved = await resolveAll?.(
    records.map((record) => ('value' in record ? record.value : undefined)),
  );
  const results: unknown[] = [];
  const failures: { place: string; problems: readonly string[] }[] = [];
  for (const [index, record] of records.entries()) {
    const place = nameOfPlace(record);
    if ('problem' in record) {
      failures.push({ place, problems: [`${record.problem}.`] });
      continue;
    }
    const { value, issues } = resolved?.[index] ?? { value: record.value, issues: [] };
    const item = issues.length > 0 ? { error: entryInvalid(issues) } : attempt({ line: 1, value }, work.run);
    if (!('error' in item)) {
      results.push(item.value);
      continue;
    }
    const problems = problemsOf(item.error);
    if (form !== 'one') failures.push({ place, problems });
    else if (item.error.code === 'ERR_ENTRY_INVALID') throw new CliError(EXIT.input, problems.join('\n'));
    else throw item.error;
  }
  // A single result may have line breaks inside if the document had.
  const isIndented = text.trim().includes('\n');
  return { text: asText(form, results, work, isIndented), done: results.length, failures };
}

function asText(
  form: 'one' | 'array' | 'ndjson',
  results: unknown[],
  work: Work,
  isIndented: boolean,
): string {
  // Where results are no JSON, they have no array either.
  if (form === 'ndjson' || !work.isJson) return results.map(work.text).join(work.separator);
  return `${JSON.stringify(form === 'one' ? results[0] : results, null, isIndented ? 2 : 0)}\n`;
}
