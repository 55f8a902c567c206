import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { formatOption } from '../options/report.js';
import {
  clientAndKeyOptions,
  clientExitCodes,
  clientOf,
  clientVariables,
  refArguments,
} from '../options/vault.js';
import { printable } from '../terminal/printable.js';

export const command = defineCommand({
  name: 'vault code',
  summary: 'print the current 2FA code of an entry, from the vault',
  arguments: refArguments,
  options: { ...clientAndKeyOptions, ...formatOption },
  variables: clientVariables,
  details: 'With --format json: {"type":"authenticator" or "email","code":…,"secondsLeft":…,"receivedAt":…}',
  exitCodes: { ...clientExitCodes, 6: 'the network or the vault refused, or there is no fresh code' },

  async run({ userId, domain, format, ...options }, context) {
    const { client } = await clientOf(options, context);
    const found = await client.tfaCode({ permissioned_user_id: userId, domain });
    const text = format === 'json' ? JSON.stringify(found) : printable(found.code);
    context.stdout.write(`${text}\n`);
    return EXIT.done;
  },
});
