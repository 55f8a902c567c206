/**
 * Does work on items, so many at once, and gives the results as they come. It takes no more items than are asked for, and
 * when it ends, for whatever reason, nothing is left under way.
 *
 * @throws what `work` throws, the first of it
 */
export async function* concurrently<T, R>(
  items: Iterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const underWay = new Map<number, Promise<{ readonly number: number; readonly result: R }>>();
  let started = 0;
  const iterator = items[Symbol.iterator]();
  const startMore = () => {
    while (underWay.size < most) {
      const { done, value } = iterator.next();
      if (done) return;
      const number = started++;
      underWay.set(
        number,
        work(value).then((result) => ({ number, result })),
      );
    }
  };
  try {
    for (startMore(); underWay.size > 0; startMore()) {
      const { number, result } = await Promise.race(underWay.values());
      underWay.delete(number);
      yield result;
    }
  } finally {
    await Promise.allSettled(underWay.values());
  }
}
