import { jsonText } from '../entry/json.js';

/** No setting is nested so deep; what is deeper would be the end of somebody's stack. */
const DEEPEST = 100;

/**
 * The one JSON text of a value: without white space, numbers as ECMAScript writes them, members in the order of their
 * names by UTF-16 code units (RFC 8785, JSON Canonicalization Scheme; lone surrogates, which that refuses, are escaped).
 *
 * @returns undefined for what is no JSON, and for what is nested more than 100 deep.
 */
export function canonicalJson(value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  const text = jsonText(value);
  return text === undefined ? undefined : canonical(JSON.parse(text), 0);
}

function canonical(value: unknown, depth: number): string | undefined {
  if (Object(value) !== value) return JSON.stringify(value);
  if (depth === DEEPEST) return undefined;
  const parts: string[] = [];
  const isArray = Array.isArray(value);
  for (const [name, member] of isArray ? value.entries() : membersOf(value as object)) {
    const text = canonical(member, depth + 1);
    if (text === undefined) return undefined;
    parts.push(isArray ? text : `${JSON.stringify(name)}:${text}`);
  }
  return isArray ? `[${parts.join()}]` : `{${parts.join()}}`;
}

const membersOf = (value: object) => Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
