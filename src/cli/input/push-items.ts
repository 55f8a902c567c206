import { type BulkItem, badLine } from '../../bulk/item.js';
import type { SealedEntry } from '../../entry/seal-entry.js';
import type { Context } from '../context.js';
import { nameOfPlace, type Place, Places, placeOf } from './place.js';
import { statsOf } from './stats.js';
import { type StreamedRecord, streamRecords } from './stream-records.js';
import { isVaultAnswer, VAULT_ANSWER } from './vault-answer.js';

/** The entries of a document as a stream of items that is read no faster than it is pushed, to its end or the signal. */
export function itemsOf(
  path: string,
  reading: Reading,
  signal: AbortSignal,
  context: Context,
): ReadableStream<BulkItem<SealedEntry>> {
  const records = streamRecords(path, path === '-' ? 'Standard input' : 'FILE', context);
  const end = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      // An input that stays open would keep the process alive.
      if (path === '-') context.stdin.destroy();
      resolve(undefined);
    });
  });
  return new ReadableStream<BulkItem<SealedEntry>>(
    {
      async pull(controller) {
        const read = await Promise.race([reading.next(records), end]);
        if (read === undefined || read.done) controller.close();
        else controller.enqueue(toItem(read.value, reading.add(read.value)));
      },
    },
    { highWaterMark: 0 },
  );
}

/** The size of a file; of a pipe or a terminal there is none. */
export function sizeOf(file: string, context: Context): number | undefined {
  return file === '-' ? undefined : statsOf(file, context)?.size;
}

function toItem(record: StreamedRecord, line: number): BulkItem<SealedEntry> {
  if ('value' in record && isVaultAnswer(record.value)) return badLine(line, VAULT_ANSWER);
  if ('value' in record) return { line, value: record.value as SealedEntry };
  return badLine(line, `Not an entry: ${record.problem}.`);
}

/** How much of a document has been read. */
export class Reading {
  readonly #places = new Places();
  #isOne = true;
  #bytes = 0;
  /** What ended the reading before its end. */
  failure: unknown;

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

  /** What comes next. Where the document breaks off, what was read before is still pushed: its failure is kept for later. */
  async next(records: AsyncIterator<StreamedRecord>): Promise<IteratorResult<StreamedRecord> | undefined> {
    try {
      return await records.next();
    } catch (error) {
      this.failure = error;
      return undefined;
    }
  }

  add(record: StreamedRecord): number {
    if (record.line !== undefined) this.#bytes += Buffer.byteLength(record.text) + 1;
    this.#isOne = record.line === undefined && record.index === undefined;
    return this.#places.add(record);
  }

  /** The place of an entry, by the number that `add` gave it. */
  placeOf(number: number): Place {
    return placeOf(this.#places.find(number));
  }

  nameOf(number: number): string {
    return nameOfPlace(this.#places.find(number));
  }
}
