import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { type BulkItem, badLine } from '../bulk/item.js';
import type { PushFailure, PushOutcome } from '../bulk/push/outcome.js';
import { pushEntriesAt } from '../bulk/push/push-entries.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { checkedBaseUrl } from '../request/base-url.js';
import { CliError, EXIT } from './exit.js';
import { environment, type KeyOptions, loadRing } from './keys.js';
import { wholeNumber } from './number-option.js';
import { refuseSameFile, type Write, withFile } from './output-file.js';
import { nameOfPlace, Places, toldAt } from './place.js';
import { printable } from './printable.js';
import { startProgress } from './progress.js';
import { openJournal } from './push-journal.js';
import { statsOf } from './stats.js';
import { type StreamedRecord, streamRecords } from './stream-records.js';
import { isVaultAnswer, VAULT_ANSWER } from './vault-answer.js';

export interface PushCommandOptions extends KeyOptions {
  update?: boolean;
  upsert?: boolean;
  baseUrl?: string;
  concurrency: string;
  retries: string;
  timeout: string;
  journal?: string;
  failed?: string;
  dryRun?: boolean;
  allowUnknown?: string[];
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `credseal push`: sealed entries → the vault. What fails is named on stderr by its line and name; a summary ends it. */
export async function push(file: string | undefined, options: PushCommandOptions): Promise<number> {
  refuseSameFile(file, options.failed, '--failed');
  refuseSameFile(file, options.journal, '--journal');
  const numbers = {
    concurrency: wholeNumber('--concurrency', options.concurrency, 1, 256),
    retries: wholeNumber('--retries', options.retries, 0, 20),
    timeout: 1000 * wholeNumber('--timeout', options.timeout, 1, 600),
  };
  const env = await environment(options);
  const baseUrl = checkedBaseUrl(options.baseUrl ?? (env.CLOUDCRUISE_BASE_URL || undefined));
  const keys = await loadRing(options);
  // A dry run sends nothing, so that it needs no API key.
  const apiKey = options.dryRun ? 'none' : await apiKeyOf(env, options);
  // Nor does it begin a journal.
  const hasJournal = options.journal !== undefined && !(options.dryRun && !existsSync(options.journal));
  const journal = hasJournal ? openJournal(options.journal ?? '', baseUrl) : undefined;
  const stop = new AbortController();
  const interrupted = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    // Whoever says it twice does not want to wait; on the way out, unfinished files are removed.
    if (isInterrupted) process.exit(128 + constants.signals[signal]);
    stop.abort();
    // With --failed, the rest is read on to be written there.
    if (options.failed === undefined) interrupted.abort();
    isInterrupted = true;
  };
  let isInterrupted = false;
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const reading = new Reading(sizeOf(file));
  const summary = new Summary();
  const progress = startProgress('entries', false);
  let isAnswerTold = false;

  async function run(keep?: Write): Promise<void> {
    const outcomes = itemsOf(file ?? '-', reading, interrupted.signal).pipeThrough(
      pushEntriesAt(
        {
          apiKey,
          keys,
          baseUrl,
          mode: options.upsert ? 'upsert' : options.update ? 'update' : 'create',
          ...numbers,
          dryRun: options.dryRun,
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
        progress.print(toldAt(`${reading.nameOf(outcome.line)}${identity(outcome)}`, problemsIn(outcome)));
      isAnswerTold ||= isAnswer;
      if ('entry' in outcome && outcome.entry) await keep?.(`${JSON.stringify(outcome.entry)}\n`);
    }
  }

  try {
    await (options.failed === undefined ? run() : withFile(options.failed, '--failed', run));
  } finally {
    progress.stop();
    journal?.close();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  if (isInterrupted || summary.of('unsent') > 0) {
    const why = isInterrupted ? 'Stopped: interrupted.' : printable(summary.whyUnsent);
    const how =
      options.journal === undefined
        ? 'again, with --journal to be able to go on'
        : 'again with the same --journal to go on';
    process.stderr.write(`${why} Push ${how}.\n`);
  }
  process.stderr.write(summary.text());
  return isInterrupted ? EXIT.checkFailed : summary.exitCode(reading.isOne);
}

async function apiKeyOf(env: Record<string, string | undefined>, { envFile }: KeyOptions): Promise<string> {
  const apiKey = env.CLOUDCRUISE_API_KEY;
  if (apiKey) return apiKey;
  if (envFile === undefined && process.stdin.isTTY) return (await import('./prompt.js')).askHidden('API key');
  const missing =
    envFile === undefined
      ? 'CLOUDCRUISE_API_KEY is not set. Set it, or give --env-file PATH.'
      : 'CLOUDCRUISE_API_KEY is not set in --env-file. Add it there.';
  throw new CliError(EXIT.usage, `No API key: ${missing}`);
}

/** The entries of a document as a stream of items that is read no faster than it is pushed, to its end or the signal. */
function itemsOf(path: string, reading: Reading, signal: AbortSignal): ReadableStream<BulkItem<SealedEntry>> {
  const records = streamRecords(path, path === '-' ? 'Standard input' : 'FILE');
  const end = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      // An input that stays open would keep the process alive.
      if (path === '-') process.stdin.destroy();
      resolve(undefined);
    });
  });
  return new ReadableStream<BulkItem<SealedEntry>>(
    {
      async pull(controller) {
        const read = await Promise.race([records.next(), end]);
        if (read === undefined || read.done) controller.close();
        else controller.enqueue(toItem(read.value, reading.add(read.value)));
      },
    },
    { highWaterMark: 0 },
  );
}

