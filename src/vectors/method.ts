/** One question to an implementation. In the protocol of programs it has an `id` and the name of the `method` beside. */
export type VectorRequest = Readonly<Record<string, unknown>>;

/**
 * What an implementation says: the members that the method gives; or `error`, the code that it refuses with; or
 * `unsupported: true`, where it does not have the method at all.
 */
export type VectorAnswer = Readonly<Record<string, unknown>>;

/** Something that vectors ask of an implementation. */
export interface Method {
  /** The members of a test that are handed over. */
  readonly given: readonly string[];
  /** The members of a valid test that must come back. */
  readonly expected: readonly string[];
  /** The members that must come along with an error, where a test has them. */
  readonly details?: readonly string[];
  /** What this build answers. It throws as the library does. */
  readonly answer: (request: VectorRequest) => VectorAnswer | Promise<VectorAnswer>;
}
