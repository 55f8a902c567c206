import { constants } from 'node:os';
import { type Context, SIGNALS, type Signal } from '../context.js';
import { CliError, EXIT } from '../exit.js';

/** The first signal to end, as an AbortSignal. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/** What an interrupted command says: run again, it goes on. */
const INTERRUPTED = 'Interrupted. Run it again to go on.';

/** Listens for signals to end: the first is handed on, a second one ends the process at once. */
export function untilSignal({ process }: Context): Interruption {
  const stop = new AbortController();
  const onSignal = (signal: Signal) => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[signal]);
    stop.abort(new CliError(EXIT.checkFailed, INTERRUPTED));
  };
  const handlers = SIGNALS.map((signal) => ({ signal, handler: () => onSignal(signal) }));
  for (const { signal, handler } of handlers) process.on(signal, handler);
  return {
    signal: stop.signal,
    end() {
      for (const { signal, handler } of handlers) process.off(signal, handler);
    },
  };
}
