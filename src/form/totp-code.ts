import { withZeroRest } from '../totp/base32.js';
import { readSettings } from '../totp/read-settings.js';
import { unsupported } from '../totp/settings.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const PERIOD = 30;

/**
 * A secret as somebody has typed, pasted or photographed it, in the base32 that the vault takes.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT`, `ERR_TOTP_UNSUPPORTED`
 */
export function vaultSecret(text: string): string {
  if (/^\s*otpauth-migration:/i.test(text))
    throw unsupported(
      'This is an export of an authenticator. Use the QR code or the secret of the site itself.',
    );
  const { base32, algorithm, digits, period } = readSettings(text);
  if (algorithm === 'SHA1' && digits === 6 && period === PERIOD) return withZeroRest(base32);
  throw unsupported('The vault takes SHA1, 6 digits, 30 s; from this secret it would make wrong codes.');
}

/**
 * The code at a time in ms since the epoch (RFC 6238 section 4, RFC 4226 section 5.3), by the platform's HMAC: what makes
 * codes of a TotpSecret is a third of what the whole form may weigh.
 *
 * @param base32 canonical.
 */
export async function codeAt(base32: string, at: number): Promise<{ code: string; secondsLeft: number }> {
  const bytes = new Uint8Array(Math.floor((base32.length * 5) / 8));
  let bits = 0;
  let count = 0;
  let index = 0;
  for (const letter of base32) {
    bits = ((bits << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    count += 5;
    if (count >= 8 && index < bytes.length) {
      count -= 8;
      bytes[index++] = bits >> count;
    }
  }
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(at / 1000 / PERIOD)));
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
  bytes.fill(0);
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter));
  const number = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
  const secondsLeft = Math.ceil(PERIOD - ((at / 1000) % PERIOD));
  return { code: `${number % 1_000_000}`.padStart(6, '0'), secondsLeft };
}
