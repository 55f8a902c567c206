import { CredsealError } from 'credseal';

/** One check for each row of a table. */
export function each(name, rows, check) {
  return Object.fromEntries(rows.map(([row, ...values]) => [`${name}: ${row}`, () => check(...values)]));
}

/** Two values are the same, as JSON with its members in order of name. */
export function equal(found, wanted) {
  const [left, right] = [found, wanted].map((value) => JSON.stringify(value, inOrder));
  if (left !== right) throw new Error(`got ${left}, wanted ${right}`);
}

const inOrder = (_, value) =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** A call is refused with this code, and by the package's own error; gives the error. */
export function refused(code, call) {
  let result;
  try {
    result = call();
  } catch (error) {
    if (error instanceof CredsealError && error.code === code) return error;
    throw new Error(`refused with ${error.code ?? error}, wanted ${code}`);
  }
  throw new Error(`gave ${typeof result}, wanted ${code}`);
}

export async function refusedLater(code, call) {
  const settled = await call().then(
    () => () => undefined,
    (error) => () => {
      throw error;
    },
  );
  return refused(code, settled);
}
