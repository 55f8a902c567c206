import type { Write } from './output-file.js';
import type { StreamedRecord } from './stream-records.js';

/** A sealed value, and the one that takes its place. */
export type Exchange = readonly [old: string, fresh: string];

type Entry = Readonly<Record<string, unknown>>;

/** Lines are written so many characters at a time: a system call for each would be half of all the work. */
const BLOCK_CHARACTERS = 65_536;

/**
 * Writes a document with its entries rotated: lines as they come, one object or an array at the end. What is not
 * rotated keeps its own text, so that white space stays, and numbers that JavaScript cannot hold.
 */
export class RotatedText {
  readonly #write: Write;
  readonly #exchanges: Exchange[] = [];
  readonly #entries: unknown[] = [];
  #lines = '';
  #document = '[]';
  #form: 'one' | 'array' | 'ndjson' = 'array';
  #isComplete = true;

  constructor(write: Write) {
    this.#write = write;
  }

  /** An entry that stays as it is. */
  async keep(record: StreamedRecord): Promise<void> {
    this.#see(record);
    if (this.#form === 'ndjson') await this.#line(record.text);
    else if ('value' in record) this.#entries.push(record.value);
  }

  /** An entry with another in its place. */
  async replace(record: StreamedRecord & { readonly value: unknown }, entry: Entry): Promise<void> {
    this.#see(record);
    const exchanges = exchangesOf(record.value as Entry, entry);
    if (this.#form === 'ndjson') {
      await this.#line(exchanged(record.text, exchanges) ?? JSON.stringify(entry));
    } else {
      this.#exchanges.push(...exchanges);
      this.#entries.push(entry);
    }
  }

  /** An entry that does not appear. */
  leaveOut(record: StreamedRecord): void {
    this.#see(record);
    this.#isComplete = false;
  }

  /** No more entries come. */
  async end(): Promise<void> {
    if (this.#form === 'ndjson') return this.#write(this.#lines);
    const text = this.#isComplete ? exchanged(this.#document, this.#exchanges) : undefined;
    await this.#write(`${(text ?? this.#asJson()).trimEnd()}\n`);
  }

  async #line(text: string): Promise<void> {
    this.#lines += `${text}\n`;
    if (this.#lines.length < BLOCK_CHARACTERS) return;
    await this.#write(this.#lines);
    this.#lines = '';
  }

  #see({ line, index, text }: StreamedRecord): void {
    this.#document = text;
    if (line !== undefined) this.#form = 'ndjson';
    else if (index === undefined) this.#form = 'one';
  }

  #asJson(): string {
    const value = this.#form === 'one' ? this.#entries[0] : this.#entries;
    return JSON.stringify(value, null, this.#document.trim().includes('\n') ? 2 : 0);
  }
}

function exchangesOf(before: Entry, after: Entry): Exchange[] {
  return Object.keys(after).flatMap((name) =>
    before[name] === after[name] ? [] : [[String(before[name]), String(after[name])] as const],
  );
}

/** A hex digit as an escape of JSON. */
const ESCAPED_DIGIT = /\\u00(?:3\d|[46][1-6])/i;

/**
 * A JSON text with these strings exchanged and all else as it was; undefined if one of them is not there exactly once,
 * or may be spelled otherwise, so that nobody can tell which is meant.
 */
export function exchanged(text: string, exchanges: readonly Exchange[]): string | undefined {
  const fresh = new Map(exchanges);
  const found = new Set<string>();
  let isClear = fresh.size === exchanges.length && !ESCAPED_DIGIT.test(text);
  const result = text.replace(/"([\da-f]{60,})"/gi, (whole: string, sealed: string) => {
    const replacement = fresh.get(sealed);
    if (replacement === undefined) return whole;
    isClear &&= !found.has(sealed);
    found.add(sealed);
    return `"${replacement}"`;
  });
  return isClear && found.size === fresh.size ? result : undefined;
}
