import { isPlainObject } from '../../entry/json.js';
import { CredsealError } from '../../errors.js';
import { typeName } from '../../inspection.js';
import { parsedUrl } from '../../url.js';
import type { RefusalReason } from '../authenticators/account.js';
import type { JoinRow, JoinSecret, LeftReason } from '../authenticators/join.js';
import { notAnEntry } from '../item.js';
import { type EntrySettings, entryOf } from './entry-of.js';
import type { ExportDocument } from './export-document.js';
import type { Duplicates } from './identities.js';
import type { ExportRecord } from './login.js';
import { checkedSource, type ImportSource } from './source.js';

/** Rows, each with the account whose secret belongs to it. */
export type TotpMap = Readonly<Record<number, number>>;

/** An account of an authenticator that is not joined to a row. */
export interface UnjoinedAccount<Reason> {
  /** Its number, from 1 on over all sources. */
  readonly account: number;
  /** Which of the sources it is in, from 1. */
  readonly source: number;
  /** Who issued it, as the authenticator has it; empty where it is not said. Text from outside: escape it. */
  readonly issuer: string;
  readonly reason: Reason;
  /** The rows that it may belong to, the first twenty of them. */
  readonly rows: readonly number[];
}

/** What became of the accounts of authenticators: `accounts` is the sum of those joined, left and refused. */
export interface TotpJoin {
  /** How many accounts the sources have. */
  readonly accounts: number;
  /** Accounts with the rows that have their secret now. */
  readonly joined: readonly { readonly account: number; readonly rows: readonly number[] }[];
  /** Accounts that could be used, and belong to no row for sure. */
  readonly left: readonly UnjoinedAccount<LeftReason>[];
  /** Accounts that cannot be used. */
  readonly refused: readonly UnjoinedAccount<RefusalReason>[];
  /** What is to be known of the sources: that an export of Google Authenticator is not complete. */
  readonly warnings: readonly { readonly source: number; readonly message: string }[];
}

/** What is joined, before it is known to what. */
export interface TotpSources {
  readonly sources: readonly ImportSource[];
  readonly map: ReadonlyMap<number, number>;
}

/** @throws CredsealError `ERR_ENTRY_INVALID` if the options are none; undefined if there is nothing to join. */
export function checkedTotp(totp: unknown, totpMap: unknown): TotpSources | undefined {
  if (totp === undefined) {
    if (totpMap !== undefined) throw notAnEntry('totpMap needs totp: the exports of authenticators.');
    return undefined;
  }
  if (!Array.isArray(totp))
    throw notAnEntry(`totp is a list of sources, each with stream(); got ${typeName(totp)}.`);
  if (totpMap !== undefined && !isPlainObject(totpMap))
    throw notAnEntry(`totpMap is an object of rows and accounts; got ${typeName(totpMap)}.`);
  const map = new Map(
    Object.entries(totpMap ?? {}).map(([row, account], index): [number, number] => {
      if (!/^[1-9][0-9]{0,8}$/.test(row) || !Number.isSafeInteger(account) || (account as number) < 1)
        throw notAnEntry(`Pair ${index + 1} of totpMap is not a row and an account, both counted from 1.`);
      return [Number(row), account as number];
    }),
  );
  return { sources: totp.map(checkedSource), map };
}

/**
 * Joins the secrets of authenticators to the records of an export.
 *
 * @param duplicates rows that another one takes the place of, which are none for a secret, and rows that fail for others.
 * @returns the document, with the secrets in their records, and what became of each account
 * @throws CredsealError `ERR_ENTRY_INVALID` or `ERR_TOTP_FORMAT`, with the number of the source, if one cannot be read
 */
