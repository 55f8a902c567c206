import { type SealedEntry, sealEntry } from '../entry/seal-entry.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { checkOptions } from './format.js';
import { type HandoffOpenOptions, OPEN_OPTIONS, openedToken } from './open-handoff.js';
import type { HandoffPrivateKeys } from './private-keys.js';

/** How {@link handoffToVault} opens and seals. */
export interface HandoffToVaultOptions extends HandoffOpenOptions {
  /** Open the token: as for {@link openHandoff}. */
  readonly handoffKeys: HandoffPrivateKeys;
  /** Seals the entry: as for `sealEntry`. */
  readonly vaultKey: VaultKey | KeyRing;
  /** Hides the lengths of credentials: as for `sealEntry`. */
  readonly padTo?: number | undefined;
}

/**
 * Opens a token and seals what is inside for the vault, in one step: the credentials are never in the caller's hands.
 * The decrypted bytes are wiped before it returns; the texts that JavaScript made of them are dropped, and cannot be.
 *
 * Compare `permissioned_user_id` of the result with the user that the token came from: whoever has the public key can
 * seal an entry in anybody's name. Then claim the token's id, which `onToken` gives, for the job that it came with: the same
 * job may come again, and another one with the same token is a replay. Keep the payload in the job in place of the token.
 *
 * @param token base64url and dots, as it came.
 * @param options as for {@link openHandoff}, with the keys. `onToken` is called when everything else is done.
 * @returns the payload of a create or an update, as `sealEntry` gives it.
 * @throws CredsealError as {@link openHandoff} and `sealEntry`
 * @example
 * const payload = await handoffToVault(token, {
 *   handoffKeys: privateJwk,
 *   vaultKey: VaultKey.fromEnv(),
 *   maxAge: 600,
 *   audience: 'vault-worker',
 * });
 */
export async function handoffToVault(token: string, options: HandoffToVaultOptions): Promise<SealedEntry> {
  checkOptions(options, ['handoffKeys', 'vaultKey', 'padTo', ...OPEN_OPTIONS]);
  const { handoffKeys, vaultKey, padTo, maxAge, audience, onToken } = options;
  keysOf(vaultKey);
  const opening = { maxAge, audience, onToken };
  const { entry, seen } = await openedToken(Date.now(), token, handoffKeys, opening);
  const sealed = sealEntry(entry, vaultKey, { padTo });
  await onToken?.(seen);
  return sealed;
}
