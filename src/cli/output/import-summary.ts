import type { EntryImport, SkipReason, TotpJoin } from '../../bulk/index.js';
import { printable } from '../terminal/printable.js';

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
  /** Whether nothing was to be written. */
  readonly isDryRun: boolean;
  /** The first rows that failed. */
  readonly failures: readonly FailedRow[];
  /** How many failed in all. */
  readonly failed: number;
  /** Whether a row failed for its TOTP secret. */
  readonly hasBadTotp: boolean;
}

/** As many rows are told one by one to people; the others are counted. */
export const MAX_TOLD = 20;

const reasons: Readonly<Record<Exclude<SkipReason, 'secure note'>, string>> = {
  'no web address': 'without a web address',
  'not a web address':
    'whose address does not begin with http:// or https:// (apps, servers, bare host names, patterns)',
  'not a login': 'of another kind (cards, identities, folders)',
  archived: 'archived',
  deleted: 'deleted',
  'no credentials': 'without user name, password and TOTP secret',
};

/** The summary, in lines. Rows are named by number only, columns by their headers. */
export function importSummary(summary: ImportSummary): string {
  const { found, done, count, isUnwritten, failures, failed, hasBadTotp } = summary;
  const { format, rows, skipped, withBadAddress, withoutAddress, superseded, supersededByDate } = found;
  const { withoutTotp, withoutPassword, withFurtherSites, withFurtherTotp, withEntities } = found;
  const passedOver = Object.entries(skipped) as [SkipReason, number][];
  const inAll = passedOver.reduce((sum, [, number]) => sum + number, 0);
  const lines = [
    `${format}: ${counted(rows, 'row')} read = ${count} ${done} + ${inAll} skipped + ${superseded.size} superseded + ${failed} failed.`,
    ...passedOver.flatMap(([reason, number]) => [
      `  skipped: ${reason === 'secure note' ? counted(number, reason) : `${number} ${reasons[reason]}`}`,
      ...(reason === 'not a web address' ? named(withBadAddress, BAD_ADDRESS, '    ') : []),
      ...(reason === 'no web address' ? named(withoutAddress, NO_ADDRESS, '    ') : []),
    ]),
    ...told([...superseded], ([row, kept]) => [
      `  superseded: row ${row} names the same entry as row ${kept}, which ${supersededByDate.has(row) ? 'was changed later' : 'comes later'} and is kept`,
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
  lines.push(...named(withFurtherTotp, FURTHER_TOTP), ...named(withEntities, ENTITIES));
  if (found.totp !== undefined) lines.push(...totpSummary(found.totp));
  if (found.columnsLeftBehind.length > 0)
    lines.push(`  not imported: the columns ${found.columnsLeftBehind.map(printable).join(', ')}`);
  if (count === 0) {
    const none = `no row became an entry${rows === 0 ? ': the file has none' : ''}`;
    lines.push(`  ${isUnwritten ? `nothing is written: ${none}` : none}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The same for programs. */
export function importReport({ found, count, failures, isUnwritten, isDryRun }: ImportSummary) {
  const { format, rows, skipped, superseded, withoutTotp, withoutPassword, withFurtherSites } = found;
  return {
    format,
    rows,
    entries: count,
    skipped,
    duplicates: [...superseded].map(([row, keptRow]) => ({ row, keptRow })),
    failures,
    withoutTotp,
    withoutPassword,
    withFurtherSites,
    totp: found.totp,
    ok: failures.length === 0,
    written: !isDryRun && !isUnwritten,
  };
}

/** What became of the accounts of authenticators: issuers and rows, and never user names. */
function totpSummary({ accounts, joined, left, refused, warnings }: TotpJoin): string[] {
  const rows = joined.reduce((sum, one) => sum + one.rows.length, 0);
  const nameOf = ({ account, issuer }: { readonly account: number; readonly issuer: string }) =>
    `account ${account} (${issuer === '' ? 'no issuer' : printable(issuer).slice(0, LONGEST_ISSUER)})`;
  const lines = [
    ...warnings.map(({ source, message }) => `  --totp ${source}: ${message}`),
    `  TOTP: ${counted(accounts, 'account')} read, ${joined.length} joined to ${counted(rows, 'row')}, ${left.length} left, ${refused.length} refused.`,
    ...told(left, (one) => [`  left: ${nameOf(one)}: ${one.reason}${listed(one.rows)}`]),
    ...told(refused, (one) => [`  refused: ${nameOf(one)}: ${one.reason}`]),
  ];
  if (left.length > 0)
    lines.push('  To join the rest by hand, give --totp-map FILE with one line ROW,ACCOUNT for each.');
  return lines;
}

const LONGEST_ISSUER = 60;

const BAD_ADDRESS = [
  'with bare host names, patterns or misspelt addresses',
  'Add https:// or http:// to them, and import again; --assume-https completes bare host names.',
] as const;
const NO_ADDRESS = ['with a password or a TOTP secret', 'Give them an address, and import again.'] as const;
const FURTHER_TOTP = [
  'a further TOTP secret that is not imported, beside the first or in another field',
  'The first one is used.',
] as const;
const ENTITIES = [
  'HTML entities such as &amp;, sealed without decoding',
  'If they stand for other characters, import again with --decode-entities.',
] as const;

/** The first of some rows, and what to do about them. */
function named(rows: readonly number[], [what, advice]: readonly [string, string], indent = '  '): string[] {
  if (rows.length === 0) return [];
  const more = rows.length > MAX_TOLD ? ` and ${rows.length - MAX_TOLD} more` : '';
  return [`${indent}${what}${listed(rows.slice(0, MAX_TOLD), rows.length)}${more}. ${advice}`];
}

/** `: rows 2, 3`, or nothing where there are none. */
function listed(rows: readonly number[], count = rows.length): string {
  return count === 0 ? '' : `: row${count === 1 ? '' : 's'} ${rows.join(', ')}`;
}

function counted(count: number, word: string): string {
  return `${count} ${count === 1 ? word : `${word}s`.replace(/ys$/, 'ies')}`;
}

function told<T>(all: readonly T[], tell: (one: T) => string[], count = all.length): string[] {
  const lines = all.slice(0, MAX_TOLD).flatMap(tell);
  return count > MAX_TOLD ? [...lines, `  … and ${count - MAX_TOLD} more`] : lines;
}
