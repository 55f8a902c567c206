import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { indexOfDuplicateMember } from '../duplicate-member.js';
import { checkEntry } from '../entry/check.js';
import { entryInvalid } from '../entry/issue.js';
import { plainCredential } from '../entry/plain-credential.js';
import type { VaultEntry } from '../entry/seal-entry.js';
import {
  ALGORITHM,
  AUDIENCE,
  checkOptions,
  ENCRYPTION,
  handoffError,
  isAudience,
  isSeconds,
} from './format.js';
import { type HandoffHeader, readHeader, refused } from './header.js';
import { withKey } from './jwk.js';
import { type HandoffPrivateKeys, keyNamed, type PrivateKey, readPrivateKeys } from './private-keys.js';

/** How far the clock of the one who sealed may be ahead, in seconds. */
const CLOCK_TOLERANCE = 60;

/** The same that {@link readHeader} has seen to, said once more to the one who decrypts. */
const LIMITS = { keyManagementAlgorithms: [ALGORITHM], contentEncryptionAlgorithms: [ENCRYPTION] };

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a token says of itself, authentic. Times are seconds since the epoch. */
export interface HandoffToken {
  /** Random, of this token alone. */
  readonly id: string;
  /** From then on it is refused anyway: its own expiry, or the end of `maxAge`, whichever is sooner. */
  readonly expiresAt: number;
  /** When it was sealed, by the clock of the one who did. */
  readonly issuedAt: number;
  /** The thumbprint (RFC 7638) of the key that it is sealed to. */
  readonly keyId: string;
  readonly audience?: string;
}

/** How {@link openHandoff} opens. */
export interface HandoffOpenOptions {
  /** How old a token may be, in seconds, whatever expiry it gives itself. */
  readonly maxAge: number;
  /** Who this is. A token with an audience opens for that one only, and one without for nobody who gives an audience. */
  readonly audience?: string | undefined;
  /**
   * Called when the token has opened and its entry is valid, before the entry is handed out; awaited. What it throws,
   * the call rejects with. Its `id` is what to claim, for the job that the token came with: where work that failed is
   * tried again, a claim that does not know whose it is refuses the second try, and the entry is lost.
   */
  readonly onToken?: ((token: HandoffToken) => unknown) | undefined;
}

/**
 * Opens a token of {@link sealHandoff} and gives the entry, held against the whole field table. Before any cryptography
 * it refuses what is not exactly a hand-off token (other algorithms, compression, extensions, keys inside), has expired,
 * is too old, comes from the future (by more than 60 seconds), or is for somebody else.
 *
 * A token opens as often as it is presented: to refuse it in another job than the first, claim its id for the job, as in
 * the example. That a token opens says nothing about who sealed it: anybody can who has the public key.
 *
 * @param token base64url and dots, as it came.
 * @param privateKeys a private JWK or a JWK set; the token says by `kid` which one it is sealed to.
 * @returns the entry as it was given to `sealHandoff`.
 * @throws CredsealError `ERR_HANDOFF`, with a message for each reason; `ERR_ENTRY_INVALID` with `issues` if what is
 *   inside breaks the field table
 * @example
 * const claims = new Map(); // that all workers share: token id → job, until the token has expired
 * const entry = await openHandoff(token, privateJwk, {
 *   maxAge: 600,
 *   audience: 'vault-worker',
 *   onToken: ({ id }) => {
 *     if ((claims.get(id) ?? job.id) !== job.id) throw new Error('This token was used before.');
 *     claims.set(id, job.id);
 *   },
 * });
 */
export async function openHandoff(
  token: string,
  privateKeys: HandoffPrivateKeys,
  options: HandoffOpenOptions,
): Promise<VaultEntry> {
  return openHandoffAt(Date.now(), token, privateKeys, options);
}

/** {@link openHandoff} at a time of the caller's, in milliseconds. Not public: it exists for test vectors. */
export async function openHandoffAt(
  now: number,
  token: string,
  privateKeys: HandoffPrivateKeys,
  options: HandoffOpenOptions,
): Promise<VaultEntry> {
  const checked = checkedOptions(options);
  const { entry, seen } = await openedToken(now, token, privateKeys, checked);
  const { issues } = checkEntry(entry, {
    operation: 'create',
    allowUnknown: [],
    credential: plainCredential([]),
  });
  if (issues.length > 0) throw entryInvalid(issues);
  await checked.onToken?.(seen);
  return entry;
}

