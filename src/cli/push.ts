import { statSync } from 'node:fs';
import { type BulkItem, badLine } from '../bulk/item.js';
import type { PushOutcome } from '../bulk/push/outcome.js';
import { pushEntries } from '../bulk/push/push-entries.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { checkedBaseUrl } from '../request/base-url.js';
import { CliError, EXIT } from './exit.js';
import { environment, type KeyOptions, loadRing } from './keys.js';
import { refuseSameFile, type Write, withFile } from './output-file.js';
import { startProgress } from './progress.js';
import { openJournal } from './push-journal.js';
import { type StreamedRecord, streamRecords } from './stream-records.js';

export interface PushCommandOptions extends KeyOptions {
  update?: boolean;
  upsert?: boolean;
  baseUrl?: string;
  concurrency?: string;
  retries?: string;
  timeout?: string;
  journal?: string;
  failed?: string;
  dryRun?: boolean;
}

/** `credseal push`: sealed entries → the vault. What fails is named on stderr by its line and name; a summary ends it. */
export async function push(file: string | undefined, options: PushCommandOptions): Promise<number> {
  refuseSameFile(file, options.failed, '--failed');
  refuseSameFile(file, options.journal, '--journal');
  const env = await environment(options);
  const baseUrl = checkedBaseUrl(options.baseUrl ?? (env.CLOUDCRUISE_BASE_URL || undefined));
  const keys = await loadRing(options);
  // A dry run sends nothing, so that it needs no API key.
  const apiKey = options.dryRun ? 'none' : await apiKeyOf(env, options);
  const journal = options.journal === undefined ? undefined : openJournal(options.journal, baseUrl);
  const stop = new AbortController();
  const interrupted = new AbortController();
  const onSignal = () => {
    stop.abort();
    // With --failed, the rest is read on to be written there.
    if (options.failed === undefined) interrupted.abort();
    isInterrupted = true;
  };
  let isInterrupted = false;
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const places = new Places(sizeOf(file));
  const summary = new Summary();
  const progress = startProgress('entries', false);

  async function run(keep?: Write): Promise<void> {
    const outcomes = itemsOf(file ?? '-', places, interrupted.signal).pipeThrough(
      pushEntries({
        apiKey,
        keys,
        baseUrl,
        mode: options.upsert ? 'upsert' : options.update ? 'update' : 'create',
        concurrency: numberOf('--concurrency', options.concurrency),
        retries: numberOf('--retries', options.retries),
        timeout: secondsOf(options.timeout),
        dryRun: options.dryRun,
        journal,
        signal: stop.signal,
      }),
    );
    for await (const outcome of outcomes) {
      summary.add(outcome);
      progress.update(summary.count, places.part);
      if ('reason' in outcome && outcome.status !== 'unsent')
        progress.print(`${places.nameOf(outcome.line)}${identity(outcome)}: ${printable(outcome.reason)}\n`);
      if ('entry' in outcome && outcome.entry) await keep?.(`${JSON.stringify(outcome.entry)}\n`);
    }
  }

  try {
    await (options.failed === undefined ? run() : withFile(options.failed, '--failed', run));
  } finally {
    progress.stop();
    journal?.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
  if (isInterrupted || summary.of('unsent') > 0) {
    const why = isInterrupted
      ? 'interrupted'
      : 'one entry after another was refused for a reason that meets them all';
    const how =
      options.journal === undefined
        ? 'again, with --journal to be able to go on'
        : 'again with the same --journal to go on';
    process.stderr.write(`Stopped: ${why}. Push ${how}.\n`);
  }
  process.stderr.write(summary.text());
  return isInterrupted ? EXIT.checkFailed : summary.exitCode(places.isOne);
}

async function apiKeyOf(env: Record<string, string | undefined>, { envFile }: KeyOptions): Promise<string> {
  const apiKey = env.CLOUDCRUISE_API_KEY;
  if (apiKey) return apiKey;
  if (envFile === undefined && process.stdin.isTTY) return (await import('./prompt.js')).askHidden('API key');
  const place = envFile === undefined ? '' : ' in --env-file';
  throw new CliError(
    EXIT.usage,
    `No API key: CLOUDCRUISE_API_KEY is not set${place}. Set it, or give --env-file PATH.`,
  );
}

/** The entries of a document as a stream of items that is read no faster than it is pushed, to its end or the signal. */
function itemsOf(path: string, places: Places, signal: AbortSignal): ReadableStream<BulkItem<SealedEntry>> {
  const records = streamRecords(path, 'FILE');
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
        else controller.enqueue(toItem(read.value, places.add(read.value)));
      },
    },
    { highWaterMark: 0 },
  );
}