/** The size of a file; of a pipe or a terminal there is none. */
function sizeOf(file: string | undefined): number | undefined {
  if (file === undefined || file === '-') return undefined;
  return statsOf(file)?.size;
}

function toItem(record: StreamedRecord, line: number): BulkItem<SealedEntry> {
  if ('value' in record && isVaultAnswer(record.value)) return badLine(line, VAULT_ANSWER);
  if ('value' in record) return { line, value: record.value as SealedEntry };
  return badLine(line, `Not an entry: ${record.problem}.`);
}

/** How much of a document has been read. */
class Reading {
  readonly #places = new Places();
  #isOne = true;
  #bytes = 0;

  /** @param size of the document in bytes, if it is known. */
  constructor(readonly size: number | undefined) {
    this.#places.startDocument('');
  }

  /** From 0 to 1, where it can be told: what is not NDJSON is read at once. */
  get part(): number | undefined {
    return this.#bytes > 0 && this.size ? this.#bytes / this.size : undefined;
  }

  /** Whether the document is an entry by itself. */
  get isOne(): boolean {
    return this.#isOne;
  }

  add(record: StreamedRecord): number {
    if (record.line !== undefined) this.#bytes += Buffer.byteLength(record.text) + 1;
    this.#isOne = record.line === undefined && record.index === undefined;
    return this.#places.add(record);
  }

  nameOf(number: number): string {
    return nameOfPlace(this.#places.find(number));
  }
}

/** What is counted apart: a refusal is an answer. */
type Counted = PushOutcome['status'] | 'not reached';

/** What became of all entries, counted. */
class Summary {
  readonly #counts = new Map<Counted, number>();
  readonly #start = performance.now();
  /** Why the first of those is unsent that are. */
  whyUnsent = '';

  add(outcome: PushOutcome): void {
    const isReached = outcome.status !== 'refused' || outcome.httpStatus !== undefined;
    const counted = isReached ? outcome.status : 'not reached';
    if (outcome.status === 'unsent') this.whyUnsent ||= outcome.reason;
    this.#counts.set(counted, this.of(counted) + 1);
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  text(): string {
    const words: Record<Counted, string> = {
      created: 'created',
      updated: 'updated',
      there: 'there already, with these very sealed values',
      journaled: 'sent before, says the journal',
      checked: 'in order, not sent (dry run)',
      invalid: 'not sent, for they fail preflight',
      refused: 'refused',
      'not reached': 'failed, for the vault was not reached',
      unsent: 'not sent, for the push stopped',
    };
    const parts = Object.entries(words).flatMap(([status, said]) => {
      const count = this.of(status as Counted);
      return count === 0 ? [] : `${count} ${said}`;
    });
    const seconds = (performance.now() - this.#start) / 1000;
    return `${this.count} read: ${parts.join(', ') || 'nothing to do'}; ${seconds.toFixed(1)} s\n`;
  }

  exitCode(isOne: boolean): number {
    const { refused, invalid, unsent } = {
      refused: this.of('refused') + this.of('not reached'),
      invalid: this.of('invalid'),
      unsent: this.of('unsent'),
    };
    if (refused + invalid + unsent === 0) return EXIT.done;
    const done = this.of('created') + this.of('updated') + this.of('there') + this.of('journaled');
    // The network or the vault, where nothing got through; of several, some failed.
    if (refused + unsent > 0 && (isOne || done === 0)) return EXIT.network;
    return isOne ? EXIT.input : EXIT.checkFailed;
  }

  of(status: Counted): number {
    return this.#counts.get(status) ?? 0;
  }
}

/** What preflight has found, a line each; else the reason. */
function problemsIn({ findings, reason }: PushFailure): string[] {
  return (findings?.map(({ message, hint }) => `${message} ${hint}`) ?? [reason]).map(printable);
}

function identity({ permissioned_user_id, domain }: PushOutcome): string {
  const names = [permissioned_user_id, domain].filter((name) => name !== undefined);
  return names.length === 0 ? '' : ` (${printable(names.join(', '))})`;
}
