/**
 * Runs cases in alternating rounds in this process, so that a machine whose speed drifts slows all of them alike, and
 * gives the median time of one call of each, in nanoseconds.
 *
 * @param {Record<string, (() => unknown) | (() => Promise<unknown>)>} cases an async case is awaited at every call
 */
export async function medians(cases, { rounds = 301, calls = 200 } = {}) {
  const names = Object.keys(cases);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await timed(cases[name], 5000);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name].push(await timed(cases[name], calls));
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

/** The middle one of some numbers. */
export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

async function timed(work, calls) {
  const isAsync = work() instanceof Promise;
  const start = process.hrtime.bigint();
  if (isAsync) for (let call = 0; call < calls; call++) await work();
  else for (let call = 0; call < calls; call++) work();
  return Number(process.hrtime.bigint() - start) / calls;
}

/** Prints a table of rows: what, measured, at most or at least; and says which rows fall short. */
export function report(title, rows, unit) {
  console.log(`\n${title}`);
  for (const { what, measured, limit, atLeast } of rows) {
    let verdict = '';
    if (limit !== undefined) verdict = measured <= limit ? `at most ${limit}` : `FALLS SHORT of ${limit}`;
    if (atLeast !== undefined)
      verdict = measured >= atLeast ? `at least ${atLeast}` : `FALLS SHORT of ${atLeast}`;
    console.log(`  ${what.padEnd(62)} ${measured.toFixed(2).padStart(7)} ${unit}  ${verdict}`);
  }
}
