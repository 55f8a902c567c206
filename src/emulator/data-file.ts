import { createReadStream, existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { FileRefused } from '../file/refused.js';
import { Replacement, removeLeftovers } from '../file/replacement.js';

const LINE_FEED = 10;
/** As much is put together before it is written: neither a system call a line, nor all lines in one text. */
const CHUNK = 262_144;
/** A log is rewritten when it has more than twice as many lines as there are entries, and so many more. */
const COMPACT_AFTER = 20_000;

/** What a data file is read with, and written from when it is compacted. */
export interface DataFileSource {
  /** Takes one line of a file that is there; throws if it is none. */
  readonly read: (line: string) => void;
  /** All that is to be kept, as lines. */
  readonly lines: () => Iterable<string>;
  /** How many lines that is, about. */
  readonly size: () => number;
  /** For tests. */
  readonly compactAfter?: number;
}

/**
 * An append-only log. A line counts as written when it is synced to the disk; lines that come in during a sync share
 * the next one. What a kill leaves of the last line is dropped when the file is read. The file is rewritten, beside
 * itself and then by rename, when it is opened and when it has grown; whoever reads it finds the old or the new one.
 */
export class DataFile {
  readonly #path: string;
  readonly #source: DataFileSource;
  #handle: FileHandle;
  #lineCount: number;
  #pending: string[] = [];
  /** The batch on its way to the disk, and the one that gathers meanwhile. */
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(path: string, source: DataFileSource, handle: FileHandle, lineCount: number) {
    this.#path = path;
    this.#source = source;
    this.#handle = handle;
    this.#lineCount = lineCount;
  }

  /**
   * Reads a file, or makes it, for nobody else to read. Errors are those of `node:fs` and of `source.read`.
   *
   * @param path without links: what is there is replaced. Nobody else may have it open, which takes a lock.
   */
  static async open(path: string, source: DataFileSource): Promise<DataFile> {
    let isFirst = true;
    for await (const { text, isWhole } of existsSync(path) ? linesOf(path) : []) {
      // What is behind the last line break was not written to its end, and never acknowledged. A first line is: files
      // come by rename, so that one without a line break is somebody else's, for the reader to refuse.
      if (isWhole || isFirst) source.read(text);
      isFirst = false;
    }
    await removeLeftovers(path);
    const { handle, lineCount } = await rewrite(path, source.lines());
    return new DataFile(path, source, handle, lineCount);
  }

  append(line: string): void {
    this.#pending.push(line);
    if (this.#next !== undefined) return;
    this.#next = this.#writeAfter(this.#running);
    // Whoever waits for it hears of a failure; nobody might.
    this.#next.catch(() => undefined);
  }

  /** Resolves when everything that was appended so far is on the disk; once writing has failed, rejects for good. */
  flushed(): Promise<void> {
    return this.#next ?? this.#running ?? Promise.resolve();
  }

  async close(): Promise<void> {
    try {
      await this.flushed();
    } finally {
      await this.#handle.close();
    }
  }

  async #writeAfter(before: Promise<void> | undefined): Promise<void> {
    // After a failure nobody knows what is in the file: nothing more is written.
    await before;
    this.#running = this.#next;
    this.#next = undefined;
    const lines = this.#pending;
    this.#pending = [];
    await this.#handle.appendFile(`${lines.join('\n')}\n`);
    await this.#handle.datasync();
    this.#lineCount += lines.length;
    await this.#compactIfGrown();
  }

  async #compactIfGrown(): Promise<void> {
    const { compactAfter = COMPACT_AFTER, lines, size } = this.#source;
    if (this.#lineCount < 2 * size() + compactAfter) return;
    try {
      // Changes that come in now are among these lines, or pending, or both: to read one twice does no harm.
      const { handle, lineCount } = await rewrite(this.#path, lines());
      await this.#handle.close();
      this.#handle = handle;
      this.#lineCount = lineCount;
    } catch (error) {
      // It may have got another name meanwhile, for a copy of it: then it grows on.
      if (!(error instanceof FileRefused)) throw error;
    }
  }
}

/** The lines of a file, and whether a line break ends them; nothing behind the last one is no line. */
async function* linesOf(path: string): AsyncGenerator<{ text: string; isWhole: boolean }> {
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      rest.push(chunk.subarray(start, end));
      yield { text: Buffer.concat(rest).toString(), isWhole: true };
      rest = [];
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
  }
  const text = Buffer.concat(rest).toString();
  if (text !== '') yield { text, isWhole: false };
}

/** Puts a new file in the place of the old one, and gives it open for more. */
async function rewrite(
  path: string,
  lines: Iterable<string>,
): Promise<{ handle: FileHandle; lineCount: number }> {
  const replacement = new Replacement(path);
  const handle = await replacement.open();
  try {
    let lineCount = 0;
    let text = '';
    for (const line of lines) {
      lineCount += 1;
      text += `${line}\n`;
      if (text.length < CHUNK) continue;
      await handle.appendFile(text);
      text = '';
    }
    await handle.appendFile(text);
    await replacement.settle(handle);
    await replacement.commit();
    return { handle, lineCount };
  } catch (error) {
    await handle.close();
    replacement.discard();
    throw error;
  }
}
