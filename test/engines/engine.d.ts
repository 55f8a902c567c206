/** A page of a browser that is driven. */
export interface Tab {
  goto(url: string): Promise<void>;
  /** Gives the value of an expression, awaited; JSON data. */
  evaluate<T>(expression: string): Promise<T>;
  /** Types as a keyboard does. */
  type(text: string): Promise<void>;
  /** Presses a key, `Enter`, or keys together, `Control+V`. */
  press(keys: string): Promise<void>;
  /** Clicks at a place of the window. */
  clickAt(x: number, y: number): Promise<void>;
  /** Goes back; the page may come later. */
  back(): Promise<void>;
  /** What the console was told so far. */
  readonly shown: readonly string[];
  close(): Promise<void>;
}

/** A browser that was started, with a profile of its own. */
export interface Engine {
  readonly version: string;
  /** The folder in which it keeps what it keeps. */
  readonly profile: string;
  open(): Promise<Tab>;
  /** Ends it; its profile stays. */
  quit(): Promise<void>;
  /** Ends it, and removes its profile. */
  close(): Promise<void>;
}
