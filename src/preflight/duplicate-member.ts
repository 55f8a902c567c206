/** A string of JSON with what says that it is a member's name, or a bracket of an object or array. */
const TOKEN = /"(?:[^"\\]+|\\.)*"(\s*:)?|[{}[\]]/g;

/**
 * Whether an object in a JSON text has a member twice, however it is escaped. Readers differ in which of the two they
 * take (RFC 8259 section 4), so that what was checked might not be what is read at the other end.
 *
 * @param json a text that JSON.parse reads.
 */
export function hasDuplicateMember(json: string): boolean {
  const open: Set<unknown>[] = [];
  for (const [token, isName] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (isName !== undefined) {
      const names = open.at(-1);
      const name: unknown = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1));
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
