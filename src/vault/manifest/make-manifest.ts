import { entryInvalid, issueOf } from '../../entry/issue.js';
import { CredsealError } from '../../errors.js';
import { type KeyRing, keysOf } from '../../key/key-ring.js';
import type { VaultKey } from '../../key/vault-key.js';
import { optionsProblem } from '../../options.js';
import { atPlace } from '../at-place.js';
import { ManifestCheck } from './check-manifest.js';
import { checkedEntries, type ManifestEntries } from './entries.js';
import {
  endText,
  inByteOrder,
  isMac,
  isVaultName,
  lineStart,
  manifestText,
  newEnd,
  notAManifest,
  withMac,
} from './format.js';
import { endMac, entryMac, manifestKey, namedEntry } from './mac.js';

/** What {@link makeManifest} writes into the last line. */
export interface ManifestOptions {
  /** The manifest before this one, or its MAC: who keeps the newer one sees that an older one is older. */
  readonly previous?: string | undefined;
  /** Which vault this is: its address, or a name of your own. */
  readonly vault?: string | undefined;
}

/**
 * Makes a manifest of entries: for each a MAC over its names and over all that decides where or how a credential is used
 * (the sealed values, `tfa_method`, proxy, secret provider, `headers`), and one over the whole. A sealed value is bound to
 * no place by itself: with a manifest, `checkManifest` finds one that was moved, exchanged or put back. The entries are
 * read one after the other, and are not opened. Source: vectors/README.md, "Manifests"; RFC 2104, RFC 5869.
 *
 * @param entries sealed entries, or answers of the vault, also from a stream; each pair of names once.
 * @param keys a key; of a ring, the current one. Whoever has it can make another manifest.
 * @param options see {@link ManifestOptions}.
 * @returns NDJSON: a line an entry, and a last one with time, key and MAC. No secret is in it; names are.
 * @throws CredsealError (as a rejection) `ERR_ENTRY_INVALID` for what is no entry, or is there twice, and
 *   `ERR_SEALED_FORMAT` with `field` for a credential that is not sealed, both with the place in the message;
 *   `ERR_MANIFEST` if an option is none, or `previous` does not hold; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`. What the
 *   source of the entries throws goes on.
 * @example
 * const manifest = await makeManifest(entries, key, { vault: 'https://api.cloudcruise.com' });
 */
export function makeManifest(
  entries: ManifestEntries,
  keys: VaultKey | KeyRing,
  options: ManifestOptions = {},
): Promise<string> {
  return makeManifestAt(Date.now(), entries, keys, options);
}

/** {@link makeManifest} at another time, in ms since the epoch: for test vectors. Not public. */
export async function makeManifestAt(
  now: number,
  entries: ManifestEntries,
  keys: VaultKey | KeyRing,
  options: ManifestOptions = {},
): Promise<string> {
  const writer = new ManifestWriter(keys, checkedOptions(options, keys));
  try {
    let index = 0;
    for await (const entry of checkedEntries(entries)) {
      atPlace(`[${index}]`, () => writer.add(entry));
      index += 1;
    }
    return writer.end(now);
  } finally {
    writer.forgetKey();
  }
}

interface CheckedOptions {
  readonly previous?: string;
  readonly vault?: string;
}

/** Gathers the lines of a manifest. Not public: the command line adds entries by their places. */
export class ManifestWriter {
  readonly #key: Uint8Array;
  readonly #fingerprint: string;
  readonly #options: CheckedOptions;
  /** MACs by the beginnings of their lines. */
  readonly #macs = new Map<string, string>();

  constructor(keys: VaultKey | KeyRing, options: CheckedOptions) {
    const { current } = keysOf(keys);
    this.#key = manifestKey(current);
    this.#fingerprint = current.fingerprint;
    this.#options = options;
  }

  /** @throws CredsealError `ERR_ENTRY_INVALID`, `ERR_SEALED_FORMAT` */
  add(entry: unknown): void {
    const named = namedEntry(entry);
    const start = lineStart(named.permissioned_user_id, named.domain);
    if (this.#macs.has(start))
      throw entryInvalid([
        issueOf(
          'permissioned_user_id',
          'batch/duplicate-entry',
          'and domain are those of an entry before it',
        ),
      ]);
    this.#macs.set(start, entryMac(named, this.#key));
  }

  /** The manifest of what was added. */
  end(now: number): string {
    const starts = [...this.#macs.keys()].sort(inByteOrder);
    const lines = starts.map((start) => withMac(start, this.#macs.get(start) as string));
    const at = new Date(now).toISOString();
    const unsigned = endText(newEnd({ entries: lines.length, at, ...this.#options, key: this.#fingerprint }));
    return manifestText(lines, unsigned, endMac(lines, unsigned, this.#key));
  }

  /** Wipes the key of the MACs: it cannot be used any more. */
  forgetKey(): void {
    this.#key.fill(0);
  }
}

/**
 * The options as they are written. Of a previous manifest that is given whole, it is checked that it holds: a MAC that
 * anybody may have written would vouch for nothing.
 *
 * @throws CredsealError `ERR_MANIFEST`
 */
export function checkedOptions(options: ManifestOptions, keys: VaultKey | KeyRing): CheckedOptions {
  const problem = optionsProblem(options, ['previous', 'vault']);
  if (problem) throw new CredsealError('ERR_MANIFEST', `Options ${problem}.`);
  const { previous, vault } = options;
  if (vault !== undefined && !isVaultName(vault))
    throw new CredsealError('ERR_MANIFEST', 'options.vault is text that says which vault it is.');
  return {
    ...(vault !== undefined && { vault }),
    ...(previous !== undefined && { previous: macOfPrevious(previous, keys) }),
  };
}

function macOfPrevious(previous: string, keys: VaultKey | KeyRing): string {
  if (isMac(previous)) return previous;
  const { isAuthentic, manifest } = new ManifestCheck(previous, keys);
  if (isAuthentic) return manifest.mac;
  throw notAManifest('options.previous was changed, or is under a key that is not at hand');
}
