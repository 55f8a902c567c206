import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { readSecrets } from '../input/totp-secrets.js';
import { formatOption } from '../options/report.js';

export const command = defineCommand({
  name: 'totp code',
  summary: 'the current code',
  readsStdin: true,
  options: formatOption,
  examples: { 'credseal totp code < totp-secret.txt': 'six digits' },
  details: 'With --format json: {"codes":[{"code":…,"secondsLeft":…},…]}, one for each secret.',
  exitCodes: { 4: 'the input is no TOTP secret' },

  async run({ format }, context) {
    const now = Date.now();
    const codes = (await readSecrets(context)).map((secret) => ({
      code: secret.code(now),
      secondsLeft: secret.secondsLeft(now),
    }));
    if (format === 'json') context.stdout.write(`${JSON.stringify({ codes })}\n`);
    else for (const { code } of codes) context.stdout.write(`${code}\n`);
    return EXIT.done;
  },
});
