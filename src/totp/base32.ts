import { BLANK } from './blanks.js';
import { malformed } from './settings.js';

// Word processors and web pages make typographic dashes, or a minus sign, of the hyphens between groups.
const DASH = String.raw`\-\u2010-\u2015\u2212`;

const BLANKS_AND_DASHES = new RegExp(`[${BLANK}${DASH}]`, 'g');
const STRANGER = new RegExp(`[^A-Za-z2-7=${BLANK}${DASH}]`);
const CANONICAL = /^[A-Z2-7]+$/;
const A_CODE = /^[0-9]{6,8}=*$/;

/** What a digit that base32 does not have was read for. */
const PROBABLY_MEANT: Readonly<Record<string, string>> = { 0: 'O', 1: 'I or L', 8: 'B' };

/**
 * The canonical form of a secret in base32 (RFC 4648 section 6): upper case, no spaces, no dashes, no padding.
 * Nothing else is changed and nothing is guessed: a `0` is refused and not read as an O.
 *
 * Bits beyond the last whole byte may be set, and stay: real secrets have them, and a secret that comes out spelt
 * otherwise than the site shows it looks like the wrong one. Sealed, they are zero: {@link withZeroRest}.
 *
 * @param subject how messages call the text: `This TOTP secret`.
 * @throws CredsealError `ERR_TOTP_FORMAT`: empty, a code of 6 to 8 digits, a character that is not in the
 * alphabet (with its position in `text`, from 1), padding before the end, or a length that no bytes have.
 * @example canonicalBase32('jbsw y3dp-ehpk 3pxp', 'This TOTP secret') // 'JBSWY3DPEHPK3PXP'
 */
export function canonicalBase32(text: string, subject: string): string {
  // The way of nearly every secret that a machine hands over.
  if (CANONICAL.test(text) && isPossibleLength(text.length) && !A_CODE.test(text)) return text;

  const bare = text.replace(BLANKS_AND_DASHES, '');
  const wrong = (problem: string) => malformed(`${subject} ${problem}.`);
  // Before decoding: eight digits from 2 to 7 are sound base32.
  if (A_CODE.test(bare)) throw wrong('is a code, not a secret: that is the longer text beside the QR code');
  const stranger = text.search(STRANGER);
  if (stranger >= 0) {
    // A digit may be shown; what else stands there belongs to who knows what.
    const digit = /[0-9]/.exec(text.charAt(stranger))?.[0];
    const meant = digit && PROBABLY_MEANT[digit];
    const what = digit ? `"${digit}",` : 'a character';
    const advice = meant ? `probably the letter ${meant}` : 'base32 is A to Z and 2 to 7';
    throw wrong(`has, at position ${stranger + 1}, ${what} which base32 does not have: ${advice}`);
  }
  if (/=[^=]/.test(bare)) throw wrong(`has padding at position ${text.indexOf('=') + 1}, and more behind it`);
  const [body = ''] = bare.split('=');
  if (body === '') throw wrong('is empty');
  if (!isPossibleLength(body.length))
    throw wrong(`has ${body.length} characters, which base32 never has: it is not whole`);
  return body.toUpperCase();
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Canonical base32 with its bits beyond the last whole byte set to zero, as RFC 4648 (section 3.5) has it. The bytes are
 * the same; but of the readers that there are, some refuse a secret with others, and one makes another code of it.
 */
export function withZeroRest(base32: string): string {
  const rest = (base32.length * 5) % 8;
  const last = ALPHABET.indexOf(base32.slice(-1));
  return base32.slice(0, -1) + ALPHABET[(last >> rest) << rest];
}

/** How many bits canonical base32 holds, in whole bytes: 16 characters are 80 bits, 26 are 128, 32 are 160. */
export function bitsOfBase32(base32: string): number {
  return Math.floor((base32.length * 5) / 8) * 8;
}

/** Eight characters are five bytes. A rest of 1, 3 or 6 would end in the middle of a byte that began in it. */
function isPossibleLength(length: number): boolean {
  return ![1, 3, 6].includes(length % 8);
}
