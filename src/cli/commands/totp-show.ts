import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { readSecrets } from '../input/totp-secrets.js';
import { formatOption } from '../options/report.js';
import { printable } from '../terminal/printable.js';

export const command = defineCommand({
  name: 'totp show',
  summary: 'algorithm, digits, period, length; issuer and label where a URI gives them',
  readsStdin: true,
  options: { secret: { type: 'flag', summary: 'the secret as well, in base32' }, ...formatOption },
  details: `With --format json: {"secrets":[{"algorithm":…,"digits":…,"period":…,"bits":…,"issuer":…,"label":…},…]};
period is in seconds; with --secret, "secret" as well.`,
  exitCodes: { 4: 'the input is no TOTP secret' },

  async run({ secret: showSecret, format }, context) {
    const secrets = (await readSecrets(context)).map((each) => {
      const { algorithm, digits, period, bits, issuer, label, base32 } = each;
      const settings = { algorithm, digits, period, bits, issuer, label };
      return showSecret ? { ...settings, secret: base32 } : settings;
    });
    if (format === 'json') {
      context.stdout.write(`${JSON.stringify({ secrets })}\n`);
      return EXIT.done;
    }
    for (const [index, { period, bits, issuer, label, ...rest }] of secrets.entries()) {
      if (index > 0) context.stdout.write('\n');
      const { algorithm, digits, ...secret } = rest;
      const rows = { algorithm, digits, period: `${period} s`, length: `${bits} bits`, issuer, label };
      for (const [name, value] of Object.entries({ ...rows, ...secret }))
        if (value !== undefined) context.stdout.write(`${name.padEnd(9)}  ${printable(String(value))}\n`);
    }
    return EXIT.done;
  },
});
