// What touches a typed value in the page, as it was when this was loaded: a script that puts something else in the place
// of a getter or a method later on sees none.

const { apply } = Reflect;
const getter = Object.getOwnPropertyDescriptor(globalThis.HTMLInputElement?.prototype ?? {}, 'value')?.get;
const post = globalThis.Worker?.prototype.postMessage;

/** What stands in an input. */
export function typedIn(input: HTMLInputElement): string {
  return getter ? apply(getter, input, []) : '';
}

/** Sends a copy to a worker. */
export function postTo(worker: Worker, message: unknown): void {
  apply(post as () => void, worker, [message] as unknown as []);
}

/** Promises of the platform. `await` takes nothing else of it that a page could change. */
export const PlatformPromise = Promise;
