import { CredsealError } from '../../errors.js';
import { isObject, typeName } from '../../inspection.js';

// The text of a manifest: vectors/README.md, "Manifests". It has one form, to the byte: what is written otherwise is none.

const VERSION = 1;
const MAC = /^[0-9a-f]{64}$/;
const FINGERPRINT = /^[0-9a-f]{16}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** What stands behind the names in the line of an entry. */
const MAC_MEMBER_LENGTH = ',"mac":""}'.length + 64;

/** The last line of a manifest, before it has its MAC. */
export interface ManifestEnd {
  readonly version: number;
  /** How many lines of entries stand before it. */
  readonly entries: number;
  /** When it was made, in UTC: `2026-11-24T08:00:00.000Z`. */
  readonly at: string;
  /** Which vault it is of, in the words of whoever made it. */
  readonly vault?: string;
  /** The MAC of the manifest before. */
  readonly previous?: string;
  /** The fingerprint of the vault key. */
  readonly key: string;
}

/** A manifest as it was read: its form is right, and nothing in it is known to be authentic. */
export interface ReadManifest {
  /** The lines of entries, without line breaks. */
  readonly lines: readonly string[];
  readonly end: ManifestEnd;
  /** The last line as it is without its MAC, which is beside. */
  readonly unsigned: string;
  readonly mac: string;
}

/** The names of an entry as its line begins. */
export function lineStart(permissioned_user_id: string, domain: string): string {
  return JSON.stringify({ permissioned_user_id, domain }).slice(0, -1);
}

/** The line of an entry. */
export const withMac = (start: string, mac: string) => `${start},"mac":"${mac}"}`;

/** The beginning and the MAC of a line that was read. */
export function lineParts(line: string): { start: string; mac: string } {
  const cut = line.length - MAC_MEMBER_LENGTH;
  return { start: line.slice(0, cut), mac: line.slice(-66, -2) };
}

/** The last line without its MAC, its members in their order. */
export function endText({ version, entries, at, vault, previous, key }: ManifestEnd): string {
  return JSON.stringify({ version, entries, at, vault, previous, key });
}

/** The whole text, from lines in their order and the last one. */
export function manifestText(lines: readonly string[], unsigned: string, mac: string): string {
  return [...lines, withMac(unsigned.slice(0, -1), mac), ''].join('\n');
}

/** The last line of a manifest made now. */
export const newEnd = (members: Omit<ManifestEnd, 'version'>): ManifestEnd => ({
  version: VERSION,
  ...members,
});

/**
 * Puts two texts in the order of the bytes of their UTF-8, as `LC_ALL=C sort` does. It is that of UTF-16 code units but
 * for surrogates, which stand before U+E000 to U+FFFF and mean what comes behind them. There are no lone ones.
 */
export function inByteOrder(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - other.length;
}

const rank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** @throws CredsealError `ERR_MANIFEST` for what has not the form of a manifest */
export function readManifest(text: unknown): ReadManifest {
  if (typeof text !== 'string') throw notAManifest(`it is text; got ${typeName(text)}`);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const last = lines.pop() ?? '';
  const { end, mac } = readEnd(last);
  const unsigned = endText(end);
  if (last !== withMac(unsigned.slice(0, -1), mac)) throw misshapen('its last line');
  for (const [index, line] of lines.entries()) if (!isEntryLine(line)) throw misshapen(`line ${index + 1}`);
  return { lines, end, unsigned, mac };
}

function readEnd(line: string): { end: ManifestEnd; mac: string } {
  const read = parsed(line);
  if (read === undefined || !('version' in read))
    throw notAManifest('its last line, which has version and mac, is not there. It may be cut off');
  if (read.version !== VERSION)
    throw notAManifest(`it is of another version, and this one reads version ${VERSION}`);
  const { version, entries, at, vault, previous, key, mac } = read;
  const isFine =
    Number.isSafeInteger(entries) &&
    isTime(at) &&
    (vault === undefined || isVaultName(vault)) &&
    (previous === undefined || isMac(previous)) &&
    matches(FINGERPRINT, key) &&
    isMac(mac);
  if (!isFine) throw misshapen('its last line');
  const end = {
    version,
    entries: Number(entries),
    at,
    key,
    ...(vault && { vault }),
    ...(previous && { previous }),
  };
  return { end, mac };
}

function isEntryLine(line: string): boolean {
  const { permissioned_user_id, domain, mac } = parsed(line) ?? {};
  if (typeof permissioned_user_id !== 'string' || typeof domain !== 'string' || !isMac(mac)) return false;
  return line === withMac(lineStart(permissioned_user_id, domain), mac);
}

/** A time as `Date` writes it, and one that there is: readers of dates differ in what they make of the 30th of February. */
function isTime(at: unknown): at is string {
  return matches(TIME, at) && !Number.isNaN(Date.parse(at)) && new Date(at).toISOString() === at;
}

/** Whether something is a MAC in hex. */
export const isMac = (value: unknown): value is string => matches(MAC, value);
/** What a vault may be called: text, not empty. */
export const isVaultName = (value: unknown): value is string => typeof value === 'string' && value !== '';

const matches = (pattern: RegExp, value: unknown): value is string =>
  typeof value === 'string' && pattern.test(value);

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // The parser's message quotes the line.
    return undefined;
  }
}

const misshapen = (what: string) =>
  notAManifest(`${what} is not as makeManifest writes it, to the byte. Keep the file as it was made`);

/** The error of what is no manifest. */
export function notAManifest(problem: string): CredsealError {
  return new CredsealError('ERR_MANIFEST', `Not a manifest: ${problem}.`);
}
