import type { VaultEntry } from '../../entry/seal-entry.js';
import { CredsealError, type Issue } from '../../errors.js';
import { type BulkItem, notAnEntry } from '../item.js';
import { openDocument } from './document.js';
import { type EntrySettings, entryOf, type Outcome } from './entry-of.js';
import type { ExportDocument, ImportFormat } from './export-document.js';
import { type Duplicates, Identities } from './identities.js';
import { checkedOptions, type ImportOptions } from './import-options.js';
import { joinTotp, type TotpJoin } from './join-totp.js';
import type { SkipReason } from './login.js';
import { checkedSource, type ImportSource } from './source.js';

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
   * Rows passed over as `not a web address` that may be web sites all the same: the address is a bare host name, a
   * pattern, or misspelt. With a map, where a column is said to be the domain, such rows fail.
   */
  readonly withBadAddress: readonly number[];
  /** Rows passed over as `no web address` that have a password or a TOTP secret. */
  readonly withoutAddress: readonly number[];
  /** Columns of a CSV file that nothing was read of though something is in them, by their headers. */
  readonly columnsLeftBehind: readonly string[];
  /**
   * Rows that name the same entry as another one, each with the row that is kept: the last changed, else the last. Where
   * that lacks a credential that another has, all of them fail.
   */
  readonly superseded: ReadonlyMap<number, number>;
  /** Those of the superseded rows whose other row was changed later, or alone has a date; of the rest, it comes later. */
  readonly supersededByDate: ReadonlySet<number>;
  /** How many entries do without a TOTP secret that the vault cannot use, with `skipBadTotp`. */
  readonly withoutTotp: number;
  /** How many entries have no password, because their records have none. */
  readonly withoutPassword: number;
  /** How many entries come of records that name more sites than the one of the entry. */
  readonly withFurtherSites: number;
  /** Rows with TOTP secrets beside the first, which is that of the entry, or in fields that nothing is read of. */
  readonly withFurtherTotp: readonly number[];
  /** Rows with HTML entities in address, user name, password or TOTP secret, unless `decodeEntities` decoded them. */
  readonly withEntities: readonly number[];
  /** What became of the accounts of `totp`, where there is any. */
  readonly totp?: TotpJoin;
  /** Entries and failures in the order of the export, each with its row as `line`. It can be read once. */
  readonly items: ReadableStream<BulkItem<VaultEntry>>;
}

/**
 * Reads the export of a password manager. Notes and other fields never come along; passwords come as they are.
 *
 * The export is read twice, and not held, except for JSON: first whole, so that everything wrong with the file as a
 * whole is known before there is a single entry, and so are rows that name the same entry; then again as `items` are
 * read. The first reading takes thirteen bytes a row until it ends, twenty-one where the format tells when a row was changed.
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
  const { batches, ...found } = await importBatches(source, options);
  return { ...found, items: streamOf(batches) };
}

/** Not public: the same with the entries and failures in batches, which cost less than one by one. */
export interface BatchImport extends Omit<EntryImport, 'items'> {
  readonly batches: AsyncGenerator<BulkItem<VaultEntry>[]>;
}

/** As {@link importEntries}. */
export async function importBatches(source: ImportSource, options: ImportOptions): Promise<BatchImport> {
  const { totp, ...settings } = checkedOptions(options);
  const document = await openDocument(checkedSource(source), settings);
  const survey = await surveyOf(document, settings);
  if (totp === undefined) return importOf(document, settings, survey);
  const joined = await joinTotp(document, settings, survey, totp);
  const again = await surveyOf(joined.document, settings);
  return { ...importOf(joined.document, settings, again), totp: joined.report };
}

function importOf(document: ExportDocument, settings: EntrySettings, survey: Survey): BatchImport {
  const { undecided: _, ...told } = survey;
  return { format: document.format, ...told, batches: itemsAgain(document, settings, survey) };
}

type Survey = Omit<EntryImport, 'format' | 'totp' | 'items'> & Pick<Duplicates, 'undecided'>;

