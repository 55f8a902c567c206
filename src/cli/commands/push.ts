import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { pushEntriesAt } from '../../bulk/push/push-entries.js';
import { checkedBaseUrl } from '../../request/base-url.js';
import { defineCommand } from '../command.js';
import { located, SIGNALS, type Signal } from '../context.js';
import { EXIT } from '../exit.js';
import { itemsOf, Reading, sizeOf } from '../input/push-items.js';
import { VAULT_ANSWER } from '../input/vault-answer.js';
import { allowUnknownOption, quietOption } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { queueAddress, queueOptions, queueVariables } from '../options/queue.js';
import { formatOption } from '../options/report.js';
import { apiKeyOf, apiKeyOption, vaultOptions, vaultVariables } from '../options/vault.js';
import { type Write, withFile } from '../output/output-file.js';
import { jsonReport, PushSummary, textReport } from '../output/push-summary.js';
import { startProgress } from '../terminal/progress.js';

// What fails is named by its line and name; a summary ends it.
export const command = defineCommand({
  name: 'push',
  summary: 'send sealed entries to the vault: preflights each, and retries where that can help',
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
    update: { type: 'flag', conflicts: ['upsert'], summary: 'update existing entries instead of creating' },
    upsert: { type: 'flag', summary: 'create entries, or update those that exist' },
    dryRun: { type: 'flag', summary: 'check everything, send nothing' },
    ...allowUnknownOption,
    journal: {
      type: 'file',
      access: 'both',
      value: 'file',
      summary: 'record what the vault acknowledged, so that an interrupted push can be continued',
    },
    failed: {
      type: 'file',
      access: 'write',
      value: 'file',
      summary: 'write entries that the vault does not have to a file, to push them again',
    },
    concurrency: { type: 'number', value: 'n', least: 1, most: 256, default: 8, summary: 'how many at once' },
    retries: {
      type: 'number',
      value: 'n',
      least: 0,
      most: 20,
      default: 5,
      summary: 'how often an entry is retried',
    },
    timeout: {
      type: 'number',
      value: 'seconds',
      least: 1,
      most: 600,
      default: 30,
      summary: 'time limit of one attempt',
    },
    ...vaultOptions,
    ...apiKeyOption,
    queue: {
      ...queueOptions.queue,
      conflicts: ['journal', 'failed', 'dryRun'],
      summary:
        'enqueue the entries for credseal work: redis://HOST:PORT, postgres://USER@HOST/DATABASE, or env; needs no API key',
    },
    queueName: queueOptions.queueName,
    chunk: {
      type: 'number',
      value: 'n',
      least: 1,
      most: 1000,
      default: 50,
      summary: 'with --queue: entries per job',
    },
    ...formatOption,
    ...quietOption,
  },
  printsNoResults: true,
  variables: { ...keyVariables, ...vaultVariables, ...queueVariables },
  details: `The API key comes from --api-key-command, else CLOUDCRUISE_API_KEY, its _FILE or _COMMAND, else a hidden prompt.

With --format json, standard output has
{"failures":[{"line":…,"permissioned_user_id":…,"domain":…,"status":…,"httpStatus":…,"problems":[…]},…],"ok":…,"read":…,
"created":…,"updated":…,"there":…,"journaled":…,"checked":…,"invalid":…,"refused":…,"notReached":…,"unsent":…,
"seconds":…}
"line" is "index" in an array. Entries that are unsent since the push stopped are counted, and not listed.`,
  examples: {
    'credseal push sealed.ndjson --journal push.log': 'can be run again after an interruption',
    'credseal push sealed.ndjson --upsert --failed failed.ndjson': 'what failed, to push again',
    'credseal push sealed.ndjson --queue redis://127.0.0.1:6379': 'for credseal work, on other machines',
  },
  exitCodes: {
    1: 'some entries failed, or the push was interrupted',
    3: 'key missing, malformed or protected',
    4: 'the input, or its only entry, is malformed',
    6: 'the network or the vault refused everything',
  },

  async run({ file, dryRun, journal: journalPath, failed, format, quiet, ...options }, context) {
    if (options.queue !== undefined) {
      const { enqueue } = await import('../tasks/enqueue.js');
      const address = await queueAddress(options, context);
      return enqueue({ ...options, file, format, quiet, address }, await loadRing(options, context), context);
    }
    const baseUrl = checkedBaseUrl(options.baseUrl);
    const keys = await loadRing(options, context);
    // A dry run sends nothing, so that it needs no API key.
    const apiKey = dryRun ? 'none' : await apiKeyOf(options, context);
    // Nor does it begin a journal.
    const hasJournal = !(dryRun && !existsSync(located(journalPath ?? '', context)));
    const journal =
      journalPath !== undefined && hasJournal
        ? (await import('../output/id-file.js')).openJournal(journalPath, baseUrl, context)
        : undefined;
    const stop = new AbortController();
    const interrupted = new AbortController();
    let isInterrupted = false;
    const onSignal = (signal: Signal) => {
      // Whoever says it twice does not want to wait; on the way out, unfinished files are removed.
      if (isInterrupted) context.process.exit(128 + constants.signals[signal]);
      stop.abort();
      // With --failed, the rest is read on to be written there.
      if (failed === undefined) interrupted.abort();
      isInterrupted = true;
    };
    const handlers = SIGNALS.map((signal) => ({ signal, handler: () => onSignal(signal) }));
    for (const { signal, handler } of handlers) context.process.on(signal, handler);
    const reading = new Reading(sizeOf(file, context));
    const summary = new PushSummary();
    const progress = startProgress(context, { hasResults: false, isQuiet: quiet });
    const report =
      format === 'json'
        ? jsonReport((text) => context.stdout.write(text))
        : textReport(
            (text) => progress.print(text),
            (line) => reading.nameOf(line),
          );

    // Also of an error that nobody can catch: Node's fetch has had some, in what it does when a connection ends.
    const onCrash = () => context.stderr.write(summary.text());
    context.process.once('uncaughtExceptionMonitor', onCrash);

    let isAnswerTold = false;

    async function run(keep?: Write): Promise<void> {
      const outcomes = itemsOf(file, reading, interrupted.signal, context).pipeThrough(
        pushEntriesAt(
          {
            apiKey,
            keys,
            baseUrl,
            mode: options.upsert ? 'upsert' : options.update ? 'update' : 'create',
            concurrency: options.concurrency,
            retries: options.retries,
            timeout: 1000 * options.timeout,
            dryRun,
            allowUnknown: options.allowUnknown,
            journal,
            signal: stop.signal,
          },
          (line) => reading.nameOf(line),
        ),
      );
      for await (const outcome of outcomes) {
        summary.add(outcome);
        progress.update(summary.count, reading.part);
        const isAnswer = 'reason' in outcome && outcome.reason === VAULT_ANSWER;
        if ('reason' in outcome && outcome.status !== 'unsent' && !(isAnswer && isAnswerTold))
          report.failure(outcome, reading.placeOf(outcome.line));
        isAnswerTold ||= isAnswer;
        if ('entry' in outcome && outcome.entry) await keep?.(`${JSON.stringify(outcome.entry)}\n`);
      }
      if (reading.failure !== undefined) throw reading.failure;
    }

    let failure: unknown;
    try {
      await (failed === undefined ? run() : withFile(failed, '--failed', run, context));
    } catch (error) {
      failure = error;
    } finally {
      progress.stop();
      context.process.off('uncaughtExceptionMonitor', onCrash);
      journal?.close();
      for (const { signal, handler } of handlers) context.process.off(signal, handler);
    }
    report.rest();
    const exitCode = isInterrupted ? EXIT.checkFailed : summary.exitCode(reading.isOne);
    if (isInterrupted || summary.of('unsent') > 0) {
      const why = isInterrupted
        ? 'Stopped: interrupted. Push again,'
        : 'Stopped: what one entry after another fails for, the others would fail for, too. Mend that, and push again,';
      const how =
        journalPath === undefined ? 'with --journal to be able to go on' : 'with the same --journal to go on';
      context.stderr.write(`${why} ${how}.\n`);
    }
    // Whatever ends the push: what became of the entries before is not to be guessed.
    const end = report.end(summary, exitCode === EXIT.done && failure === undefined);
    if (format === 'json') context.stdout.write(end);
    else if (!quiet && (failure === undefined || summary.count > 0)) context.stderr.write(end);
    if (failure !== undefined) throw failure;
    return exitCode;
  },
});
