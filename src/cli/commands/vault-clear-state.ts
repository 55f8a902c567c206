import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import {
  clientAndKeyOptions,
  clientExitCodes,
  clientOf,
  clientVariables,
  refArguments,
} from '../options/vault.js';

export const command = defineCommand({
  name: 'vault clear-state',
  summary: 'throw away what workflow executions left in an entry: cookies, session and local storage',
  arguments: refArguments,
  options: clientAndKeyOptions,
  variables: clientVariables,
  exitCodes: clientExitCodes,

  async run({ userId, domain, ...options }, context) {
    const { client } = await clientOf(options, context);
    await client.clearBrowserState({ permissioned_user_id: userId, domain });
    return EXIT.done;
  },
});
