type Entry = Readonly<Record<string, unknown>>;

/** The credentials of an entry that are others afterwards, by their names. */
export function changesOf(before: Entry, after: Entry): Map<string, string> {
  const names = Object.keys(after).filter((name) => before[name] !== after[name]);
  return new Map(names.map((name) => [name, String(after[name])]));
}

/**
 * The JSON text of an object with these members other strings, however they are spelled, and all else as it was, white
 * space and numbers that JavaScript cannot hold too.
 */
export function exchanged(text: string, changes: ReadonlyMap<string, string>): string {
  if (changes.size === 0) return text;
  const { before, parts, after } = partsOf(text);
  return before + parts.map((part) => exchangedPart(part, changes)).join(',') + after;
}

/** A member whose name and value are strings: what has four quotation marks has none of them inside of one. */
const TEXT_MEMBER = /^(\s*("[^"]*")\s*:\s*)"[^"]*"(\s*)$/;

function exchangedPart(part: string, changes: ReadonlyMap<string, string>): string {
  const [, before, name = '""', after] = TEXT_MEMBER.exec(part) ?? [];
  const value = changes.get(JSON.parse(name));
  return value === undefined ? part : `${before}"${value}"${after}`;
}

/** The JSON text of an object, which has members, without those that are not kept; all else of it stays as it was. */
export function withMembers(text: string, isKept: (name: string) => boolean): string {
  const { before, parts, after } = partsOf(text);
  const kept = parts.filter((part) => isKept(nameOf(part)));
  if (kept.length === parts.length) return text;
  // What stood between the last member and the brace stands there again.
  const gap = (part = '') => part.slice(part.trimEnd().length);
  const last = kept.pop() ?? '';
  return `${before}${[...kept, last.trimEnd() + gap(parts.at(-1))].join(',')}${after}`;
}

function nameOf(part: string): string {
  const start = part.indexOf('"');
  return JSON.parse(part.slice(start, endOfString(part, start) + 1));
}

/** A JSON text of an object or array, cut where one member or element ends and the next begins: at the outer commas. */
export function partsOf(text: string): { before: string; parts: string[]; after: string } {
  const cuts: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') {
      if (depth === 0) cuts.push(at);
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) cuts.push(at);
    } else if (character === ',' && depth === 1) cuts.push(at);
  }
  return {
    before: text.slice(0, (cuts[0] ?? 0) + 1),
    parts: cuts.slice(1).map((cut, index) => text.slice((cuts[index] ?? 0) + 1, cut)),
    after: text.slice(cuts.at(-1)),
  };
}

/** The offset of the quotation mark that ends a string. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
