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

/**
 * The ways in which any eight characters, or four bytes, of a secret are shown in a text: as they are and in either
 * case, escaped for JSON and URLs, in hex, base64, base64url, and as lists of bytes; none if all is well. Hex and
 * base32 are also looked for by the bytes that they stand for.
 */
export function tracesOf(secret: string, shown: string): string[] {
  const haystack = shown.toLowerCase();
  const texts = [
    secret,
    escaped(secret),
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
  const traces = piecesOf(texts, PIECE).filter((piece) => haystack.includes(piece.toLowerCase()));
  for (const bytes of bytesOf(secret)) {
    const hex = bytes.toString('hex');
    const lists = [0, 1, 2].map((start) => [...bytes.subarray(start)].join(', '));
    const spelled = [
      hex,
      hex.replaceAll(/(..)\B/g, '$1 '),
      ...lists,
      ...lists.map((list) => list.replaceAll(' ', '')),
    ];
    traces.push(...piecesOf(spelled, 2 * PIECE).filter((piece) => haystack.includes(piece)));
    // Three bytes are four characters: where the secret begins among them makes three different texts.
    const base64 = [0, 1, 2].map((start) =>
      bytes.subarray(start, bytes.length - ((bytes.length - start) % 3)).toString('base64'),
    );
    const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
    traces.push(...piecesOf([...base64, ...base64url], PIECE).filter((piece) => shown.includes(piece)));
  }
  return [...new Set(traces)];
}

/** What the text of a secret can stand for: itself, hex, base32. */
function bytesOf(secret: string): Buffer[] {
  const readings = [Buffer.from(secret)];
  if (/^([0-9a-f]{2})+$/i.test(secret)) readings.push(Buffer.from(secret, 'hex'));
  if (/^[A-Z2-7]+$/.test(secret)) readings.push(Buffer.from(Secret.fromBase32(secret).bytes));
  return readings;
}

const escaped = (text: string) =>
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
      String(value),
      ...Reflect.ownKeys(value).map((name) => inspect(Reflect.get(value, name), { depth: Infinity })),
    );
    shown.push(inspect({ ...value }, { depth: Infinity }), asJson(Object.getOwnPropertyDescriptors(value)));
  }
  if (value instanceof Error) shown.push(value.message, value.stack ?? '', inspect(value.cause), value.name);
  return shown.join('\n');
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
