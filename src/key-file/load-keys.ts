import { CredsealError } from '../errors.js';
import { typeName } from '../inspection.js';
import { KeyRing } from '../key/key-ring.js';
import { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { keyFileError } from './format.js';
import { readKeyText } from './key-text.js';
import { passphraseBytes } from './passphrase.js';
import { checkedMaxIterations, unprotectKeys } from './unprotect-keys.js';

/** What keys are loaded from: text or bytes, or a function that gets them, such as a call of a KMS. */
export type KeySource = string | Uint8Array | (() => KeyContent | Promise<KeyContent>);

/** Text in any form that a key file has, or bytes: 32 of them are the key itself, others such a text in UTF-8. */
export type KeyContent = string | Uint8Array;

/** How {@link loadKeys} opens a protected key file; for other forms it needs nothing. */
export interface LoadOptions {
  readonly passphrase?: string | undefined;
  /** As for {@link unprotectKeys}. */
  readonly maxIterations?: number | undefined;
}

/**
 * Loads keys from their content, wherever it is kept: a mounted secret, an answer of a secret manager, what a KMS unwraps.
 * Text is 64 hex digits, a JWK, a JWK set (the current key first), or a protected key file, and may end in one line break.
 * It takes no path and no variable, and runs nothing: whoever calls it decides what is read.
 *
 * @param source the content, or a function that gets it; bytes are copied: wipe your own.
 * @param options see {@link LoadOptions}.
 * @returns the ring: the current key first, then the previous ones.
 * @throws CredsealError (as a rejection) `ERR_KEY_FORMAT` if the content is none of these; `ERR_KEY_FILE` for a protected
 *   file without its passphrase, for all that `unprotectKeys` refuses, and for an option that is none. What the function
 *   throws comes as it is.
 * @example const ring = await loadKeys(await readFile('keys.jwe', 'utf8'), { passphrase });
 * @example const ring = await loadKeys(async () => (await kms.decrypt({ CiphertextBlob: wrapped })).Plaintext);
 */
export async function loadKeys(source: KeySource, options: LoadOptions = {}): Promise<KeyRing> {
  const { passphrase, maxIterations } = checkedOptions(options);
  const content: unknown = typeof source === 'function' ? await source() : source;
  if (isBytes(content) && content.length === 32) return new KeyRing(VaultKey.fromBytes(content));
  const { ring } = await readKeyText(textOf(content), (file) => {
    if (passphrase === undefined)
      throw keyFileError('The keys are a protected key file: give its passphrase in the options.');
    return unprotectKeys(file, passphrase, { maxIterations });
  });
  return ring;
}

function checkedOptions(options: LoadOptions): LoadOptions {
  const problem = optionsProblem(options, ['passphrase', 'maxIterations']);
  if (problem) throw keyFileError(`Options ${problem}.`);
  // Each read once, and refused also where it is not needed.
  const { passphrase, maxIterations } = options;
  if (passphrase !== undefined) passphraseBytes(passphrase).fill(0);
  return { passphrase, maxIterations: checkedMaxIterations(maxIterations) };
}

const isBytes = (content: unknown): content is Uint8Array =>
  ArrayBuffer.isView(content) && content instanceof Uint8Array;

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!isBytes(content))
    throw new CredsealError(
      'ERR_KEY_FORMAT',
      `Keys are loaded from text, bytes, or a function that gives them; got ${typeName(content)}.`,
    );
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new CredsealError(
      'ERR_KEY_FORMAT',
      `The bytes are neither a key, which has 32, nor text in UTF-8; got ${content.length}.`,
    );
  }
}
