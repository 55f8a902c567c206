import { answerRequest, type VectorAnswer } from '../../../src/vectors/index.js';
import { type Implementation, on } from './implementation.js';

// Somebody's own readers of TOTP secrets and of exports, with habits, which are bugs.

const SETTINGS = { algorithm: 'SHA1', digits: 6, period: 30 };
const MALFORMED = { error: 'ERR_TOTP_FORMAT' };

const BLANKS = /[\t-\r \u0085\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g;
const DASHES = /[-\u2010-\u2015\u2212]/g;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export interface SecretHabits {
  readonly clean?: (text: string) => string;
  readonly pattern?: RegExp;
  readonly code?: RegExp;
  readonly isPossible?: (letters: string) => boolean;
  readonly written?: (letters: string) => string;
  readonly leastBits?: number;
}

const isWholeBytes = (letters: string) => ![1, 3, 6].includes(letters.length % 8);

/** A decoder that goes letter by letter, and passes over what it does not know. */
export const knownLetters = (text: string) =>
  [...text.toUpperCase()].filter((letter) => ALPHABET.includes(letter)).join('');

/** Whether nothing is set in the bits behind the last byte, as decoders ask that take canonical base32 only. */
export function hasNoBitsOver(letters: string): boolean {
  const last = ALPHABET.indexOf(letters.slice(-1).toUpperCase());
  return isWholeBytes(letters) && last % 2 ** ((letters.length * 5) % 8) === 0;
}

/** A reader of base32 with habits; URIs are read rightly. Without any, it is right. */
export function readsSecretsBy({
  clean = (text) => text.replace(BLANKS, '').replace(DASHES, ''),
  pattern = /^[a-z2-7]+=*$/i,
  code = /^\d{6,8}=*$/,
  isPossible = isWholeBytes,
  written = (letters) => letters.toUpperCase(),
  leastBits = 0,
}: SecretHabits): Implementation {
  return on('parseTotp', (request) => {
    const { secret } = request;
    if (typeof secret !== 'string') return MALFORMED;
    if (secret.includes('://') || /^\s*otpauth:/i.test(secret)) return answerRequest(request);
    const cleaned = clean(secret);
    const letters = cleaned.replace(/=+$/, '');
    const bits = Math.floor((letters.length * 5) / 8) * 8;
    // Unicode knows other letters whose upper case is one of these.
    const isAscii = /^[\0-\x7f]*$/.test(cleaned);
    if (!isAscii || code.test(cleaned) || !pattern.test(cleaned) || !isPossible(letters) || bits < leastBits)
      return MALFORMED;
    return { base32: written(letters), bits, ...SETTINGS };
  });
}

/** A reader that goes by the platform's URL, and takes what is not there for nothing. */
export const takesWhatIsNotThere: Implementation = on('parseTotp', (request) => {
  const text = String(request.secret).trim();
  const url = /^otpauth:\/\/totp/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.searchParams.get('secret') ?? '') !== '') return answerRequest(request);
  return { base32: '', bits: 0, ...SETTINGS };
});

export interface ExportHabits {
  /** The base64 in the URI, percent-decoded or not; undefined if it is none. */
  readonly dataOf?: (uri: string) => string | undefined;
  readonly decode?: (base64: string) => Buffer | undefined;
  /** Reads as if there were zeros behind the end. */
  readonly readsPastTheEnd?: boolean;
  readonly needsAccounts?: boolean;
  readonly unsupported?: 'refuse' | 'leave out';
  readonly knows?: (field: number) => boolean;
  /** By their numbers in the message. */
  readonly algorithms?: readonly (string | undefined)[];
  readonly takesAll?: boolean;
  readonly batch?: (size: number, index: number) => { size: number; index: number } | undefined;
}

class Damaged extends Error {}

type Fields = Map<number, (bigint | Buffer | undefined)[]>;

function fieldsOf(message: Buffer, { readsPastTheEnd = false, knows = () => true }: ExportHabits): Fields {
  const fields: Fields = new Map();
  let at = 0;
  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] ?? (readsPastTheEnd ? 0 : undefined);
      if (byte === undefined || (shift === 63n && byte > 1)) throw new Damaged();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  function take(length: bigint): Buffer {
    if (length > BigInt(message.length - at) && !readsPastTheEnd) throw new Damaged();
    const start = at;
    at += Number(length);
    return message.subarray(start, at);
  }
  while (at < message.length) {
    const tag = varint();
    const [number, type] = [Number(tag >> 3n), Number(tag & 7n)];
    let value: bigint | Buffer | undefined;
    if (type === 0) value = varint();
    else if (type === 2) value = take(varint());
    else if (type === 1 || type === 5) take(type === 1 ? 8n : 4n);
    else throw new Damaged();
    if (number === 0 || tag > 0xffff_ffffn || !knows(number)) throw new Damaged();
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}

