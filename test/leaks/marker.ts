import { inspect } from 'node:util';
import { Secret } from 'otpauth';

/**
 * A secret that fits wherever secrets go: 24 hex digits (so it can be part of a key or of a sealed value) that are
 * base32 as well (so it can be a TOTP secret), and plain letters and digits everywhere else.
 */
export const MARKER = 'FACADE2DECADE7BEADFADE42';
/** One of everything that encoders change: quotation marks, backslash, separators, accents, emoji, spaces. */
export const ODD_MARKER = 'Zq7"ä\\ß 🔑&x=9K%w\'#\t密y';

/** A key whose hex begins with the marker, and one that ends with it. */
export const MARKED_KEY = MARKER.padEnd(64, '5');
export const OLD_MARKED_KEY = MARKER.padStart(64, '6');

const PIECE = 8;

/** What to look for: pieces of a secret in lower case, and those of which the case matters. */
interface Pieces {
  readonly lowerCase: readonly string[];
  readonly exact: readonly string[];
}

const known = new Map<string, Pieces>();

/**
 * The pieces of a secret that a text shows; none if all is well. A piece is any eight characters, in either case, as
 * they are or escaped for JSON and URLs, and any few bytes in hex, base64, base64url or a list. Hex and base32 are
 * also looked for by the bytes that they stand for.
 */
export function tracesOf(secret: string, shown: string): string[] {
  const pieces = known.get(secret) ?? piecesOfSecret(secret);
  known.set(secret, pieces);
  const haystack = shown.toLowerCase();
  return [
    ...pieces.lowerCase.filter((piece) => haystack.includes(piece)),
    ...pieces.exact.filter((piece) => shown.includes(piece)),
  ];
}

function piecesOfSecret(secret: string): Pieces {
  const json = JSON.stringify(secret).slice(1, -1);
  const texts = [secret, json, inAscii(json), encodeURI(secret), encodeURIComponent(secret)];
  const lowerCase = piecesOf(texts, PIECE).map((piece) => piece.toLowerCase());
  const exact: string[] = [];
  for (const bytes of bytesOf(secret)) {
    const hex = bytes.toString('hex');
    const list = [...bytes].join(', ');
    const spelled = [hex, hex.replaceAll(/(..)\B/g, '$1 '), list, list.replaceAll(' ', '')];
    lowerCase.push(...piecesOf(spelled, 2 * PIECE));
    // Three bytes are four characters: where the secret begins among them makes three different texts.
    const base64 = [0, 1, 2].map((start) =>
      bytes.subarray(start, bytes.length - ((bytes.length - start) % 3)).toString('base64'),
    );
    const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
    exact.push(...piecesOf([...base64, ...base64url], PIECE));
  }
  return { lowerCase: [...new Set(lowerCase)], exact: [...new Set(exact)] };
}

/** What the text of a secret can stand for: itself, hex, base32. */
function bytesOf(secret: string): Buffer[] {
  const readings = [Buffer.from(secret)];
  if (/^([0-9a-f]{2})+$/i.test(secret)) readings.push(Buffer.from(secret, 'hex'));
  if (/^[A-Z2-7]+$/.test(secret)) readings.push(Buffer.from(Secret.fromBase32(secret).bytes));
  return readings;
}

const inAscii = (text: string) =>
  text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

function piecesOf(texts: readonly string[], length: number): string[] {
  return texts.flatMap((text) =>
    Array.from({ length: Math.max(0, text.length - length + 1) }, (_, start) =>
      text.slice(start, start + length),
    ),
  );
}

/** All that logs, consoles, error trackers and serialisers can get out of a value. */
export function everythingShown(value: unknown): string {
  const shown = [
    inspect(value, { showHidden: true, depth: Infinity, maxArrayLength: null, maxStringLength: null }),
    inspect({ nested: [value] }, { depth: Infinity, getters: true }),
    inspect(value, { customInspect: false, showHidden: true, depth: Infinity, showProxy: true }),
    asJson(value),
    asJson({ nested: [value] }),
  ];
  if (typeof value === 'object' && value !== null) {
    shown.push(
      asText(value),
      ...Reflect.ownKeys(value).map((name) => inspect(Reflect.get(value, name), { depth: Infinity })),
    );
    shown.push(inspect({ ...value }, { depth: Infinity }), asJson(Object.getOwnPropertyDescriptors(value)));
  }
  if (value instanceof Error) shown.push(value.message, value.stack ?? '', inspect(value.cause), value.name);
  return shown.join('\n');
}

function asText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '';
  }
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
