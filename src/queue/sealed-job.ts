import type { SealedEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { isArray, isObject } from '../inspection.js';
import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { canonicalJson } from '../vault/canonical-json.js';
import { isSameMac, macKey, macOf } from '../vault/manifest/mac.js';
import { isSendMode, type SendMode } from './send-sealed.js';

const INFO = 'credseal/v1/queue';
const LABEL = 'credseal/v1/queue/job';
/** The longest job, in characters of JSON. */
const MAX_JOB = 4 * 1024 * 1024;
/** The longest sentence that is told of a job that was refused before, in characters. */
const MAX_REASON = 1000;

/**
 * Sealed entries as a job carries them. A sealed value is bound to no place, so who can write to the queue could put it
 * under a domain of theirs: the MAC, under a key that is derived from the vault key, binds all of the job.
 */
export interface SealedJobData {
  readonly entries: readonly SealedEntry[];
  readonly mode: SendMode;
  /** Seconds since the epoch: when the token was sealed that this was made of. Undefined for what was no token. */
  readonly issuedAt?: number | undefined;
  /** 64 hex digits. */
  readonly mac: string;
}

/** Makes the data of a job. Not public: pushJob and workers call it. */
export function sealedJob(
  entries: readonly SealedEntry[],
  keys: VaultKey | KeyRing,
  { mode, issuedAt }: Pick<SealedJobData, 'mode' | 'issuedAt'>,
): SealedJobData {
  const mac = macBy(entries, keysOf(keys).current, { mode, issuedAt });
  const data = { mode, ...(issuedAt !== undefined && { issuedAt }), entries, mac };
  if (JSON.stringify(data).length > MAX_JOB)
    throw new CredsealError(
      'ERR_REQUEST_INVALID',
      `The entries of a job have at most ${MAX_JOB} characters of JSON: make more jobs of them.`,
      { field: 'entries' },
    );
  return data;
}

/** What a job carries, held against its MAC; or why that is refused, for good. */
export function readSealedJob(data: unknown, keys: VaultKey | KeyRing): SealedJobData | { refused: string } {
  if (!isObject(data) || isArray(data.entries) !== true || typeof data.mac !== 'string')
    return {
      refused:
        reasonIn(data) ??
        'The job is not from credseal: it has neither a token nor sealed entries with a MAC.',
    };
  const { entries, mode, issuedAt, mac } = data as unknown as SealedJobData;
  const isTime = issuedAt === undefined || Number.isSafeInteger(issuedAt);
  if (!isSendMode(mode) || !isTime) return { refused: 'The job has no mode, or another time than a number.' };
  if (JSON.stringify(data).length > MAX_JOB)
    return { refused: `The job is larger than ${MAX_JOB} characters of JSON.` };
  const isAuthentic = keysOf(keys).keys.some((key) => isMacBy(mac, entries, key, { mode, issuedAt }));
  if (!isAuthentic)
    return {
      refused: 'The MAC of the job does not hold: it was made or changed by who has not the vault key.',
    };
  return { entries, mode, mac, ...(issuedAt !== undefined && { issuedAt }) };
}

/** Why a job was refused that is scrubbed already: its worker was killed before it could fail it. */
function reasonIn(data: unknown): string | undefined {
  const refused = isObject(data) ? data.refused : undefined;
  const [first] = isArray(refused) === true ? (refused as unknown[]) : [];
  return isObject(first) && typeof first.reason === 'string' ? first.reason.slice(0, MAX_REASON) : undefined;
}

function isMacBy(
  mac: string,
  entries: readonly unknown[],
  key: VaultKey,
  bound: Pick<SealedJobData, 'mode' | 'issuedAt'>,
): boolean {
  try {
    return isSameMac(mac, macBy(entries, key, bound));
  } catch (error) {
    // What is nested too deep for a MAC has none.
    if (error instanceof CredsealError && error.code === 'ERR_ENTRY_INVALID') return false;
    throw error;
  }
}

/** HMAC-SHA-256 (RFC 2104) over mode, time and the canonical JSON of each entry. */
function macBy(
  entries: readonly unknown[],
  key: VaultKey,
  { mode, issuedAt = '' }: { readonly mode: SendMode; readonly issuedAt?: number | '' | undefined },
): string {
  const bytes = macKey(key, INFO);
  try {
    return macOf([LABEL, mode, String(issuedAt), ...entries.map(textOf)], bytes);
  } finally {
    bytes.fill(0);
  }
}

function textOf(entry: unknown): string {
  const text = canonicalJson(entry);
  if (text !== undefined) return text;
  throw new CredsealError('ERR_ENTRY_INVALID', 'An entry is no JSON, or nested too deep.', {
    issues: [{ path: '', rule: 'payload/not-an-object', message: 'The entry is no JSON.' }],
  });
}