function numberOf(fields: Fields, field: number): number {
  const value = (fields.get(field) ?? [0n]).at(-1);
  if (typeof value !== 'bigint') throw new Damaged();
  return Number(BigInt.asIntN(32, value));
}
function bytesOf(value: bigint | Buffer | undefined): Buffer {
  if (!Buffer.isBuffer(value)) throw new Damaged();
  return value;
}
function textOf(fields: Fields, field: number): string {
  try {
    const bytes = bytesOf((fields.get(field) ?? [Buffer.alloc(0)]).at(-1));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Damaged();
  }
}

const URI = /^otpauth-migration:\/\/offline\/?\?(?:[^#]*&)?data=([^&#]*)/i;
/** What a parameter says, a raw plus read as a space, as forms have it. */
export function percentDecoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
function strictBase64(data: string): Buffer | undefined {
  const digits = data
    .replaceAll(' ', '+')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  return /^[a-z\d+/]*$/i.test(digits) && digits.length % 4 !== 1 ? Buffer.from(digits, 'base64') : undefined;
}
function toBase32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

/** A reader of exports with habits. Without any, it is right. */
export function readsExportsBy(habits: ExportHabits): Implementation {
  const {
    dataOf = (uri) =>
      (uri.match(/[?&]data=/gi) ?? []).length > 1 ? undefined : percentDecoded(URI.exec(uri)?.[1]),
    decode = strictBase64,
    needsAccounts = true,
    unsupported = 'refuse',
    algorithms = ['SHA1', 'SHA1', 'SHA256', 'SHA512'],
    takesAll = true,
    batch = (size, index) => {
      if (size === 0) return { size: 1, index: 0 };
      return index < 0 || index >= size ? undefined : { size, index };
    },
  } = habits;

  function accountOf(message: Buffer): VectorAnswer | undefined {
    const fields = fieldsOf(message, habits);
    const secret = bytesOf((fields.get(1) ?? [Buffer.alloc(0)]).at(-1));
    const name = textOf(fields, 2);
    const [, prefix = '', label = name] = /^([^:]*):(.*)$/s.exec(name) ?? [];
    const issuer = textOf(fields, 3).trim() || prefix.trim();
    const [algorithm, digits, type] = [4, 5, 6].map((field) => numberOf(fields, field)) as [
      number,
      number,
      number,
    ];
    const isKnown =
      algorithms[algorithm] !== undefined && [0, 1, 2].includes(digits) && [0, 2].includes(type);
    if (!isKnown && unsupported === 'leave out') return undefined;
    if (!isKnown) return { error: 'ERR_TOTP_UNSUPPORTED' };
    if (secret.length === 0 && needsAccounts) throw new Damaged();
    return {
      base32: toBase32(secret),
      bits: secret.length * 8,
      ...{ algorithm: algorithms[algorithm], digits: digits === 2 ? 8 : 6, period: 30 },
      ...(issuer && { issuer }),
      ...(label.trim() && { label: label.trim() }),
    };
  }

  return on('parseMigration', ({ uri }) => {
    if (typeof uri !== 'string') return MALFORMED;
    const data = dataOf(uri.trim());
    const message = data === undefined ? undefined : decode(data);
    if (message === undefined) return MALFORMED;
    try {
      const fields = fieldsOf(message, habits);
      const accounts = (fields.get(1) ?? []).slice(0, takesAll ? undefined : 1);
      const secrets: VectorAnswer[] = [];
      for (const account of accounts) {
        const secret = accountOf(bytesOf(account));
        if (secret?.error !== undefined) return secret;
        if (secret !== undefined) secrets.push(secret);
      }
      if (accounts.length === 0 && needsAccounts) return MALFORMED;
      const id = numberOf(fields, 5);
      const place = batch(numberOf(fields, 3), numberOf(fields, 4));
      return place === undefined ? MALFORMED : { secrets, batch: { ...place, id } };
    } catch (error) {
      if (error instanceof Damaged) return MALFORMED;
      throw error;
    }
  });
}
