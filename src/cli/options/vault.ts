import { clientBy } from '../../vault/client.js';
import type { VaultClient } from '../../vault/client-types.js';
import { checkedConfig } from '../../vault/config.js';
import type { Exchange } from '../../vault/exchange.js';
import type { Arguments, Given, Options } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { keepMemoryFlat } from '../threads/flat-memory.js';
import { environment, givenSecret } from './environment.js';
import { type KeyOptions, keyOptions, keyVariables, loadRing } from './keys.js';

const API_KEY = 'CLOUDCRUISE_API_KEY';

/** The variable of the commands that call the vault. */
export const vaultVariables = {
  [API_KEY]: 'the API key of the workspace',
  [`${API_KEY}_FILE`]: 'a file that holds the API key',
  [`${API_KEY}_COMMAND`]: 'a command that prints the API key; never in --env-file',
} as const;

/** Where the vault is. */
export const vaultOptions = {
  baseUrl: {
    type: 'text',
    value: 'url',
    variable: 'CLOUDCRUISE_BASE_URL',
    summary: 'address of the vault; http only for loopback addresses',
  },
} as const satisfies Options;

/** The option of the commands that call the vault: where the API key comes from. */
export const apiKeyOption = {
  apiKeyCommand: {
    type: 'text',
    value: 'command',
    summary: 'run a shell command that prints the API key',
  },
} as const satisfies Options;

/** The options of the commands that call the vault again and again. */
export const clientOptions = {
  ...vaultOptions,
  ...apiKeyOption,
  retries: {
    type: 'number',
    value: 'n',
    least: 0,
    most: 20,
    default: 5,
    summary: 'how often a call is retried after 429, 5xx, or a failed connection',
  },
  timeout: {
    type: 'number',
    value: 'seconds',
    least: 1,
    most: 600,
    default: 30,
    summary: 'time limit of one attempt; for a list, between two pieces of it',
  },
} as const satisfies Options;

/** The options of everything that calls the vault for one entry or all. */
export const clientAndKeyOptions = { ...keyOptions, ...clientOptions } as const satisfies Options;
export const clientVariables = { ...keyVariables, ...vaultVariables } as const;

/** The name of an entry. It is no secret. */
export const refArguments = {
  userId: { type: 'text', isRequired: true, summary: 'permissioned_user_id of the entry' },
  domain: { type: 'text', isRequired: true, summary: 'domain of the entry, exactly as the vault has it' },
} as const satisfies Arguments;

/** The option of plan and apply. */
export const pruneOption = {
  prune: { type: 'flag', summary: 'delete entries of the vault that are not among these' },
} as const satisfies Options;

/** The options of the commands that write to many entries. */
export const runOptions = {
  journal: {
    type: 'file',
    access: 'both',
    value: 'file',
    summary: 'record what was written, so that a run after an interruption recognises it',
  },
  concurrency: { type: 'number', value: 'n', least: 1, most: 256, default: 8, summary: 'how many at once' },
  manifest: {
    type: 'file',
    access: 'read',
    value: 'file',
    summary: 'compare the vault with this manifest first, and change nothing if it differs',
  },
  manifestOut: {
    type: 'file',
    access: 'write',
    value: 'file',
    summary: 'write the manifest of the result',
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
  // A list may be gigabytes.
  keepMemoryFlat();
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

/** The API key: from `--api-key-command`, the environment or `--env-file`, else asked for at a terminal. */
export async function apiKeyOf(
  options: KeyOptions & Partial<Given<typeof apiKeyOption>>,
  context: Context,
): Promise<string> {
  const given = await givenApiKey(options, context);
  if (given !== undefined) return given;
  if (options.envFile === undefined && context.stdin.isTTY)
    return (await import('../terminal/prompt.js')).askHidden('API key', context);
  const missing =
    options.envFile === undefined
      ? `${API_KEY} is not set. Set it, or give --api-key-command COMMAND or --env-file PATH.`
      : `${API_KEY} is not set in --env-file. Add it there.`;
  throw new CliError(EXIT.usage, `No API key: ${missing}`);
}

/** The API key where it is given. */
export async function givenApiKey(
  options: KeyOptions & Partial<Given<typeof apiKeyOption>>,
  context: Context,
): Promise<string | undefined> {
  const { apiKeyCommand } = options;
  const given =
    apiKeyCommand === undefined
      ? givenSecret(API_KEY, await environment(options, context), EXIT.usage)
      : ({ form: 'command', source: '--api-key-command', text: apiKeyCommand } as const);
  if (given === undefined || given.form === 'value') return given?.text;
  return (await import('../input/secret.js')).readLine(given, context);
}
