/** Ends any number of jobs at once, each by a signal of its own: Node takes more than ten listeners on one for a leak. */
export interface Stopper {
  /** Does something with a signal that is aborted when everything is stopped. */
  during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  stop(): void;
}

export function stopper(): Stopper {
  const running = new Set<AbortController>();
  let isStopped = false;
  return {
    async during(work) {
      const controller = new AbortController();
      if (isStopped) controller.abort();
      running.add(controller);
      try {
        return await work(controller.signal);
      } finally {
        running.delete(controller);
      }
    },
    stop() {
      isStopped = true;
      for (const controller of running) controller.abort();
    },
  };
}