/**
 * Opens a token, up to and without the check of the entry in it and the call of `onToken`. Not public.
 *
 * @throws CredsealError `ERR_HANDOFF`
 */
export async function openedToken(
  now: number,
  token: unknown,
  privateKeys: unknown,
  options: HandoffOpenOptions,
): Promise<{ entry: VaultEntry; seen: HandoffToken }> {
  const { maxAge, audience } = checkedOptions(options);
  const keys = readPrivateKeys(privateKeys);
  const header = readHeader(token);
  const { kid, iat, exp, jti, aud } = header;
  checkTimes(header, maxAge, Math.floor(now / 1000));
  checkAudience(aud, audience);
  const entry = await decryptedEntry(token as string, header, keys);
  const expiresAt = Math.min(exp, iat + maxAge + 1);
  const seen = {
    id: jti,
    issuedAt: iat,
    expiresAt,
    keyId: kid,
    ...(aud === undefined ? {} : { audience: aud }),
  };
  return { entry, seen };
}

/** The options of {@link openHandoff}. */
export const OPEN_OPTIONS: readonly (keyof HandoffOpenOptions)[] = ['maxAge', 'audience', 'onToken'];

export function checkedOptions(options: HandoffOpenOptions): HandoffOpenOptions {
  checkOptions(options, OPEN_OPTIONS);
  const { maxAge, audience, onToken } = options;
  if (
    !isSeconds(maxAge, Number.MAX_SAFE_INTEGER) ||
    !(audience === undefined || isAudience(audience)) ||
    !(onToken === undefined || typeof onToken === 'function')
  ) {
    throw handoffError(`Options: maxAge, whole seconds from 1; ${AUDIENCE}; onToken, a function, if wanted.`);
  }
  return { maxAge, audience, onToken };
}

/** RFC 7519 sections 4.1.4 (exp) and 4.1.6 (iat). There is no tolerance for what is over. */
function checkTimes({ iat, exp }: HandoffHeader, maxAge: number, now: number): void {
  if (now >= exp) throw refused(`it expired ${now - exp} seconds ago`, 'expired');
  if (now - iat > maxAge)
    throw refused(`it is ${now - iat} seconds old, where maxAge is ${maxAge}`, 'expired');
  if (iat - now > CLOCK_TOLERANCE) {
    const ahead = `it was issued ${iat - now} seconds in the future: one of the two clocks is wrong`;
    throw refused(ahead, 'not-yet');
  }
}

/** RFC 7519 section 4.1.3: who does not find itself in the audience must refuse. */
function checkAudience(aud: string | undefined, audience: string | undefined): void {
  if (aud === audience) return;
  if (audience === undefined)
    throw refused('it is for an audience, and none was given to open it with', 'audience');
  const whose = aud === undefined ? 'it is for no audience, and one was given' : 'it is for another audience';
  throw refused(whose, 'audience');
}

/** What is inside. Its bytes are wiped; the texts that are made of them cannot be. */
async function decryptedEntry(
  token: string,
  { kid, epk }: HandoffHeader,
  keys: readonly PrivateKey[],
): Promise<VaultEntry> {
  const { plaintext } = await withKey(epk.crv, async () => {
    const key = await keyNamed(kid, keys);
    if (key === undefined)
      throw refused(`it is sealed to the key ${kid}, which is not among the private keys`, 'unknown-key');
    if (key.jwk.crv !== epk.crv) throw refused('its epk is of another curve than the key', 'changed');
    return compactDecrypt(token, key.jwk, LIMITS).catch((error: unknown) => {
      // The private key is none, or the platform lacks its curve.
      if (error instanceof DOMException) throw error;
      // With all of the structure checked, whatever else fails is the token's: jose says different things of it, and
      // so do platforms.
      const why = 'it does not open: it was changed, or its kid names another key than it was sealed to';
      throw refused(why, 'changed');
    });
  });
  let text = '';
  let entry: VaultEntry;
  try {
    text = decoder.decode(plaintext);
    entry = JSON.parse(text);
  } catch {
    // The errors of decoder and parser quote their input.
    throw refused('it opens, but does not hold JSON', 'changed');
  } finally {
    plaintext.fill(0);
  }
  if (indexOfDuplicateMember(text) === -1) return entry;
  throw refused('it opens, but its entry has a member twice', 'changed');
}
