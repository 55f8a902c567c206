import type { Options } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { environment, type KeyOptions } from './keys.js';

/** Where the vault is. */
export const vaultOptions = {
  baseUrl: {
    type: 'text',
    value: 'url',
    variable: 'CLOUDCRUISE_BASE_URL',
    summary: 'where the vault is; http only for loopback addresses',
  },
} as const satisfies Options;

const API_KEY = 'CLOUDCRUISE_API_KEY';

/** The variable of the commands that call the vault. */
export const vaultVariables = { [API_KEY]: 'the API key of the workspace' } as const;

/** The API key: from the environment or `--env-file`, else asked for at a terminal. */
export async function apiKeyOf(options: KeyOptions, context: Context): Promise<string> {
  const apiKey = (await environment(options, context))[API_KEY];
  if (apiKey) return apiKey;
  if (options.envFile === undefined && context.stdin.isTTY)
    return (await import('../terminal/prompt.js')).askHidden('API key', context);
  const missing =
    options.envFile === undefined
      ? `${API_KEY} is not set. Set it, or give --env-file PATH.`
      : `${API_KEY} is not set in --env-file. Add it there.`;
  throw new CliError(EXIT.usage, `No API key: ${missing}`);
}
