import type { SealedEntry } from '../entry/seal-entry.js';
import { isArray, typeName } from '../inspection.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { openingKeys, preflightFailed, reportOf } from '../preflight/preflight.js';
import { startSendable } from '../preflight/sendable.js';
import { invalid } from '../vault/config.js';
import { type SealedJobData, sealedJob } from './sealed-job.js';
import { isSendMode, type SendMode } from './send-sealed.js';

/** How the entries of a push job are sent. */
export interface PushJobOptions {
  /** By default `create`. */
  readonly mode?: SendMode | undefined;
  /** Fields that the API has grown since this version, as by `sealEntry`; workers have to allow them, too. */
  readonly allowUnknown?: readonly string[] | undefined;
}

/** The data of a push job, preflighted: nothing in clear comes on a queue. Not public. */
export function pushData(
  entries: readonly SealedEntry[],
  keys: VaultKey | KeyRing,
  options: PushJobOptions = {},
): SealedJobData {
  const problem = optionsProblem(options, ['mode', 'allowUnknown']);
  if (problem) throw invalid('options', `Options ${problem}.`);
  const { mode = 'create', allowUnknown } = options;
  if (!isSendMode(mode)) throw invalid('mode', 'The mode is "create", "update" or "upsert".');
  if (isArray(entries) !== true) throw invalid('entries', `Entries are an array; got ${typeName(entries)}.`);
  const operation = mode === 'update' ? 'update' : 'create';
  openingKeys(keys);
  const check = startSendable({ keys, operation, allowUnknown }, (index) => `[${index}]`);
  // A hole in the array is an entry that is missing.
  const checked = Array.from(entries, check);
  const found = checked.flatMap(({ problems }, index) =>
    problems.map((finding) => ({
      ...finding,
      severity: 'error' as const,
      path: [`[${index}]`, finding.path].filter(Boolean).join('.'),
    })),
  );
  if (found.length > 0) throw preflightFailed(reportOf(found, entries.length));
  const payloads = checked.flatMap(({ payload }) => payload ?? []);
  return sealedJob(payloads, keys, { mode });
}
