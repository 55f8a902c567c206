import { indexOfDuplicateMember } from '../duplicate-member.js';
import { CredsealError } from '../errors.js';
import { jsonBreaksAt } from '../json-position.js';
import { countLines, decodeLines, MARK_BYTES, refuseForeignBeginning, refuseNul } from './encoding.js';
import { type BulkItem, badLine } from './item.js';
import { isShortestJson } from './shortest-json.js';

const LINE_FEED = 10;
const SMALL_BUFFER_BYTES = 65_536;
/** So much text is held at once, however large a block is: whole lines, and at least one. */
const PIECE_BYTES = 65_536;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Longer lines are refused: one has room for a field of ten megabytes, and memory stays bounded without any break. */
export const DEFAULT_MAX_LINE_BYTES = 16 * 2 ** 20;

/** Whole lines, as they came. The last line of a document may have no line break. */
export interface LineBlock {
  readonly bytes: Uint8Array;
  /** The number of its first line, counted from 1. */
  readonly line: number;
  /** How many lines it has. */
  readonly lines: number;
  /** In place of a line that is longer than allowed: its bytes are dropped as they come. */
  readonly isTooLong?: true;
  /** The document ends here without a line break, so that it may have been cut off. */
  readonly isOpenEnded?: true;
}

/** Checks how long a line may be. */
export function checkedLineBytes(maxLineBytes: unknown = DEFAULT_MAX_LINE_BYTES): number {
  if (Number.isSafeInteger(maxLineBytes) && (maxLineBytes as number) > 0) return maxLineBytes as number;
  const message = 'maxLineBytes is a whole number of bytes, at least 1.';
  throw new CredsealError('ERR_ENTRY_INVALID', message, {
    issues: [{ path: 'options.maxLineBytes', rule: 'setting/type', message }],
  });
}

/**
 * Cuts bytes as they come into blocks of whole lines. What is not text in UTF-8 is refused as soon as it shows; a
 * byte order mark is dropped. No more is kept than one line that is not complete yet.
 */
export class LineBlocks {
  #maxLineBytes: number;
  /** Fewer bytes than it takes to tell what this is. */
  #head: Uint8Array = new Uint8Array();
  /** The beginning of a line: so many bytes of a buffer that grows as the line does, whatever pieces it comes in. */
  #pending = 0;
  #buffer: Uint8Array = new Uint8Array(SMALL_BUFFER_BYTES);
  #line = 1;
  #isBegun = false;
  #isDropping = false;

  constructor(maxLineBytes?: number) {
    this.#maxLineBytes = checkedLineBytes(maxLineBytes);
  }

  /** From here on: where a whole document might have been one line, and proves not to be. */
  limitLines(maxLineBytes: number): void {
    this.#maxLineBytes = checkedLineBytes(maxLineBytes);
  }

