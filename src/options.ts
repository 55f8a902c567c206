import { closestName, spellingsOf } from './closest-name.js';
import { isObject, typeName } from './inspection.js';

/**
 * What is wrong with the options of a function before a single one is looked at: the end of a sentence that begins with
 * "Options", without its full stop. Empty if they are an object that has these members alone, of its own or inherited.
 * A misspelt option must never mean the default, as a `dryrun` that really sends. What was typed is not shown.
 *
 * @param names all the options of that function.
 */
export function optionsProblem(options: unknown, names: readonly string[]): string {
  // By its tag, since a Map, or a Promise that nobody awaited, would pass for an object without any.
  const kind = isObject(options) ? Object.prototype.toString.call(options).slice(8, -1) : typeName(options);
  let problem = kind === 'Object' || kind === 'Module' ? '' : `; got ${kind.slice(0, 40)}`;
  for (const name in problem ? {} : (options as object)) {
    if (names.includes(name)) continue;
    const meant = closestName(name, spellingsOf(names));
    problem = meant ? ` (did you mean ${meant}?)` : ' alone';
  }
  return problem && `must be an object of ${names.join(', ')}${problem}`;
}
