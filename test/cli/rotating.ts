import { openEntry, type SealedEntry, sealEntry, VaultKey } from '../../src/index.js';
import { KEY, OLD_KEY } from './sealing.js';

// Entries before and after a rotation from OLD_KEY to KEY.

export const current = VaultKey.fromHex(KEY);
export const previous = VaultKey.fromHex(OLD_KEY);
/** Both keys in the environment. */
export const WITH_RING = {
  CLOUDCRUISE_ENCRYPTION_KEY: KEY,
  CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OLD_KEY,
};

export const sealed = (user: string, key: VaultKey): SealedEntry =>
  sealEntry({ permissioned_user_id: user, domain: 'https://example.com', password: `hunter2 ${user}` }, key, {
    padTo: 64,
  });
/** An entry that no key of the ring opens. */
export const strange = (user: string): SealedEntry => sealed(user, VaultKey.generate());
export const line = (value: unknown) => `${JSON.stringify(value)}\n`;
/** The passwords of NDJSON, each of which opens under the current key alone. */
export const passwordsIn = (ndjson: string): unknown[] =>
  ndjson
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => openEntry(JSON.parse(text), current).password);
