import { CredsealError } from '../../errors.js';
import { toJwkSet } from '../../key/jwk-set.js';
import { KeyRing } from '../../key/key-ring.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import type { KnownKeys } from '../input/key-text.js';
import { keyOutputOptions, writeKeys } from '../options/key-output.js';
import { type KeyOptions, keyOptions, keyVariables, loadCurrent, passphrasesOf } from '../options/keys.js';

export const command = defineCommand({
  name: 'key unprotect',
  summary: 'print the keys of a protected key file (stdin or --key-file): hex, or a JWK set for several keys',
  options: {
    ...keyOptions,
    ...keyOutputOptions,
    jwk: { type: 'flag', summary: 'print one key as a JSON Web Key instead of hex' },
  },
  readsStdin: 'for-keys',
  variables: keyVariables,
  examples: { 'credseal key unprotect --key-file vault.jwe -o vault.key': 'asks for the passphrase' },
  exitCodes: { 3: 'no key file, not protected, or another passphrase' },

  async run({ jwk, ...options }, context) {
    const [current, ...previous] = await loadProtected(options, context);
    if (current.format !== 'protected')
      throw new CliError(
        EXIT.key,
        `The key is not protected: it comes from ${current.source}, as ${current.format}.`,
      );
    const ring = new KeyRing(
      current.key,
      previous.map(({ key }) => key),
    );
    return writeKeys(`${asText(ring, jwk)}\n`, options, context);
  },
});

/** Not asked for at a terminal, where nobody types a key file. */
async function loadProtected(options: KeyOptions, context: Context): Promise<KnownKeys> {
  try {
    const passphrases = passphrasesOf(options, context);
    return await loadCurrent(options, context, { ask: false, fromStdin: true, passphrases });
  } catch (error) {
    if (!(error instanceof CredsealError) || error.code !== 'ERR_KEY_MISSING') throw error;
    throw new CliError(EXIT.key, 'No key file: give --key-file PATH, or the file on standard input.');
  }
}

function asText(ring: KeyRing, asJwk: boolean): string {
  if (ring.keys.length > 1) return JSON.stringify(toJwkSet(ring));
  return asJwk ? JSON.stringify(ring.current.toJwk()) : ring.current.toHex();
}
