import { CredsealError } from '../../errors.js';
import { KeyRing } from '../../key/key-ring.js';
import { keysInList } from '../../key/ring-from-env.js';
import { VaultKey } from '../../key/vault-key.js';
import { MAX_ITERATIONS, MIN_ITERATIONS } from '../../key-file/format.js';
import type { Given, Options } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit.js';
import { type KnownKey, type KnownKeys, keysIn, readKeyFile } from '../input/key-text.js';
import type { Passphrases } from '../input/passphrase.js';
import { decodeUtf8, readStdin, withoutLineBreak } from '../input/read.js';
import { environment, givenSecret } from './environment.js';

const CURRENT = 'CLOUDCRUISE_ENCRYPTION_KEY';
const PREVIOUS = 'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS';

/** The options of every command that needs a key: where keys come from. */
export const keyOptions = {
  keyFile: {
    type: 'file',
    access: 'read',
    value: 'path',
    summary: 'read the key from a file: 64 hex digits, a JWK, a JWK set, or a protected file',
  },
  keyCommand: {
    type: 'text',
    value: 'command',
    conflicts: ['keyFile'],
    summary: 'run a shell command that prints the key, in any form that a key file may have',
  },
  envFile: {
    type: 'file',
    access: 'read',
    value: 'path',
    summary: 'read the variables from a file instead of the environment',
  },
  previousKeyFile: {
    type: 'file',
    access: 'read',
    value: 'path',
    isRepeatable: true,
    summary: 'a key that only opens; may be repeated',
  },
  passphraseFd: {
    type: 'number',
    value: 'n',
    least: 0,
    most: 2 ** 20,
    summary: 'read the passphrase of a protected file from a file descriptor',
  },
  passphraseCommand: {
    type: 'text',
    value: 'command',
    conflicts: ['passphraseFd'],
    summary: 'run a shell command that prints the passphrase of a protected file',
  },
  maxIterations: {
    type: 'number',
    value: 'n',
    least: MIN_ITERATIONS,
    most: MAX_ITERATIONS,
    summary: 'how many a protected file may have; more than 1000000 take longer than a second',
  },
} as const satisfies Options;

/** The variables that stand for them. */
export const keyVariables = {
  [CURRENT]: 'the key, 64 hex digits',
  [`${CURRENT}_FILE`]: 'a file that holds the key instead, as secrets are mounted; not both',
  [`${CURRENT}_COMMAND`]: 'a command that prints the key instead; never in --env-file',
  [PREVIOUS]: 'keys that only open, 64 hex digits each, with commas between them',
  [`${PREVIOUS}_FILE`]: 'a file that holds them instead',
  [`${PREVIOUS}_COMMAND`]: 'a command that prints them instead; never in --env-file',
  CREDSEAL_PASSPHRASE: 'the passphrase of protected key files',
  CREDSEAL_PASSPHRASE_FILE: 'a file that holds the passphrase instead',
  CREDSEAL_PASSPHRASE_COMMAND: 'a command that prints the passphrase instead; never in --env-file',
} as const;

export type KeyOptions = Partial<Given<typeof keyOptions>>;

/** The key ring to work with, the current key first. */
export async function loadRing(options: KeyOptions, context: Context, search?: Search): Promise<KeyRing> {
  const [current, ...previous] = await loadKeys(options, context, search);
  return new KeyRing(
    current.key,
    previous.map(({ key }) => key),
  );
}

/** How keys are looked for. */
export interface Search {
  /** Whether what is missing may be asked for at a terminal. */
  readonly ask?: boolean;
  /** Whether the keys may come on standard input, which is not needed for anything else then. */
  readonly fromStdin?: boolean;
  readonly passphrases?: Passphrases;
}

/** Passphrases as these options say where to get them. */
export function passphrasesOf(options: KeyOptions, context: Context, ask = true): Passphrases {
  let found: Promise<Passphrases> | undefined;
  function find(): Promise<Passphrases> {
    found ??= import('../input/passphrase.js').then((module) =>
      module.passphrases(options, () => environment(options, context), context, ask),
    );
    return found;
  }
  return {
    maxIterations: options.maxIterations,
    toOpen: async (source) => (await find()).toOpen(source),
    toProtect: async () => (await find()).toProtect(),
  };
}

