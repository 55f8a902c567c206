import type { LineBlock } from '../../bulk/line-blocks.js';
import type { KeyRing } from '../../key/key-ring.js';
import type { Given } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { beginDocument, openSource, type Source } from '../input/document-source.js';
import { isSameFile } from '../input/file-access.js';
import { nameOfPlace, toldAt } from '../input/place.js';
import type { documentOptions } from '../options/entries.js';
import { isFile, type Write, withOutput } from '../output/output-file.js';
import { type Progress, startProgress } from '../terminal/progress.js';
import { jobsOf, workThrough } from '../threads/jobs.js';
import { type Batch, eachEntry } from './batch.js';
import type { References } from './references.js';
import { type EntryTask, workOf } from './task.js';
import type { LineFailure } from './work.js';

/** What a command came to. */
interface Totals {
  done: number;
  failed: number;
}

/**
 * Does something to every entry of a document, and writes the results in the same form: one entry, an array, or
 * NDJSON, which goes through in constant memory and on several threads.
 *
 * @param file a file, or `-` for standard input.
 * @param references resolves those in entries, where they may be.
 * @returns the exit code: 1 if some of several entries failed.
 * @throws CliError, or a CredsealError, if the document is no such, or its only entry fails
 */
export async function runDocument(
  file: string,
  task: EntryTask,
  ring: KeyRing,
  options: Given<typeof documentOptions>,
  context: Context,
  references?: References,
): Promise<number> {
  const jobs = jobsOf(options);
  const isInPlace = isSameFile(file, options.output, context);
  const source = openSource(file, context);
  const progress = startProgress(context, { isQuiet: options.quiet });
  const totals: Totals = { done: 0, failed: 0 };
  try {
    const runAll = async (write: Write) => {
      const work = workOf(task, ring);
      const document = await beginDocument(source);
      if ('text' in document) {
        const batch = await eachEntry(
          document.text,
          work,
          references && ((entries) => references.resolveAll(entries)),
        );
        // A file that is there is not replaced by an array of which nothing is left.
        const isLost = isFile(options.output) && batch.done === 0 && batch.failures.length > 0;
        await writeBatch(batch, isLost ? async () => undefined : write, progress, totals);
      } else
        await writeLines(document.blocks, {
          references,
          source,
          task,
          ring,
          jobs,
          separator: work.separator,
          write,
          progress,
          totals,
        });
      if (isInPlace && totals.failed > 0)
        throw new CliError(
          EXIT.checkFailed,
          `${totals.failed} of ${totals.done + totals.failed} entries failed; nothing is written: FILE would have lost them.`,
        );
    };
    await withOutput(options.output, runAll, context, { isInput: isInPlace });
  } finally {
    progress.stop();
    source.close();
  }
  const { done, failed } = totals;
  if (failed === 0) return EXIT.done;
  if (!options.quiet)
    context.stderr.write(
      `${failed} of ${done + failed} entries failed; ${done > 0 ? 'the others are' : 'nothing is'} written.\n`,
    );
  return EXIT.checkFailed;
}

async function writeBatch(
  { text, done, failures }: Batch,
  write: Write,
  progress: Progress,
  totals: Totals,
): Promise<void> {
  for (const { place, problems } of failures) progress.print(toldAt(place, problems));
  await write(text);
  totals.done = done;
  totals.failed = failures.length;
}

interface Run {
  readonly references: References | undefined;
  readonly source: Source;
  readonly task: EntryTask;
  readonly ring: KeyRing;
  readonly jobs: number;
  readonly separator: string;
  readonly write: Write;
  readonly progress: Progress;
  readonly totals: Totals;
}

async function writeLines(blocks: AsyncIterable<LineBlock>, run: Run): Promise<void> {
  const { source, totals, progress, write, separator, references } = run;
  const tell = ({ line, problems }: LineFailure) => progress.print(toldAt(nameOfPlace({ line }), problems));
  const resolved = references?.inBlocks(blocks, (failure) => {
    tell(failure);
    totals.failed += 1;
  });
  for await (const { bytes, done, failures } of workThrough(
    resolved ?? blocks,
    run.task,
    run.ring,
    run.jobs,
    source.size,
  )) {
    for (const failure of failures) tell(failure);
    if (done > 0 && totals.done > 0) await write(separator);
    await write(bytes);
    totals.done += done;
    totals.failed += failures.length;
    progress.update(totals.done + totals.failed, source.part());
  }
}
