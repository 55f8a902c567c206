import { indexOfDuplicateMember } from '../duplicate-member.js';
import { CredsealError } from '../errors.js';
import { ringFromJwkSet } from '../key/jwk-set.js';
import { KeyRing } from '../key/key-ring.js';
import { VaultKey } from '../key/vault-key.js';

/** How keys are written: 64 hex digits, a JWK, a JWK set, or a protected file of one. */
export type KeyFormat = 'hex' | 'JWK' | 'JWK set' | 'protected';

/** A compact JWE begins with the base64url of a brace, which no hex does. */
const PROTECTED = /^e[wy][\w-]*\./;

/**
 * Reads keys in whatever form they are written.
 *
 * @param text may end in one line break.
 * @param unprotect opens a protected file: by itself, since that takes a passphrase, and a library.
 * @throws CredsealError `ERR_KEY_FORMAT`, or what `unprotect` throws
 */
export async function readKeyText(
  text: string,
  unprotect: (file: string) => Promise<KeyRing>,
): Promise<{ readonly ring: KeyRing; readonly format: KeyFormat }> {
  const written = text.replace(/\r?\n$/, '');
  if (PROTECTED.test(written)) return { ring: await unprotect(written), format: 'protected' };
  if (!written.startsWith('{')) return { ring: new KeyRing(VaultKey.fromHex(written)), format: 'hex' };
  const jwk = parseJwk(written);
  if ('keys' in jwk) return { ring: ringFromJwkSet(jwk), format: 'JWK set' };
  return { ring: new KeyRing(VaultKey.fromJwk(jwk)), format: 'JWK' };
}

function parseJwk(text: string): object {
  let jwk: object;
  try {
    jwk = JSON.parse(text);
  } catch {
    // The parser's message quotes the file.
    throw new CredsealError('ERR_KEY_FORMAT', 'The key begins like a JWK, but is not valid JSON.');
  }
  if (indexOfDuplicateMember(text) === -1) return jwk;
  throw new CredsealError(
    'ERR_KEY_FORMAT',
    'The JWK has a member twice, and readers do not agree which one counts: leave one.',
  );
}
