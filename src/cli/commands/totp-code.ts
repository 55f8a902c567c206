import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { readSecrets } from '../input/totp-secrets.js';
import { formatOption } from '../options/report.js';
import { accountOption, TOTP_SOURCES, totpFileArgument } from '../options/totp.js';

export const command = defineCommand({
  name: 'totp code',
  summary: 'print the current code of each account',
  arguments: totpFileArgument,
  options: { ...accountOption, ...formatOption },
  examples: {
    'credseal totp code < totp-secret.txt': 'six digits',
    'credseal totp code aegis.json --account 3': 'of one account, as credseal totp show numbers them',
  },
  details: `${TOTP_SOURCES}

With --format json: {"codes":[{"account":…,"code":…,"secondsLeft":…},…]}, one for each account that can be used.`,
  exitCodes: { 4: 'the input is not a TOTP secret, or not one that can be used' },

  async run({ format, ...given }, context) {
    const secrets = await readSecrets(given, context);
    const now = Date.now();
    const codes = secrets.map(({ number, account }) => ({
      account: number,
      code: account.code(now),
      secondsLeft: account.secondsLeft(now),
    }));
    if (format === 'json') context.stdout.write(`${JSON.stringify({ codes })}\n`);
    else for (const { code } of codes) context.stdout.write(`${code}\n`);
    return EXIT.done;
  },
});
