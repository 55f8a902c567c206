const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Why bytes are not the array that was expected. */
export type ArrayProblem = 'not-an-array' | 'cut-off' | 'too-large' | 'not-json';

/** The bytes are no array of JSON values, or not all of one. */
export class ArrayBroken extends Error {
  constructor(readonly problem: ArrayProblem) {
    super(problem);
  }
}

/**
 * Splits a JSON array that comes in pieces into the values of its elements, one at a time: a list of any length takes the
 * memory of one element. Only its
 * ends are looked for here; `JSON.parse` reads it.
 *
 * @param pieces the bytes of one array, cut anywhere.
 * @param largest how many bytes an element may have.
 * @throws ArrayBroken
 */
export async function* elementsOf(
  pieces: AsyncIterable<Uint8Array>,
  largest: number,
): AsyncGenerator<unknown, void, undefined> {
  const splitter = new Splitter(largest);
  for await (const piece of pieces) yield* splitter.values(piece);
  splitter.end();
}

class Splitter {
  /** Where we are: an element has begun, or what else may come. */
  #state: 'before' | 'first' | 'element' | 'next' | 'after' = 'before';
  /** Brackets that the element under way has open. */
  #depth = 0;
  #inString = false;
  /** Whether a piece ended behind a backslash that escapes. */
  #isEscaped = false;
  #markSeen = 0;
  /** Of the element under way: what came in earlier pieces. */
  #earlier: Uint8Array[] = [];
  #size = 0;

  constructor(readonly largest: number) {}

  /** The values of the elements that end in this piece. */
  *values(piece: Uint8Array): Generator<unknown, void, undefined> {
    let start = 0;
    for (let at = 0; at < piece.length; ) {
      const byte = piece[at] as number;
      if (this.#state !== 'element') {
        if (this.#begins(byte)) start = at;
        else at += 1;
      } else {
        at = this.#endOfElement(piece, at);
        if (at === piece.length) break;
        yield this.#value(piece.subarray(start, at));
        this.#state = piece[at] === COMMA ? 'next' : 'after';
        at += 1;
      }
    }
    if (this.#state === 'element') this.#keep(piece.subarray(start));
  }

  /** Refuses what ends before the array does. */
  end(): void {
    if (this.#state === 'before') throw new ArrayBroken('not-an-array');
    if (this.#state !== 'after') throw new ArrayBroken('cut-off');
  }

  /** Takes a byte outside all elements; tells whether it is the first of one, and is to be looked at as such. */
  #begins(byte: number): boolean {
    if (isSpace(byte)) return false;
    switch (this.#state) {
      case 'before':
        // A byte order mark belongs to nothing.
        if (byte === BYTE_ORDER_MARK[this.#markSeen]) this.#markSeen += 1;
        else if (byte === OPEN_LIST) this.#state = 'first';
        else throw new ArrayBroken('not-an-array');
        return false;
      case 'after':
        throw new ArrayBroken('not-json');
      case 'first':
        if (byte !== CLOSE_LIST) break;
        this.#state = 'after';
        return false;
    }
    this.#state = 'element';
    return true;
  }

  /** Where the comma or bracket is that ends the element under way, or the length of the piece: every byte is looked at here. */
  #endOfElement(piece: Uint8Array, start: number): number {
    let depth = this.#depth;
    let inString = this.#inString;
    let at = start;
    // What a piece before ended with stands escaped.
    if (this.#isEscaped) at += 1;
    this.#isEscaped = false;
    for (; at < piece.length; at++) {
      const byte = piece[at];
      if (inString) {
        if (byte === QUOTE) inString = false;
        else if (byte === BACKSLASH) at += 1;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
      else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) break;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (depth === 0) throw new ArrayBroken('not-json');
        depth -= 1;
      }
    }
    this.#isEscaped = at > piece.length;
    this.#depth = depth;
    this.#inString = inString;
    return Math.min(at, piece.length);
  }

  #keep(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > this.largest) throw new ArrayBroken('too-large');
    // A copy: the piece may be a buffer that is used again.
    this.#earlier.push(part.slice());
  }

  #value(last: Uint8Array): unknown {
    const parts = [...this.#earlier, last];
    this.#earlier = [];
    this.#size = 0;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      let text = '';
      for (const part of parts) text += decoder.decode(part, { stream: true });
      return JSON.parse(text + decoder.decode());
    } catch {
      throw new ArrayBroken('not-json');
    }
  }
}
