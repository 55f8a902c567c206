/** Where something is in nested arguments: the first step is the position of the argument. */
export type Path = readonly [number, ...(string | number)[]];

/** Every place in some arguments: each argument, each element, each member, and one that is not there yet. */
export function pathsOf(args: readonly unknown[], extra: readonly string[] = []): Path[] {
  return args.flatMap((argument, position) => within(argument, [position], extra));
}

function within(value: unknown, path: Path, extra: readonly string[]): Path[] {
  if (Array.isArray(value))
    return [path, ...value.flatMap((element, index) => within(element, [...path, index], extra))];
  if (!isPlain(value)) return [path];
  const absent = [...extra, 'another_member'].filter((name) => !Object.hasOwn(value, name));
  return [
    path,
    ...Object.entries(value).flatMap(([name, member]) => within(member, [...path, name], extra)),
    ...absent.map((name): Path => [...path, name]),
  ];
}

/** The same arguments with something else in one place. */
export function replaced(
  args: readonly unknown[],
  [position, ...rest]: Path,
  replacement: unknown,
): unknown[] {
  return args.with(position, putInto(args[position], rest, replacement));
}

function putInto(value: unknown, path: readonly (string | number)[], replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (Array.isArray(value)) return value.with(Number(step), putInto(value[Number(step)], rest, replacement));
  const members = value as Record<string, unknown>;
  return { ...members, [step]: putInto(members[step], rest, replacement) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
