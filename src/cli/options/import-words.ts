/** The options of `importEntries` as the command line has them. */
const AS_TYPED: readonly [inTheLibrary: RegExp, asTyped: string][] = [
  [/column (\d+) in options\.map/gi, '--map $1'],
  [/column (\d+) in options\.ignoreColumns/gi, '--ignore-column $1'],
  [/\bin options\.ignoreColumns/g, 'with --ignore-column NAME'],
  [/\bin options\.map/g, 'with --map COLUMN=FIELD'],
  [/\bby options\.from/g, 'by --from FORMAT'],
  [/options\.from/g, '--from'],
  [/options\.userId/g, '--user-id'],
];

/** What the library says of its options, in the names that were typed, or may be. */
export function asTyped(message: string): string {
  return AS_TYPED.reduce((text, [inTheLibrary, typed]) => text.replace(inTheLibrary, typed), message);
}
