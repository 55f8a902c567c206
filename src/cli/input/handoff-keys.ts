import type { HandoffPrivateKeys } from '../../handoff/private-keys.js';
import { readPrivateKeys } from '../../handoff/private-keys.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { decodeUtf8, readBytes } from './read.js';

/** The private hand-off keys of a file: a JWK, or a JWK set. */
export async function readHandoffKeys(path: string, context: Context): Promise<HandoffPrivateKeys> {
  const text = decodeUtf8(
    await readBytes(path, '--handoff-keys', EXIT.input, context),
    '--handoff-keys',
    EXIT.input,
  );
  let keys: HandoffPrivateKeys;
  try {
    keys = JSON.parse(text);
  } catch {
    // The parser's message quotes the file.
    throw new CliError(EXIT.input, '--handoff-keys is not JSON: give a private JWK, or a JWK set.');
  }
  readPrivateKeys(keys);
  return keys;
}
