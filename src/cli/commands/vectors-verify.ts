import { promises } from 'node:fs';
import type { VectorFiles, VectorReport } from '../../vectors/index.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { packageFile } from '../input/package-files.js';
import { formatOption } from '../options/report.js';
import { printable } from '../terminal/printable.js';

/** Loaded where vectors are run, and not for help: it takes all of the package, and jose. */
const vectorsModule = () => import('../../vectors/index.js');
/** The vectors of this package, beside `dist`. */
const FOLDER = packageFile('vectors/');
const LONGEST_TIMEOUT = 3600;
/** Whoever is wrong once is often wrong a thousand times. */
const MAX_SHOWN = 20;
const MAX_TEXT = 200;

export const command = defineCommand({
  name: 'vectors verify',
  summary: 'run the test vectors against this build or another implementation; see vectors/README.md',
  options: {
    exec: {
      type: 'text',
      value: 'command',
      summary: 'a program that answers each JSON line on stdin with a JSON line',
    },
    verbose: {
      type: 'flag',
      short: 'v',
      summary: 'show counts for every flag, not only for those with a disagreement',
    },
    timeout: {
      type: 'text',
      value: 'seconds',
      default: '10',
      summary: 'how long the program may take for an answer',
    },
    ...formatOption,
  },
  details:
    'With --format json: {"ok":…,"files":[…],"disagreements":[…],"problems":[…]}; see vectors/README.md.',
  examples: { "credseal vectors verify --exec 'python3 verify.py'": 'of an implementation in Python' },
  exitCodes: { 1: 'there is a disagreement, or the program failed' },

  async run({ exec, timeout, format, verbose }, context) {
    const files = await readVectors();
    const { isSilent, ...report }: ProgramReport =
      exec === undefined
        ? await (await vectorsModule()).runVectors(files)
        : await verifyProgram(files, exec, secondsOf(timeout), context);
    const text = () => (isSilent ? problemsOf(report) : asText(report, verbose));
    context.stdout.write(format === 'json' ? `${JSON.stringify(report)}\n` : text());
    return report.ok ? EXIT.done : EXIT.checkFailed;
  },
});

async function readVectors(): Promise<VectorFiles> {
  const names = (await promises.readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, JSON.parse(await promises.readFile(new URL(name, FOLDER), 'utf8'))]),
    ),
  );
}

interface ProgramReport extends VectorReport {
  /** Nothing was answered: then there is nothing to tell of the vectors. */
  readonly isSilent?: boolean;
}

async function verifyProgram(
  files: VectorFiles,
  command: string,
  timeout: number,
  context: Context,
): Promise<ProgramReport> {
  if (command.trim() === '') throw new CliError(EXIT.usage, '--exec needs a command.');
  const { judgeAnswers, vectorRequests } = await vectorsModule();
  const { askProgram } = await import('../tasks/vector-program.js');
  const { answers, problems } = await askProgram(command, vectorRequests(files), timeout, context);
  const report = judgeAnswers(files, answers);
  return {
    ...report,
    ok: report.ok && problems.length === 0,
    problems: [...problems, ...report.problems],
    ...(answers.size === 0 && { isSilent: true }),
  };
}

function secondsOf(timeout: string): number {
  const seconds = Number(timeout);
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT) return seconds;
  throw new CliError(
    EXIT.usage,
    `--timeout takes a number of seconds, above 0 and up to ${LONGEST_TIMEOUT}.`,
  );
}

const problemsOf = ({ problems }: VectorReport) =>
  problems.map((problem) => `Problem: ${problem}\n`).join('');

function asText(report: VectorReport, isVerbose: boolean): string {
  const { files, disagreements } = report;
  const lines = [row('', 'tests', 'agree', 'disagree', 'unsupported')];
  const total = { tests: 0, agree: 0, disagree: 0, unsupported: 0 };
  for (const { file, flags, tests, agree, disagree, unsupported } of files) {
    lines.push(row(file, tests, agree, disagree, unsupported));
    for (const [flag, counts] of Object.entries(flags)) {
      if (isVerbose || counts.disagree > 0)
        lines.push(row(`  ${flag}`, counts.tests, counts.agree, counts.disagree, counts.unsupported));
    }
    total.tests += tests;
    total.agree += agree;
    total.disagree += disagree;
    total.unsupported += unsupported;
  }
  lines.push(row('all', ...Object.values(total)), '');
  for (const { file, tcId, method, comment, flags, expected, got } of disagreements.slice(0, MAX_SHOWN)) {
    lines.push(
      `${file}, test ${tcId}, ${method}: ${printable(comment)} (${flags.join(', ')})`,
      `    expected ${shown(expected)}`,
      `    got      ${got === undefined ? 'no answer' : shown(got)}`,
    );
  }
  if (disagreements.length > MAX_SHOWN) lines.push(`and ${disagreements.length - MAX_SHOWN} more`);
  return `${lines.join('\n').trimEnd()}\n${problemsOf(report)}`;
}

const row = (name: string, ...counts: (number | string)[]) =>
  name.padEnd(34) + counts.map((count) => String(count).padStart(12)).join('');

function shown(value: unknown): string {
  const json = JSON.stringify(value);
  return printable(json.length > MAX_TEXT ? `${json.slice(0, MAX_TEXT)}… (${json.length} characters)` : json);
}
