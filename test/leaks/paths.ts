import { fieldNames } from './marked-entry.js';

/** Where something is in nested arguments: the first step is the position of the argument. */
export type Path = readonly [number, ...(string | number)[]];

/** Every place in some arguments: each argument, element and member, and members that are not there yet. */
export function pathsOf(args: readonly unknown[]): Path[] {
  return args.flatMap((argument, position) => within(argument, [position]));
}

function within(value: unknown, path: Path): Path[] {
  if (Array.isArray(value))
    return [path, ...value.flatMap((element, index) => within(element, [...path, index]))];
  if (!isPlain(value)) return [path];
  const known = 'permissioned_user_id' in value ? fieldNames : [];
  const absent = [...known, 'another_member'].filter((name) => !Object.hasOwn(value, name));
  return [
    path,
    ...Object.entries(value).flatMap(([name, member]) => within(member, [...path, name])),
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
