// What comes along when text is copied: Unicode white space (U+0085 is the one that \s lacks), and characters
// that show nothing: soft hyphen, zero-width characters, direction marks, word joiner, byte order mark.

/** White space and characters that show nothing, for use in a character class. */
export const BLANK = String.raw`\s\u0085\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF`;

const A_BLANK = new RegExp(`[${BLANK}]`);
const BLANKS = new RegExp(A_BLANK, 'g');

/** Takes out white space and characters that show nothing, wherever they stand. */
export function withoutBlanks(text: string): string {
  return text.replace(BLANKS, '');
}

/** Takes them off both ends. (A pattern that ends in `$` would go over long runs of them again and again.) */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && A_BLANK.test(text.charAt(start))) start++;
  while (end > start && A_BLANK.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
