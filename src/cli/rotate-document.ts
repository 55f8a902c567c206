import type { KeyRing } from '../key/key-ring.js';
import { nameOfPlace } from './place.js';
import { parseRecords } from './records.js';
import { type RotateTask, rotateBlock, rotateRecord } from './rotate-task.js';
import { type Exchange, exchanged, exchangesOf } from './rotated-text.js';
import type { BlockResult } from './work.js';

/** What became of a document that was read whole. */
export interface RotatedDocument extends Pick<BlockResult, 'done'> {
  readonly text: string;
  readonly changed: number;
  readonly failures: readonly { readonly place: string; readonly problems: readonly string[] }[];
}

/**
 * Brings the entries of a document under the current key: one object, an array, or lines that were read whole because
 * the first is broken. Of a single entry the failure is thrown.
 */
export function rotateDocument(text: string, ring: KeyRing, task: RotateTask): RotatedDocument {
  const { form, records } = parseRecords(text);
  if (form === 'ndjson') return rotateLines(text, ring, task);
  const entries: unknown[] = [];
  const exchanges: Exchange[] = [];
  const failures: { place: string; problems: string[] }[] = [];
  let changed = 0;
  for (const record of records) {
    const rotated = rotateRecord(record, ring);
    if (!('error' in rotated)) {
      if (rotated.after !== rotated.before) changed += 1;
      exchanges.push(...exchangesOf(rotated.before, rotated.after));
      entries.push(rotated.after);
      continue;
    }
    if (form === 'one') throw rotated.error;
    failures.push({ place: nameOfPlace(record), problems: [rotated.error.message] });
    if (task.keepFailed && 'value' in record) entries.push(record.value);
  }
  const isComplete = entries.length === records.length;
  const same = isComplete ? exchanged(text, exchanges) : undefined;
  const result =
    same ?? JSON.stringify(form === 'one' ? entries[0] : entries, null, text.trim().includes('\n') ? 2 : 0);
  return {
    text: `${result.trimEnd()}\n`,
    done: records.length - failures.length,
    changed,
    failures,
  };
}

function rotateLines(text: string, ring: KeyRing, task: RotateTask): RotatedDocument {
  const block = { bytes: new TextEncoder().encode(text), line: 1, lines: text.split('\n').length };
  const { bytes, done, changed = 0, failures } = rotateBlock(block, ring, task);
  return {
    text: new TextDecoder().decode(bytes),
    done,
    changed,
    failures: failures.map(({ line, problems }) => ({ place: nameOfPlace({ line }), problems })),
  };
}
