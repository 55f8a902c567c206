import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { readSecrets } from '../input/totp-secrets.js';
import { formatOption } from '../options/report.js';

export const command = defineCommand({
  name: 'totp verify',
  summary: 'whether a code is right now, or was or will be within one period',
  readsStdin: true,
  arguments: { code: { type: 'text', isRequired: true, summary: 'the code: six to eight digits' } },
  options: formatOption,
  details: 'With --format json: {"ok":…}',
  exitCodes: { 1: 'the code is right for no secret', 4: 'the input is no TOTP secret' },

  async run({ code, format }, context) {
    const ok = (await readSecrets(context)).some((secret) => secret.verify(code));
    const text = ok ? 'valid' : 'not valid';
    context.stdout.write(`${format === 'json' ? JSON.stringify({ ok }) : text}\n`);
    return ok ? EXIT.done : EXIT.checkFailed;
  },
});
