/** A task as functions. */
export interface Work {
  /** What becomes of an entry. */
  run(entry: unknown): unknown;
  /** Whether results are written as JSON, in the form of the document; else each is a text of its own. */
  readonly isJson: boolean;
  /** A result as text. */
  text(result: unknown): string;
  /** What stands between two results. */
  readonly separator: string;
}

/** What came of a block of lines: the results as text, in order, and the lines that gave none. */
export interface BlockResult {
  readonly bytes: Uint8Array;
  readonly done: number;
  /** How many of those done are another than before, where there is such a difference. */
  readonly changed?: number;
  readonly failures: readonly LineFailure[];
}

/** A line that failed, and what to say about it: more than one thing, if there is. */
export interface LineFailure {
  readonly line: number;
  readonly problems: readonly string[];
}
