import { openEntry } from '../../entry/open-entry.js';
import { getEntry } from '../../vault/calls.js';
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
  name: 'vault get',
  summary: 'print one entry of the vault as JSON: sealed, or with --open in plain text',
  arguments: refArguments,
  options: {
    ...clientAndKeyOptions,
    open: { type: 'flag', summary: 'print plain text' },
  },
  variables: clientVariables,
  examples: { 'credseal vault get user-1 https://portal.example.com': 'the entry as the vault keeps it' },
  exitCodes: { ...clientExitCodes, 1: 'there is no such entry' },

  async run({ userId, domain, open, ...options }, context) {
    const { how } = await clientOf(options, context);
    const stored = await getEntry({ permissioned_user_id: userId, domain }, how);
    if (stored === undefined) throw new CliError(EXIT.checkFailed, NO_SUCH_ENTRY);
    context.stdout.write(`${JSON.stringify(open ? openEntry(stored, how.keys) : stored)}\n`);
    return EXIT.done;
  },
});
