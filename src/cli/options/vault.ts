import { clientBy } from '../../vault/client.js';
import type { VaultClient } from '../../vault/client-types.js';
import { checkedConfig } from '../../vault/config.js';
import type { Exchange } from '../../vault/exchange.js';
import type { Arguments, Given, Options } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { environment } from './environment.js';
import { type KeyOptions, keyOptions, keyVariables, loadRing } from './keys.js';

/** Where the vault is. */
export const vaultOptions = {
  baseUrl: {
    type: 'text',
    value: 'url',
    variable: 'CLOUDCRUISE_BASE_URL',
    summary: 'where the vault is; http only for loopback addresses',
  },
} as const satisfies Options;

/** The options of the commands that call the vault again and again. */
export const clientOptions = {
  ...vaultOptions,
  retries: {
    type: 'number',
    value: 'n',
    least: 0,
    most: 20,
    default: 5,
    summary: 'how often a call is tried again after 429, 5xx, or a failed connection',
  },
  timeout: {
    type: 'number',
    value: 'seconds',
    least: 1,
    most: 600,
    default: 30,
    summary: 'for one attempt; of a list, between two pieces of it',
  },
} as const satisfies Options;

/** The options of everything that calls the vault for one entry or all. */
export const clientAndKeyOptions = { ...keyOptions, ...clientOptions } as const satisfies Options;
export const clientVariables = {
  ...keyVariables,
  CLOUDCRUISE_API_KEY: 'the API key of the workspace',
} as const;

/** The name of an entry. It is no secret. */
export const refArguments = {
  userId: { type: 'text', isRequired: true, summary: 'permissioned_user_id of the entry' },
  domain: { type: 'text', isRequired: true, summary: 'domain of the entry, exactly as the vault has it' },
} as const satisfies Arguments;

/** The option of plan and apply. */
export const pruneOption = {
  prune: { type: 'flag', summary: 'delete what is in the vault, and not among these entries' },
} as const satisfies Options;

/** The options of the commands that write to many entries. */
export const runOptions = {
  journal: {
    type: 'file',
    access: 'both',
    value: 'file',
    summary: 'remember what was written, so that a run after an interruption knows what was its own',
  },
  concurrency: { type: 'number', value: 'n', least: 1, most: 256, default: 8, summary: 'how many at once' },
  manifest: {
    type: 'file',
    access: 'read',
    value: 'file',
    summary: 'hold the vault against this manifest first, and do nothing if it differs',
  },
  manifestOut: {
    type: 'file',
    access: 'write',
    value: 'file',
    summary: 'write the manifest of what the vault holds afterwards',
  },
} as const satisfies Options;

export const NO_SUCH_ENTRY =
  'The vault has no such entry. Both names are matched exactly: case, path and trailing slash count.';

export const clientExitCodes = {
  3: 'key missing, malformed or protected',
  5: 'a sealed value does not open',
  6: 'the network or the vault refused',
} as const;

/** The client of these options, and the one way in which it sends. */
export async function clientOf(
  options: KeyOptions & Given<typeof clientOptions>,
  context: Context,
): Promise<{ readonly client: VaultClient; readonly how: Exchange }> {
  const { baseUrl, retries, timeout } = options;
  const keys = await loadRing(options, context);
  const how = checkedConfig({
    apiKey: await apiKeyOf(options, context),
    keys,
    baseUrl,
    retries,
    timeout: 1000 * timeout,
  });
  return { client: clientBy(how), how };
}

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