/** The first reading. */
async function surveyOf(document: ExportDocument, settings: EntrySettings): Promise<Survey> {
  const identities = new Identities();
  const skipped: Partial<Record<SkipReason, number>> = {};
  const failedRows: number[] = [];
  const withBadAddress: number[] = [];
  const withoutAddress: number[] = [];
  // Of rows that may lose to another one, and are not counted then.
  const isWithoutTotp: number[] = [];
  const isWithoutPassword: number[] = [];
  const hasFurtherSites: number[] = [];
  const hasFurtherTotp: number[] = [];
  const hasEntities: number[] = [];
  let rows = 0;
  const look = (outcome: Outcome) => {
    rows += 1;
    if ('skip' in outcome) {
      skipped[outcome.skip] = (skipped[outcome.skip] ?? 0) + 1;
      if (outcome.hasBadAddress) withBadAddress.push(rows);
      if (outcome.skip === 'no web address' && outcome.hasSecret) withoutAddress.push(rows);
      identities.add();
      return;
    }
    identities.add(outcome.identity, outcome.kinds, outcome.changed);
    if ('error' in outcome) failedRows.push(rows);
    else {
      if (outcome.isWithoutTotp) isWithoutTotp.push(rows);
      if (isPasswordMissing(outcome.entry)) isWithoutPassword.push(rows);
      if (outcome.furtherSites > 0) hasFurtherSites.push(rows);
      if (outcome.hasFurtherTotp) hasFurtherTotp.push(rows);
      if (outcome.hasEntities) hasEntities.push(rows);
    }
  };
  for await (const outcomes of outcomesOf(document, settings)) outcomes.forEach(look);
  const columnsLeftBehind = document.leftBehind?.names() ?? [];
  const { superseded, supersededByDate, undecided } = identities.duplicates();
  const kept = (some: readonly number[]) => some.filter((row) => !superseded.has(row) && !undecided.has(row));
  const failed = kept(failedRows).length + undecided.size;
  const passedOver = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  return {
    rows,
    entries: rows - passedOver - superseded.size - failed,
    failed,
    skipped,
    withBadAddress,
    withoutAddress,
    columnsLeftBehind,
    superseded,
    supersededByDate,
    undecided,
    withoutTotp: kept(isWithoutTotp).length,
    withoutPassword: kept(isWithoutPassword).length,
    withFurtherSites: kept(hasFurtherSites).length,
    withFurtherTotp: kept(hasFurtherTotp),
    withEntities: kept(hasEntities),
  };
}

/** A secret provider has the password itself. */
const isPasswordMissing = (entry: VaultEntry) => !('password' in entry || 'secret_ref' in entry);

async function* outcomesOf(document: ExportDocument, settings: EntrySettings): AsyncGenerator<Outcome[]> {
  let row = 0;
  for await (const batch of document.batches()) {
    const before = row;
    row += batch.length;
    yield batch.map((record, index) => entryOf(record, before + index + 1, settings));
  }
}

/** What batches have in them, one by one, as it is asked for. */
function streamOf<T>(batches: AsyncGenerator<T[]>): ReadableStream<T> {
  let batch: T[] = [];
  let at = 0;
  return new ReadableStream<T>(
    {
      async pull(controller) {
        while (at === batch.length) {
          const { done, value } = await batches.next();
          if (done) return controller.close();
          batch = value;
          at = 0;
        }
        controller.enqueue(batch[at] as T);
        at += 1;
      },
      async cancel() {
        await batches.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The second reading. */
async function* itemsAgain(
  document: ExportDocument,
  settings: EntrySettings,
  { rows, entries, superseded, undecided }: Survey,
): AsyncGenerator<BulkItem<VaultEntry>[]> {
  let row = 0;
  let made = 0;
  for await (const outcomes of outcomesOf(document, settings)) {
    const items: BulkItem<VaultEntry>[] = [];
    for (const outcome of outcomes) {
      row += 1;
      if ('skip' in outcome || superseded.has(row)) continue;
      const other = undecided.get(row);
      if (other !== undefined) items.push({ line: row, error: undecidedError(other) });
      else if ('error' in outcome) items.push({ line: row, error: outcome.error });
      else items.push({ line: row, value: outcome.entry });
      if ('entry' in outcome && other === undefined) made += 1;
    }
    yield items;
  }
  // What was found out by the first reading (which rows are the same entry) is not true of another file.
  if (row !== rows || made !== entries)
    throw notAnEntry(
      'The export changed while it was read, so that the entries are not those of either. Import it again.',
    );
}

function undecidedError(other: number): CredsealError {
  const message = `The row names the same entry as row ${other}, and the later of them lacks a credential that the other has: make one row of both, or remove one.`;
  const issue: Issue = { path: 'permissioned_user_id', rule: 'batch/duplicate-entry', message };
  return new CredsealError('ERR_ENTRY_INVALID', message, { issues: [issue] });
}