export async function joinTotp(
  document: ExportDocument,
  settings: EntrySettings,
  { superseded, undecided }: Pick<Duplicates, 'superseded' | 'undecided'>,
  { sources, map }: TotpSources,
): Promise<{ document: ExportDocument; report: TotpJoin }> {
  // Loaded here: nobody else needs the list of domains, and the decoder of pictures.
  const { Joiner } = await import('../authenticators/join.js');
  const accounts = await accountsOf(sources);
  const wanted = [...map.values()].find((account) => usable(accounts.list[account - 1]) === undefined);
  if (wanted !== undefined)
    throw notAnEntry(`totpMap names account ${wanted}, which is not there or cannot be used.`);
  const joiner = new Joiner(
    accounts.list.map(
      (account, index): JoinSecret => ({ ...account, account: index + 1, secret: usable(account) }),
    ),
    map,
  );
  let row = 0;
  for await (const batch of document.batches()) {
    for (const record of batch) {
      row += 1;
      const seen = superseded.has(row) ? undefined : rowOf(record, row, settings);
      if (seen !== undefined) joiner.see(undecided.has(row) ? { ...seen, isFailed: true } : seen);
    }
  }
  const { joined, left, secrets, conflicts } = joiner.join();
  const told = <Reason>(
    account: number,
    reason: Reason,
    rows: readonly number[],
  ): UnjoinedAccount<Reason> => {
    const { source, issuer } = accounts.list[account - 1] as NumberedAccount;
    // Some authenticators put the user name there.
    return { account, source, issuer: issuer.includes('@') ? '' : issuer, reason, rows };
  };
  const report: TotpJoin = {
    accounts: accounts.list.length,
    joined,
    left: left.map(({ account, reason, rows }) => told(account, reason, rows)),
    refused: accounts.list.flatMap(({ refusal }, index) =>
      refusal === undefined ? [] : [told(index + 1, refusal, [])],
    ),
    warnings: accounts.warnings,
  };
  return { document: withSecrets(document, secrets, conflicts), report };
}

interface NumberedAccount {
  readonly source: number;
  readonly issuer: string;
  readonly user: string;
  readonly secret?: string;
  readonly refusal?: RefusalReason;
}

const usable = (account: NumberedAccount | undefined) => account?.secret;

async function accountsOf(sources: readonly ImportSource[]) {
  const { readAccounts } = await import('../authenticators/read-accounts.js');
  const list: NumberedAccount[] = [];
  const warnings: TotpJoin['warnings'][number][] = [];
  for (const [index, source] of sources.entries()) {
    const number = index + 1;
    const read = await readAccounts(source).catch((error: unknown) => {
      if (!(error instanceof CredsealError)) throw error;
      const { code, issues } = error;
      throw new CredsealError(code, `TOTP source ${number}: ${error.message}`, issues && { issues });
    });
    for (const message of read.warnings) warnings.push({ source: number, message });
    for (const account of read.accounts) {
      const names = { source: number, issuer: account.issuer, user: account.user };
      if ('error' in account) {
        list.push({ ...names, refusal: account.reason });
        continue;
      }
      // The vault makes codes by SHA1, of 6 digits, for 30 s.
      const { algorithm, digits, period, base32 } = account.secret;
      const isUsual = algorithm === 'SHA1' && digits === 6 && period === 30;
      list.push({
        ...names,
        ...(isUsual ? { secret: base32 } : { refusal: 'settings the vault cannot use' }),
      });
    }
  }
  return { list, warnings };
}

/** A record as somebody looks at it who has a secret for it. */
function rowOf(record: ExportRecord, row: number, settings: EntrySettings): JoinRow | undefined {
  if (!('urls' in record)) return undefined;
  const outcome = entryOf(record, row, settings);
  if ('skip' in outcome) return undefined;
  if ('entry' in outcome) {
    const {
      domain,
      user_name: user,
      tfa_secret: secret,
    } = outcome.entry as Readonly<Record<string, unknown>>;
    const { hostname: host } = new URL(String(domain));
    return { row, host, user: String(user ?? ''), ...(typeof secret === 'string' && { secret }) };
  }
  const host = record.urls.map(hostOf).find((found) => found !== undefined);
  return host === undefined ? undefined : { row, host, user: record.username, isFailed: true };
}

function hostOf(address: string): string | undefined {
  return /^\s*https?:\/\//i.test(address) ? parsedUrl(address)?.hostname : undefined;
}

function withSecrets(
  document: ExportDocument,
  secrets: ReadonlyMap<number, string>,
  conflicts: ReadonlyMap<number, number>,
): ExportDocument {
  return {
    ...document,
    async *batches() {
      let row = 0;
      for await (const batch of document.batches()) {
        const first = row + 1;
        row += batch.length;
        yield batch.map((record, index) => {
          if (!('urls' in record)) return record;
          const secret = secrets.get(first + index);
          const account = conflicts.get(first + index);
          if (account !== undefined) return { ...record, otherTotp: account };
          return secret === undefined ? record : { ...record, totp: secret };
        });
      }
    },
  };
}
