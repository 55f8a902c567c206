/**
 * Starts work on what comes, at most `limit` at a time, and gives the results in the same order, as soon as there are
 * any. If the source fails, that is told after the results of what came before.
 */
export async function* inOrder<In, Out>(
  source: AsyncIterable<In>,
  start: (value: In) => Promise<Out>,
  limit: number,
): AsyncGenerator<Out> {
  const iterator = source[Symbol.asyncIterator]();
  const begun: Promise<Out>[] = [];
  let next: Promise<Asked<In>> | undefined;
  let end: Exclude<Asked<In>, { value: In }> | undefined;
  try {
    while (end === undefined || begun.length > 0) {
      const [oldest] = begun;
      if (end === undefined && begun.length < limit) {
        next ??= ask(iterator);
        // A source that waits, for somebody who types, holds nothing up that is done.
        const came = await (oldest === undefined ? next : Promise.race([next, oldest.then(() => undefined)]));
        if (came !== undefined) {
          next = undefined;
          if ('value' in came) begun.push(handled(start(came.value)));
          else end = came;
          continue;
        }
      }
      if (oldest === undefined) continue;
      begun.shift();
      yield await oldest;
    }
    if (end !== undefined && 'failure' in end) throw end.failure;
  } finally {
    // Not awaited while it is asked for more: it would answer the question first. Its owner closes it.
    if (next === undefined) await iterator.return?.();
  }
}

/** What a source answers: a value, its end, or its failure. */
type Asked<T> = { readonly value: T } | { readonly isEnd: true } | { readonly failure: unknown };

async function ask<T>(iterator: AsyncIterator<T>): Promise<Asked<T>> {
  try {
    const { done, value } = await iterator.next();
    return done ? { isEnd: true } : { value };
  } catch (failure) {
    return { failure };
  }
}

/** A promise that is awaited later: its failure is told then, and is not unhandled before. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
