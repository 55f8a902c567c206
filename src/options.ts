import { closestName, withoutSeparators } from './closest-name.js';
import { isObject, typeName } from './inspection.js';

/** The first member, own or inherited, that is none of these names. */
export function strangerAmong(options: object, names: readonly string[]): string | undefined {
  for (const name in options) if (!names.includes(name)) return name;
  return undefined;
}

/**
 * What is wrong with the options of a function before a single one is looked at, as the end of a sentence that begins
 * with "Options"; nothing if they are an object of these members. A misspelt option must never mean the default, as a
 * `dryrun` that really sends. What was typed is not shown.
 *
 * @param names the options of that function, all of them.
 */
export function optionsProblem(options: unknown, names: readonly string[]): string | undefined {
  if (!isObject(options)) return `must be an object; got ${typeName(options)}.`;
  const stranger = strangerAmong(options, names);
  if (stranger === undefined) return undefined;
  const meant = closestName(stranger, new Map(names.map((name) => [withoutSeparators(name), name])));
  return `have an unknown member${meant ? `: did you mean ${meant}?` : `. They are ${names.join(', ')}.`}`;
}
