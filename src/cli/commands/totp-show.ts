import type { RefusedAccount, UsableAccount } from '../../bulk/authenticators/account.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { readWanted } from '../input/totp-secrets.js';
import { formatOption } from '../options/report.js';
import { accountOption, TOTP_SOURCES, totpFileArgument } from '../options/totp.js';
import { printable } from '../terminal/printable.js';

export const command = defineCommand({
  name: 'totp show',
  summary: 'list accounts: issuer, label, algorithm, digits, period, length, or why one cannot be used',
  arguments: totpFileArgument,
  options: {
    secret: { type: 'flag', summary: 'show the secret, too, in base32' },
    ...accountOption,
    ...formatOption,
  },
  details: `${TOTP_SOURCES}

With --format json: {"secrets":[{"account":…,"algorithm":…,"digits":…,"period":…,"bits":…,"issuer":…,"label":…},…],
"notUsed":[{"account":…,"issuer":…,"reason":…,"message":…},…]}; period is in seconds; with --secret, "secret" as well.`,
  examples: { 'credseal totp show screenshot.png': 'what is in the QR codes of a picture' },
  exitCodes: { 1: 'none of the accounts can be used', 4: 'the input is not a TOTP secret' },

  async run({ secret: showSecret, format, ...given }, context) {
    const { accounts, wanted } = await readWanted(given, context);
    const exitCode = accounts.every((one) => 'error' in one) ? EXIT.checkFailed : EXIT.done;
    if (format === 'json') {
      const secrets = wanted.flatMap(({ number, account }) =>
        'error' in account ? [] : [{ account: number, ...settingsOf(account, showSecret) }],
      );
      const notUsed = wanted.flatMap(({ number, account }) =>
        'error' in account ? [{ account: number, ...refusalOf(account) }] : [],
      );
      context.stdout.write(`${JSON.stringify({ secrets, notUsed })}\n`);
      return exitCode;
    }
    for (const [index, { number, account }] of wanted.entries()) {
      if (index > 0) context.stdout.write('\n');
      const rows = 'error' in account ? refusalRows(account) : settingRows(account, showSecret);
      for (const [name, value] of Object.entries(accounts.length > 1 ? { account: number, ...rows } : rows))
        if (value !== undefined) context.stdout.write(`${name.padEnd(9)}  ${printable(String(value))}\n`);
    }
    return exitCode;
  },
});

function settingsOf({ secret }: UsableAccount, showSecret: boolean) {
  const { algorithm, digits, period, bits, issuer, label, base32 } = secret;
  const settings = { algorithm, digits, period, bits, issuer, label };
  return showSecret ? { ...settings, secret: base32 } : settings;
}

function settingRows(account: UsableAccount, showSecret: boolean) {
  const { algorithm, digits, period, bits, ...rest } = settingsOf(account, showSecret);
  return { algorithm, digits, period: `${period} s`, length: `${bits} bits`, ...rest };
}

function refusalOf({ issuer, reason, error }: RefusedAccount) {
  return { issuer: issuer || undefined, reason, message: error.message };
}

function refusalRows(account: RefusedAccount) {
  const { issuer, reason, message } = refusalOf(account);
  return { issuer, 'not used': `${reason}. ${message}` };
}
