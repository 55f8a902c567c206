import type { EntryImport, SkipReason } from '../bulk/index.js';
import { totpSummary } from './import-totp.js';

/** A row that gave no entry, and what there is to say about it. */
export interface FailedRow {
  readonly row: number;
  readonly problems: readonly string[];
}

/** What became of an export, for people. */
export interface ImportSummary {
  readonly found: Omit<EntryImport, 'items'>;
  /** What was done with the entries: `sealed`, `written in plain text`, `would be sealed`. */
  readonly done: string;
  /** How many entries that is. */
  readonly count: number;
  /** Whether a file was asked for, and there is none. */
  readonly isUnwritten: boolean;
  /** The first rows that failed. */
  readonly failures: readonly FailedRow[];
  /** How many failed in all. */
  readonly failed: number;
  /** Whether a row failed for its TOTP secret. */
  readonly hasBadTotp: boolean;
}

/** As many rows are told one by one; the others are counted. */
export const MAX_TOLD = 20;

const reasons: Readonly<Record<Exclude<SkipReason, 'secure note'>, string>> = {
  'no web address': 'without a web address',
  'not a web address':
    'whose address does not begin with http:// or https:// (apps, servers, bare host names)',
  'not a login': 'of another kind (cards, identities, folders)',
  archived: 'archived',
  deleted: 'deleted',
  'no credentials': 'without user name, password and TOTP secret',
};

/** The summary, in lines. Rows are named by number only. */
export function importSummary(summary: ImportSummary): string {
  const { found, done, count, isUnwritten, failures, failed, hasBadTotp } = summary;
  const { format, rows, skipped, withBadAddress, superseded, supersededByDate } = found;
  const { withoutTotp, withoutPassword, withFurtherSites } = found;
  const passedOver = Object.entries(skipped) as [SkipReason, number][];
  const inAll = passedOver.reduce((sum, [, number]) => sum + number, 0);
  const lines = [
    `${format}: ${counted(rows, 'row')} read, ${count} ${done}, ${inAll} skipped, ${counted(superseded.size, 'duplicate')}, ${failed} failed.`,
    ...passedOver.flatMap(([reason, number]) => [
      `  skipped: ${reason === 'secure note' ? counted(number, reason) : `${number} ${reasons[reason]}`}`,
      ...(reason === 'not a web address' && withBadAddress.length > 0 ? [mendable(withBadAddress)] : []),
    ]),
    ...told([...superseded], ([row, kept]) => [
      `  duplicate: row ${row} names the same entry as row ${kept}, which ${supersededByDate.has(row) ? 'was changed later' : 'comes later'} and is kept`,
    ]),
    ...told(
      failures,
      ({ row, problems }) => problems.map((problem) => `  failed: row ${row}: ${problem}`),
      failed,
    ),
  ];
  if (hasBadTotp)
    lines.push('  With --skip-bad-totp, rows with an unusable TOTP secret become entries without one.');
  if (withoutTotp > 0)
    lines.push(
      `  ${counted(withoutTotp, 'entry')} without the TOTP secret of the row, which the vault cannot use`,
    );
  if (withoutPassword > 0)
    lines.push(`  ${counted(withoutPassword, 'entry')} without a password, as the row has none`);
  if (withFurtherSites > 0)
    lines.push(
      withFurtherSites === 1
        ? '  1 row names several sites: its entry is for the first'
        : `  ${withFurtherSites} rows name several sites: their entries are for the first`,
    );
  if (found.totp !== undefined) lines.push(...totpSummary(found.totp));
  if (isUnwritten) lines.push('  nothing is written: no row became an entry');
  return `${lines.join('\n')}\n`;
}

/** The first of the rows whose address may be meant for a web site, and what to do about them. */
function mendable(rows: readonly number[]): string {
  const more = rows.length > MAX_TOLD ? ` and ${rows.length - MAX_TOLD} more` : '';
  const listed = `row${rows.length === 1 ? '' : 's'} ${rows.slice(0, MAX_TOLD).join(', ')}${more}`;
  return `    bare host names or misspelt addresses among them: ${listed}. Begin them with https:// or http://, and import again.`;
}

function counted(count: number, word: string): string {
  return `${count} ${count === 1 ? word : `${word}s`.replace(/ys$/, 'ies')}`;
}

function told<T>(all: readonly T[], tell: (one: T) => string[], count = all.length): string[] {
  const lines = all.slice(0, MAX_TOLD).flatMap(tell);
  return count > MAX_TOLD ? [...lines, `  … and ${count - MAX_TOLD} more`] : lines;
}
