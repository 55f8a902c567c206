import { existsSync } from 'node:fs';
import type { KeyRing } from '../key/key-ring.js';
import { beginDocument, MAX_DOCUMENT_BYTES, openSource } from './document-source.js';
import { CliError, EXIT } from './exit.js';
import { type JobsOption, jobsOf, workThrough } from './jobs.js';
import { type KeyOptions, loadRing } from './keys.js';
import { isSameFile, type Write, withOutput } from './output-file.js';
import { nameOfPlace, toldAt } from './place.js';
import { startProgress } from './progress.js';
import { rotateDocument } from './rotate-document.js';
import type { RotateTask } from './rotate-task.js';
import { statsOf } from './stats.js';
import type { BlockResult } from './work.js';

interface RotateOptions extends KeyOptions, JobsOption {
  output?: string;
  inPlace?: boolean;
  keepFailed?: boolean;
  forUpdate?: boolean;
  dryRun?: boolean;
}

interface Counts {
  rotated: number;
  current: number;
  failed: number;
}

/**
 * `credseal rotate`: sealed entries come under the current key, in the same form and, but for their credentials, the
 * same text. NDJSON goes through line by line. A file is written only if every entry is in it: none is lost.
 */
export async function rotate(file = '-', options: RotateOptions): Promise<number> {
  const { dryRun = false, keepFailed = false, forUpdate = false } = options;
  if (options.inPlace && !(existsSync(file) && isFileToBe(file)))
    throw new CliError(EXIT.usage, '--in-place needs a FILE that is there and is a file.');
  const jobs = jobsOf(options);
  const ring = await loadRing(options);
  const counts: Counts = { rotated: 0, current: 0, failed: 0 };
  const run = (write: Write) =>
    rotateAll(file, { task: { kind: 'rotate', keepFailed, forUpdate }, ring, jobs, write, counts });
  const output = options.inPlace ? file : options.output;
  const isLosing = () => counts.failed > 0 && !keepFailed;

  if (dryRun) await run(async () => undefined);
  else {
    const work = async (write: Write) => {
      await run(write);
      if (isLosing() && isFileToBe(output))
        throw new CliError(
          EXIT.checkFailed,
          `${summaryOf(counts, ring)} Nothing is written: the file would have lost what failed. --keep-failed takes it along.`,
        );
    };
    const role = options.inPlace ? 'FILE' : '--output';
    await withOutput(output, work, { role, isInput: isSameFile(file, output) });
  }
  process.stderr.write(`${summaryOf(counts, ring)}${dryRun ? ' Nothing is written: a dry run.' : ''}\n`);
  if (!dryRun && isLosing())
    process.stderr.write('What failed is not in the output; --keep-failed takes it along as it is.\n');
  return counts.failed === 0 ? EXIT.done : EXIT.checkFailed;
}

/** Where the results of a run go, and what is counted on the way. */
interface Run {
  readonly task: RotateTask;
  readonly ring: KeyRing;
  readonly jobs: number;
  readonly write: Write;
  readonly counts: Counts;
}

async function rotateAll(file: string, { task, ring, jobs, write, counts }: Run): Promise<void> {
  const source = openSource(file);
  const progress = startProgress();
  try {
    const document = await beginDocument(source, { maxLineBytes: MAX_DOCUMENT_BYTES });
    if ('text' in document) {
      const { text, failures, ...result } = rotateDocument(document.text, ring, task);
      for (const { place, problems } of failures) progress.print(toldAt(place, problems));
      await write(text);
      add(counts, result, failures.length);
      return;
    }
    for await (const result of workThrough(document.blocks, task, ring, jobs, source.size)) {
      for (const { line, problems } of result.failures)
        progress.print(toldAt(nameOfPlace({ line }), problems));
      await write(result.bytes);
      add(counts, result, result.failures.length);
      progress.update(totalOf(counts), source.part());
    }
  } finally {
    progress.stop();
    source.close();
  }
}

function add(
  counts: Counts,
  { done, changed = 0 }: Pick<BlockResult, 'done' | 'changed'>,
  failed: number,
): void {
  counts.rotated += changed;
  counts.current += done - changed;
  counts.failed += failed;
}

const totalOf = ({ rotated, current, failed }: Counts) => rotated + current + failed;

function summaryOf(counts: Counts, { keys }: KeyRing): string {
  const { rotated, current, failed } = counts;
  const total = totalOf(counts);
  const summary = `${total} ${total === 1 ? 'entry' : 'entries'}: ${rotated} rotated, ${current} current already, ${failed} failed.`;
  if (failed === 0 || keys.length > 1) return summary;
  return `${summary} Only the current key is known; --previous-key-file gives the ones before.`;
}

/** Whether results are kept back until all is well: what goes to standard output, a pipe or a device is on its way. */
function isFileToBe(output: string | undefined): boolean {
  if (output === undefined || output === '-') return false;
  return statsOf(output)?.isFile() ?? true;
}
