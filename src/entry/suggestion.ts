import { closestName, withoutSeparators } from '../closest-name.js';
import { fieldEntries } from './fields.js';

/** The names of what may be written, however they are spelt. */
const spellings = new Map<string, string>();
for (const [name, { schema, alsoCalled }] of fieldEntries)
  if (schema)
    for (const word of [withoutSeparators(name), ...(alsoCalled?.split(' ') ?? [])])
      spellings.set(word, name);

/** The field that somebody meant who wrote this name, if there is one that is close enough. */
export function suggestion(name: string): string | undefined {
  return closestName(name, spellings);
}
