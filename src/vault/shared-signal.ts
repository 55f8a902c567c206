/** What the sending needs of an `AbortSignal`. */
export interface Signal extends Pick<AbortSignal, 'aborted' | 'reason' | 'throwIfAborted'> {
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Runs work with a signal that any number of calls may listen to, by one listener of its own: Node takes more than ten on
 * one signal for a leak, and says so on standard error.
 */
export async function* withSharedSignal<T, R>(
  signal: AbortSignal | undefined,
  work: (shared: { readonly signal?: Signal | undefined }) => AsyncGenerator<T, R, undefined>,
): AsyncGenerator<T, R, undefined> {
  if (signal === undefined) return yield* work({});
  const listeners = new Set<() => void>();
  const onAbort = () => {
    for (const listener of [...listeners]) listener();
  };
  signal.addEventListener('abort', onAbort);
  const shared: Signal = {
    get aborted() {
      return signal.aborted;
    },
    get reason() {
      return signal.reason;
    },
    throwIfAborted: () => signal.throwIfAborted(),
    addEventListener: (_type, listener) => listeners.add(listener),
    removeEventListener: (_type, listener) => listeners.delete(listener),
  };
  try {
    return yield* work({ signal: shared });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
