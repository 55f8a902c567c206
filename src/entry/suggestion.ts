import { fieldEntries } from './fields.js';

const MAX_LENGTH = 40;

const withoutSeparators = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');
/** The names of what may be written, however they are spelt. */
const spellings = new Map<string, string>();
for (const [name, { schema, alsoCalled }] of fieldEntries)
  if (schema)
    for (const word of [withoutSeparators(name), ...(alsoCalled?.split(' ') ?? [])])
      spellings.set(word, name);

/** The field that somebody meant who wrote this name, if there is one that is close enough. */
export function suggestion(name: string): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const plain = withoutSeparators(name);
  // Two slips in a word of six letters or more, one in a shorter one.
  let closest = plain.length < 6 ? 2 : 3;
  let meant = spellings.get(plain);
  if (meant !== undefined) return meant;
  for (const [spelling, field] of spellings) {
    if (Math.abs(plain.length - spelling.length) >= closest) continue;
    const distance = slipsBetween(plain, spelling);
    if (distance < closest) [closest, meant] = [distance, field];
  }
  return meant;
}

/**
 * How many slips of the keyboard lie between two words: a letter too many, too few or another, or two neighbours
 * exchanged (the "optimal string alignment" distance; without the last, `passwrod` would be two slips).
 */
function slipsBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const above = rows[i - 1] ?? [];
      let slips = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      }
      row.push(slips);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
