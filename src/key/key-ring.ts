import { CredsealError } from '../errors.js';
import { isArray, isObject } from '../inspection.js';
import { keyBytes, type VaultKey } from './vault-key.js';

/**
 * The keys of a workspace around a rotation: seals with the current one, opens with any. A sealed value does not
 * say which key it is under, so opening tries them in order.
 *
 * @example
 * const ring = new KeyRing(VaultKey.fromEnv(), [VaultKey.fromHex(lastYearsKey)]);
 * openValue(sealed, ring);
 */
export class KeyRing {
  /** Seals. */
  readonly current: VaultKey;
  /** All of them, the current one first, each once. */
  readonly keys: readonly VaultKey[];

  /**
   * @param current the key that seals from now on.
   * @param previous keys that only open, most recent first. A key that is there twice is kept once.
   * @throws CredsealError `ERR_KEY_FORMAT` if anything in it is no `VaultKey`, `ERR_KEY_DESTROYED`
   */
  constructor(current: VaultKey, previous: Iterable<VaultKey> = []) {
    if (isArray(previous) === undefined || typeof previous?.[Symbol.iterator] !== 'function') {
      throw new CredsealError('ERR_KEY_FORMAT', 'Previous keys are an array of VaultKey.');
    }
    const keys: VaultKey[] = [];
    for (const key of [current, ...previous]) {
      const bytes = keyBytes(key);
      // By their bytes: fingerprints take longer to compute than everything else that happens to a key.
      const isKnown = keys.some((known) => keyBytes(known).every((byte, at) => byte === bytes[at]));
      if (!isKnown) keys.push(key);
    }
    this.current = current;
    this.keys = Object.freeze(keys);
    Object.freeze(this);
  }
}

/**
 * The ring that a key by itself is, or the ring itself: what takes either, takes this. Not public.
 *
 * @throws CredsealError `ERR_KEY_FORMAT`
 */
export function keysOf(keys: VaultKey | KeyRing): Pick<KeyRing, 'current' | 'keys'> {
  if (isObject(keys) && keys instanceof KeyRing) return keys;
  const key = keys as VaultKey;
  keyBytes(key);
  return { current: key, keys: [key] };
}
