import { existsSync } from 'node:fs';
import type { UsableAccount } from '../bulk/authenticators/account.js';
import { type AuthenticatorExport, accountsIn } from '../bulk/authenticators/read-accounts.js';
import { trimBlanks } from '../totp/blanks.js';
import { TotpSecret } from '../totp/totp-secret.js';
import { CliError, EXIT } from './exit.js';
import { decodeUtf8, readBytes, readStdin, withoutLineBreak } from './input.js';
import { wholeNumber } from './number-option.js';
import { printable } from './printable.js';

interface AccountOption {
  /** Which account, from 1. */
  account?: string;
}

/** `credseal totp show`: the settings of each account; the secrets themselves only with `--secret`. */
export async function totpShow(
  file: string | undefined,
  { secret: showSecret, account }: AccountOption & { secret?: boolean },
): Promise<number> {
  const { accounts, warnings } = await readExport(file);
  tellWarnings(warnings);
  const isList = accounts.length > 1;
  const isNone = accounts.every((one) => 'error' in one);
  const chosen = chosenFrom(accounts, account);
  for (const [index, number] of chosen.entries()) {
    const one = accounts[number - 1] as (typeof accounts)[number];
    const rows: Record<string, string | number | undefined> =
      'error' in one
        ? { issuer: one.issuer || undefined, 'not used': `${one.reason}. ${one.error.message}` }
        : settingsOf(one, showSecret);
    if (index > 0) process.stdout.write('\n');
    for (const [name, value] of Object.entries(isList ? { account: number, ...rows } : rows)) {
      if (value !== undefined) process.stdout.write(`${name.padEnd(9)}  ${printable(String(value))}\n`);
    }
  }
  return isNone ? EXIT.checkFailed : EXIT.done;
}

function settingsOf({ secret }: UsableAccount, showSecret = false) {
  const { algorithm, digits, period, bits, issuer, label, base32 } = secret;
  const rows = { algorithm, digits, period: `${period} s`, length: `${bits} bits`, issuer, label };
  return showSecret ? { ...rows, secret: base32 } : rows;
}

/** `credseal totp code`: the current code of each account that can be used, or of the one that is asked for. */
export async function totpCode(file: string | undefined, { account }: AccountOption): Promise<number> {
  for (const secret of await usableSecrets(file, account)) process.stdout.write(`${secret.code()}\n`);
  return EXIT.done;
}

/** `credseal totp verify CODE`: exit code 0 if the code is right for any account, a period early or late included. */
export async function totpVerify(
  code: string,
  file: string | undefined,
  { account }: AccountOption,
): Promise<number> {
  const isValid = (await usableSecrets(file, account)).some((secret) => secret.verify(code));
  process.stdout.write(isValid ? 'valid\n' : 'not valid\n');
  return isValid ? EXIT.done : EXIT.checkFailed;
}

/** Those that are not used are told. */
async function usableSecrets(file: string | undefined, account: string | undefined): Promise<TotpSecret[]> {
  const { accounts, warnings, isPicture } = await readExport(file);
  tellWarnings(warnings);
  if (isPicture && accounts.length > 1 && account === undefined) {
    throw new CliError(
      EXIT.input,
      `There are ${accounts.length} accounts in the picture. Say which: --account N, as credseal totp show numbers them.`,
    );
  }
  const secrets = chosenFrom(accounts, account).flatMap((number) => {
    const one = accounts[number - 1] as (typeof accounts)[number];
    if (!('error' in one)) return [one.secret];
    if (account !== undefined) throw one.error;
    process.stderr.write(`Account ${number} is not used: ${one.reason}.\n`);
    return [];
  });
  if (secrets.length === 0) throw new CliError(EXIT.input, 'None of the accounts can be used.');
  return secrets;
}

/** The numbers of the accounts that are meant. */
function chosenFrom(accounts: AuthenticatorExport['accounts'], account: string | undefined): number[] {
  const [first] = accounts;
  // Alone, it is the answer to the question, or an error.
  if (accounts.length === 1 && first !== undefined && 'error' in first) throw first.error;
  if (account === undefined) return accounts.map((_, index) => index + 1);
  return [wholeNumber('--account', account, 1, accounts.length)];
}

function tellWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
}

/** A secret alone, or everything that an authenticator exports: from a file, from standard input, or typed unseen. */
async function readExport(file: string | undefined): Promise<AuthenticatorExport> {
  const bytes = await inputOf(file);
  if (!isSecretAlone(bytes)) return accountsIn(bytes);
  const text = withoutLineBreak(
    decodeUtf8(bytes, file === undefined ? 'Standard input' : 'FILE', EXIT.input),
  );
  const secret = TotpSecret.parse(text);
  const account = { issuer: secret.issuer ?? '', user: secret.label ?? '', secret };
  return { format: 'a secret', accounts: [account], warnings: [], isPicture: false };
}

const NO_FILE =
  'There is no such FILE, and no such command: credseal totp has show, code, verify. Secrets are never arguments: they are read from stdin. See credseal totp --help.';

async function inputOf(file: string | undefined): Promise<Uint8Array> {
  if (file !== undefined && file !== '-') {
    // It may be a command that is misspelt, or a secret.
    if (!existsSync(file)) throw new CliError(EXIT.usage, NO_FILE);
    return readBytes(file, 'FILE', EXIT.input);
  }
  if (process.stdin.isTTY) {
    const { askHidden } = await import('./prompt.js');
    return new TextEncoder().encode(await askHidden('TOTP secret or URI'));
  }
  return readStdin();
}

/** What begins as no export and no URI does, and is one line of text or base32, is a secret, or was taken for one. */
function isSecretAlone(bytes: Uint8Array): boolean {
  const text = trimBlanks(new TextDecoder().decode(bytes));
  if (/[\0\uFFFD]/.test(text) || /^(?:otpauth|[[{<%])/i.test(text)) return false;
  return !/[\n\r]/.test(text) || /^[a-z2-7=\s-]+$/i.test(text);
}
