import { defineCommand } from '../command.js';
import { CliError, EXIT } from '../exit.js';
import {
  clientAndKeyOptions,
  clientExitCodes,
  clientOf,
  clientVariables,
  NO_SUCH_ENTRY,
  refArguments,
} from '../options/vault.js';
import { yesOption } from '../options/yes.js';
import { confirmed } from '../terminal/confirm.js';

export const command = defineCommand({
  name: 'vault delete',
  summary: 'delete an entry from the vault; this cannot be undone',
  arguments: refArguments,
  options: { ...clientAndKeyOptions, ...yesOption },
  variables: clientVariables,
  exitCodes: { ...clientExitCodes, 1: 'there was no such entry, or the answer was no' },

  async run({ userId, domain, yes, ...options }, context) {
    const { client } = await clientOf(options, context);
    const ref = { permissioned_user_id: userId, domain };
    if (!yes && !(await confirmed('Delete this entry for good?', context))) return EXIT.checkFailed;
    if (!(await client.delete(ref))) throw new CliError(EXIT.checkFailed, NO_SUCH_ENTRY);
    return EXIT.done;
  },
});
