import { isObject, typeName } from '../inspection.js';
import { handoffError } from './format.js';
import { isCoordinate, type Jwk, type PublicMembers, readJwk, thumbprint } from './jwk.js';

/** A private key, or a JWK set (RFC 7517 section 5): the current key, and those whose tokens have not all expired. */
export type HandoffPrivateKeys = Jwk | { readonly keys: readonly Jwk[] };

/** A private key that was read: its public half, and the members that make it (RFC 7518 section 6.2.2, RFC 8037 section 2). */
export interface PrivateKey {
  readonly publicHalf: PublicMembers;
  readonly jwk: PublicMembers & { d: string };
}

/** Reads a private key or a set of them. Every one has to be sound: a broken one would be found by its first token. */
export function readPrivateKeys(keys: unknown): PrivateKey[] {
  if (!isObject(keys))
    throw handoffError(`Hand-off keys are a private JWK or a JWK set; got ${typeName(keys)}.`);
  if (!Object.hasOwn(keys, 'keys')) return [readPrivateJwk(keys, 'The hand-off key')];
  if (!Array.isArray(keys.keys) || keys.keys.length === 0) {
    throw handoffError('The set of hand-off keys has no array of keys, or an empty one.');
  }
  return keys.keys.map((key, index) => readPrivateJwk(key, `keys[${index}]`));
}

function readPrivateJwk(jwk: unknown, what: string): PrivateKey {
  const publicHalf = readJwk(jwk, what);
  const { d }: Jwk = jwk as object;
  if (d === undefined) throw handoffError(`${what} has no d: it is a public key, and opens nothing.`);
  if (!isCoordinate(d)) throw handoffError(`${what} is damaged: its d is not 32 bytes of base64url.`);
  return { publicHalf, jwk: { ...publicHalf, d } };
}

/** The key with this thumbprint, if there is one. */
export async function keyNamed(kid: string, keys: readonly PrivateKey[]): Promise<PrivateKey | undefined> {
  for (const key of keys) if ((await thumbprint(key.publicHalf)) === kid) return key;
  return undefined;
}
