import { closestName, withoutSeparators } from './closest-name.js';
import { fieldEntries } from './fields.js';

const writable = fieldEntries.filter(([, field]) => field.readOnly !== 'always');
const spellings = new Map(
  writable.flatMap(([name, field]) =>
    [withoutSeparators(name), ...(field.alsoCalled ?? [])].map((other) => [other, name]),
  ),
);

/** The field that somebody meant who wrote this name, if there is one that is close enough. */
export function suggestion(name: string): string | undefined {
  return closestName(name, spellings);
}