  /** @throws CredsealError `ERR_ENTRY_INVALID` if the bytes are not those of a text */
  push(chunk: Uint8Array): LineBlock[] {
    const bytes = this.#isBegun ? chunk : this.#begin(chunk);
    if (bytes === undefined) return [];
    refuseNul(bytes, this.#line);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    const blocks = end === 0 ? [] : this.#whole(bytes.subarray(0, end));
    this.#keep(bytes.subarray(end));
    return blocks;
  }

  /** What is left when there are no more bytes: a last line without a line break. */
  end(): LineBlock[] {
    const rest = this.#isBegun ? undefined : this.#begin(new Uint8Array(), true);
    if (rest !== undefined) return [...this.push(rest), ...this.end()];
    if (this.#isDropping) return [this.#tooLong()];
    if (this.#pending === 0) return [];
    return [{ ...this.#block(this.#take(), 1), isOpenEnded: true }];
  }

  /** Waits for enough bytes to tell what this is. */
  #begin(chunk: Uint8Array, isAll = false): Uint8Array | undefined {
    const isAlone = this.#head.length === 0 && chunk.length >= MARK_BYTES;
    const bytes = isAlone ? chunk : joined(this.#head, chunk);
    if (bytes.length < MARK_BYTES && !isAll) {
      this.#head = bytes;
      return undefined;
    }
    this.#isBegun = true;
    this.#head = new Uint8Array();
    refuseForeignBeginning(bytes);
    return BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? bytes.subarray(3) : bytes;
  }

  #whole(bytes: Uint8Array): LineBlock[] {
    if (this.#pending === 0 && !this.#isDropping) return [this.#block(bytes, countLines(bytes))];
    const first = bytes.indexOf(LINE_FEED) + 1;
    this.#keep(bytes.subarray(0, first));
    const blocks = [this.#isDropping ? this.#tooLong() : this.#block(this.#take(), 1)];
    const others = bytes.subarray(first);
    if (others.length > 0) blocks.push(this.#block(others, countLines(others)));
    return blocks;
  }

  #block(bytes: Uint8Array, lines: number): LineBlock {
    const line = this.#line;
    this.#line += lines;
    return { bytes, line, lines };
  }

  #tooLong(): LineBlock {
    this.#isDropping = false;
    return { ...this.#block(new Uint8Array(), 1), isTooLong: true };
  }

  /** Copies the bytes, since whose they are may use them again. */
  #keep(bytes: Uint8Array): void {
    if (this.#isDropping) return;
    const start = this.#pending;
    this.#pending += bytes.length;
    if (this.#pending > this.#maxLineBytes + 1) {
      this.#isDropping = true;
      this.#take();
      return;
    }
    if (this.#pending > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(this.#pending, 2 * this.#buffer.length));
      grown.set(this.#buffer.subarray(0, start));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, start);
  }

  #take(): Uint8Array {
    const bytes = new Uint8Array(this.#buffer.subarray(0, this.#pending));
    this.#pending = 0;
    if (this.#buffer.length > SMALL_BUFFER_BYTES) this.#buffer = new Uint8Array(SMALL_BUFFER_BYTES);
    return bytes;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * The JSON values of a block, line by line; empty lines are passed over. A line is parsed when it is asked for.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if the bytes are not UTF-8
 */
export function* readBlock(
  block: LineBlock,
  maxLineBytes = DEFAULT_MAX_LINE_BYTES,
): Generator<BulkItem<unknown>, void> {
  if (block.isTooLong) yield badLine(block.line, tooLongMessage(maxLineBytes));
  let { line } = block;
  for (let start = 0; start < block.bytes.length; ) {
    const end = endOfPiece(block.bytes, start);
    const texts = decodeLines(block.bytes.subarray(start, end), line).split('\n');
    for (let index = 0; index < texts.length; index++) {
      const item = readLine(texts[index] as string, line + index, maxLineBytes, block.isOpenEnded);
      if (item !== undefined) yield item;
    }
    line += texts.length - 1;
    start = end;
  }
}

/** The end of the last line that ends within a piece, or of the one that is longer than a piece. */
function endOfPiece(bytes: Uint8Array, start: number): number {
  const most = start + PIECE_BYTES;
  if (bytes.length <= most) return bytes.length;
  const last = bytes.lastIndexOf(LINE_FEED, most - 1);
  const found = last >= start ? last : bytes.indexOf(LINE_FEED, most);
  return found === -1 ? bytes.length : found + 1;
}

function readLine(
  text: string,
  line: number,
  maxLineBytes: number,
  isOpenEnded: boolean | undefined,
): BulkItem<unknown> | undefined {
  if (text === '' || text === '\r') return undefined;
  // A character is at most three bytes, so that most lines need no counting.
  if (text.length * 3 > maxLineBytes && encoder.encode(text).length > maxLineBytes)
    return badLine(line, tooLongMessage(maxLineBytes));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the line.
    return text.trim() === '' ? undefined : badLine(line, jsonProblem(text, isOpenEnded));
  }
  const again = isShortestJson(text, value) ? -1 : indexOfDuplicateMember(text);
  return again === -1 ? { line, value } : badLine(line, duplicateMessage(again));
}

/** The numbers of the lines of a block that hold something. */
export function filledLines(block: LineBlock): number[] {
  if (block.isTooLong) return [block.line];
  const numbers: number[] = [];
  for (const [index, text] of decodeLines(block.bytes, block.line).split('\n').entries()) {
    if (text.trim() !== '') numbers.push(block.line + index);
  }
  return numbers;
}

function tooLongMessage(maxLineBytes: number): string {
  return `The line is longer than ${maxLineBytes} bytes, and is not read.`;
}

/** Of a member that is there twice, JSON.parse has taken the last one without a word. */
function duplicateMessage(at: number): string {
  return `The line has a member twice, at column ${at + 1}: which one counts, readers do not agree.`;
}

function jsonProblem(text: string, isOpenEnded = false): string {
  const at = jsonBreaksAt(text) ?? text.length;
  const where = `The line is not valid JSON, at column ${at + 1}`;
  if (isOpenEnded && at === text.length)
    return `${where}: the input ends inside of it, and was probably cut off.`;
  if (text.slice(0, -1).includes('\r'))
    return `${where}. It has line breaks of CR alone: give LF, or CR and LF.`;
  return `${where}.`;
}
