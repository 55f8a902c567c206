import { decodeLines } from '../../bulk/encoding.js';
import type { LineBlock } from '../../bulk/line-blocks.js';
import { type StoredEntry, toUpdate } from '../../entry/open-entry.js';
import { rotateEntry } from '../../entry/rotate-entry.js';
import { CredsealError } from '../../errors.js';
import type { KeyRing } from '../../key/key-ring.js';
import { CliError, EXIT } from '../exit.js';
import { tooLarge } from '../input/document-source.js';
import { type DocumentRecord, parseLine } from '../input/records.js';
import { changesOf, exchanged, withMembers } from './rotated-text.js';
import type { BlockResult, LineFailure } from './work.js';

/** To bring sealed entries under the current key. */
export interface RotateTask {
  readonly kind: 'rotate';
  /** Whether lines that fail stay in the text as they are. */
  readonly keepFailed: boolean;
  /** Whether entries become updates: without what only the vault sets. */
  readonly forUpdate: boolean;
}

const encoder = new TextEncoder();

/** Brings the entries of a block of lines under the current key; all else in its text stays. */
export function rotateBlock(block: LineBlock, ring: KeyRing, task: RotateTask): BlockResult {
  const failures: LineFailure[] = [];
  let text = '';
  let done = 0;
  let changed = 0;
  if (block.isTooLong) throw tooLarge();
  const lines = decodeLines(block.bytes, block.line).split('\n');
  // Behind a line break at the end there is no further line.
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') {
      text += `${line}\n`;
      continue;
    }
    const rotated = rotateRecord(parseLine(line), ring);
    if ('error' in rotated) {
      failures.push({ line: block.line + index, problems: [rotated.error.message] });
      if (task.keepFailed) text += `${line}\n`;
      continue;
    }
    done += 1;
    if (rotated.after !== rotated.before) changed += 1;
    text += `${rotatedText(line, rotated, task)}\n`;
  }
  return { bytes: encoder.encode(text), done, changed, failures };
}

/** An entry, and the same under the current key: the very one that was there, if it is under it already. */
interface Rotated {
  readonly before: StoredEntry;
  readonly after: StoredEntry;
}

/** The text of an entry once it is rotated. */
export function rotatedText(text: string, { before, after }: Rotated, { forUpdate }: RotateTask): string {
  const rotated = exchanged(text, changesOf(before, after));
  if (!forUpdate) return rotated;
  const update = toUpdate(after);
  return withMembers(rotated, (name) => Object.hasOwn(update, name));
}

/** An entry under the current key, or why there is none. */
export function rotateRecord(record: DocumentRecord, ring: KeyRing): Rotated | { readonly error: Error } {
  if ('problem' in record) return { error: new CliError(EXIT.input, `${record.problem}.`) };
  const before = record.value as StoredEntry;
  try {
    return { before, after: rotateEntry(before, ring) };
  } catch (error) {
    // A key that is gone, or a fault, is no matter of one entry.
    if (!(error instanceof CredsealError) || error.code.startsWith('ERR_KEY_')) throw error;
    if (error.code !== 'ERR_SEALED_FORMAT') return { error };
    // Most often, nobody has sealed the entry yet.
    const message = `${error.message} Entries in plain text are sealed by credseal payload.`;
    return { error: new CredsealError(error.code, message) };
  }
}
