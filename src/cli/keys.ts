import { CredsealError } from '../errors.js';
import { KeyRing } from '../key/key-ring.js';
import { VaultKey } from '../key/vault-key.js';
import { MAX_ITERATIONS, MIN_ITERATIONS } from '../key-file/format.js';
import { EXIT } from './exit.js';
import { decodeUtf8, readBytes, readStdin, withoutMark } from './input.js';
import { inSource, type KnownKey, type KnownKeys, keysIn, readKeyFile } from './key-text.js';
import { wholeNumber } from './number-option.js';
import type { Passphrases } from './passphrase.js';

/** The options of every command that needs a key. */
export interface KeyOptions {
  keyFile?: string;
  envFile?: string;
  previousKeyFile?: string[];
  passphraseFd?: string;
  maxIterations?: string;
}

const CURRENT = 'CLOUDCRUISE_ENCRYPTION_KEY';
const PREVIOUS = 'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS';

/**
 * The variables that apply: those of `--env-file` where it is given, else those of the process. (A file that is
 * missing seldom comes this far: Node looks for this option behind the name of a script as well, and ends with 9 before
 * the script runs. Nothing in the script can change that, and a `#!` line that could, `env -S node --`, is not understood
 * by every `env`.)
 */
export async function environment({ envFile }: KeyOptions): Promise<Record<string, string | undefined>> {
  if (envFile === undefined) return process.env;
  // Loaded only here, as all that few command lines need: who seals one value waits for each module.
  const { parseEnv } = await import('node:util');
  const bytes = await readBytes(envFile, '--env-file', EXIT.key);
  // With the mark, the first variable would have another name.
  return parseEnv(withoutMark(decodeUtf8(bytes, '--env-file', EXIT.key)));
}

/** The key ring to work with, the current key first. */
export async function loadRing(options: KeyOptions, search?: Search): Promise<KeyRing> {
  const [current, ...previous] = await loadKeys(options, search);
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
export function passphrasesOf(options: KeyOptions, ask = true): Passphrases {
  const maxIterations = wholeNumber(
    '--max-iterations',
    options.maxIterations,
    MIN_ITERATIONS,
    MAX_ITERATIONS,
  );
  let found: Promise<Passphrases> | undefined;
  function find(): Promise<Passphrases> {
    found ??= import('./passphrase.js').then((module) =>
      module.passphrases(options.passphraseFd, () => environment(options), ask),
    );
    return found;
  }
  return {
    maxIterations,
    toOpen: async (source) => (await find()).toOpen(source),
    toProtect: async () => (await find()).toProtect(),
  };
}

/** Every key with its source: from `--key-file`, else `--env-file`, else the environment, else asked for. */
export async function loadKeys(options: KeyOptions, search: Search = {}): Promise<KnownKeys> {
  const known = { passphrases: passphrasesOf(options, search.ask), ...search };
  return [...(await loadCurrent(options, known)), ...(await loadPrevious(options, known.passphrases))];
}

/** The current key; and with it the previous ones that the same file holds. */
export async function loadCurrent(
  options: KeyOptions,
  { ask = true, fromStdin = false, passphrases = passphrasesOf(options, ask) }: Search,
): Promise<KnownKeys> {
  if (options.keyFile !== undefined) return readKeyFile(options.keyFile, '--key-file', passphrases);
  if (fromStdin && options.envFile === undefined && options.passphraseFd !== '0' && !process.stdin.isTTY) {
    const bytes = await readStdin();
    if (bytes.length > 0) return keysIn(bytes, 'standard input', passphrases);
  }
  const env = await environment(options);
  const source = options.envFile === undefined ? CURRENT : `${CURRENT} in --env-file`;
  if (env[CURRENT]) return [{ key: VaultKey.fromEnv(env), format: 'hex', source }];
  if (ask && options.envFile === undefined && process.stdin.isTTY) {
    const { askHidden } = await import('./prompt.js');
    const hex = await askHidden('Vault key (64 hex digits)');
    return [{ key: VaultKey.fromHex(hex), format: 'hex', source: 'terminal' }];
  }
  const missing =
    options.envFile === undefined
      ? `${CURRENT} is not set. Give --key-file PATH or --env-file PATH, or set ${CURRENT}.`
      : `${CURRENT} is not set in --env-file. Add it there, or give --key-file PATH.`;
  throw new CredsealError('ERR_KEY_MISSING', `No key: ${missing}`, { field: CURRENT });
}

async function loadPrevious(options: KeyOptions, passphrases: Passphrases): Promise<KnownKey[]> {
  if (options.previousKeyFile !== undefined) {
    const keys: KnownKey[] = [];
    // One after the other: at a terminal, each may have a question.
    for (const path of options.previousKeyFile)
      keys.push(...(await readKeyFile(path, '--previous-key-file', passphrases)));
    return keys;
  }
  const list = (await environment(options))[PREVIOUS];
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
