// What touches a typed value in the page, as it was when this was loaded: a script that puts something else in the place
// of a getter or a method later on sees none.

const { apply, construct } = Reflect;
const PlatformWorker = globalThis.Worker;
const listen = globalThis.EventTarget?.prototype.addEventListener;
const value = Object.getOwnPropertyDescriptor(globalThis.HTMLInputElement?.prototype ?? {}, 'value');
const post = globalThis.Worker?.prototype.postMessage;

/** What stands in an input. */
export function typedIn(input: HTMLInputElement): string {
  return value?.get ? apply(value.get, input, []) : '';
}

/** Writes into an input. */
export function typeInto(input: HTMLInputElement, text: string): void {
  if (value?.set) apply(value.set, input, [text]);
}

/** Sends a copy to a worker. */
export function postTo(worker: Worker, message: unknown): void {
  apply(post as () => void, worker, [message] as unknown as []);
}

/** Starts a worker: a constructor of the page's could start one of the page's own. */
export function startWorker(address: string): Worker {
  return construct(PlatformWorker, [address, { type: 'module', name: 'credseal' }]);
}

/** Listens to a worker: a setter of the page's could say that it has failed, and have the page seal. */
export function listenTo<K extends keyof WorkerEventMap>(
  worker: Worker,
  type: K,
  listener: (event: WorkerEventMap[K]) => void,
): void {
  apply(listen as () => void, worker, [type, listener] as unknown as []);
}

/** Promises of the platform. `await` takes nothing else of it that a page could change. */
export const PlatformPromise = Promise;
