import { encode } from 'jose/base64url';
import { isObject } from '../inspection.js';
import { ALGORITHM, handoffError } from './format.js';

/** The curve of a hand-off key. */
export type HandoffCurve = 'P-256' | 'X25519';

/** A JSON Web Key as it comes in (RFC 7517): the members that are looked at. Any `JsonWebKey` is one. */
export interface Jwk {
  readonly kty?: string | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly d?: string | undefined;
  readonly alg?: string | undefined;
  readonly use?: string | undefined;
}

/** The members that make a public key, in the order in which RFC 7638 section 3 hashes them. */
export type PublicMembers =
  | { crv: 'P-256'; kty: 'EC'; x: string; y: string }
  | { crv: 'X25519'; kty: 'OKP'; x: string };

/** 32 bytes in base64url without padding, canonical: the last digit carries four bits. */
const COORDINATE = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** Tells whether something is 32 bytes in canonical base64url. */
export function isCoordinate(text: unknown): text is string {
  return typeof text === 'string' && COORDINATE.test(text);
}

/** The members that make a public key of one of the two curves, and nothing else; or undefined. */
export function publicMembers({ crv, kty, x, y }: Jwk): PublicMembers | undefined {
  if (!isCoordinate(x)) return undefined;
  if (crv === 'P-256' && kty === 'EC' && isCoordinate(y)) return { crv, kty, x, y };
  return crv === 'X25519' && kty === 'OKP' ? { crv, kty, x } : undefined;
}

/**
 * Reads a hand-off key, public or private. Its `kid` is not looked at: the thumbprint is computed.
 *
 * @param what how the error names it.
 */
export function readJwk(jwk: unknown, what: string): PublicMembers {
  const { alg = ALGORITHM, use = 'enc', ...key }: Jwk = isObject(jwk) ? jwk : {};
  const members = publicMembers(key);
  if (members !== undefined && alg === ALGORITHM && use === 'enc') return members;
  throw handoffError(`${what} is no JWK of P-256 or X25519 for ${ALGORITHM}.`);
}

/** The thumbprint that names a key (RFC 7638): SHA-256 over the JSON text of the members that make it, in base64url. */
export async function thumbprint(members: PublicMembers): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(members));
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', text)));
}

/** Runs what needs the platform's cryptography and a key, and says what is wrong where that refuses the key. */
export async function withKey<T>(curve: HandoffCurve, work: () => Promise<T>): Promise<T> {
  if (globalThis.crypto?.subtle === undefined) {
    throw handoffError('No WebCrypto: it needs https or localhost.');
  }
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    const lacks = error.name === 'NotSupportedError';
    throw handoffError(lacks ? `This runtime lacks ${curve}.` : `The key is no point of ${curve}.`);
  }
}
