/** How many tests there are, and what came of them. */
export interface VectorCounts {
  readonly tests: number;
  /** Every method of the test answered as it should. */
  readonly agree: number;
  readonly disagree: number;
  /** The implementation has none of the test's methods. */
  readonly unsupported: number;
}

/** What came of one file. */
export interface VectorFileReport extends VectorCounts {
  readonly file: string;
  readonly valid: number;
  readonly invalid: number;
  /** The same by flag; a test with several flags counts for each. */
  readonly flags: Readonly<Record<string, VectorCounts>>;
}

/** One answer that is not what it should be. Vectors hold no secrets, so that both are shown. */
export interface VectorDisagreement {
  readonly file: string;
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly method: string;
  readonly expected: Readonly<Record<string, unknown>>;
  /** What came instead; undefined if nothing did. */
  readonly got: unknown;
}

/** What a run of vectors comes to. */
export interface VectorReport {
  /** Whether there is no disagreement and no problem. */
  readonly ok: boolean;
  readonly files: readonly VectorFileReport[];
  readonly disagreements: readonly VectorDisagreement[];
  /** What is wrong beside single answers: a document that is none, an implementation that opens nothing. */
  readonly problems: readonly string[];
}
