import { type SealedEntry, sealEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { checkOptions, handoffError } from '../handoff/format.js';
import { refused } from '../handoff/header.js';
import { type HandoffToken, openedToken } from '../handoff/open-handoff.js';
import type { HandoffPrivateKeys } from '../handoff/private-keys.js';
import { isObject } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';

/** What a job of a queue carries: a token, and whose it has to be. */
export interface HandoffJobData {
  /** Base64url and dots, as it came. */
  readonly token: string;
  /** Who was logged in when it came in: the entry's `permissioned_user_id` has to be the same. */
  readonly user: string;
}

/** How {@link redeemHandoff} opens, claims and seals. */
export interface RedeemOptions {
  /** Open the token: as for `openHandoff`. */
  readonly handoffKeys: HandoffPrivateKeys;
  /** Seals the entry: as for `sealEntry`. */
  readonly vaultKey: VaultKey | KeyRing;
  /** How old a token may be, in seconds, whatever expiry it gives itself. */
  readonly maxAge: number;
  /** Who this is: as for `openHandoff`. */
  readonly audience?: string | undefined;
  /** Hides the lengths of credentials: as for `sealEntry`. */
  readonly padTo?: number | undefined;
  /**
   * Claims the token for the job at hand: true if the job has it, now or from an earlier attempt, false if another job has
   * it. Keep a claim by the token's `id`, until a minute behind `expiresAt`, where nothing is evicted.
   */
  readonly claim: (token: HandoffToken) => boolean | Promise<boolean>;
}

/** The options of {@link redeemHandoff}. */
const OPTIONS: readonly (keyof RedeemOptions)[] = [
  'handoffKeys',
  'vaultKey',
  'maxAge',
  'audience',
  'padTo',
  'claim',
];

/**
 * Makes a payload of the token that a job carries, once and for that job: opens the token, compares the user, seals the
 * entry, claims the token. Put the payload into the job in place of the token, then send it: what is tried again is then
 * the same payload, which the vault's answer to an interrupted create can be compared with.
 *
 * @returns the payload of a create or an update, as `sealEntry` gives it.
 * @throws CredsealError `ERR_HANDOFF` with `reason`, and as `sealEntry`; {@link isFinal} tells what is final
 * @example
 * const payload = await redeemHandoff(job.data, {
 *   handoffKeys: privateJwk,
 *   vaultKey: VaultKey.fromEnv(),
 *   maxAge: 600,
 *   audience: 'vault-worker',
 *   claim: async ({ id, expiresAt }) => (await claims.putIfAbsent(id, job.id, expiresAt + 60)) === job.id,
 * });
 */
export async function redeemHandoff(job: HandoffJobData, options: RedeemOptions): Promise<SealedEntry> {
  checkOptions(options, OPTIONS);
  const { handoffKeys, vaultKey, maxAge, audience, padTo, claim } = options;
  keysOf(vaultKey);
  if (typeof claim !== 'function') throw handoffError('Options: claim, a function.');
  if (!isObject(job) || typeof job.user !== 'string' || job.user === '')
    throw handoffError('The job is { token, user }, with the user that the server knows.', 'malformed');
  const { entry, seen } = await openedToken(Date.now(), job.token, handoffKeys, { maxAge, audience });
  // Before the claim: nobody uses up the token of somebody else.
  if (isObject(entry) && entry.permissioned_user_id !== job.user)
    throw refused('its entry is not that of the user of the job', 'user');
  const payload = sealEntry(entry, vaultKey, { padTo });
  if ((await claim(seen)) !== true) throw refused('another job has used it', 'used');
  return payload;
}

const FINAL: readonly (string | undefined)[] = [
  'malformed',
  'expired',
  'audience',
  'changed',
  'user',
  'used',
];

/**
 * Whether an error of a job is final: the token or the entry itself is refused, and another attempt would meet the same.
 * Everything else can be mended while the job waits: a key that is not deployed yet, a clock, a vault that is away.
 *
 * @example if (isFinal(error)) await scrub(job);
 */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof CredsealError)) return false;
  if (error.code === 'ERR_HANDOFF') return FINAL.includes(error.reason);
  // Without issues it is an option that is wrong.
  return (
    error.code === 'ERR_PREFLIGHT' || (error.code === 'ERR_ENTRY_INVALID' && (error.issues?.length ?? 0) > 0)
  );
}
