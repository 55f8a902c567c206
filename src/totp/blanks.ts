// What comes along when text is copied: Unicode white space (U+0085 is the one that \s lacks), and characters
// that show nothing: soft hyphen, zero-width characters, direction marks, word joiner, byte order mark.

/** White space and characters that show nothing, for use in a character class. */
export const BLANK = String.raw`\s\u0085\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF`;

const BLANKS = new RegExp(`[${BLANK}]`, 'g');
// The lookbehind, so that a long run of them in the middle is gone over once, and not again from each of them.
const BLANK_ENDS = new RegExp(`^[${BLANK}]+|(?<![${BLANK}])[${BLANK}]+$`, 'g');

/** Takes out white space and characters that show nothing, wherever they stand. */
export function withoutBlanks(text: string): string {
  return text.replace(BLANKS, '');
}

/** Takes them off both ends. */
export function trimBlanks(text: string): string {
  return text.replace(BLANK_ENDS, '');
}
