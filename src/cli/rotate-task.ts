import type { LineBlock } from '../bulk/line-blocks.js';
import type { StoredEntry } from '../entry/open-entry.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import { CredsealError } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import { CliError, EXIT } from './exit.js';
import type { DocumentRecord } from './records.js';
import { exchanged, exchangesOf } from './rotated-text.js';
import { linesOf } from './stream-records.js';
import type { BlockResult, LineFailure } from './work.js';

/** To bring sealed entries under the current key. */
export interface RotateTask {
  readonly kind: 'rotate';
  /** Whether lines that fail stay in the text as they are. */
  readonly keepFailed: boolean;
}

const encoder = new TextEncoder();

/** Brings the entries of a block of lines under the current key; all else in its text stays. */
export function rotateBlock(block: LineBlock, ring: KeyRing, { keepFailed }: RotateTask): BlockResult {
  const failures: LineFailure[] = [];
  let text = '';
  let done = 0;
  let changed = 0;
  for (const record of linesOf(block)) {
    const rotated = rotateRecord(record, ring);
    if ('error' in rotated) {
      failures.push({ line: record.line, problems: [rotated.error.message] });
      if (keepFailed) text += `${record.text}\n`;
      continue;
    }
    done += 1;
    const { before, after } = rotated;
    if (after !== before) changed += 1;
    text += `${exchanged(record.text, exchangesOf(before, after)) ?? JSON.stringify(after)}\n`;
  }
  return { bytes: encoder.encode(text), done, changed, failures };
}

/** An entry under the current key: the very one that was there, if it is under it already; or why there is none. */
export function rotateRecord(
  record: DocumentRecord,
  ring: KeyRing,
): { readonly before: StoredEntry; readonly after: StoredEntry } | { readonly error: Error } {
  if ('problem' in record) return { error: new CliError(EXIT.input, `${record.problem}.`) };
  const before = record.value as StoredEntry;
  try {
    return { before, after: rotateEntry(before, ring) };
  } catch (error) {
    // A key that is gone, or a fault, is no matter of one entry.
    if (!(error instanceof CredsealError) || error.code.startsWith('ERR_KEY_')) throw error;
    return { error };
  }
}
