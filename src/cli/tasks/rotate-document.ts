import type { KeyRing } from '../../key/key-ring.js';
import { type Place, placeOf } from '../input/place.js';
import { parseRecords } from '../input/records.js';
import { type RotateTask, rotateBlock, rotatedText, rotateRecord } from './rotate-task.js';
import { partsOf } from './rotated-text.js';
import type { BlockResult } from './work.js';

/** What became of a document that was read whole. */
export interface RotatedDocument extends Pick<BlockResult, 'done'> {
  readonly text: string;
  readonly changed: number;
  readonly failures: readonly (Place & { readonly problems: readonly string[] })[];
}

/**
 * Brings the entries of a document under the current key: one object, an array, or lines that were read whole because
 * the first is broken. Of a single entry the failure is thrown.
 */
export function rotateDocument(text: string, ring: KeyRing, task: RotateTask): RotatedDocument {
  const { form, records } = parseRecords(text);
  if (form === 'ndjson') return rotateLines(text, ring, task);
  const { before, parts, after } =
    form === 'array' ? partsOf(text) : { before: '', parts: [text], after: '' };
  const kept: string[] = [];
  const failures: (Place & { problems: string[] })[] = [];
  let changed = 0;
  for (const [index, record] of records.entries()) {
    const part = parts[index] ?? '';
    const rotated = rotateRecord(record, ring);
    if ('error' in rotated) {
      if (form === 'one') throw rotated.error;
      failures.push({ ...placeOf(record), problems: [rotated.error.message] });
      if (task.keepFailed) kept.push(part);
      continue;
    }
    if (rotated.after !== rotated.before) changed += 1;
    kept.push(rotatedText(part, rotated, task));
  }
  // An array without any element has a part all the same: the white space in it.
  const result = records.length === 0 ? text : before + kept.join(',') + after;
  return { text: `${result.trimEnd()}\n`, done: records.length - failures.length, changed, failures };
}

function rotateLines(text: string, ring: KeyRing, task: RotateTask): RotatedDocument {
  const block = { bytes: new TextEncoder().encode(text), line: 1, lines: text.split('\n').length };
  const { bytes, done, changed = 0, failures } = rotateBlock(block, ring, task);
  return {
    text: new TextDecoder().decode(bytes),
    done,
    changed,
    failures,
  };
}
