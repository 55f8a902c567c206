import { optionInvalid } from '../../entry/issue.js';
import type { VaultEntry } from '../../entry/seal-entry.js';
import { optionsProblem } from '../../options.js';
import { type BulkItem, notAnEntry } from '../item.js';
import { type ExportDocument, type ImportFormat, openDocument } from './document.js';
import { type EntrySettings, entryOf, type Outcome } from './entry-of.js';
import { Identities } from './identities.js';
import type { SkipReason } from './login.js';
import { type ColumnMap, checkedMap } from './own-columns.js';
import { knownFormatNames } from './recognise.js';
import { checkedSource, type ImportSource } from './source.js';
import { userIdTemplate } from './user-id.js';

/** How {@link importEntries} reads an export. */
export interface ImportOptions {
  /** What the export is: `auto` (the default) finds it out by header and content. */
  readonly from?: ImportFormat | 'auto' | undefined;
  /**
   * Makes the `permissioned_user_id`: text with `{username}`, `{host}`, `{title}`, `{row}`; by default `{username}`. It is
   * not sealed: who must not see user names there, needs another template.
   */
  readonly userId?: string | undefined;
  /** For a CSV file of one's own: which column (by its header) is which field of an entry. `domain` has to be among them. */
  readonly map?: ColumnMap | undefined;
  /** Makes entries without second factor of records whose TOTP secret the vault cannot use, instead of failures. */
  readonly skipBadTotp?: boolean | undefined;
}

/** An export that was read once, and checked. Rows are its records, counted from 1 (below the header, in CSV). */
export interface EntryImport {
  /** What the export is. */
  readonly format: ImportFormat;
  /** How many records there are. */
  readonly rows: number;
  /** How many of them become entries. */
  readonly entries: number;
  /** How many of them fail. */
  readonly failed: number;
  /** How many are passed over, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /**
   * Rows passed over as `not a web address` that may be web sites all the same: the address is a bare host name, or
   * misspelt. With a map, where a column is said to be the domain, such rows fail.
   */
  readonly withBadAddress: readonly number[];
  /** Rows that name the same entry as another one, each with the row that is kept: the last changed, else the last. */
  readonly superseded: ReadonlyMap<number, number>;
  /** Those of the superseded rows whose other row was changed later, or alone has a date; of the rest, it comes later. */
  readonly supersededByDate: ReadonlySet<number>;
  /** How many entries do without a TOTP secret that the vault cannot use, with `skipBadTotp`. */
  readonly withoutTotp: number;
  /** How many entries have no password, because their records have none. */
  readonly withoutPassword: number;
  /** How many entries come of records that name more sites than the one of the entry. */
  readonly withFurtherSites: number;
  /** Entries and failures in the order of the export, each with its row as `line`. It can be read once. */
  readonly items: ReadableStream<BulkItem<VaultEntry>>;
}

/**
 * Reads the export of a password manager. Notes and other fields never come along; passwords come as they are.
 *
 * The export is read twice, and not held, except for JSON: first whole, so that everything wrong with the file as a
 * whole is known before there is a single entry, and so are rows that name the same entry; then again as `items` are
 * read. The first reading takes twelve bytes a row until it ends, twenty where the format tells when a row was changed.
 *
 * @param source a `File`, a `Blob`, or another thing whose `stream()` can be called more than once.
 * @param options see {@link ImportOptions}.
 * @returns what was found, and the entries as a stream for `sealEntries`. Failures among the items have
 *   `ERR_ENTRY_INVALID` with `issues`: a TOTP secret that the vault cannot use, a domain that it refuses, nothing to make
 *   a `permissioned_user_id` of, a row that does not fit the header. The stream errors if the export changes meanwhile.
 * @throws CredsealError `ERR_ENTRY_INVALID` if an option is none, or the file is not what was said, of no format that is
 *   known or of several, in another encoding than UTF-8, damaged, cut off, encrypted, or hostile; messages have line,
 *   row or column, and no value
 * @example
 * const { format, entries, skipped, items } = await importEntries(file, { userId: '{host}/{username}' });
 * const sealed = items.pipeThrough(sealEntries(key)).pipeThrough(writeNdjson());
 */
export async function importEntries(source: ImportSource, options: ImportOptions = {}): Promise<EntryImport> {
  const { from, map, ...settings } = checkedOptions(options);
  const document = await openDocument(checkedSource(source), from, map);
  const survey = await surveyOf(document, settings);
  return { format: document.format, ...survey, items: itemsOf(document, settings, survey) };
}

const OPTIONS: readonly (keyof ImportOptions)[] = ['from', 'userId', 'map', 'skipBadTotp'];

