import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import { KeyRing, keysOf } from './key-ring.js';
import { type OctJwk, VaultKey } from './vault-key.js';

/** A ring as a JSON Web Key Set (RFC 7517 section 5): the current key first, each with its fingerprint as `kid`. */
export interface VaultJwkSet {
  keys: (OctJwk & { kid: string })[];
}

/** Writes a ring, or a key by itself, as a JWK set. It holds the keys themselves. */
export function toJwkSet(keys: VaultKey | KeyRing): VaultJwkSet {
  return { keys: keysOf(keys).keys.map((key) => ({ ...key.toJwk(), kid: key.fingerprint })) };
}

/**
 * Reads a JWK set as a ring: the first key is the current one, the others are previous ones. Where a key has a `kid`,
 * it must be its fingerprint, since a name that is wrong is worse than none where keys are exchanged.
 *
 * @throws CredsealError `ERR_KEY_FORMAT`, which says which of the keys is wrong, and shows nothing of it.
 */
export function ringFromJwkSet(set: unknown): KeyRing {
  const jwks = isObject(set) ? set.keys : undefined;
  if (!Array.isArray(jwks) || jwks.length === 0) {
    throw new CredsealError(
      'ERR_KEY_FORMAT',
      'A JWK set of vault keys has "keys": an array of one or more JWKs.',
    );
  }
  const [current, ...previous] = jwks.map((jwk, index) => {
    try {
      return namedKey(jwk);
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      throw new CredsealError(error.code, `keys[${index}]: ${error.message}`);
    }
  });
  return new KeyRing(current as VaultKey, previous);
}

function namedKey(jwk: OctJwk & { kid?: unknown }): VaultKey {
  const key = VaultKey.fromJwk(jwk);
  if (jwk.kid === undefined || jwk.kid === key.fingerprint) return key;
  throw new CredsealError(
    'ERR_KEY_FORMAT',
    `The "kid" is not the fingerprint of the key, ${key.fingerprint}: one of the two is wrong, or belongs to another key.`,
  );
}
