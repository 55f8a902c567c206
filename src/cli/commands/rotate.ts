import { existsSync } from 'node:fs';
import type { KeyRing } from '../../key/key-ring.js';
import { defineCommand } from '../command.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { beginDocument, MAX_DOCUMENT_BYTES, openSource } from '../input/document-source.js';
import { isSameFile } from '../input/file-access.js';
import { nameOfPlace, type Place, toldAt } from '../input/place.js';
import { statsOf } from '../input/stats.js';
import { documentOptions } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { formatOption } from '../options/report.js';
import { type Write, withOutput } from '../output/output-file.js';
import { rotateDocument } from '../tasks/rotate-document.js';
import type { RotateTask } from '../tasks/rotate-task.js';
import type { BlockResult } from '../tasks/work.js';
import { startProgress } from '../terminal/progress.js';
import { jobsOf, workThrough } from '../threads/jobs.js';

interface Counts {
  rotated: number;
  current: number;
  failed: number;
}

/** What failed, as it is told. */
interface Failure extends Place {
  readonly problems: readonly string[];
}

/** Nothing is written, since a file would have lost what failed. */
class Withheld extends CliError {}

// In the same form and, but for their credentials, the same text. NDJSON goes through line by line. A file is written
// only if every entry is in it: none is lost.
export const command = defineCommand({
  name: 'rotate',
  summary: 'seal entries that are under a previous key again, under the current key',
  arguments: {
    file: {
      type: 'file',
      access: 'read',
      default: '-',
      summary: 'sealed entries as JSON, an array, or NDJSON; - or nothing for stdin',
    },
  },
  options: {
    ...keyOptions,
    ...documentOptions,
    dryRun: { type: 'flag', summary: 'open and seal all entries, but write nothing' },
    inPlace: {
      type: 'flag',
      conflicts: ['output'],
      summary: 'replace FILE, completely or not at all',
    },
    forUpdate: {
      type: 'flag',
      summary:
        'omit fields that only the vault sets: turns answers of the vault into updates for push --update',
    },
    keepFailed: {
      type: 'flag',
      summary: 'write entries that fail unchanged, instead of omitting them',
    },
    ...formatOption,
  },
  variables: keyVariables,
  details: `With --format json, standard error has
{"rotated":…,"current":…,"failed":…,"failures":[{"line":…,"problems":[…]},…],"ok":…,"written":…}
"line" is "index" in an array.`,
  examples: {
    'credseal rotate stored.ndjson --key-file new.key --previous-key-file old.key -o rotated.ndjson':
      'under the new key',
    'credseal rotate stored.json --in-place --env-file keys.env': 'replaces the file',
  },
  exitCodes: {
    1: 'some entries failed',
    3: 'key missing, malformed or protected',
    4: 'the input is malformed',
    5: 'the only entry does not open',
  },

  async run(
    { file, output: outputPath, inPlace, dryRun, keepFailed, forUpdate, format, quiet, ...options },
    context,
  ) {
    if (inPlace && !(existsSync(located(file, context)) && isFileToBe(file, context)))
      throw new CliError(EXIT.usage, '--in-place needs a FILE that exists and is a regular file.');
    const jobs = jobsOf(options);
    const ring = await loadRing(options, context);
    const counts: Counts = { rotated: 0, current: 0, failed: 0 };
    const failures: Failure[] = [];
    const tell = format === 'json' ? (failure: Failure) => failures.push(failure) : undefined;
    const run = (write: Write) =>
      rotateAll(
        file,
        { task: { kind: 'rotate', keepFailed, forUpdate }, ring, jobs, write, counts, isQuiet: quiet, tell },
        context,
      );
    const output = inPlace ? file : outputPath;
    const isLosing = () => counts.failed > 0 && !keepFailed;

    let isWritten = !dryRun;
    if (dryRun) await run(async () => undefined);
    else {
      const work = async (write: Write) => {
        await run(write);
        if (isLosing() && isFileToBe(output, context))
          throw new Withheld(
            EXIT.checkFailed,
            `${summaryOf(counts, ring)} Nothing is written: the file would have lost what failed. --keep-failed takes it along.`,
          );
      };
      const role = inPlace ? 'FILE' : '--output';
      try {
        await withOutput(output, work, context, {
          role,
          isInput: isSameFile(file, output, context),
          keepsMode: inPlace,
        });
      } catch (error) {
        if (!(error instanceof Withheld) || format !== 'json') throw error;
        isWritten = false;
      }
    }
    if (format === 'json') {
      const report = { ...counts, failures, ok: counts.failed === 0, written: isWritten };
      context.stderr.write(`${JSON.stringify(report)}\n`);
    } else if (!quiet) {
      context.stderr.write(`${summaryOf(counts, ring)}${dryRun ? ' Nothing is written: a dry run.' : ''}\n`);
      if (!dryRun && isLosing())
        context.stderr.write(
          'Entries that failed are not in the output. With --keep-failed, they are written unchanged.\n',
        );
    }
    return counts.failed === 0 ? EXIT.done : EXIT.checkFailed;
  },
});

/** Where the results of a run go, and what is counted on the way. */
interface Run {
  readonly task: RotateTask;
  readonly ring: KeyRing;
  readonly jobs: number;
  readonly write: Write;
  readonly counts: Counts;
  readonly isQuiet: boolean;
  /** Takes what failed; by default it is told on standard error at once. */
  readonly tell: ((failure: Failure) => void) | undefined;
}

async function rotateAll(file: string, run: Run, context: Context): Promise<void> {
  const { task, ring, jobs, write, counts, isQuiet } = run;
  const source = openSource(file, context);
  const progress = startProgress(context, { isQuiet: isQuiet || run.tell !== undefined });
  const tell =
    run.tell ?? (({ problems, ...place }: Failure) => progress.print(toldAt(nameOfPlace(place), problems)));
  try {
    const document = await beginDocument(source, { maxLineBytes: MAX_DOCUMENT_BYTES });
    if ('text' in document) {
      const { text, failures, ...result } = rotateDocument(document.text, ring, task);
      for (const failure of failures) tell(failure);
      await write(text);
      add(counts, result, failures.length);
      return;
    }
    for await (const result of workThrough(document.blocks, task, ring, jobs, source.size)) {
      for (const failure of result.failures) tell(failure);
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
function isFileToBe(output: string | undefined, context: Context): boolean {
  if (output === undefined || output === '-') return false;
  return statsOf(output, context)?.isFile() ?? true;
}
