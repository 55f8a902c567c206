import { closestMatch } from 'leven';
import { fieldEntries } from './fields.js';

const MAX_LENGTH = 40;

const writable = fieldEntries.filter(([, field]) => field.readOnly !== 'always');
const withoutSeparators = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');
const spellings = new Map(
  writable.flatMap(([name, field]) =>
    [withoutSeparators(name), ...(field.alsoCalled ?? [])].map((other) => [other, name]),
  ),
);

/** The field that somebody meant who wrote this name, if there is one that is close enough. */
export function suggestion(name: string): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const plain = withoutSeparators(name);
  // Two slips in a word of six letters or more, one in a shorter one: `passwrod` is two.
  const maxDistance = plain.length < 6 ? 1 : 2;
  const spelling = spellings.has(plain) ? plain : closestMatch(plain, [...spellings.keys()], { maxDistance });
  return spelling === undefined ? undefined : spellings.get(spelling);
}
