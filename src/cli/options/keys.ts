import { CredsealError } from '../../errors.js';
import { KeyRing } from '../../key/key-ring.js';
import { VaultKey } from '../../key/vault-key.js';
import { MAX_ITERATIONS, MIN_ITERATIONS } from '../../key-file/format.js';
import type { Given, Options } from '../command.js';
import type { Context } from '../context.js';
import { inSource, type KnownKey, type KnownKeys, keysIn, readKeyFile } from '../input/key-text.js';
import type { Passphrases } from '../input/passphrase.js';
import { readStdin } from '../input/read.js';
import { environment } from './environment.js';

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
  maxIterations: {
    type: 'number',
    value: 'n',
    least: MIN_ITERATIONS,
    most: MAX_ITERATIONS,
    summary: 'of a protected file: more than 1000000 take longer than a second, and have to be allowed',
  },
} as const satisfies Options;

/** The variables that stand for them. */
export const keyVariables = {
  [CURRENT]: 'the key, 64 hex digits',
  [PREVIOUS]: 'keys that only open, 64 hex digits each, with commas between them',
  CREDSEAL_PASSPHRASE: 'the passphrase of protected key files',
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
  if (options.keyFile !== undefined) return readKeyFile(options.keyFile, '--key-file', passphrases, context);
  if (fromStdin && options.envFile === undefined && options.passphraseFd !== 0 && !context.stdin.isTTY) {
    const bytes = await readStdin(context);
    if (bytes.length > 0) return keysIn(bytes, 'standard input', passphrases);
  }
  const env = await environment(options, context);
  const source = options.envFile === undefined ? CURRENT : `${CURRENT} in --env-file`;
  if (env[CURRENT]) return [{ key: VaultKey.fromEnv(env), format: 'hex', source }];
  if (ask && options.envFile === undefined && context.stdin.isTTY) {
    const { askHidden } = await import('../terminal/prompt.js');
    const hex = await askHidden('Vault key (64 hex digits)', context);
    return [{ key: VaultKey.fromHex(hex), format: 'hex', source: 'terminal' }];
  }
  const missing =
    options.envFile === undefined
      ? `${CURRENT} is not set. Give --key-file PATH or --env-file PATH, or set ${CURRENT}.`
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
  const list = (await environment(options, context))[PREVIOUS];
  if (!list) return [];
  return list.split(',').map((hex, index) => {
    const source = `${PREVIOUS}, key ${index + 1}`;
    try {
      return { key: VaultKey.fromHex(hex), format: 'hex', source };
    } catch (error) {
      throw inSource(source, error);
    }
  });
}
