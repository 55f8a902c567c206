/** What every call takes. */
export interface CallOptions {
  /** Ends the call: what is under way is cut off, and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Hides the lengths of credentials that are sealed, as in `sealValue`. */
  readonly padTo?: number | undefined;
  /** Fields that the API has grown since this version, as in `sealEntry`. */
  readonly allowUnknown?: readonly string[] | undefined;
}
