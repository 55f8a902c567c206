import { attempt } from '../../bulk/entries.js';
import { type LineBlock, readBlock } from '../../bulk/line-blocks.js';
import { asWritten, openEntry, type StoredEntry, withoutVaultSet } from '../../entry/open-entry.js';
import { type SealOptions, sealEntry, type VaultEntry } from '../../entry/seal-entry.js';
import type { CredsealError } from '../../errors.js';
import type { KeyRing } from '../../key/key-ring.js';
import { lookAtBlocks, type PreflightTask } from './preflight-task.js';
import { type RequestTask, requestWork } from './request-task.js';
import { type RotateTask, rotateBlock } from './rotate-task.js';
import type { BlockResult, LineFailure, Work } from './work.js';

/** To make something of each entry by itself. */
export type EntryTask =
  | { readonly kind: 'seal'; readonly options: SealOptions }
  | { readonly kind: 'open' }
  | RequestTask;

/** What is done to each entry of a document: as data, so that another thread can be told. */
export type Task = EntryTask | RotateTask | PreflightTask;

/** The functions that a task is. */
export function workOf(task: EntryTask, ring: KeyRing): Work {
  const json = { isJson: true, text: (result: unknown) => `${JSON.stringify(result)}\n`, separator: '' };
  switch (task.kind) {
    case 'seal':
      return { ...json, ...writing(task.options, (entry) => sealEntry(entry, ring, task.options)) };
    case 'open':
      return { ...json, run: (entry) => asWritten(openEntry(entry as StoredEntry, ring)) };
    case 'request': {
      const work = requestWork(task, ring);
      return { ...json, ...work, ...writing(task, work.run) };
    }
  }
}

/** For an update, an entry may be an answer of the vault with its credentials opened. */
function writing({ operation }: SealOptions, run: (entry: VaultEntry) => unknown): Pick<Work, 'run'> {
  return {
    run: (entry) => run((operation === 'update' ? withoutVaultSet(entry) : entry) as VaultEntry),
  };
}

const encoder = new TextEncoder();

/**
 * Works through a block of lines.
 *
 * @throws CredsealError if the whole document is at fault, or the key: not for an entry
 */
export type BlockWork = (block: LineBlock) => BlockResult;

/** A task as the work on a block of lines. */
export function blockWorkOf(task: Task, ring: KeyRing): BlockWork {
  if (task.kind === 'rotate') return (block) => rotateBlock(block, ring, task);
  if (task.kind === 'preflight') return lookAtBlocks(task, ring);
  const work = workOf(task, ring);
  return (block) => workOnBlock(block, work);
}

function workOnBlock(block: LineBlock, work: Work): BlockResult {
  const texts: string[] = [];
  const failures: LineFailure[] = [];
  for (const read of readBlock(block)) {
    const item = 'error' in read ? read : attempt(read, work.run);
    if ('error' in item) failures.push({ line: item.line, problems: problemsOf(item.error) });
    else texts.push(work.text(item.value));
  }
  return { bytes: encoder.encode(texts.join(work.separator)), done: texts.length, failures };
}

/** All that there is to say about an entry: its issues, or the error itself. */
export function problemsOf(error: CredsealError): readonly string[] {
  return error.issues?.length ? error.issues.map(({ message }) => message) : [error.message];
}
