/** Where an entry is in its document: its line in NDJSON, its index in an array; nothing where it is the document. */
export interface Place {
  readonly line?: number;
  readonly index?: number;
}

/** The place alone, of something that has one. */
export function placeOf({ line, index }: Place): Place {
  return { ...(line !== undefined && { line }), ...(index !== undefined && { index }) };
}

/** A place in words, for messages. */
export function nameOfPlace({ line, index }: Place): string {
  if (line !== undefined) return `line ${line}`;
  return index === undefined ? 'entry' : `entry [${index}]`;
}

/** What there is to say about the entry at a place, a line each. */
export function toldAt(place: string, problems: readonly string[]): string {
  return problems.map((problem) => `${place}: ${problem}\n`).join('');
}

/** The places of one document after another as one row of numbers, and back: a number is all that is kept of each. */
export class Places {
  readonly #documents: { name: string; start: number; form: 'line' | 'index' | undefined }[] = [];
  #last = 0;

  /** The places that follow are in this document. */
  startDocument(name: string): void {
    this.#documents.push({ name, start: this.#last + 1, form: undefined });
  }

  /** The number of a place; of a line in the first document, it is the line's own. */
  add({ line, index }: Place): number {
    const document = this.#documents.at(-1);
    if (document === undefined) throw new RangeError('no document is open');
    if (line !== undefined) document.form = 'line';
    else if (index !== undefined) document.form = 'index';
    this.#last = document.start + (line === undefined ? (index ?? 0) : line - 1);
    return this.#last;
  }

  /** The place of a number, and the name of its document. */
  find(number: number): Place & { readonly document: string } {
    const found = this.#documents.findLast(({ start }) => start <= number);
    if (found === undefined) throw new RangeError('no such place');
    const { name: document, start, form } = found;
    if (form === undefined) return { document };
    return form === 'line' ? { document, line: number - start + 1 } : { document, index: number - start };
  }
}
