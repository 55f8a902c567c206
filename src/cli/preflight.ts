import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Finding } from '../errors.js';
import { CompactStore } from '../preflight/compact-store.js';
import { startPreflight } from '../preflight/preflight.js';
import { rules } from '../preflight/rules.js';
import { CliError, EXIT } from './exit.js';
import { type Format, githubFormat, jsonFormat, type Located, textFormat } from './findings.js';
import { type KeyOptions, loadRing } from './keys.js';
import { Places } from './place.js';
import { startProgress } from './progress.js';
import { type StreamedRecord, streamRecords } from './stream-records.js';
import { VaultAnswers } from './vault-answer.js';

export interface PreflightCommandOptions extends KeyOptions {
  update?: boolean;
  allowUnknown?: string[];
  format?: 'text' | 'json' | 'github';
}

/** `credseal preflight`: sealed entries from files or stdin → findings on stdout. Nothing is sent. */
export async function preflight(files: string[], options: PreflightCommandOptions): Promise<number> {
  const format = formatOf(options.format);
  const ring = await loadRing(options);
  const places = new Places();
  const check = startPreflight(
    {
      keys: ring,
      operation: options.update ? 'update' : 'create',
      allowUnknown: options.allowUnknown,
    },
    (number) => placeIn(places.find(number)),
    () => new CompactStore(),
  );
  const totals = { checked: 0, errors: 0, warnings: 0 };
  const progress = startProgress('entries', false);
  let isAnyUnreadable = false;

  async function report(finding: Finding, place: Omit<Located, keyof Finding>): Promise<void> {
    const isFirst = totals.errors + totals.warnings === 0;
    totals[finding.severity === 'error' ? 'errors' : 'warnings'] += 1;
    // Where results and progress share a terminal, the line of the latter makes room.
    progress.print('');
    await write(format.finding({ ...finding, ...place }, isFirst));
  }

  async function checkFile(path: string, role: string): Promise<void> {
    const file = path === '-' ? 'stdin' : path;
    places.startDocument(file);
    const answers = new VaultAnswers();
    const checkAt = (record: StreamedRecord) => (value: unknown) =>
      check(answers.withoutVaultSet(value, record), places.add(record));
    for await (const record of streamRecords(path, role)) {
      totals.checked += 1;
      progress.update(totals.checked);
      for (const finding of findingsOf(record, checkAt(record))) {
        await report(finding, { file, line: record.line });
      }
    }
    const { line, ...found } = answers.finding() ?? {};
    if ('rule' in found) await report(found, { file, line });
  }

  try {
    await write(format.start ?? '');
    for (const [index, path] of (files.length > 0 ? files : ['-']).entries()) {
      const number = files.length > 1 ? `FILE ${index + 1}` : 'FILE';
      const role = files.length > 1 ? `${number} of ${files.length}` : number;
      try {
        await checkFile(path, role);
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        // The others are still checked.
        isAnyUnreadable = true;
        const { message, isUnread } = error;
        // Not by its name where there is no such file: a secret typed for a file is not there either.
        const file = path === '-' ? 'stdin' : existsSync(path) ? path : number;
        const isNamed = files.length < 2 || message.startsWith(role);
        process.stderr.write(`credseal: ${isNamed ? '' : `${file}: `}${message}\n`);
        const rule = 'payload/not-an-object';
        const hint = isUnread ? 'Check its path and permissions.' : rules[rule].hint;
        await report({ rule, severity: 'error', path: '', message, hint }, { file, isTold: true, isUnread });
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

/** A place in a file, as compilers name it. */
function placeIn({ document, line, index }: ReturnType<Places['find']>): string {
  if (line !== undefined) return `${document}:${line}`;
  return index === undefined ? document : `${document}[${index}]`;
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
