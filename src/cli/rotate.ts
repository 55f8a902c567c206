import { existsSync, statSync } from 'node:fs';
import type { StoredEntry } from '../entry/open-entry.js';
import { rotateEntry } from '../entry/rotate-entry.js';
import { CredsealError } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import { CliError, EXIT } from './exit.js';
import { type KeyOptions, loadRing } from './keys.js';
import { type Write, withOutput } from './output-file.js';
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
  const { inPlace = false, dryRun = false, keepFailed = false } = options;
  if (inPlace && !(existsSync(file) && statSync(file).isFile()))
    throw new CliError(EXIT.usage, '--in-place needs a FILE that is there and is a file.');
  const ring = await loadRing(options);
  const counts: Counts = { rotated: 0, current: 0, failed: 0 };
  const rotateAll = (write: Write) => rotateRecords(file, ring, { write, keepFailed, counts });
  const output = inPlace ? file : options.output;

  if (dryRun) await rotateAll(async () => undefined);
  else
    await withOutput(output, async (write) => {
      const before = inPlace ? stampOf(file) : undefined;
      await rotateAll(write);
      if (output !== undefined && counts.failed > 0 && !keepFailed) {
        const kept = 'Nothing is written: without the entries that failed, the file would have lost them.';
        throw new CliError(EXIT.checkFailed, `${summaryOf(counts)} ${kept} --keep-failed takes them along.`);
      }
      if (inPlace && stampOf(file) !== before)
        throw new CliError(EXIT.input, 'FILE was changed meanwhile, and is left as it is. Run this again.');
    });
  process.stderr.write(`${summaryOf(counts)}${dryRun ? ' Nothing is written: this is a dry run.' : ''}\n`);
  if (counts.failed > 0 && ring.keys.length === 1)
    process.stderr.write('Only the current key is known; --previous-key-file gives the ones before.\n');
  return counts.failed === 0 ? EXIT.done : EXIT.checkFailed;
}

async function rotateRecords(
  file: string,
  ring: KeyRing,
  { write, keepFailed, counts }: { write: Write; keepFailed: boolean; counts: Counts },
): Promise<void> {
  const text = new RotatedText(write);
  for await (const record of streamRecords(file, file === '-' ? 'Standard input' : 'FILE')) {
    const problem = await rotateRecord(record, ring, text, counts);
    if (problem === undefined) continue;
    counts.failed += 1;
    process.stderr.write(`${placeOf(record)}: ${problem}\n`);
    if (keepFailed) await text.keep(record);
    else text.leaveOut(record);
  }
  await text.end();
}

/** Gives what is wrong with an entry of several; one by itself ends the command. */
async function rotateRecord(
  record: StreamedRecord,
  ring: KeyRing,
  text: RotatedText,
  counts: Counts,
): Promise<string | undefined> {
  if ('problem' in record) return `${record.problem}.`;
  let rotated: StoredEntry;
  try {
    rotated = rotateEntry(record.value as StoredEntry, ring);
  } catch (error) {
    const isAlone = record.line === undefined && record.index === undefined;
    if (!(error instanceof CredsealError) || isAlone) throw error;
    return error.message;
  }
  const isCurrent = rotated === record.value;
  counts[isCurrent ? 'current' : 'rotated'] += 1;
  await (isCurrent ? text.keep(record) : text.replace(record, rotated));
  return undefined;
}

const placeOf = ({ line, index }: StreamedRecord) =>
  line === undefined ? `entry [${index}]` : `line ${line}`;

function summaryOf({ rotated, current, failed }: Counts): string {
  const all = rotated + current + failed;
  return `${all} ${all === 1 ? 'entry' : 'entries'}: ${rotated} rotated, ${current} current already, ${failed} failed.`;
}

/** What tells whether a file was written to: rotated text over newer entries would lose them. */
function stampOf(file: string): string {
  const { ino, size, mtimeMs } = statSync(file);
  return [ino, size, mtimeMs].join(' ');
}
