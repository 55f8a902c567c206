import { existsSync, statSync } from 'node:fs';
import type { StoredEntry } from '../entry/open-entry.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import { CredsealError } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import { CliError, EXIT } from './exit.js';
import { type KeyOptions, loadRing } from './keys.js';
import { isSameFile, type Write, withOutput } from './output-file.js';
import { nameOfPlace } from './place.js';
import { RotatedText } from './rotated-text.js';
import { type StreamedRecord, streamRecords } from './stream-records.js';

interface RotateOptions extends KeyOptions {
  output?: string;
  inPlace?: boolean;
  keepFailed?: boolean;
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
  const { dryRun = false, keepFailed = false } = options;
  if (options.inPlace && !(existsSync(file) && isFileToBe(file)))
    throw new CliError(EXIT.usage, '--in-place needs a FILE that is there and is a file.');
  const ring = await loadRing(options);
  const counts: Counts = { rotated: 0, current: 0, failed: 0 };
  const rotateAll = (write: Write) => rotateRecords(file, ring, { write, keepFailed, counts });
  const output = options.inPlace ? file : options.output;
  const isLosing = () => counts.failed > 0 && !keepFailed;

  // Taken before anything is read or made: what is appended from here on is not in what was read.
  const own = isSameFile(file, output) ? output : undefined;
  const before = own && stampOf(own);
  if (dryRun) await rotateAll(async () => undefined);
  else
    await withOutput(output, async (write) => {
      await rotateAll(write);
      if (isLosing() && isFileToBe(output))
        throw new CliError(
          EXIT.checkFailed,
          `${summaryOf(counts, ring)} Nothing is written: the file would have lost what failed. --keep-failed takes it along.`,
        );
      if (own && stampOf(own) !== before)
        throw new CliError(EXIT.input, 'FILE was changed meanwhile, and is left as it is. Run this again.');
    });
  process.stderr.write(`${summaryOf(counts, ring)}${dryRun ? ' Nothing is written: a dry run.' : ''}\n`);
  if (!dryRun && isLosing())
    process.stderr.write('What failed is not in the output; --keep-failed takes it along as it is.\n');
  return counts.failed === 0 ? EXIT.done : EXIT.checkFailed;
}

async function rotateRecords(
  file: string,
  ring: KeyRing,
  { write, keepFailed, counts }: { write: Write; keepFailed: boolean; counts: Counts },
): Promise<void> {
  const text = new RotatedText(write);
  const records = streamRecords(file, file === '-' ? 'Standard input' : 'FILE');
  let next = await records.next();
  while (!next.done) {
    const record = next.value;
    next = await records.next();
    const rotated = attempt(record, ring);
    if ('error' in rotated) {
      // An object in one line is one entry, with a line break behind it as without: no NDJSON of one.
      const isAlone = record.index === undefined && totalOf(counts) === 0 && next.done;
      if (isAlone) throw rotated.error;
      counts.failed += 1;
      process.stderr.write(`${nameOfPlace(record)}: ${rotated.error.message}\n`);
      if (keepFailed) await text.keep(record);
      else text.leaveOut(record);
    } else if ('value' in record && rotated.entry !== record.value) {
      counts.rotated += 1;
      await text.replace(record, rotated.entry);
    } else {
      counts.current += 1;
      await text.keep(record);
    }
  }
  await text.end();
}

function attempt(record: StreamedRecord, ring: KeyRing): { entry: StoredEntry } | { error: Error } {
  if ('problem' in record) return { error: new CliError(EXIT.input, `${record.problem}.`) };
  try {
    return { entry: rotateEntry(record.value as StoredEntry, ring) };
  } catch (error) {
    if (error instanceof CredsealError) return { error };
    throw error;
  }
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
  return !existsSync(output) || statSync(output).isFile();
}

/** What tells whether a file was written to: rotated text over newer entries would lose them. */
function stampOf(file: string): string {
  const { ino, size, mtimeMs } = statSync(file);
  return [ino, size, mtimeMs].join(' ');
}
