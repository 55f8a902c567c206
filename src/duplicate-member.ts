/**
 * Where an object in a JSON text has a member for the second time, however it is escaped; -1 if none has. Readers differ
 * in which of the two they take (RFC 8259 section 4), so that what was checked might not be what is read at the other end.
 *
 * @param json a text that JSON.parse reads.
 */
export function indexOfDuplicateMember(json: string): number {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{' || character === '[') open.push(character === '{' ? new Set() : undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const start = at;
      do at = json.indexOf('"', at + 1);
      while (isEscaped(json, at));
      let next = at + 1;
      while ((json[next] as string) <= ' ') next += 1;
      if (json[next] !== ':') continue;
      const text = json.slice(start, at + 1);
      const name = text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
      const names = open.at(-1);
      if (names?.has(name)) return start;
      names?.add(name);
    }
  }
  return -1;
}

/** Whether a quotation mark has an odd number of backslashes before it. */
function isEscaped(json: string, at: number): boolean {
  let start = at;
  while (json[start - 1] === '\\') start -= 1;
  return (at - start) % 2 === 1;
}
