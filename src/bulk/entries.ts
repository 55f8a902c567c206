import { optionInvalid } from '../entry/issue.js';
import { type OpenedEntry, openEntry, type StoredEntry } from '../entry/open-entry.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import {
  checkedSealOptions,
  type SealedEntry,
  type SealOptions,
  sealEntry,
  type VaultEntry,
  type VaultUpdate,
} from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import { keyBytes, type VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { compactStores } from '../preflight/compact-store.js';
import {
  openingKeys,
  type PreflightOptions,
  preflightFailed,
  reportOf,
  startPreflight,
} from '../preflight/preflight.js';
import { MAX_PLACES } from '../preflight/rules/batch.js';
import { sealValue } from '../value/sealed-value.js';
import { type BulkItem, type BulkResult, itemOf, notAnEntry } from './item.js';

/**
 * Seals entries as `sealEntry` does, one item after the other. An entry that is refused becomes a failure in its place.
 *
 * @param key seals; of a ring, the current key.
 * @param options as for `sealEntry`, and the same for all entries.
 * @returns a `TransformStream` that keeps the order and the line. Failures have `ERR_ENTRY_INVALID` with `issues`; the
 *   stream itself errors if the key is destroyed meanwhile, or if it is given something else than items.
 * @throws CredsealError `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`; `ERR_ENTRY_INVALID` or `ERR_PLAINTEXT_FORMAT` if an option is none
 * @example
 * const sealed = file.stream().pipeThrough(readNdjson<VaultEntry>()).pipeThrough(sealEntries(key));
 */
export function sealEntries(
  key: VaultKey | KeyRing,
  options: SealOptions = {},
): TransformStream<BulkItem<VaultEntry | VaultUpdate>, BulkItem<SealedEntry>> {
  const fixed = checkedSealOptions(options);
  // Said once, here, rather than at every line.
  sealValue('', keysOf(key).current, { padTo: fixed.padTo });
  return stage('sealEntries', keysOf(key), (entry) => sealEntry(entry as VaultEntry, key, fixed));
}

/**
 * Opens entries as `openEntry` does, one item after the other. An entry that does not open becomes a failure in its place.
 *
 * @param keys a key, or a ring: then every key is tried for each credential.
 * @returns a `TransformStream` that keeps the order and the line. Failures have `ERR_SEALED_FORMAT`, `ERR_OPEN_FAILED` or
 *   `ERR_PLAINTEXT_FORMAT` or `ERR_ALREADY_SEALED` with `field`, or `ERR_ENTRY_INVALID`; the stream itself errors if a key is destroyed meanwhile.
 * @throws CredsealError `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * for await (const item of bytes.pipeThrough(readNdjson<StoredEntry>()).pipeThrough(openEntries(ring)))
 *   if ('value' in item) console.log(item.value.user_name);
 */
export function openEntries(
  keys: VaultKey | KeyRing,
): TransformStream<BulkItem<StoredEntry>, BulkItem<OpenedEntry>> {
  return stage('openEntries', keysOf(keys), (entry: StoredEntry) => openEntry(entry, keys));
}

/**
 * Brings entries under the ring's current key as `rotateEntry` does, one item after the other. An entry that does not
 * open becomes a failure in its place; one that is under the current key already goes on as it came.
 *
 * @param keys the ring: the current key, and the previous ones that entries may still be under.
 * @returns a `TransformStream` that keeps the order and the line. Failures are those of {@link openEntries}.
 * @throws CredsealError `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * const ring = new KeyRing(VaultKey.fromEnv(), [previousKey]);
 * const rotated = file.stream().pipeThrough(readNdjson<StoredEntry>()).pipeThrough(rotateEntries(ring));
 */
export function rotateEntries<T extends StoredEntry | SealedEntry>(
  keys: VaultKey | KeyRing,
): TransformStream<BulkItem<T>, BulkItem<T>> {
  return stage('rotateEntries', keysOf(keys), (entry: T) => rotateEntry(entry as StoredEntry, keys) as T);
}

/**
 * Holds sealed entries against the rules of `preflight`, over the whole stream: copied values, IVs used twice and
 * entries that come twice are found across all lines. What is in order goes on as it came, with `warnings` where there
 * are any; what is not becomes a failure, so that this stage may stand before the one that sends.
 *
 * What is remembered of each entry (its name, the IVs) is a few hundred bytes: unlike the others, this stage grows.
 *
 * @param keys a key, or a ring; never `'none'`.
 * @param options as for `preflight`: `operation`, what the entries are for, and `allowUnknown`.
 * @returns a `TransformStream` that keeps the order and the line. Failures have `ERR_PREFLIGHT` with the `report` of
 *   that entry; the stream itself errors if a key is destroyed meanwhile, and beyond line 67,108,863.
 * @throws CredsealError `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`; `ERR_ENTRY_INVALID` if an option is none
 * @example
 * const checked = file.stream().pipeThrough(readNdjson<SealedEntry>()).pipeThrough(preflightEntries(ring));
 */
export function preflightEntries<T = SealedEntry>(
  keys: VaultKey | KeyRing,
  options: Omit<PreflightOptions, 'keys'> = {},
): TransformStream<BulkItem<T>, BulkItem<T>> {
  openingKeys(keys);
  const problem = optionsProblem(options, ['operation', 'allowUnknown']);
  if (problem) throw optionInvalid('options', problem);
  const { operation, allowUnknown } = options;
  const check = startPreflight({ operation, allowUnknown, keys }, (line) => `line ${line}`, compactStores());
  return new TransformStream<BulkItem<T>, BulkItem<T>>({
    transform(given, controller) {
      const item = itemOf(given, 'preflightEntries');
      if ('error' in item) return controller.enqueue(item);
      if (item.line >= MAX_PLACES || item.line < 0)
        throw notAnEntry(`Preflight remembers entries up to line ${MAX_PLACES - 1}: check in parts.`);
      const report = reportOf(check(item.value, item.line), 1);
      if (!report.ok) controller.enqueue({ line: item.line, error: preflightFailed(report) });
      else controller.enqueue(report.findings.length === 0 ? item : { ...item, warnings: report.findings });
    },
  });
}

/** One item in, one out. What an entry is refused for goes on as a failure; a key that is gone, or a fault, ends the stream. */
function stage<In, Out>(
  name: string,
  { keys }: Pick<KeyRing, 'keys'>,
  work: (value: In) => Out,
): TransformStream<BulkItem<In>, BulkItem<Out>> {
  for (const key of keys) keyBytes(key);
  return new TransformStream<BulkItem<In>, BulkItem<Out>>({
    transform(given, controller) {
      const item = itemOf(given, name);
      controller.enqueue('error' in item ? item : attempt(item, work));
    },
  });
}

/** What comes of an item, by itself. Not public. */
export function attempt<In, Out>({ line, value }: BulkResult<In>, work: (value: In) => Out): BulkItem<Out> {
  try {
    return { line, value: work(value) };
  } catch (error) {
    if (!(error instanceof CredsealError) || error.code.startsWith('ERR_KEY_')) throw error;
    return { line, error };
  }
}
