import type { ImportOptions, TotpJoin } from '../bulk/index.js';
import { CliError, EXIT } from './exit.js';
import { openExport } from './import-source.js';
import { decodeUtf8, readBytes, withoutMark } from './input.js';
import { printable } from './printable.js';

interface TotpOptions {
  totp?: string[];
  totpMap?: string;
}

/** `--totp` and `--totp-map`, in the library's words. */
export async function totpOptionsOf({
  totp,
  totpMap,
}: TotpOptions): Promise<Pick<ImportOptions, 'totp' | 'totpMap'>> {
  if (totp === undefined) {
    if (totpMap !== undefined) throw new CliError(EXIT.usage, '--totp-map needs --totp.');
    return {};
  }
  if (totp.includes('-'))
    throw new CliError(EXIT.usage, '--totp takes a file: standard input is for the export.');
  const map = totpMap === undefined ? undefined : await readMap(totpMap);
  return {
    totp: await Promise.all(totp.map((file) => openExport(file, '--totp'))),
    ...(map && { totpMap: map }),
  };
}

const LINE = /^\s*([1-9]\d{0,8})\s*[,;\t]\s*([1-9]\d{0,8})\s*$/;

/** Lines `ROW,ACCOUNT`; a first line of words is a header. */
async function readMap(file: string): Promise<Record<number, number>> {
  const bytes = await readBytes(file, '--totp-map', EXIT.input);
  const lines = withoutMark(decodeUtf8(bytes, '--totp-map', EXIT.input)).split(/\r\n|[\r\n]/);
  const map: Record<number, number> = {};
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || (index === 0 && /^[a-z_ ,;\t"]+$/i.test(line))) continue;
    const [, row, account] = LINE.exec(line) ?? [];
    if (row === undefined)
      throw new CliError(EXIT.input, `Line ${index + 1} of --totp-map is not ROW,ACCOUNT.`);
    if (Object.hasOwn(map, row))
      throw new CliError(EXIT.input, `Line ${index + 1} of --totp-map names a row that another line names.`);
    map[Number(row)] = Number(account);
  }
  return map;
}

const MAX_TOLD = 20;

/** What became of the accounts, in lines: issuers and rows, and never user names. */
export function totpSummary({ accounts, joined, left, refused, warnings }: TotpJoin): string[] {
  const rows = joined.reduce((sum, one) => sum + one.rows.length, 0);
  const lines = [
    ...warnings.map(({ source, message }) => `  --totp ${source}: ${message}`),
    `  TOTP: ${accounts} accounts read, ${joined.length} joined to ${rows} rows, ${left.length} left, ${refused.length} refused.`,
  ];
  const told = [
    ...left.map((one) => `  left: ${nameOf(one)}: ${one.reason}${rowsOf(one.rows)}`),
    ...refused.map((one) => `  refused: ${nameOf(one)}: ${one.reason}`),
  ];
  lines.push(...told.slice(0, 2 * MAX_TOLD));
  if (told.length > 2 * MAX_TOLD) lines.push(`  … and ${told.length - 2 * MAX_TOLD} more`);
  if (left.length > 0)
    lines.push('  To join what is left by hand: --totp-map FILE, with a line ROW,ACCOUNT for each.');
  return lines;
}

const nameOf = ({ account, issuer }: TotpJoin['left'][number] | TotpJoin['refused'][number]) =>
  `account ${account} (${issuer === '' ? 'no issuer' : printable(issuer).slice(0, 60)})`;

function rowsOf(rows: readonly number[]): string {
  return rows.length === 0 ? '' : `: row${rows.length === 1 ? '' : 's'} ${rows.join(', ')}`;
}
