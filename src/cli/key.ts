import { CredsealError } from '../errors.js';
import { toJwkSet } from '../key/jwk-set.js';
import { KeyRing } from '../key/key-ring.js';
import { VaultKey } from '../key/vault-key.js';
import { ACCEPTED_ITERATIONS, DEFAULT_ITERATIONS, MAX_ITERATIONS } from '../key-file/format.js';
import { CliError, EXIT } from './exit.js';
import type { KnownKeys } from './key-text.js';
import { type KeyOptions, loadCurrent, loadKeys, loadRing, passphrasesOf } from './keys.js';
import { wholeNumber } from './number-option.js';
import { withOutput } from './output-file.js';
import { statsOf } from './stats.js';

/** `credseal key new`: a fresh key on stdout. */
export async function keyNew({ jwk }: { jwk?: boolean }): Promise<number> {
  const key = VaultKey.generate();
  process.stdout.write(`${jwk ? JSON.stringify(key.toJwk()) : key.toHex()}\n`);
  return EXIT.done;
}

/** `credseal key show`: fingerprint, format and source of every key of the ring; never a key. */
export async function keyShow(options: KeyOptions): Promise<number> {
  for (const [index, { key, format, source }] of (await loadKeys(options)).entries()) {
    const role = index === 0 ? 'current ' : 'previous';
    process.stdout.write(`${role}  ${key.fingerprint}  ${format}  ${source}\n`);
  }
  return EXIT.done;
}

/** Where a command on keys writes them. */
interface FileOptions extends KeyOptions {
  output?: string;
  force?: boolean;
}

/** `credseal key protect`: keys on stdin, or the keys in use, become a key file under a passphrase. */
export async function keyProtect(options: FileOptions & { iterations?: string }): Promise<number> {
  const iterations = wholeNumber('--iterations', options.iterations, DEFAULT_ITERATIONS, MAX_ITERATIONS);
  const passphrases = passphrasesOf(options);
  const ring = await loadRing(options, { fromStdin: true, passphrases });
  const { protectKeys } = await import('../key-file/protect-keys.js');
  const file = await protectKeys(ring, await passphrases.toProtect(), { iterations });
  const code = await writeKeys(`${file}\n`, options);
  if (iterations !== undefined && iterations > ACCEPTED_ITERATIONS)
    process.stderr.write(
      `The file opens with --max-iterations ${iterations}, since it takes longer than others.\n`,
    );
  return code;
}

/** `credseal key unprotect`: a protected key file on stdin, or of `--key-file`, becomes hex, or a JWK set if it holds more. */
export async function keyUnprotect(options: FileOptions & { jwk?: boolean }): Promise<number> {
  const [current, ...previous] = await loadProtected(options);
  if (current.format !== 'protected')
    throw new CliError(
      EXIT.key,
      `The key is not protected: it comes from ${current.source}, as ${current.format}.`,
    );
  const ring = new KeyRing(
    current.key,
    previous.map(({ key }) => key),
  );
  return writeKeys(`${asText(ring, options.jwk)}\n`, options);
}

/** Not asked for at a terminal, where nobody types a key file. */
async function loadProtected(options: KeyOptions): Promise<KnownKeys> {
  try {
    return await loadCurrent(options, {
      ask: false,
      fromStdin: true,
      passphrases: passphrasesOf(options),
    });
  } catch (error) {
    if (!(error instanceof CredsealError) || error.code !== 'ERR_KEY_MISSING') throw error;
    throw new CliError(EXIT.key, 'No key file: give --key-file PATH, or the file on standard input.');
  }
}

function asText(ring: KeyRing, asJwk = false): string {
  if (ring.keys.length > 1) return JSON.stringify(toJwkSet(ring));
  return asJwk ? JSON.stringify(ring.current.toJwk()) : ring.current.toHex();
}

/** Writes keys; not over a file that is there, since that may be the only one with the keys of last year. */
async function writeKeys(text: string, { output, force }: FileOptions): Promise<number> {
  if (output !== undefined && !force && statsOf(output)?.isFile())
    throw new CliError(EXIT.usage, '--output is there already, and is left as it is. --force replaces it.');
  await withOutput(output, (write) => write(text));
  return EXIT.done;
}
