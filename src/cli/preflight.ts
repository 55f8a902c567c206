import { once } from 'node:events';
import type { Finding } from '../errors.js';
import { CompactStore } from '../preflight/compact-store.js';
import { startPreflight } from '../preflight/preflight.js';
import { rules } from '../preflight/rules.js';
import { CliError, EXIT } from './exit.js';
import { type Format, githubFormat, jsonFormat, textFormat } from './findings.js';
import { type KeyOptions, loadRing } from './keys.js';
import { startProgress } from './progress.js';
import { type StreamedRecord, streamRecords } from './stream-records.js';

export interface PreflightCommandOptions extends KeyOptions {
  update?: boolean;
  format?: 'text' | 'json' | 'github';
}

/** `credseal preflight`: sealed entries from files or stdin → findings on stdout. Nothing is sent. */
export async function preflight(files: string[], options: PreflightCommandOptions): Promise<number> {
  const format = formatOf(options.format);
  const ring = await loadRing(options);
  const places = new Places();
  const check = startPreflight(
    { keys: ring, operation: options.update ? 'update' : 'create' },
    (place) => places.nameOf(place),
    () => new CompactStore(),
  );
  const totals = { checked: 0, errors: 0, warnings: 0 };
  const progress = startProgress('entries', false);
  let isAnyUnreadable = false;

  async function report(finding: Finding, file: string, line?: number): Promise<void> {
    const isFirst = totals.errors + totals.warnings === 0;
    totals[finding.severity === 'error' ? 'errors' : 'warnings'] += 1;
    // Where results and progress share a terminal, the line of the latter makes room.
    progress.print('');
    await write(format.finding({ ...finding, file, ...(line !== undefined && { line }) }, isFirst));
  }

  async function checkFile(path: string, role: string): Promise<void> {
    const file = path === '-' ? 'stdin' : path;
    places.startFile(file);
    for await (const record of streamRecords(path, role)) {
      totals.checked += 1;
      progress.update(totals.checked);
      for (const finding of findingsOf(record, (value) => check(value, places.add(record)))) {
        await report(finding, file, record.line);
      }
    }
  }

  try {
    await write(format.start ?? '');
    for (const [index, path] of (files.length > 0 ? files : ['-']).entries()) {
      const role = files.length > 1 ? `FILE ${index + 1}` : 'FILE';
      try {
        await checkFile(path, role);
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        // The others are still checked. By its place, not its name: a secret typed for a file is not there either.
        isAnyUnreadable = true;
        process.stderr.write(`credseal: ${error.message}\n`);
        const rule = 'payload/not-an-object';
        await report(
          {
            rule,
            ...rules[rule],
            path: '',
            message: error.message,
            hint: 'Check its path, and what it holds.',
          },
          path === '-' ? 'stdin' : role,
        );
      }
    }
    progress.stop();
    await write(format.end(totals));
  } finally {
    progress.stop();
  }
  if (isAnyUnreadable) return EXIT.input;
  return totals.errors === 0 ? EXIT.done : EXIT.checkFailed;
}

function findingsOf(record: StreamedRecord, check: (payload: unknown) => Finding[]): Finding[] {
  const element = record.index === undefined ? '' : `[${record.index}]`;
  if ('problem' in record) {
    const rule = 'payload/not-an-object';
    return [{ rule, ...rules[rule], path: element, message: `The line is ${record.problem}.` }];
  }
  const findings = check(record.value);
  return findings.map((finding) => ({ ...finding, path: [element, finding.path].filter(Boolean).join('.') }));
}

/** Lines and elements of all files as one row of numbers, and back: a number is all that is kept of an entry's place. */
class Places {
  readonly #files: { name: string; start: number; isNdjson: boolean }[] = [];
  #last = 0;

  startFile(name: string): void {
    this.#files.push({ name, start: this.#last + 1, isNdjson: false });
  }

  add({ line, index = 0 }: StreamedRecord): number {
    const file = this.#files.at(-1);
    if (file === undefined) throw new RangeError('no file is open');
    file.isNdjson = line !== undefined;
    this.#last = file.start + (line ?? index);
    return this.#last;
  }

  nameOf(place: number): string {
    const file = this.#files.findLast(({ start }) => start <= place);
    if (file === undefined) throw new RangeError('no such place');
    const within = place - file.start;
    return file.isNdjson ? `${file.name}:${within}` : `${file.name}[${within}]`;
  }
}

function formatOf(name: PreflightCommandOptions['format']): Format {
  if (name === 'json') return jsonFormat;
  if (name === 'github') return githubFormat;
  return textFormat(process.stdout.isTTY && !process.env.NO_COLOR);
}

/** Waits where the reader is slower: otherwise findings of a large file would pile up in memory. */
async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
}
