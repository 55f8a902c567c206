const MAX_LENGTH = 40;

/** A name as it is compared: `userName`, `user-name` and `User Name` are one. */
export const withoutSeparators = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/** Names as {@link closestName} wants them, where each stands for itself alone. */
export const spellingsOf = (names: readonly string[]) =>
  new Map(names.map((name) => [withoutSeparators(name), name]));

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
  if (meant) return meant;
  for (const [spelling, field] of spellings) {
    const distance = slipsBetween(plain, spelling);
    if (distance < closest) [closest, meant] = [distance, field];
  }
  return meant;
}

/**
 * How many slips lie between two words: letters that one has and the other has not. Letters that changed places are no
 * slip, so that `passwrod` is as near as can be.
 */
function slipsBetween(word: string, spelling: string): number {
  let missing = spelling;
  let strangers = 0;
  for (const letter of word) {
    const rest = missing.replace(letter, '');
    if (rest === missing) strangers += 1;
    missing = rest;
  }
  return Math.max(strangers, missing.length);
}
