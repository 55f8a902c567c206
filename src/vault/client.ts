import { type OpenedEntry, openEntry, type StoredEntry } from '../entry/open-entry.js';
import { sealEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { applySteps } from './apply.js';
import { atPlace } from './at-place.js';
import type { CallOptions } from './call-options.js';
import { clearBrowserState, createEntry, currentCode, deleteEntry, getEntry, updateEntry } from './calls.js';
import type { Listed, VaultClient, VaultClientConfig } from './client-types.js';
import { checkedCallOptions, checkedConfig } from './config.js';
import { listEntries } from './entry-list.js';
import type { Ends, Exchange } from './exchange.js';
import { nameOf } from './name.js';
import { planOf, stepsOf } from './plan.js';
import { rotateAll } from './rotate.js';
import { rotationOf } from './rotation.js';
import { withSharedSignal } from './shared-signal.js';
import { upsertEntry } from './upsert.js';

/**
 * A client of the vault: it seals, sends and opens. It runs wherever `fetch` is, and tries again after 429 (as
 * `Retry-After` asks), 5xx and failed connections. It prints and serialises without keys and API key. Source:
 * docs/vault-api.md, rules 1 to 8.
 *
 * @param config see {@link VaultClientConfig}.
 * @throws CredsealError `ERR_REQUEST_INVALID` if API key, base URL or an option cannot be used; `ERR_KEY_FORMAT`,
 *   `ERR_KEY_DESTROYED`
 * @example
 * const vault = vaultClient({ apiKey: process.env.CLOUDCRUISE_API_KEY, keys: VaultKey.fromEnv() });
 * const entry = await vault.get({ permissioned_user_id: 'user-1', domain: 'https://example.com' });
 */
export function vaultClient(config: VaultClientConfig): VaultClient {
  return clientBy(checkedConfig(config));
}

/** {@link vaultClient} by options that are checked already. Not public. */
export function clientBy(how: Exchange): VaultClient {
  const { keys } = how;
  const open = (stored: StoredEntry) => openNamed(stored, keys);
  /** For calls that seal nothing: they know the options all the same, since one object may serve for every call. */
  const endsOf = (operation: string, options?: CallOptions) => checkedCallOptions(operation, options).ends;

  return Object.freeze<VaultClient>({
    async create(entry, options) {
      const {
        options: { signal, ...seal },
        ends,
      } = checkedCallOptions('create', options);
      const payload = sealEntry(entry, keys, { ...seal, operation: 'create' });
      return open((await createEntry(payload, how, ends)).stored);
    },
    async update(entry, options) {
      const {
        options: { signal, ...seal },
        ends,
      } = checkedCallOptions('update', options);
      return open(await updateEntry(sealEntry(entry, keys, { ...seal, operation: 'update' }), how, ends));
    },
    async upsert(entry, options) {
      const {
        options: { signal, ...seal },
        ends,
      } = checkedCallOptions('upsert', options);
      const desired = sealEntry(entry, keys, { ...seal, operation: 'create' });
      const { outcome, stored } = await upsertEntry(desired, how, ends);
      return { outcome, entry: open(stored) };
    },
    async get(ref, options) {
      const stored = await getEntry(ref, how, endsOf('get', options));
      return stored && open(stored);
    },
    list: (options) => listed(how, endsOf('list', options), open),
    delete: async (ref, options) => deleteEntry(ref, how, endsOf('delete', options)),
    clearBrowserState: async (ref, options) =>
      clearBrowserState(ref, how, endsOf('clearBrowserState', options)),
    tfaCode: async (ref, options) => currentCode(ref, how, endsOf('tfaCode', options)),
    async plan(desired, options) {
      const { options: given, ends } = checkedCallOptions('plan', options, ['prune']);
      return planOf(desired, how, given, ends);
    },
    apply(plan, options) {
      const { options: given } = checkedCallOptions('apply', options, [
        'journal',
        'concurrency',
        'maxDeletes',
      ]);
      const steps = stepsOf(plan, how);
      return withSharedSignal(given.signal, (shared) => applySteps(steps, how, given, shared));
    },
    rotate(options) {
      const { options: given } = checkedCallOptions('rotate', options, ['journal', 'concurrency', 'dryRun']);
      return rotationOf(withSharedSignal(given.signal, (shared) => rotateAll(how, given, shared)));
    },
  });
}

async function* listed(
  how: Exchange,
  ends: Ends,
  open: (stored: StoredEntry) => OpenedEntry,
): AsyncGenerator<Listed, void, undefined> {
  for await (const stored of listEntries(how, ends)) {
    let opened: Listed;
    try {
      opened = { stored, entry: open(stored) };
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      opened = { stored, error };
    }
    yield opened;
  }
}

/** Opens an entry; the error of a credential that does not names the entry, too: of many, it is one. */
function openNamed(stored: StoredEntry, keys: VaultClientConfig['keys']): OpenedEntry {
  return atPlace(nameOf(stored), () => openEntry(stored, keys));
}
