import { checkedOptions, importEntries } from '../bulk/import/import-entries.js';
import type { EntryImport, ImportOptions } from '../bulk/index.js';
import type { LineBlock } from '../bulk/line-blocks.js';
import { readStream } from '../bulk/read-stream.js';
import { CredsealError } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import { CliError, EXIT } from './exit.js';
import { keepMemoryFlat } from './flat-memory.js';
import { type ExportSource, openExport } from './import-source.js';
import { type FailedRow, importSummary, MAX_TOLD } from './import-summary.js';
import { totpOptionsOf } from './import-totp.js';
import { type JobsOption, jobsOf, workThrough } from './jobs.js';
import { type KeyOptions, loadRing } from './keys.js';
import { isFile, refuseSameFile, type Write, withOutput } from './output-file.js';
import { startProgress } from './progress.js';
import { paddingOf } from './seal.js';
import { problemsOf, type Task } from './task.js';

interface ImportCommandOptions extends KeyOptions, JobsOption {
  from: string;
  userId?: string;
  map?: string[];
  skipBadTotp?: boolean;
  totp?: string[];
  totpMap?: string;
  plaintext?: boolean;
  dryRun?: boolean;
  output?: string;
  padTo?: string;
}

/** `credseal import`: the export of a password manager → sealed entries as NDJSON. */
export async function importExport(file: string | undefined, options: ImportCommandOptions): Promise<number> {
  keepMemoryFlat();
  const importOptions = importOptionsOf(options);
  const jobs = jobsOf(options);
  const padTo = paddingOf(options);
  refuseSameFile(file, options.output, '--output');
  // Before anything is read: nobody waits for an export to be checked only to hear that there is no key.
  const ring = options.dryRun || options.plaintext ? undefined : await ringFor(file, options);
  const source = await openExport(file);
  Object.assign(importOptions, await totpOptionsOf(options));
  const run = async (write: Write) => {
    const found = await firstReading(source, importOptions);
    const told = new ToldRows();
    const blocks = blocksOf(found.items, told);
    const task: Task = { kind: 'seal', options: { padTo } };
    const results =
      ring === undefined ? plain(blocks) : workThrough(blocks, task, ring, jobs, () => source.size);
    const progress = startProgress('entries');
    let count = 0;
    try {
      for await (const { bytes, done, failures } of results) {
        for (const { line, problems } of failures) told.add({ row: line, problems });
        if (!options.dryRun) await write(bytes);
        count += done;
        progress.update(count, count / found.entries);
      }
    } finally {
      progress.stop();
    }
    return { found, count, told };
  };
  const { found, count, told } = await (options.dryRun
    ? run(async () => undefined)
    : withOutput(options.output, run));
  const done = options.dryRun ? 'would be sealed' : options.plaintext ? 'written in plain text' : 'sealed';
  const isUnwritten = count === 0 && !options.dryRun && isFile(options.output);
  process.stderr.write(importSummary({ found, done, count, isUnwritten, ...told.asSummary() }));
  return told.count === 0 ? EXIT.done : EXIT.checkFailed;
}

/** What the command line says about importing, in the library's words; what is wrong with it is a matter of usage. */
function importOptionsOf({ from, userId, map, skipBadTotp }: ImportCommandOptions): ImportOptions {
  const options = { from, userId, skipBadTotp, map: map && columnMapOf(map) } as ImportOptions;
  try {
    checkedOptions(options);
  } catch (error) {
    throw error instanceof CredsealError ? new CliError(EXIT.usage, error.message) : error;
  }
  return options;
}

/** `COLUMN=FIELD`, as often as given. A column may have an equals sign in it, a field has none. */
function columnMapOf(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair, index): [string, string] => {
    const equals = pair.lastIndexOf('=');
    if (equals < 1) throw new CliError(EXIT.usage, `--map ${index + 1} is not of the form COLUMN=FIELD.`);
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  const columns = entries.map(([column]) => column);
  const again = columns.findIndex((column, index) => columns.indexOf(column) < index);
  if (again !== -1)
    throw new CliError(EXIT.usage, `--map ${again + 1} names a column that another --map names.`);
  return Object.fromEntries(entries);
}

/** The key, asked for only where nobody waits for the output: a question into a pipe is never answered. */
async function ringFor(file: string | undefined, options: ImportCommandOptions): Promise<KeyRing> {
  const hasFile = file !== undefined && file !== '-';
  const ask = hasFile && (process.stdout.isTTY || isFile(options.output));
  try {
    return await loadRing(options, { ask });
  } catch (error) {
    if (!(error instanceof CredsealError) || error.code !== 'ERR_KEY_MISSING') throw error;
    throw new CredsealError(error.code, `${error.message} To write entries in plain text: --plaintext.`);
  }
}

async function firstReading(source: ExportSource, options: ImportOptions): Promise<EntryImport> {
  const progress = startProgress('MB read');
  const timer = setInterval(() => {
    const bytes = source.bytesRead();
    progress.update(Math.round(bytes / 1e6), bytes / source.size);
  }, 100);
  try {
    return await importEntries(source, options);
  } finally {
    clearInterval(timer);
    progress.stop();
  }
}

const BLOCK_CHARACTERS = 65_536;

/**
 * Entries as blocks of NDJSON, for the threads that seal. A row without an entry is an empty line, so that the number
 * of a line is that of its row.
 */
async function* blocksOf(items: EntryImport['items'], told: ToldRows): AsyncGenerator<LineBlock> {
  const encoder = new TextEncoder();
  let text = '';
  let line = 1;
  let lines = 0;
  const block = (): LineBlock => {
    const full = { bytes: encoder.encode(text), line, lines };
    line += lines;
    text = '';
    lines = 0;
    return full;
  };
  for await (const item of readStream(items)) {
    if ('error' in item) {
      const hasBadTotp = item.error.issues?.some(({ rule }) => rule === 'totp/format');
      told.add({ row: item.line, problems: problemsOf(item.error) }, hasBadTotp);
      continue;
    }
    const gap = item.line - (line + lines);
    text += `${'\n'.repeat(gap)}${JSON.stringify(item.value)}\n`;
    lines += gap + 1;
    if (text.length > BLOCK_CHARACTERS) yield block();
  }
  if (lines > 0) yield block();
}

async function* plain(blocks: AsyncIterable<LineBlock>) {
  for await (const { bytes } of blocks) {
    const lines = new TextDecoder().decode(bytes).split('\n').filter(Boolean);
    yield { bytes: lines.map((entry) => `${entry}\n`).join(''), done: lines.length, failures: [] };
  }
}

/** The rows that failed: the first of them, and how many. */
class ToldRows {
  #first: FailedRow[] = [];
  #hasBadTotp = false;
  count = 0;

  add(failed: FailedRow, hasBadTotp = false): void {
    this.count += 1;
    this.#hasBadTotp ||= hasBadTotp;
    if (this.#first.length < MAX_TOLD) this.#first.push(failed);
  }

  asSummary() {
    const failures = this.#first.toSorted((a, b) => a.row - b.row);
    return { failures, failed: this.count, hasBadTotp: this.#hasBadTotp };
  }
}
