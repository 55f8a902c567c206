/** A sealed value, and the one that takes its place. */
export type Exchange = readonly [old: string, fresh: string];

type Entry = Readonly<Record<string, unknown>>;

/** The sealed values of an entry that are others afterwards. */
export function exchangesOf(before: Entry, after: Entry): Exchange[] {
  return Object.keys(after).flatMap((name) =>
    before[name] === after[name] ? [] : [[String(before[name]), String(after[name])] as const],
  );
}

/** A hex digit as an escape of JSON. */
const ESCAPED_DIGIT = /\\u00(?:3\d|[46][1-6])/i;

/**
 * A JSON text with these strings exchanged and all else as it was, white space and numbers that JavaScript cannot hold
 * too; undefined if one of them is not there exactly once, or may be spelled otherwise, so that nobody can tell which
 * is meant.
 */
export function exchanged(text: string, exchanges: readonly Exchange[]): string | undefined {
  if (exchanges.length === 0) return text;
  const fresh = new Map(exchanges);
  const found = new Set<string>();
  let isClear = fresh.size === exchanges.length && !ESCAPED_DIGIT.test(text);
  const result = text.replace(/"([\da-f]{60,})"/gi, (whole: string, sealed: string) => {
    const replacement = fresh.get(sealed);
    if (replacement === undefined) return whole;
    isClear &&= !found.has(sealed);
    found.add(sealed);
    return `"${replacement}"`;
  });
  return isClear && found.size === fresh.size ? result : undefined;
}
