const MAX_LENGTH = 40;

/** A name as it is compared: `userName`, `user-name` and `User Name` are one. */
export const withoutSeparators = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/**
 * The name that somebody meant who wrote this one, if there is one that is close enough.
 *
 * @param spellings what is known, in lower case without separators, each with the name that it stands for.
 */
export function closestName(name: string, spellings: ReadonlyMap<string, string>): string | undefined {
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
  const rows: number[][] = [];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    rows.push(row);
    for (let j = 0; j <= b.length; j++) {
      // Every letter too many, and every other too few: at the borders that is all there is.
      let slips = i + j;
      if (i > 0 && j > 0) {
        const other = a[i - 1] === b[j - 1] ? 0 : 1;
        slips = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + other);
        if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, at(i - 2, j - 2) + 1);
      }
      row.push(slips);
    }
  }
  return at(a.length, b.length);
}
