const OPENERS: Readonly<Record<string, string>> = { '{': '}', '[': ']' };
const SPACE = /[\t\n\r ]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/**
 * Where a text stops being JSON (RFC 8259), or nothing if it is JSON: the offset of what should not be there, or the
 * length of a text that ends too early. The message of `JSON.parse` will not do: it has a position for some mistakes
 * only, and quotes the input for the others.
 */
export function jsonBreaksAt(text: string): number | undefined {
  /** The brackets still to close, the innermost last. */
  const awaited: string[] = [];
  let expected: 'value' | 'name' | 'colon' | 'separator' = 'value';
  /** Right behind an opening bracket, where its closing one may come instead. */
  let mayClose = false;
  for (let at = skip(SPACE, text, 0); ; at = skip(SPACE, text, at)) {
    const character = text.charAt(at);
    if (expected === 'separator' && awaited.length === 0) return at === text.length ? undefined : at;
    if (character === awaited.at(-1) && (mayClose || expected === 'separator')) {
      awaited.pop();
      expected = 'separator';
      mayClose = false;
      at++;
      continue;
    }
    mayClose = false;
    const closer = OPENERS[character];
    if (expected === 'value' && closer !== undefined) {
      awaited.push(closer);
      expected = closer === '}' ? 'name' : 'value';
      mayClose = true;
      at++;
    } else if (expected === 'separator' && character === ',') {
      expected = awaited.at(-1) === '}' ? 'name' : 'value';
      at++;
    } else if (expected === 'colon' && character === ':') {
      expected = 'value';
      at++;
    } else if ((expected === 'value' || expected === 'name') && character === '"') {
      const end = endOfString(text, at);
      if (text.charAt(end) !== '"') return end;
      expected = expected === 'name' ? 'colon' : 'separator';
      at = end + 1;
    } else {
      const end = expected === 'value' ? skip(SCALAR, text, at) : at;
      if (end === at) return at;
      expected = 'separator';
      at = end;
    }
  }
}

/** The offset of the quotation mark that ends a string, or of what breaks it: a control character, an escape, the end. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"' && text.charAt(at) >= ' ') {
    const end = text.charAt(at) === '\\' ? skip(ESCAPE, text, at) : at + 1;
    if (end === at) return at;
    at = end;
  }
  return at;
}

/** The offset behind what a sticky pattern matches at an offset, or the same offset if it does not. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
