import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { ALGORITHM, handoffError } from './format.js';
import { type HandoffCurve, withKey } from './jwk.js';

/** A public hand-off key as a JSON Web Key: what a front end gets. */
export interface HandoffPublicJwk {
  kty: string;
  crv: string;
  x: string;
  /** With P-256 only. */
  y?: string;
  /** The thumbprint of the key (RFC 7638). */
  kid: string;
  alg: string;
  use: string;
}

/** The private key to it: for the worker alone. */
export interface HandoffPrivateJwk extends HandoffPublicJwk {
  d: string;
}

/**
 * Makes a pair of hand-off keys: the public one for every front end, the private one for the worker, as JSON Web Keys
 * (RFC 7517). To rotate, make a new pair, seal to the new public key, and open with a JWK set of both private ones until
 * the last token of the old key has expired.
 *
 * @param curve P-256 (the default) is everywhere; X25519 needs a recent browser (Chromium from 133 on).
 * @throws CredsealError `ERR_HANDOFF` if the curve is another, or the runtime lacks it
 * @example const { publicJwk, privateJwk } = await generateHandoffKeys();
 */
export async function generateHandoffKeys(
  curve: HandoffCurve = 'P-256',
): Promise<{ publicJwk: HandoffPublicJwk; privateJwk: HandoffPrivateJwk }> {
  if (curve !== 'P-256' && curve !== 'X25519') throw handoffError('The curve is "P-256" or "X25519".');
  return withKey(curve, async () => {
    const { privateKey } = await generateKeyPair(ALGORITHM, { crv: curve, extractable: true });
    const { kty = '', crv = '', x = '', y, d = '' } = await exportJWK(privateKey);
    const publicMembers = { kty, crv, x, ...(y === undefined ? {} : { y }) };
    const uses = { kid: await calculateJwkThumbprint(publicMembers), alg: ALGORITHM, use: 'enc' };
    return { publicJwk: { ...publicMembers, ...uses }, privateJwk: { ...publicMembers, d, ...uses } };
  });
}
