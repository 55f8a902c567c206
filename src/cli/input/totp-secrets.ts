import { existsSync } from 'node:fs';
import type { Account } from '../../bulk/authenticators/account.js';
import { type AuthenticatorExport, accountsIn } from '../../bulk/authenticators/read-accounts.js';
import { trimBlanks } from '../../totp/blanks.js';
import { TotpSecret } from '../../totp/totp-secret.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT, UsageError } from '../exit.js';
import { NEVER_ARGUMENTS } from '../usage.js';
import { readBytes, withoutLineBreak } from './read.js';

/** What `totp` is to look at: a file, and one account in it, or all. */
interface Wanted {
  readonly file: string;
  readonly account: number | undefined;
}

/** An account with its number in the file, from 1. */
interface Numbered<T> {
  readonly number: number;
  readonly account: T;
}

/** The accounts that are wanted, and the export that they are in. What there is to know of it is told. */
export async function readWanted({ file, account }: Wanted, context: Context) {
  const found = await readExport(file, context);
  for (const warning of found.warnings) context.stderr.write(`${warning}\n`);
  const [first] = found.accounts;
  // Alone, it is the answer to the question, or an error.
  if (found.accounts.length === 1 && first !== undefined && 'error' in first) throw first.error;
  if (account !== undefined && account > found.accounts.length)
    throw new UsageError(`--account takes a whole number from 1 to ${found.accounts.length}.`);
  const numbered = found.accounts.map(
    (one, index): Numbered<Account> => ({ number: index + 1, account: one }),
  );
  return {
    ...found,
    wanted: account === undefined ? numbered : numbered.slice(account - 1, account),
  };
}

/** The secrets that are wanted. Accounts that cannot be used are told. */
export async function readSecrets(given: Wanted, context: Context): Promise<readonly Numbered<TotpSecret>[]> {
  const { wanted, accounts, isPicture } = await readWanted(given, context);
  const isOne = given.account !== undefined;
  if (isPicture && accounts.length > 1 && !isOne) {
    throw new CliError(
      EXIT.input,
      `There are ${accounts.length} accounts in the picture. Say which: --account N, as credseal totp show numbers them.`,
    );
  }
  const secrets = wanted.flatMap(({ number, account }) => {
    if (!('error' in account)) return [{ number, account: account.secret }];
    if (isOne) throw account.error;
    context.stderr.write(`Account ${number} is not used: ${account.reason}.\n`);
    return [];
  });
  if (secrets.length === 0) throw new CliError(EXIT.input, 'None of the accounts can be used.');
  return secrets;
}

/** A secret alone, or everything that an authenticator exports: from a file, from standard input, or typed unseen. */
async function readExport(file: string, context: Context): Promise<AuthenticatorExport> {
  const bytes = await inputOf(file, context);
  const alone = secretAlone(bytes);
  if (alone === undefined) return accountsIn(bytes);
  const secret = TotpSecret.parse(alone);
  const account = { issuer: secret.issuer ?? '', user: secret.label ?? '', secret };
  return { format: 'a secret', accounts: [account], warnings: [], isPicture: false };
}

async function inputOf(file: string, context: Context): Promise<Uint8Array> {
  // It may be a secret: the message for a path that leads nowhere says where secrets belong.
  if (file !== '-' && !existsSync(located(file, context)))
    throw new UsageError(`There is no such FILE. ${NEVER_ARGUMENTS}`);
  if (file === '-' && context.stdin.isTTY) {
    const { askHidden } = await import('../terminal/prompt.js');
    return new TextEncoder().encode(await askHidden('TOTP secret or URI', context));
  }
  return readBytes(file, 'FILE', EXIT.input, context);
}

/** What begins as no export and no URI does, and is one line of text or base32, is a secret, or was taken for one. */
function secretAlone(bytes: Uint8Array): string | undefined {
  const whole = new TextDecoder().decode(bytes);
  const text = trimBlanks(whole);
  if (/[\0\uFFFD]/.test(text) || /^(?:otpauth|[[{<%])/i.test(text)) return undefined;
  const isOne = !/[\n\r]/.test(text) || /^[a-z2-7=\s-]+$/i.test(text);
  return isOne ? withoutLineBreak(whole) : undefined;
}