/** The size of a file; of a pipe or a terminal there is none. */
function sizeOf(file: string | undefined): number | undefined {
  if (file === undefined || file === '-') return undefined;
  return statSync(file, { throwIfNoEntry: false })?.size;
}

function toItem(record: StreamedRecord, line: number): BulkItem<SealedEntry> {
  if ('value' in record) return { line, value: record.value as SealedEntry };
  return badLine(line, `Not an entry: ${record.problem}.`);
}

/** How the document counts its entries: by lines, by elements from 0, or not at all. */
class Places {
  #form: 'one' | 'array' | 'ndjson' = 'one';
  #bytes = 0;

  /** @param size of the document in bytes, if it is known. */
  constructor(readonly size: number | undefined) {}

  /** How much of the document has been taken, from 0 to 1, where that can be told. */
  get part(): number | undefined {
    return this.#form === 'ndjson' && this.size ? this.#bytes / this.size : undefined;
  }

  get isOne(): boolean {
    return this.#form === 'one';
  }

  add({ line, index, text }: StreamedRecord): number {
    this.#bytes += Buffer.byteLength(text) + 1;
    if (line !== undefined) this.#form = 'ndjson';
    else if (index !== undefined) this.#form = 'array';
    return line ?? (index ?? 0) + 1;
  }

  nameOf(line: number): string {
    if (this.#form === 'one') return 'entry';
    return this.#form === 'array' ? `entry [${line - 1}]` : `line ${line}`;
  }
}

/** What became of all entries, counted. */
class Summary {
  readonly #counts = new Map<PushOutcome['status'], number>();
  readonly #start = performance.now();

  add({ status }: PushOutcome): void {
    this.#counts.set(status, this.of(status) + 1);
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  text(): string {
    const words: Record<PushOutcome['status'], string> = {
      created: 'created',
      updated: 'updated',
      there: 'there already, from an interrupted push',
      journaled: 'sent before, says the journal',
      checked: 'in order, not sent (dry run)',
      invalid: 'not sent, for they fail preflight',
      refused: 'refused',
      unsent: 'not sent, for the push stopped',
    };
    const parts = Object.entries(words).flatMap(([status, said]) => {
      const count = this.of(status as PushOutcome['status']);
      return count === 0 ? [] : `${count} ${said}`;
    });
    const seconds = (performance.now() - this.#start) / 1000;
    return `${this.count} read: ${parts.join(', ') || 'nothing to do'}; ${seconds.toFixed(1)} s\n`;
  }

  exitCode(isOne: boolean): number {
    const { refused, invalid, unsent } = {
      refused: this.of('refused'),
      invalid: this.of('invalid'),
      unsent: this.of('unsent'),
    };
    if (refused + invalid + unsent === 0) return EXIT.done;
    const done = this.of('created') + this.of('updated') + this.of('there') + this.of('journaled');
    // The network or the vault, where nothing got through; of several, some failed.
    if (refused + unsent > 0 && (isOne || done === 0)) return EXIT.network;
    return isOne ? EXIT.input : EXIT.checkFailed;
  }

  of(status: PushOutcome['status']): number {
    return this.#counts.get(status) ?? 0;
  }
}

function identity({ permissioned_user_id, domain }: PushOutcome): string {
  const names = [permissioned_user_id, domain].filter((name) => name !== undefined);
  return names.length === 0 ? '' : ` (${printable(names.join(', '))})`;
}

/** A name, or what a vault says, could hold what a terminal obeys. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\uFFFD');
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new CliError(EXIT.usage, `${option} takes a whole number.`);
  return Number(text);
}

function secondsOf(text: string | undefined): number | undefined {
  const seconds = numberOf('--timeout', text);
  return seconds === undefined ? undefined : seconds * 1000;
}
