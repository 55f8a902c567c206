import { type BulkFailure, type BulkItem, itemOf } from '../bulk/item.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import type { Finding } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { compactStores } from '../preflight/compact-store.js';
import { openingKeys, preflightFailed, reportOf } from '../preflight/preflight.js';
import { startSendable } from '../preflight/sendable.js';
import { invalid } from '../vault/config.js';
import { isSendMode, type SendMode } from './send-sealed.js';

/** So many entries a job: enough that the queue is no cost, and few enough that one that is done again is none. */
const SIZE = 50;
/** A chunk is not longer than this, in characters of JSON, unless it is one entry. */
const MAX_CHUNK = 1024 * 1024;

/** How {@link chunkEntries} cuts. */
export interface ChunkOptions {
  /** How many entries a chunk has: 1 to 1,000, by default 50. */
  readonly size?: number | undefined;
  /** What they will be sent as, by default `create`. */
  readonly mode?: SendMode | undefined;
  /** Fields that the API has grown since this version, as by `sealEntry`. */
  readonly allowUnknown?: readonly string[] | undefined;
}

/** So many entries, with the lines of the document that they came from. */
export interface EntryChunk {
  readonly lines: readonly number[];
  readonly entries: readonly SealedEntry[];
}

/**
 * Cuts a stream of sealed entries into chunks, each for a job of a queue. Every entry is preflighted on the way, and what
 * is wrong with several (copies, IVs that are used again, two for one name) is found over all chunks, not within one:
 * behind the queue nobody sees them all. It keeps some 100 bytes of each entry.
 *
 * @param keys a key, or a ring; a value under a previous key is refused, since the vault knows the current one alone.
 * @param options see {@link ChunkOptions}.
 * @returns a `TransformStream` of items, as `readNdjson` makes them, to chunks. An entry that is refused becomes a
 *   failure with `ERR_PREFLIGHT`, before the chunk that it would have been in.
 * @throws CredsealError `ERR_REQUEST_INVALID` if an option is none; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`
 * @example
 * for await (const chunk of file.stream().pipeThrough(readNdjson<SealedEntry>()).pipeThrough(chunkEntries(key)))
 *   if ('entries' in chunk) await queue.addBulk([pushJob(chunk.entries, key)]);
 */
export function chunkEntries(
  keys: VaultKey | KeyRing,
  options: ChunkOptions = {},
): TransformStream<BulkItem<SealedEntry>, EntryChunk | BulkFailure> {
  return chunkEntriesAt(keys, options, (line) => `line ${line}`);
}

/** {@link chunkEntries} with a way to name a place in messages. Not public. */
export function chunkEntriesAt(
  keys: VaultKey | KeyRing,
  options: ChunkOptions,
  nameOfPlace: (line: number) => string,
): TransformStream<BulkItem<SealedEntry>, EntryChunk | BulkFailure> {
  const problem = optionsProblem(options, ['size', 'mode', 'allowUnknown']);
  if (problem) throw invalid('options', `Options ${problem}.`);
  const { size = SIZE, mode = 'create', allowUnknown = [] } = options;
  if (!Number.isInteger(size) || size < 1 || size > 1000)
    throw invalid('size', 'size is a whole number from 1 to 1000.');
  if (!isSendMode(mode)) throw invalid('mode', 'The mode is "create", "update" or "upsert".');
  openingKeys(keys);
  const check = startSendable(
    { keys, operation: mode === 'update' ? 'update' : 'create', allowUnknown },
    nameOfPlace,
    compactStores(),
  );
  let lines: number[] = [];
  let entries: SealedEntry[] = [];
  let length = 0;
  const cut = (controller: TransformStreamDefaultController<EntryChunk | BulkFailure>) => {
    if (entries.length > 0) controller.enqueue({ lines, entries });
    lines = [];
    entries = [];
    length = 0;
  };
  return new TransformStream<BulkItem<SealedEntry>, EntryChunk | BulkFailure>({
    transform(given, controller) {
      const item = itemOf(given, 'chunkEntries');
      if ('error' in item) return controller.enqueue(item);
      const { line, value } = item;
      const { payload, problems } = check(value, line);
      if (payload === undefined)
        return controller.enqueue({ line, error: preflightFailed(reportOf(asErrors(problems), 1)) });
      const characters = JSON.stringify(payload).length;
      if (entries.length === size || (length > 0 && length + characters > MAX_CHUNK)) cut(controller);
      lines.push(line);
      entries.push(payload);
      length += characters;
    },
    flush: cut,
  });
}

/** Without these, a report of warnings alone would be that of an entry in order. */
const asErrors = (problems: readonly Finding[]) =>
  problems.map((finding) => ({ ...finding, severity: 'error' as const }));
