import { isObject } from '../../inspection.js';
import { trimBlanks } from '../../totp/blanks.js';
import { type MigrationBatch, parseMigrationUri } from '../../totp/migration.js';
import { notAnEntry } from '../item.js';
import { type Account, accountOf, accountOfUri, refused } from './account.js';
import type { ReadAccounts } from './read-json.js';

const URI = /^(?:otpauth(?:-migration)?|steam):\/\//i;
const MIGRATION = /^otpauth-migration:/i;
/** Far above what a QR code holds (3 kB). */
const LONGEST_URI = 262_144;

/**
 * Reads a list of `otpauth://` and `otpauth-migration://` URIs, one a line, as Ente Auth, Aegis and others write them
 * and QR codes hold them. Empty lines are passed over. A URI that is given twice counts once.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if a line is something else, or there is none; `ERR_TOTP_FORMAT` if a
 *   migration URI is damaged
 */
export function readLines(lines: readonly string[]): ReadAccounts {
  const accounts: Account[] = [];
  const batches: MigrationBatch[] = [];
  const seen = new Set<string>();
  for (const [index, given] of lines.entries()) {
    const line = trimBlanks(given);
    if (line === '' || seen.has(line)) continue;
    seen.add(line);
    if (!URI.test(line)) throw notAnEntry(`Line ${index + 1} ${NO_URI}`);
    if (line.length > LONGEST_URI)
      throw notAnEntry(`Line ${index + 1} is longer than any URI of an authenticator.`);
    if (!MIGRATION.test(line)) {
      accounts.push(isTrashed(line) ? trashed(line) : accountOfUri(line));
      continue;
    }
    const { accounts: found, batch } = parseMigrationUri(line);
    batches.push(batch);
    accounts.push(...found.map(accountOfMigration));
  }
  if (accounts.length === 0) throw notAnEntry('The file contains no account. Export again.');
  const isMigration = batches.length > 0 && batches.length === seen.size;
  return {
    format: isMigration ? 'Google Authenticator' : 'otpauth:// URIs',
    accounts,
    warnings: incomplete(batches),
  };
}

const NO_URI =
  'is no otpauth:// URI: the file is neither a list of such URIs nor the export of an authenticator. If it is that of a password manager, it is a file to import by itself.';

type MigrationAccount = ReturnType<typeof parseMigrationUri>['accounts'][number];

function accountOfMigration(account: MigrationAccount): Account {
  const { issuer = '', label: user = '' } = account;
  if ('problem' in account) {
    const reason = /HOTP\)/.test(account.problem) ? 'HOTP' : 'unsupported settings';
    const isMalformed = account.code === 'ERR_TOTP_FORMAT';
    return refused({ issuer, user }, isMalformed ? 'unreadable' : reason, `The account ${account.problem}.`);
  }
  const { base32: secret, algorithm, digits, period } = account;
  return accountOf({ issuer, user, secret, algorithm, digits: String(digits), period: String(period) });
}

/** What is missing of exports that come as several QR codes. */
function incomplete(batches: readonly MigrationBatch[]): string[] {
  const ids = new Set(batches.map(({ id }) => id));
  return [...ids].flatMap((id) => {
    const parts = batches.filter((batch) => batch.id === id);
    const size = Math.max(...parts.map((part) => part.size));
    const have = new Set(parts.map(({ index }) => index + 1));
    if (have.size >= size) return [];
    const [only] = have;
    const what =
      have.size === 1
        ? `QR code ${only} of ${size}`
        : `QR codes ${[...have].sort((a, b) => a - b).join(', ')} of ${size}`;
    return [
      `${have.size === 1 ? 'This is' : 'These are'} ${what} of the export; the others hold more accounts.`,
    ];
  });
}

/** Whether Ente Auth has it in its trash: it exports those too. */
function isTrashed(uri: string): boolean {
  const encoded = /[?&]codeDisplay=([^&#]*)/.exec(uri)?.[1];
  if (encoded === undefined) return false;
  try {
    const display: unknown = JSON.parse(decodeURIComponent(encoded));
    return isObject(display) && display.trashed === true;
  } catch {
    return false;
  }
}

function trashed(uri: string): Account {
  const { issuer, user } = accountOfUri(uri);
  return refused({ issuer, user }, 'deleted', 'The account is in the trash of the authenticator.');
}
