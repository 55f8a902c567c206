import { clearTimeout, setTimeout } from 'node:timers';

/** Why a wait did not come to its end. */
export class Ended extends Error {}

/**
 * Waits that can be ended all at once. Without an AbortSignal: where tests have a DOM, that is another class than Node's,
 * which Node's own timers refuse.
 */
export class Waits {
  readonly #under = new Map<NodeJS.Timeout, () => void>();
  #isOver = false;

  /** @throws Ended */
  wait(milliseconds: number, { ref = true } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new Ended());
      const timer = setTimeout(() => {
        this.#under.delete(timer);
        resolve();
      }, milliseconds);
      if (!ref) timer.unref();
      this.#under.set(timer, () => reject(new Ended()));
    });
  }

  end(): void {
    this.#isOver = true;
    for (const [timer, reject] of this.#under) {
      clearTimeout(timer);
      reject();
    }
    this.#under.clear();
  }
}
