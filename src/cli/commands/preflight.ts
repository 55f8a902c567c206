import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Finding } from '../../errors.js';
import { CompactStore } from '../../preflight/compact-store.js';
import { startPreflight } from '../../preflight/preflight.js';
import { rules } from '../../preflight/rules.js';
import { defineCommand } from '../command.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { Places } from '../input/place.js';
import { type StreamedRecord, streamRecords } from '../input/stream-records.js';
import { quietOption } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { type Format, githubFormat, jsonFormat, type Located, textFormat } from '../output/findings.js';
import { startProgress } from '../terminal/progress.js';

const FORMATS = ['text', 'json', 'github'] as const;

export default defineCommand({
  name: 'preflight',
  summary:
    'sealed entries → findings: what the vault would refuse, or the author did not mean; nothing is sent',
  arguments: {
    files: {
      type: 'file',
      access: 'read',
      isRepeatable: true,
      default: '-',
      summary: 'entries as JSON, an array, or NDJSON; - or nothing for stdin',
    },
  },
  options: {
    ...keyOptions,
    update: { type: 'flag', summary: 'they are for an update' },
    format: { type: 'text', value: 'format', choices: FORMATS, default: 'text', summary: 'how to report' },
    ...quietOption,
  },
  variables: keyVariables,
  details: `With --format json: {"findings":[{"file":…,"line":…,"rule":…,"severity":…,"path":…,"message":…,"hint":…},…],
"ok":…,"checked":…,"errors":…,"warnings":…}`,
  examples: {
    'credseal preflight sealed.ndjson':
      'findings, a summary, and exit code 1 if there is an error among them',
    'credseal preflight --format github *.json': "as annotations of GitHub's workflows",
  },
  exitCodes: {
    1: 'there are errors among the findings',
    3: 'key missing, malformed or protected',
    4: 'a file cannot be read, or holds no entries',
  },

  async run({ files, update, format: name, quiet, ...options }, context) {
    const format = formatOf(name, context);
    const ring = await loadRing(options, context);
    const places = new Places();
    const check = startPreflight(
      { keys: ring, operation: update ? 'update' : 'create' },
      (number) => placeIn(places.find(number)),
      () => new CompactStore(),
    );
    const totals = { checked: 0, errors: 0, warnings: 0 };
    const progress = startProgress(context, { hasResults: false, isQuiet: quiet });
    let isAnyUnreadable = false;

    async function report(finding: Finding, place: Omit<Located, keyof Finding>): Promise<void> {
      const isFirst = totals.errors + totals.warnings === 0;
      totals[finding.severity === 'error' ? 'errors' : 'warnings'] += 1;
      // Where results and progress share a terminal, the line of the latter makes room.
      progress.print('');
      await write(format.finding({ ...finding, ...place }, isFirst), context);
    }

    async function checkFile(path: string, role: string): Promise<void> {
      const file = path === '-' ? 'stdin' : path;
      places.startDocument(file);
      for await (const record of streamRecords(path, role, context)) {
        totals.checked += 1;
        progress.update(totals.checked);
        for (const finding of findingsOf(record, (value) => check(value, places.add(record)))) {
          await report(finding, { file, line: record.line });
        }
      }
    }

    try {
      await write(format.start ?? '', context);
      for (const [index, path] of files.entries()) {
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
          const file = path === '-' ? 'stdin' : existsSync(located(path, context)) ? path : number;
          const isNamed = files.length < 2 || message.startsWith(role);
          context.stderr.write(`credseal: ${isNamed ? '' : `${file}: `}${message}\n`);
          const rule = 'payload/not-an-object';
          const hint = isUnread ? 'Check its path and permissions.' : rules[rule].hint;
          await report(
            { rule, severity: 'error', path: '', message, hint },
            { file, isTold: true, isUnread },
          );
        }
      }
      progress.stop();
      if (!quiet || name !== 'text') await write(format.end(totals), context);
    } finally {
      progress.stop();
    }
    if (isAnyUnreadable) return EXIT.input;
    return totals.errors === 0 ? EXIT.done : EXIT.checkFailed;
  },
});

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

function formatOf(name: (typeof FORMATS)[number], { stdout, env }: Context): Format {
  if (name === 'json') return jsonFormat;
  if (name === 'github') return githubFormat;
  return textFormat(Boolean(stdout.isTTY) && !env.NO_COLOR);
}

/** Waits where the reader is slower: otherwise findings of a large file would pile up in memory. */
async function write(text: string, { stdout }: Context): Promise<void> {
  if (text !== '' && !stdout.write(text)) await once(stdout, 'drain');
}
