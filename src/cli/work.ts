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
