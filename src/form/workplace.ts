import { listenTo, PlatformPromise, postTo, startWorker } from './captured.js';
import type { Answer, Task } from './work.js';

/** Trusted Types (W3C), as far as an address of a script needs them. */
interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** Where entries are sealed: away from the page's scripts, or among them. */
export type Place = 'worker' | 'page';

const worker = addressOfWorker();

/**
 * Where the worker's file is: beside this one. Nowhere if this was bundled into a script that is no module.
 */
function addressOfWorker(): string | undefined {
  try {
    const { href } = new URL('./worker.js', import.meta.url);
    const { trustedTypes } = globalThis as { trustedTypes?: Policies };
    return (
      trustedTypes?.createPolicy('credseal', { createScriptURL: () => href }).createScriptURL(href) ?? href
    );
  } catch {
    return undefined;
  }
}

/** What a form gives its tasks to. It goes on in the page where the worker's file is not there or not allowed. */
export class Workplace {
  readonly #worker: Worker | undefined;
  #waiting: Record<number, (answer: Answer) => void> = {};
  readonly #place: Promise<Place>;
  #count = 0;

  constructor() {
    this.#worker = started();
    this.#place = new PlatformPromise((resolve) => {
      if (this.#worker === undefined) return resolve('page');
      listenTo(this.#worker, 'message', ({ data }) => {
        if (data === 'ready') resolve('worker');
        else {
          this.#waiting[data[0]]?.(data[1]);
          delete this.#waiting[data[0]];
        }
      });
      listenTo(this.#worker, 'error', (event) => {
        // For the console: what it says is an address, and no value.
        event.preventDefault();
        resolve('page');
      });
    });
  }

  /** Where it is done. */
  place(): Promise<Place> {
    return this.#place;
  }

  /** Does a task. */
  async answer(task: Task): Promise<Answer> {
    const place = await this.#place;
    if (place === 'page' || this.#worker === undefined) return (await import('./work.js')).work(task);
    const id = ++this.#count;
    const answer = new PlatformPromise<Answer>((resolve) => {
      this.#waiting[id] = resolve;
    });
    postTo(this.#worker, [id, task]);
    return await answer;
  }

  /** Ends it, with whatever it is at: who waits for that is forgotten, and what they hold. */
  close(): void {
    this.#waiting = {};
    this.#worker?.terminate();
  }
}

function started(): Worker | undefined {
  try {
    return worker === undefined ? undefined : startWorker(worker);
  } catch {
    // Forbidden by the page's policy.
    return undefined;
  }
}
