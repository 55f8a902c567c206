import { existsSync } from 'node:fs';
import type { LineBlock } from '../../bulk/line-blocks.js';
import { compactStores, type Hash } from '../../preflight/compact-store.js';
import { type Looked, startJoining, startLooking } from '../../preflight/preflight.js';
import { rules } from '../../preflight/rules.js';
import { defineCommand } from '../command.js';
import { located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import type { Source } from '../input/document-source.js';
import { type Place, Places, placeOf } from '../input/place.js';
import { recordsOf, streamDocument } from '../input/stream-records.js';
import { isVaultAnswer, VaultAnswers, withoutVaultSet } from '../input/vault-answer.js';
import { allowUnknownOption, jobsOption, quietOption } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { FindingsReport, findingsOf, findingsOption } from '../output/findings-report.js';
import { lookAtBlocks, looksOf, type PreflightTask } from '../tasks/preflight-task.js';
import type { BlockResult } from '../tasks/work.js';
import { startProgress } from '../terminal/progress.js';
import { jobsOf, workThrough } from '../threads/jobs.js';

export const command = defineCommand({
  name: 'preflight',
  summary:
    'check sealed entries: finds what the vault would refuse, or what is probably a mistake; sends nothing',
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
    update: { type: 'flag', summary: 'check the entries as updates' },
    noKey: {
      type: 'flag',
      conflicts: ['keyFile', 'keyCommand', 'envFile', 'previousKeyFile', 'passphraseFd', 'passphraseCommand'],
      summary: 'make only the checks that need no key: opens no credential',
    },
    ...allowUnknownOption,
    ...findingsOption,
    ...jobsOption,
    ...quietOption,
  },
  variables: keyVariables,
  details: `With --format json: {"findings":[{"file":…,"line":…,"rule":…,"severity":…,"path":…,"message":…,"hint":…},…],
"ok":…,"opened":…,"checked":…,"errors":…,"warnings":…}`,
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

  async run({ files, update, noKey, allowUnknown, format, quiet, jobs, ...options }, context) {
    // No key is a choice, and never what becomes of one that is missing.
    const keys = noKey ? 'none' : await loadRing(options, context);
    const places = new Places();
    const operation = update ? 'update' : 'create';
    const look = startLooking({ keys, operation, allowUnknown });
    const stores = compactStores();
    const join = startJoining<string | Hash>((number) => placeIn(places.find(number)), stores);
    const seeds = { entries: stores.entries.seed, values: stores.values.seed };
    const task: PreflightTask = { kind: 'preflight', operation, allowUnknown, seeds };
    const progress = startProgress(context, { hasResults: false, isQuiet: quiet });
    const report = new FindingsReport(format, progress, context);
    let isAnyUnreadable = false;

    function* records(text: string): Generator<Seen> {
      for (const record of recordsOf(text)) {
        if ('problem' in record) {
          yield record;
          continue;
        }
        const isAnswer = isVaultAnswer(record.value);
        const looked = look(isAnswer ? withoutVaultSet(record.value) : record.value);
        yield { ...placeOf(record), looked, isAnswer };
      }
    }

    async function* blocks(given: AsyncIterable<LineBlock>, { size }: Source): AsyncGenerator<Seen> {
      const results =
        keys === 'none'
          ? alone(given, lookAtBlocks(task, keys))
          : workThrough(given, task, keys, jobsOf({ jobs }), size);
      for await (const result of results) yield* looksOf(result);
    }

    async function checkFile(path: string, role: string): Promise<void> {
      const file = path === '-' ? 'stdin' : path;
      places.startDocument(file);
      const answers = new VaultAnswers();
      for await (const seen of streamDocument(path, role, context, { records, blocks })) {
        report.count();
        if ('isAnswer' in seen && seen.isAnswer) answers.add(seen);
        for (const finding of findingsOf(seen, (read) => join(read.looked, places.add(read))))
          await report.add(finding, { file, line: seen.line });
      }
      const { line, ...found } = answers.finding() ?? {};
      if ('rule' in found) await report.add(found, { file, line });
    }

    try {
      await report.begin();
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
          await report.add(
            { rule, severity: 'error', path: '', message, hint },
            { file, isTold: true, isUnread },
          );
        }
      }
      if (!quiet || format !== 'text') await report.end({ opened: !noKey });
    } finally {
      progress.stop();
    }
    if (isAnyUnreadable) return EXIT.input;
    return report.totals.errors === 0 ? EXIT.done : EXIT.checkFailed;
  },
});

/** What was seen of an entry, in whatever thread. */
type Seen = Place &
  ({ readonly problem: string } | { readonly looked: Looked<string | Hash>; readonly isAnswer: boolean });

/** Without a key there is nothing for several threads to do. */
async function* alone(
  blocks: AsyncIterable<LineBlock>,
  work: (block: LineBlock) => BlockResult,
): AsyncGenerator<BlockResult> {
  for await (const block of blocks) yield work(block);
}

/** A place in a file, as compilers name it. */
function placeIn({ document, line, index }: ReturnType<Places['find']>): string {
  if (line !== undefined) return `${document}:${line}`;
  return index === undefined ? document : `${document}[${index}]`;
}
