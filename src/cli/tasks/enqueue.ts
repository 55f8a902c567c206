import type { KeyRing } from '../../key/key-ring.js';
import { chunkEntriesAt, type EntryChunk } from '../../queue/chunk-entries.js';
import { type SealedJobData, sealedJob } from '../../queue/sealed-job.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit.js';
import { itemsOf, Reading, sizeOf } from '../input/push-items.js';
import type { QueueAddress } from '../options/queue.js';
import { ToldFailures } from '../output/told-failures.js';
import { untilSignal } from '../terminal/interrupted.js';
import { startProgress } from '../terminal/progress.js';
import { openQueue } from './open-queue.js';

/** So many jobs go to the queue at once. */
const JOBS_AT_ONCE = 20;

/** What push is given that puts entries on a queue. */
export interface EnqueueOptions {
  readonly file: string;
  readonly address: QueueAddress;
  readonly queueName: string;
  readonly chunk: number;
  readonly update: boolean;
  readonly upsert: boolean;
  readonly allowUnknown?: readonly string[] | undefined;
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
}

/** Puts the entries of a document on a queue, each preflighted, and as none of several that it cannot be beside. */
export async function enqueue(options: EnqueueOptions, keys: KeyRing, context: Context): Promise<number> {
  const { file, address, queueName, chunk: size, allowUnknown, format, quiet } = options;
  const mode = options.upsert ? 'upsert' : options.update ? 'update' : 'create';
  const queue = await openQueue(address, queueName);
  const { signal, end } = untilSignal(context);
  const reading = new Reading(sizeOf(file, context));
  const progress = startProgress(context, { hasResults: false, isQuiet: quiet });
  const told = new ToldFailures((line) => reading.nameOf(line));
  let enqueued = 0;
  let invalid = 0;
  let jobs: SealedJobData[] = [];
  let sentJobs = 0;
  let inJobs = 0;
  const send = async () => {
    if (jobs.length > 0) await queue.add(jobs);
    sentJobs += jobs.length;
    enqueued += inJobs;
    inJobs = 0;
    jobs = [];
  };
  let failure: unknown;
  try {
    const chunks = itemsOf(file, reading, signal, context).pipeThrough(
      chunkEntriesAt(keys, { size, mode, allowUnknown }, (line) => reading.nameOf(line)),
    );
    for await (const chunk of chunks as unknown as AsyncIterable<
      EntryChunk | { line: number; error: Error }
    >) {
      if ('error' in chunk) {
        invalid += 1;
        const { line, error } = chunk;
        progress.print(told.tell({ line, status: 'invalid', reason: error.message }));
        continue;
      }
      jobs.push(sealedJob(chunk.entries, keys, { mode }));
      inJobs += chunk.entries.length;
      if (jobs.length === JOBS_AT_ONCE) await send();
      progress.update(enqueued, reading.part);
    }
    await send();
    failure = reading.failure;
  } catch (error) {
    failure = error;
  } finally {
    progress.stop();
    end();
    await queue.close();
  }
  context.stderr.write(told.rest());
  const counts = { read: enqueued + invalid, enqueued, jobs: sentJobs, invalid };
  if (format === 'json')
    context.stdout.write(`${JSON.stringify({ ok: failure === undefined && invalid === 0, ...counts })}\n`);
  else if (!quiet)
    context.stderr.write(
      `${enqueued} enqueued in ${sentJobs} jobs${invalid > 0 ? `, ${invalid} not, for they fail preflight` : ''}.\n`,
    );
  if (failure !== undefined) throw failure;
  if (signal.aborted) throw signal.reason;
  if (invalid === 0) return EXIT.done;
  return reading.isOne ? EXIT.input : EXIT.checkFailed;
}
