import { CredsealError } from '../../errors.js';
import type { VaultKey } from '../../key/vault-key.js';
import { type KeyFormat, readKeyText } from '../../key-file/key-text.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import type { Passphrases } from './passphrase.js';
import { decodeUtf8 } from './read.js';
import { readSecretFile, warnOfOthers } from './secret-file.js';

/** A key with where it came from: what `key show` tells. */
export interface KnownKey {
  readonly key: VaultKey;
  readonly format: KeyFormat;
  readonly source: string;
}

/** At least one key, the current one first. */
export type KnownKeys = [KnownKey, ...KnownKey[]];

/** A key as it may be shown. */
export interface ShownKey {
  readonly role: 'current' | 'previous';
  readonly fingerprint: string;
  readonly format: KnownKey['format'];
  readonly source: string;
}

/** What there is to show of keys: never a key. */
export function shownKeys(keys: KnownKeys): ShownKey[] {
  return keys.map(({ key: { fingerprint }, format, source }, index) => ({
    role: index === 0 ? 'current' : 'previous',
    fingerprint,
    format,
    source,
  }));
}

/** The keys of a file; `source` is what the file is on the command line. Of one that others can read, it warns. */
export async function readKeyFile(
  path: string,
  source: string,
  passphrases: Passphrases,
  context: Context,
): Promise<KnownKeys> {
  const { bytes, isOpenToOthers } = await readSecretFile(path, source, context);
  const keys = await keysIn(bytes, source, passphrases);
  // A protected file is made to be where others are.
  if (isOpenToOthers && keys[0].format !== 'protected') warnOfOthers(source, context);
  return keys;
}

/** The keys that are written as hex, as a JWK, as a JWK set, or as a protected file of one. */
export async function keysIn(
  bytes: Uint8Array,
  source: string,
  passphrases: Passphrases,
): Promise<KnownKeys> {
  try {
    const { ring, format } = await readKeyText(decodeUtf8(bytes, source, EXIT.key), async (file) => {
      const passphrase = await passphrases.toOpen(source);
      // Loaded only here: whoever has no such file does not wait for it.
      const { unprotectKeys } = await import('../../key-file/unprotect-keys.js');
      return unprotectKeys(file, passphrase, { maxIterations: passphrases.maxIterations });
    });
    return ring.keys.map((key) => ({ key, format, source })) as KnownKeys;
  } catch (error) {
    throw inSource(source, withAdvice(error, bytes));
  }
}

/** What such files often are instead, and cannot be seen to be. */
const LOOKALIKES: readonly [beginning: RegExp, advice: string][] = [
  [
    /^(?:\xff\xfe)?(?:[\t-~]\0)+$|^(?:\xfe\xff)?(?:\0[\t-~])+$/,
    'It is in UTF-16, as PowerShell 5 writes files. Convert it: (Get-Content FILE) | Set-Content -Encoding ascii FILE; elsewhere, iconv -f UTF-16 -t UTF-8 FILE',
  ],
  [
    /^\xef\xbb\xbf/,
    'It begins with a byte order mark (BOM), which shows nothing: save it as UTF-8 without BOM; in PowerShell, with Set-Content -Encoding ascii.',
  ],
  [/^\s*(?:export\s+)?[A-Za-z_]\w*=/, 'It looks like NAME=value: use --env-file.'],
];

function withAdvice(error: unknown, bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('latin1');
  const advice = LOOKALIKES.find(([beginning]) => beginning.test(text))?.[1];
  if (advice === undefined) return error;
  // What does not even decode has a message that knows less.
  if (error instanceof CliError) return new CredsealError('ERR_KEY_FORMAT', advice);
  return error instanceof CredsealError ? new CredsealError(error.code, `${error.message} ${advice}`) : error;
}

/** What is wrong with a key, with the place it came from in front. */
function inSource(source: string, error: unknown): unknown {
  if (!(error instanceof CredsealError)) return error;
  return new CredsealError(error.code, `${source}: ${error.message}`, { field: source });
}
