import { type BatchImport, importBatches } from '../../bulk/import/import-entries.js';
import { checkedOptions } from '../../bulk/import/import-options.js';
import { knownFormatNames } from '../../bulk/import/recognise.js';
import type { ImportOptions } from '../../bulk/index.js';
import type { LineBlock } from '../../bulk/line-blocks.js';
import { CredsealError } from '../../errors.js';
import type { KeyRing } from '../../key/key-ring.js';
import { defineCommand, type Given, type Options } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { importDetails } from '../help/import-details.js';
import { type ExportSource, openExport } from '../input/export-source.js';
import { totpSourcesOf } from '../input/totp-sources.js';
import { documentOptions, outputOption, padOption } from '../options/entries.js';
import { asTyped } from '../options/import-words.js';
import { type KeyOptions, keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { formatOption } from '../options/report.js';
import { type FailedRow, importReport, importSummary, MAX_TOLD } from '../output/import-summary.js';
import { isFile, type Write, withOutput } from '../output/output-file.js';
import { problemsOf, type Task } from '../tasks/task.js';
import { type Progress, startProgress } from '../terminal/progress.js';
import { keepMemoryFlat } from '../threads/flat-memory.js';
import { jobsOf, workThrough } from '../threads/jobs.js';

/** A shorter export is done before its memory could grow. */
const SHORT_BYTES = 2 ** 20;

const importOptions = {
  from: {
    type: 'text',
    value: 'format',
    offers: ['auto', ...knownFormatNames, 'pass', 'csv'],
    default: 'auto',
    summary: 'format of the export: auto, or one of those below',
  },
  userId: {
    type: 'text',
    value: 'template',
    summary: 'template of permissioned_user_id (default {username})',
  },
  map: {
    type: 'text',
    value: 'column=field',
    isRepeatable: true,
    summary: 'which field a column of your own CSV file is; may be repeated',
  },
  ignoreColumn: {
    type: 'text',
    value: 'name',
    isRepeatable: true,
    summary: 'ignore a column of a CSV file, whatever it looks like; may be repeated',
  },
  assumeHttps: { type: 'flag', summary: 'add https:// to addresses that are bare host names' },
  decodeEntities: {
    type: 'flag',
    summary: 'decode HTML entities (&amp;), which some files of LastPass contain',
  },
  skipBadTotp: {
    type: 'flag',
    summary: 'omit TOTP secrets that the vault cannot use, instead of failing their rows',
  },
  totp: {
    type: 'file',
    access: 'read',
    value: 'file',
    isRepeatable: true,
    summary: "an authenticator's export, or a picture of QR codes; may be repeated",
  },
  totpMap: {
    type: 'file',
    access: 'read',
    value: 'file',
    summary: 'one line ROW,ACCOUNT for each account of --totp that matches no row by itself',
  },
} as const satisfies Options;

export const command = defineCommand({
  name: 'import',
  summary: "turn a password manager's export into sealed entries (NDJSON)",
  arguments: {
    file: { type: 'file', access: 'read', default: '-', summary: 'the export; - or nothing for stdin' },
  },
  options: {
    ...keyOptions,
    ...documentOptions,
    // Which rows count is known only at the end: the export is not written over.
    ...outputOption,
    ...importOptions,
    dryRun: { type: 'flag', summary: 'read and check the export, and print only the summary' },
    ...padOption,
    plaintext: {
      type: 'flag',
      conflicts: ['padTo', 'dryRun'],
      summary: 'write the entries unsealed; needs no key',
    },
    ...formatOption,
  },
  variables: keyVariables,
  details: importDetails,
  examples: {
    'credseal import export.csv --dry-run': 'shows the result; needs no key',
    'credseal import export.csv -o entries.ndjson': 'sealed, in a file that nobody else can read',
    'credseal import export.csv | credseal preflight': 'sealed, and checked',
    'credseal import export.csv --totp aegis.json --dry-run': 'which second factors join',
    "credseal import export.1pux --user-id '{host}/{row}'": 'without user names in permissioned_user_id',
    'bw list items | credseal import --from bw -o entries.ndjson': 'without a plain file on the way',
  },
  exitCodes: { 1: 'some rows failed, or none became an entry', 3: 'no key', 4: 'not an export' },

  async run({ file, padTo, plaintext, dryRun, format, quiet, ...options }, context) {
    const importOptions = { ...importOptionsOf(options), ...(await totpSourcesOf(options, context)) };
    const jobs = jobsOf(options);
    // Before anything is read: nobody waits for an export to be checked only to hear that there is no key.
    const ring = dryRun || plaintext ? undefined : await ringFor(file, options, context);
    const source = await openExport(file, context);
    if (source.size > SHORT_BYTES) keepMemoryFlat();
    const isQuiet = quiet || format === 'json';
    const run = async (write: Write) => {
      const found = await firstReading(
        source,
        importOptions,
        startProgress(context, { unit: 'MB read', isQuiet }),
      );
      const told = new ToldRows(format === 'json' ? Number.POSITIVE_INFINITY : MAX_TOLD);
      const blocks = blocksOf(found.batches, told);
      const task: Task = { kind: 'seal', options: { padTo } };
      const results =
        ring === undefined ? plain(blocks) : workThrough(blocks, task, ring, jobs, () => source.size);
      const progress = startProgress(context, { isQuiet });
      let count = 0;
      try {
        for await (const { bytes, done, failures } of results) {
          for (const { line, problems } of failures) told.add({ row: line, problems });
          if (!dryRun) await write(bytes);
          count += done;
          progress.update(count, count / found.entries);
        }
      } finally {
        progress.stop();
      }
      return { found, count, told };
    };
    const { found, count, told } = await (dryRun
      ? run(async () => undefined)
      : withOutput(options.output, run, context));
    const done = dryRun ? 'would be sealed' : plaintext ? 'written in plain text' : 'sealed';
    const isUnwritten = count === 0 && !dryRun && isFile(options.output);
    const summary = { found, done, count, isUnwritten, isDryRun: dryRun, ...told.asSummary() };
    if (format === 'json') context.stderr.write(`${JSON.stringify(importReport(summary))}\n`);
    else if (!quiet || told.count > 0) context.stderr.write(importSummary(summary));
    return told.count === 0 && count > 0 ? EXIT.done : EXIT.checkFailed;
  },
});

/** What the command line says about importing, in the library's words; what is wrong with it is a matter of usage. */
function importOptionsOf(given: Omit<Given<typeof importOptions>, 'totp' | 'totpMap'>): ImportOptions {
  const { from, userId, map, ignoreColumn, assumeHttps, decodeEntities, skipBadTotp } = given;
  const columns = map && columnMapOf(map);
  if (userId !== undefined && columns && Object.values(columns).includes('permissioned_user_id'))
    throw new CliError(
      EXIT.usage,
      '--user-id and --map COLUMN=permissioned_user_id exclude each other: both say what permissioned_user_id is.',
    );
  const options = {
    from,
    userId,
    map: columns,
    ignoreColumns: ignoreColumn,
    assumeHttps,
    decodeEntities,
    skipBadTotp,
  } as ImportOptions;
  try {
    checkedOptions(options);
  } catch (error) {
    throw error instanceof CredsealError ? new CliError(EXIT.usage, asTyped(error.message)) : error;
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
    throw new CliError(EXIT.usage, `--map ${again + 1} names the same column as another --map.`);
  return Object.fromEntries(entries);
}

/** The key, asked for only where nobody waits for the output: a question into a pipe is never answered. */
async function ringFor(
  file: string,
  options: KeyOptions & { readonly output: string | undefined },
  context: Context,
): Promise<KeyRing> {
  const ask = file !== '-' && (Boolean(context.stdout.isTTY) || isFile(options.output));
  try {
    return await loadRing(options, context, { ask });
  } catch (error) {
    if (!(error instanceof CredsealError) || error.code !== 'ERR_KEY_MISSING') throw error;
    throw new CredsealError(error.code, `${error.message} To write entries in plain text: --plaintext.`);
  }
}

async function firstReading(
  source: ExportSource,
  options: ImportOptions,
  progress: Progress,
): Promise<BatchImport> {
  // Secrets join by a reading of their own, and what they change is looked at again.
  const readings = options.totp === undefined ? 1 : 3;
  const timer = setInterval(() => {
    const bytes = source.bytesRead();
    progress.update(Math.round(bytes / 1e6), bytes / (readings * source.size));
  }, 100);
  try {
    return await importBatches(source, options);
  } catch (error) {
    throw error instanceof CredsealError ? new CredsealError(error.code, asTyped(error.message)) : error;
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
async function* blocksOf(batches: BatchImport['batches'], told: ToldRows): AsyncGenerator<LineBlock> {
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
  for await (const items of batches) {
    for (const item of items) {
      if ('error' in item) {
        const hasBadTotp = item.error.issues?.some(({ rule }) => rule === 'totp/format');
        told.add({ row: item.line, problems: problemsOf(item.error).map(asTyped) }, hasBadTotp);
        continue;
      }
      const gap = item.line - (line + lines);
      text += `${'\n'.repeat(gap)}${JSON.stringify(item.value)}\n`;
      lines += gap + 1;
      if (text.length > BLOCK_CHARACTERS) yield block();
    }
  }
  if (lines > 0) yield block();
}

async function* plain(blocks: AsyncIterable<LineBlock>) {
  for await (const { bytes } of blocks) {
    const lines = new TextDecoder().decode(bytes).split('\n').filter(Boolean);
    yield { bytes: lines.map((entry) => `${entry}\n`).join(''), done: lines.length, failures: [] };
  }
}

/** The rows that failed: as many of the first as are told, and how many. */
class ToldRows {
  readonly #first: FailedRow[] = [];
  #hasBadTotp = false;
  count = 0;

  constructor(readonly max: number) {}

  add(failed: FailedRow, hasBadTotp = false): void {
    this.count += 1;
    this.#hasBadTotp ||= hasBadTotp;
    if (this.#first.length < this.max) this.#first.push(failed);
  }

  asSummary() {
    const failures = this.#first.toSorted((a, b) => a.row - b.row);
    return { failures, failed: this.count, hasBadTotp: this.#hasBadTotp };
  }
}
