import type { RotationOutcome, RotationReceipt } from './rotation-types.js';

/** What `rotate` gives: outcomes as they come, and the receipt of the last look. */
export interface Rotation extends AsyncIterable<RotationOutcome> {
  /** Asked for, the rotation runs to its end whether or not somebody takes the outcomes. It rejects if that is not reached. */
  readonly receipt: Promise<RotationReceipt>;
}

/** Nothing is done until outcomes are taken or the receipt is asked for; who takes outcomes one by one sets the pace. */
export function rotationOf(run: AsyncGenerator<RotationOutcome, RotationReceipt, undefined>): Rotation {
  let resolve: (receipt: RotationReceipt) => void;
  let reject: (error: unknown) => void;
  const receipt = new Promise<RotationReceipt>((...both) => {
    [resolve, reject] = both;
  });
  // Whoever takes outcomes hears of a failure there, and may not care for a receipt.
  receipt.catch(() => undefined);
  /** Outcomes that came while nobody took them. */
  const waiting: RotationOutcome[] = [];
  let isDriven = false;

  async function next(): Promise<IteratorResult<RotationOutcome, RotationReceipt>> {
    try {
      const step = await run.next();
      if (step.done && step.value) resolve(step.value);
      return step;
    } catch (error) {
      reject(error);
      throw error;
    }
  }

  async function drive(): Promise<void> {
    for (let step = await next(); !step.done; step = await next()) waiting.push(step.value);
  }

  async function* outcomes(): AsyncGenerator<RotationOutcome, void, undefined> {
    let isAtEnd = false;
    try {
      while (!isAtEnd) {
        const step = waiting.length > 0 ? { done: false, value: waiting.shift() } : await next();
        isAtEnd = step.done === true;
        if (!isAtEnd) yield step.value as RotationOutcome;
      }
      yield* waiting.splice(0);
    } finally {
      if (!isAtEnd && !isDriven) {
        await run.return(undefined as never);
        reject(new DOMException('The rotation was ended before its last look.', 'AbortError'));
      }
    }
  }

  return Object.freeze({
    [Symbol.asyncIterator]: outcomes,
    get receipt() {
      if (!isDriven) {
        isDriven = true;
        drive().catch(() => undefined);
      }
      return receipt;
    },
  });
}
