/**
 * The options by these names, each read once, also an inherited one: what was checked is what counts, whatever a getter
 * answers the next time. One that is undefined is left out.
 */
export function optionsOnce<T extends object>(options: T, names: readonly (keyof T)[]): Partial<T> {
  const given: Partial<T> = {};
  for (const name of names) {
    const value = options[name];
    if (value !== undefined) given[name] = value;
  }
  return given;
}
