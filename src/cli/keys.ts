import { parseEnv } from 'node:util';
import { CredsealError } from '../errors.js';
import { KeyRing } from '../key/key-ring.js';
import { VaultKey } from '../key/vault-key.js';
import { EXIT } from './exit.js';
import { decodeUtf8, readBytes, withoutLineBreak, withoutMark } from './input.js';

/** The options of every command that needs a key. */
export interface KeyOptions {
  keyFile?: string;
  envFile?: string;
  previousKeyFile?: string[];
}

/** A key with where it came from: what `key show` tells. */
export interface KnownKey {
  readonly key: VaultKey;
  readonly format: 'hex' | 'JWK';
  readonly source: string;
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
  const bytes = await readBytes(envFile, '--env-file', EXIT.key);
  // With the mark, the first variable would have another name.
  return parseEnv(withoutMark(decodeUtf8(bytes, '--env-file', EXIT.key)));
}

/** The key ring to work with, the current key first. */
export async function loadRing(options: KeyOptions): Promise<KeyRing> {
  const [current, ...previous] = await loadKeys(options);
  return new KeyRing(
    current.key,
    previous.map(({ key }) => key),
  );
}

/** Every key with its source: from `--key-file`, else `--env-file`, else the environment, else asked for. */
export async function loadKeys(options: KeyOptions, { ask = true } = {}): Promise<[KnownKey, ...KnownKey[]]> {
  return [await loadCurrent(options, ask), ...(await loadPrevious(options))];
}

async function loadCurrent(options: KeyOptions, ask: boolean): Promise<KnownKey> {
  if (options.keyFile !== undefined) return readKeyFile(options.keyFile, '--key-file');
  const env = await environment(options);
  const source = options.envFile === undefined ? CURRENT : `${CURRENT} in --env-file`;
  if (env[CURRENT]) return { key: VaultKey.fromEnv(env), format: 'hex', source };
  if (ask && options.envFile === undefined && process.stdin.isTTY) {
    const { askHidden } = await import('./prompt.js');
    return {
      key: VaultKey.fromHex(await askHidden('Vault key (64 hex digits)')),
      format: 'hex',
      source: 'terminal',
    };
  }
  throw new CredsealError(
    'ERR_KEY_MISSING',
    `No key: ${source} is not set. Give --key-file PATH or --env-file PATH, or set ${CURRENT}.`,
    { field: CURRENT },
  );
}

async function loadPrevious(options: KeyOptions): Promise<KnownKey[]> {
  if (options.previousKeyFile !== undefined) {
    return Promise.all(options.previousKeyFile.map((path) => readKeyFile(path, '--previous-key-file')));
  }
  const list = (await environment(options))[PREVIOUS];
  if (!list) return [];
  return list.split(',').map((hex, index) => {
    const source = `${PREVIOUS}, key ${index + 1}`;
    return { key: named(source, () => VaultKey.fromHex(hex)), format: 'hex', source };
  });
}

async function readKeyFile(path: string, source: string): Promise<KnownKey> {
  const text = withoutLineBreak(decodeUtf8(await readBytes(path, source, EXIT.key), source, EXIT.key));
  if (!text.startsWith('{'))
    return { key: named(source, () => VaultKey.fromHex(text)), format: 'hex', source };
  return { key: named(source, () => VaultKey.fromJwk(parseJwk(text))), format: 'JWK', source };
}

function parseJwk(text: string): object {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the file.
    throw new CredsealError('ERR_KEY_FORMAT', 'The key file begins like a JWK, but is not valid JSON.');
  }
}

/** Puts the place a key came from in front of what is wrong with it. */
function named<T>(source: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    throw new CredsealError(error.code, `${source}: ${error.message}`, { field: source });
  }
}
