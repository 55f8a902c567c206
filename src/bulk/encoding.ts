import { notAnEntry } from './item.js';

const LINE_FEED = 10;

/** How many bytes {@link refuseForeignBeginning} wants to see of the beginning. */
export const MARK_BYTES = 4;

/** Beginnings of what is no text in UTF-8, and what to do about it. */
const BEGINNINGS: readonly { bytes: readonly (number | 'any')[]; advice: string }[] = [
  {
    bytes: [0xff, 0xfe, 0, 0],
    advice: 'is UTF-32. Convert it first: iconv -f UTF-32 -t UTF-8 FILE > utf8-FILE',
  },
  { bytes: [0xff, 0xfe], advice: 'is UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8 FILE > utf8-FILE' },
  { bytes: [0xfe, 0xff], advice: 'is UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8 FILE > utf8-FILE' },
  // Without a byte order mark, a text that begins in ASCII is known by its every other byte.
  {
    bytes: ['any', 0, 'any', 0],
    advice: 'looks like UTF-16. Convert it first: iconv -f UTF-16LE -t UTF-8 FILE > utf8-FILE',
  },
  {
    bytes: [0, 'any', 0, 'any'],
    advice: 'looks like UTF-16. Convert it first: iconv -f UTF-16BE -t UTF-8 FILE > utf8-FILE',
  },
  { bytes: [0x50, 0x4b, 3, 4], advice: 'is a ZIP archive. Unpack it first: unzip -p FILE' },
  { bytes: [0x1f, 0x8b], advice: 'is compressed by gzip. Unpack it first: gunzip -c FILE' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], advice: 'is compressed by zstd. Unpack it first: zstd -dc FILE' },
];

/**
 * Refuses what can be known from its beginning not to be text in UTF-8.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID`, with what to do
 */
export function refuseForeignBeginning(bytes: Uint8Array): void {
  const found = BEGINNINGS.find(({ bytes: beginning }) =>
    beginning.every((byte, at) => (byte === 'any' ? bytes[at] !== undefined : bytes[at] === byte)),
  );
  if (found !== undefined) throw notAnEntry(`The input ${found.advice}`);
}

/**
 * Refuses bytes with a NUL, which JSON never holds (RFC 8259 section 7): a binary file, or one with a hole.
 *
 * @param line the line that the bytes begin in.
 * @throws CredsealError `ERR_ENTRY_INVALID`
 */
export function refuseNul(bytes: Uint8Array, line: number): void {
  const at = bytes.indexOf(0);
  if (at === -1) return;
  const place = line + countLines(bytes.subarray(0, at));
  throw notAnEntry(
    `Line ${place} has a NUL byte: the input is binary, or damaged. Give NDJSON in UTF-8.`,
    `line ${place}`,
  );
}

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes whole lines.
 *
 * @param line the number of the first one.
 * @throws CredsealError `ERR_ENTRY_INVALID` naming the line that is not UTF-8: a replacement character in its place
 *   would be sealed as part of a password.
 */
export function decodeLines(bytes: Uint8Array, line: number): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const place = line + firstUndecodable(bytes);
    throw notAnEntry(
      `Line ${place} is not valid UTF-8; the input may be Latin-1. Convert it first: iconv -f ISO-8859-1 -t UTF-8 FILE > utf8-FILE`,
      `line ${place}`,
    );
  }
}

/** How many lines before the one that does not decode. */
function firstUndecodable(bytes: Uint8Array): number {
  for (let start = 0, lines = 0; ; lines++) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1) return lines;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return lines;
    }
    start = end + 1;
  }
}

/** How many line breaks there are. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
