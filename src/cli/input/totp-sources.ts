import type { ImportOptions } from '../../bulk/index.js';
import type { Context } from '../context.js';
import { CliError, EXIT, UsageError } from '../exit.js';
import { openExport } from './export-source.js';
import { readText, withoutMark } from './read.js';

interface Given {
  readonly totp: readonly string[] | undefined;
  readonly totpMap: string | undefined;
}

/** `--totp` and `--totp-map`, in the library's words. */
export async function totpSourcesOf(
  { totp, totpMap }: Given,
  context: Context,
): Promise<Pick<ImportOptions, 'totp' | 'totpMap'>> {
  if (totp === undefined) {
    if (totpMap !== undefined) throw new UsageError('--totp-map needs --totp.');
    return {};
  }
  if (totp.includes('-')) throw new UsageError('--totp needs a file: standard input is read for the export.');
  return {
    totp: await Promise.all(totp.map((file) => openExport(file, context, '--totp'))),
    ...(totpMap !== undefined && { totpMap: await readMap(totpMap, context) }),
  };
}

const LINE = /^\s*([1-9]\d{0,8})\s*[,;\t]\s*([1-9]\d{0,8})\s*$/;

/** Lines `ROW,ACCOUNT`; a first line of words is a header. */
async function readMap(file: string, context: Context): Promise<Record<number, number>> {
  const lines = withoutMark(await readText(file, '--totp-map', context)).split(/\r\n|[\r\n]/);
  const map: Record<number, number> = {};
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || (index === 0 && /^[a-z_ ,;\t"]+$/i.test(line))) continue;
    const [, row, account] = LINE.exec(line) ?? [];
    if (row === undefined)
      throw new CliError(EXIT.input, `Line ${index + 1} of --totp-map is not ROW,ACCOUNT.`);
    if (Object.hasOwn(map, row))
      throw new CliError(EXIT.input, `Line ${index + 1} of --totp-map names the same row as another line.`);
    map[Number(row)] = Number(account);
  }
  return map;
}
