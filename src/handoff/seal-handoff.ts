import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import type { VaultEntry } from '../entry/seal-entry.js';
import { entryText } from './entry-outline.js';
import {
  ALGORITHM,
  AUDIENCE,
  checkOptions,
  ENCRYPTION,
  handoffError,
  isAudience,
  isSeconds,
  MAX_ENTRY_BYTES,
  TYPE,
} from './format.js';
import { type Jwk, readJwk, thumbprint, withKey } from './jwk.js';

const MAX_EXPIRES_IN = 604_800;

/** How {@link sealHandoff} seals. */
export interface HandoffSealOptions {
  /** Seconds from now, 1 to 604,800 (a week): from then on nobody opens the token. */
  readonly expiresIn: number;
  /** Who may open it, 1 to 256 characters: the worker has to name the same. In clear in the token. */
  readonly audience?: string | undefined;
}

/**
 * Seals a whole entry to the public key of a worker, in a browser or wherever else the workspace key must not be. Only
 * who has the private key can open the token: see {@link openHandoff}. The format is a compact JWE (RFC 7516) of
 * ECDH-ES+A256KW and A256GCM (RFC 7518); its plaintext is the entry as JSON, with spaces behind it up to a multiple of
 * 256 bytes, so that the token does not tell how long a password is.
 *
 * Here, the entry is checked as far as it weighs little: field names, required fields, credentials that are texts, JSON
 * data. The worker holds it against the whole field table. A clock is needed: the token says when it was made.
 *
 * @param entry as for `sealEntry`; at most 131,072 bytes of JSON. It is not changed.
 * @param publicJwk from {@link generateHandoffKeys}.
 * @returns base64url and dots, to be sent as text; what is in clear in it are key id, times, audience and token id.
 * @throws CredsealError `ERR_ENTRY_INVALID` with `issues`; `ERR_HANDOFF` if the key is none or a private one, an option
 *   is out of range, the entry is too long, or the platform has no WebCrypto (browsers: only on https and localhost)
 * @example const token = await sealHandoff(entry, publicJwk, { expiresIn: 600, audience: 'vault-worker' });
 */
export async function sealHandoff(
  entry: VaultEntry,
  publicJwk: Jwk,
  options: HandoffSealOptions,
): Promise<string> {
  checkOptions(options, ['expiresIn', 'audience']);
  const { expiresIn, audience } = options;
  if (!isSeconds(expiresIn, MAX_EXPIRES_IN) || !(audience === undefined || isAudience(audience))) {
    throw handoffError(`Options: expiresIn, 1 to ${MAX_EXPIRES_IN} seconds; ${AUDIENCE}.`);
  }
  const key = readJwk(publicJwk, 'publicJwk');
  if (publicJwk.d !== undefined) throw handoffError('publicJwk is private: replace it everywhere.');
  const plaintext = paddedBytes(entryText(entry));
  return withKey(key.crv, async () => {
    const iat = Math.floor(Date.now() / 1000);
    return new CompactEncrypt(plaintext)
      .setProtectedHeader({
        alg: ALGORITHM,
        enc: ENCRYPTION,
        typ: TYPE,
        kid: await thumbprint(key),
        iat,
        exp: iat + expiresIn,
        jti: crypto.randomUUID(),
        aud: audience,
      })
      .encrypt(key);
  }).finally(() => plaintext.fill(0));
}

/** The text in UTF-8, with spaces behind it up to a multiple of 256 bytes. */
function paddedBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length + 256).fill(0x20);
  const length = new TextEncoder().encodeInto(text, bytes).written;
  if (length > MAX_ENTRY_BYTES) {
    bytes.fill(0);
    throw handoffError(`The entry is longer than ${MAX_ENTRY_BYTES} bytes.`);
  }
  return bytes.subarray(0, Math.ceil(length / 256) * 256);
}
