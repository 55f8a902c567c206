import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import { KeyRing as Ring } from './key-ring.js';
import { VaultKey } from './vault-key.js';

type Environment = Readonly<Record<string, unknown>>;

const CURRENT = 'CLOUDCRUISE_ENCRYPTION_KEY';
const PREVIOUS = 'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS';

/**
 * Reads the ring from the environment variables `CLOUDCRUISE_ENCRYPTION_KEY` (64 hex digits) and
 * `CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS` (the same, with commas between; may be missing). It reads no file and runs
 * nothing: what the variables beside them name (`…_FILE`, `…_COMMAND`) is for `loadKeys` of `credseal/key-file`.
 *
 * @param env where to look; by default `process.env` (on Workers, give the handler's `env`).
 * @throws CredsealError `ERR_KEY_MISSING` if there is no key, or one of the two is given as a file or a command alone;
 *   `ERR_KEY_FORMAT` if a key is malformed, or one is given in two ways: which one counts is never chosen here.
 * @example const ring = KeyRing.fromEnv();
 */
function fromEnv(env: Environment | undefined = globalThis.process?.env): Ring {
  const given = isObject(env) ? env : {};
  refuseOtherForms(given, CURRENT);
  refuseOtherForms(given, PREVIOUS);
  const current = VaultKey.fromEnv(given, CURRENT);
  const { [PREVIOUS]: list } = given;
  return new Ring(current, list === undefined || list === '' ? [] : keysInList(list, PREVIOUS));
}

/**
 * The keys of a list with commas between them. Not public.
 *
 * @param source what the list is, for messages.
 * @throws CredsealError `ERR_KEY_FORMAT`, which says which of them is wrong
 */
export function keysInList(list: unknown, source: string): VaultKey[] {
  const hexes = typeof list === 'string' ? list.split(',') : [list as string];
  return hexes.map((hex, index) => {
    try {
      return VaultKey.fromHex(hex);
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      const field = `${source}, key ${index + 1}`;
      throw new CredsealError(error.code, `${field}: ${error.message}`, { field });
    }
  });
}

function refuseOtherForms(env: Environment, name: string): void {
  for (const other of [`${name}_FILE`, `${name}_COMMAND`]) {
    if (!env[other]) continue;
    if (env[name])
      throw new CredsealError('ERR_KEY_FORMAT', `${name} and ${other} are both set: keep one.`, {
        field: name,
      });
    throw new CredsealError(
      'ERR_KEY_MISSING',
      `${name} is not set, but ${other} is, and nothing is read or run here: get what it names, and give that to loadKeys of credseal/key-file.`,
      { field: name },
    );
  }
}

/**
 * The keys of a workspace around a rotation: seals with the current one, opens with any. See {@link Ring}.
 *
 * @example
 * const ring = new KeyRing(VaultKey.fromEnv(), [VaultKey.fromHex(lastYearsKey)]);
 * openValue(sealed, ring);
 */
// Beside the class, and not in it: what takes a ring knows the class, and does not pay in a bundle for a way to make one.
export const KeyRing = /* @__PURE__ */ Object.assign(Ring, { fromEnv });
export type KeyRing = Ring;