/** Every key with its source: from `--key-file`, else `--env-file`, else the environment, else asked for. */
export async function loadKeys(
  options: KeyOptions,
  context: Context,
  search: Search = {},
): Promise<KnownKeys> {
  const known = { passphrases: passphrasesOf(options, context, search.ask), ...search };
  const current = await loadCurrent(options, context, known);
  return [...current, ...(await loadPrevious(options, context, known.passphrases))];
}

/** The current key; and with it the previous ones that the same file holds. */
export async function loadCurrent(
  options: KeyOptions,
  context: Context,
  { ask = true, fromStdin = false, passphrases = passphrasesOf(options, context, ask) }: Search,
): Promise<KnownKeys> {
  const { keyFile, keyCommand, envFile } = options;
  if (keyFile !== undefined) return readKeyFile(keyFile, '--key-file', passphrases, context);
  if (keyCommand !== undefined) {
    const { readCommand } = await import('../input/secret.js');
    return keysIn(await readCommand(keyCommand, '--key-command', context), '--key-command', passphrases);
  }
  if (fromStdin && envFile === undefined && options.passphraseFd !== 0 && !context.stdin.isTTY) {
    const bytes = await readStdin(context);
    if (bytes.length > 0) return keysIn(bytes, 'standard input', passphrases);
  }
  const env = await environment(options, context);
  const given = givenSecret(CURRENT, env);
  const where = envFile === undefined ? '' : ' in --env-file';
  if (given?.form === 'value')
    return [{ key: VaultKey.fromEnv(env), format: 'hex', source: `${CURRENT}${where}` }];
  if (given !== undefined) {
    const { readElsewhere } = await import('../input/secret.js');
    return keysIn(await readElsewhere(given, context), `${given.source}${where}`, passphrases);
  }
  if (ask && envFile === undefined && context.stdin.isTTY) {
    const { askHidden } = await import('../terminal/prompt.js');
    const hex = await askHidden('Vault key (64 hex digits)', context);
    return [{ key: VaultKey.fromHex(hex), format: 'hex', source: 'terminal' }];
  }
  const missing =
    envFile === undefined
      ? `${CURRENT} is not set. Give --key-file PATH, --key-command COMMAND or --env-file PATH, or set ${CURRENT}.`
      : `${CURRENT} is not set in --env-file. Add it there, or give --key-file PATH.`;
  throw new CredsealError('ERR_KEY_MISSING', `No key: ${missing}`, { field: CURRENT });
}

async function loadPrevious(
  options: KeyOptions,
  context: Context,
  passphrases: Passphrases,
): Promise<KnownKey[]> {
  if (options.previousKeyFile !== undefined) {
    const keys: KnownKey[] = [];
    // One after the other: at a terminal, each may have a question.
    for (const path of options.previousKeyFile)
      keys.push(...(await readKeyFile(path, '--previous-key-file', passphrases, context)));
    return keys;
  }
  const given = givenSecret(PREVIOUS, await environment(options, context));
  if (given === undefined) return [];
  const { source } = given;
  if (given.form === 'value') return listed(given.text, source);
  const { readElsewhere } = await import('../input/secret.js');
  const bytes = await readElsewhere(given, context);
  // As the variable has them, or as a key file does.
  if (!bytes.includes(COMMA) || bytes[0] === BRACE) return keysIn(bytes, source, passphrases);
  return listed(withoutLineBreak(decodeUtf8(bytes, source, EXIT.key)), source);
}

const COMMA = 0x2c;
const BRACE = 0x7b;

function listed(text: string, source: string): KnownKey[] {
  return keysInList(text, source).map((key, index) => ({
    key,
    format: 'hex',
    source: `${source}, key ${index + 1}`,
  }));
}
