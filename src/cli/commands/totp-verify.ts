import { withoutBlanks } from '../../totp/blanks.js';
import { defineCommand } from '../command.js';
import { CliError, EXIT } from '../exit.js';
import { readSecrets } from '../input/totp-secrets.js';
import { formatOption } from '../options/report.js';
import { accountOption, TOTP_SOURCES, totpFileArgument } from '../options/totp.js';

export const command = defineCommand({
  name: 'totp verify',
  summary: 'check whether a code is valid now, or one period before or after',
  arguments: {
    code: { type: 'text', isRequired: true, summary: 'the code: six to eight digits' },
    ...totpFileArgument,
  },
  options: { ...accountOption, ...formatOption },
  details: `${TOTP_SOURCES} The code is right if it is that of any account.

With --format json: {"ok":…}`,
  exitCodes: {
    1: 'the code is right for no account',
    4: 'the input is not a TOTP secret, or not one that can be used',
  },

  async run({ code, format, ...given }, context) {
    if (!/^[0-9]{6,8}$/.test(withoutBlanks(code)))
      throw new CliError(EXIT.usage, 'The code of totp verify is six to eight digits.');
    const ok = (await readSecrets(given, context)).some(({ account }) => account.verify(code));
    const text = ok ? 'valid' : 'not valid';
    context.stdout.write(`${format === 'json' ? JSON.stringify({ ok }) : text}\n`);
    return ok ? EXIT.done : EXIT.checkFailed;
  },
});