/** Not public: so that a command line is told what is wrong with it before anything is read. */
export function checkedOptions(
  given: ImportOptions,
): EntrySettings & { from: ImportFormat | 'auto'; map: ColumnMap | undefined } {
  const problem = optionsProblem(given, OPTIONS);
  if (problem) throw optionInvalid('options', problem);
  const { from = 'auto', userId = '{username}', map, skipBadTotp = false } = given;
  const names: readonly string[] = ['auto', 'csv', ...knownFormatNames];
  if (!names.includes(from)) throw notAnEntry(`The formats are ${names.join(', ')}.`);
  if (typeof skipBadTotp !== 'boolean') throw notAnEntry('skipBadTotp is true or false.');
  if (map === undefined && from === 'csv')
    throw notAnEntry('A CSV file of your own needs a map of its columns: name them in options.map.');
  if (map !== undefined && from !== 'csv' && from !== 'auto')
    throw notAnEntry(`A map is for CSV files of your own; the columns of ${from} are known.`);
  return {
    from,
    skipBadTotp,
    userId: userIdTemplate(userId),
    map: map === undefined ? map : checkedMap(map),
  };
}

type Survey = Omit<EntryImport, 'format' | 'items'>;

/** The first reading. */
async function surveyOf(document: ExportDocument, settings: EntrySettings): Promise<Survey> {
  const identities = new Identities();
  const skipped: Partial<Record<SkipReason, number>> = {};
  const failedRows: number[] = [];
  const withBadAddress: number[] = [];
  // Of rows that may lose to another one, and are not counted then.
  const isWithoutTotp = new Set<number>();
  const isWithoutPassword = new Set<number>();
  const hasFurtherSites = new Set<number>();
  let rows = 0;
  for await (const outcome of outcomesOf(document, settings)) {
    rows += 1;
    if ('skip' in outcome) {
      skipped[outcome.skip] = (skipped[outcome.skip] ?? 0) + 1;
      if (outcome.hasBadAddress) withBadAddress.push(rows);
      identities.add();
      continue;
    }
    identities.add(outcome.identity, outcome.changed);
    if ('error' in outcome) failedRows.push(rows);
    else {
      if (outcome.isWithoutTotp) isWithoutTotp.add(rows);
      if (isPasswordMissing(outcome.entry)) isWithoutPassword.add(rows);
      if (outcome.furtherSites > 0) hasFurtherSites.add(rows);
    }
  }
  const { superseded, supersededByDate } = identities.superseded();
  const countKept = (some: Iterable<number>) => [...some].filter((row) => !superseded.has(row)).length;
  const failed = countKept(failedRows);
  const passedOver = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  return {
    rows,
    entries: rows - passedOver - superseded.size - failed,
    failed,
    skipped,
    withBadAddress,
    superseded,
    supersededByDate,
    withoutTotp: countKept(isWithoutTotp),
    withoutPassword: countKept(isWithoutPassword),
    withFurtherSites: countKept(hasFurtherSites),
  };
}

/** A secret provider has the password itself. */
const isPasswordMissing = (entry: VaultEntry) => !('password' in entry || 'secret_ref' in entry);

async function* outcomesOf(document: ExportDocument, settings: EntrySettings): AsyncGenerator<Outcome> {
  let row = 0;
  for await (const batch of document.batches()) {
    for (const record of batch) {
      row += 1;
      yield entryOf(record, row, settings);
    }
  }
}

/** The second reading, as it is asked for. */
function itemsOf(
  document: ExportDocument,
  settings: EntrySettings,
  survey: Survey,
): ReadableStream<BulkItem<VaultEntry>> {
  const items = itemsAgain(document, settings, survey);
  return new ReadableStream<BulkItem<VaultEntry>>(
    {
      async pull(controller) {
        const { done, value } = await items.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await items.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

async function* itemsAgain(
  document: ExportDocument,
  settings: EntrySettings,
  { rows, entries, superseded }: Survey,
): AsyncGenerator<BulkItem<VaultEntry>> {
  let row = 0;
  let made = 0;
  for await (const outcome of outcomesOf(document, settings)) {
    row += 1;
    if ('skip' in outcome || superseded.has(row)) continue;
    if ('entry' in outcome) made += 1;
    yield 'entry' in outcome ? { line: row, value: outcome.entry } : { line: row, error: outcome.error };
  }
  // What was found out by the first reading (which rows are the same entry) is not true of another file.
  if (row !== rows || made !== entries)
    throw notAnEntry(
      'The export changed while it was read, so that the entries are not those of either. Import it again.',
    );
}
