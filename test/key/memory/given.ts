/** What the process is given: keys enough for each of its scenarios, each byte of them masked. */
export interface Given {
  readonly masks: readonly (readonly number[])[];
  readonly repetitions: number;
}

/** How many of the keys of a scenario were found, as bytes and in hex. */
export type Found = Record<string, { bytes: number; hex: number }>;
