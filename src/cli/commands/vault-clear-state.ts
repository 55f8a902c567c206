import { CredsealError } from '../../errors.js';
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

export const command = defineCommand({
  name: 'vault clear-state',
  summary: 'delete what workflow executions stored in an entry: cookies, session and local storage',
  arguments: refArguments,
  options: clientAndKeyOptions,
  variables: clientVariables,
  exitCodes: { ...clientExitCodes, 1: 'there is no such entry' },

  async run({ userId, domain, ...options }, context) {
    const { client } = await clientOf(options, context);
    try {
      await client.clearBrowserState({ permissioned_user_id: userId, domain });
    } catch (error) {
      if (!(error instanceof CredsealError) || error.status !== 404) throw error;
      throw new CliError(EXIT.checkFailed, NO_SUCH_ENTRY);
    }
    return EXIT.done;
  },
});
