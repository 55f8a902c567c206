import { backend, decrypt, encryptToHex, hexToBytes } from '#aes-gcm';
import { VaultKey } from '../key/vault-key.js';
import { TotpSecret } from '../totp/totp-secret.js';
import { type Runtime, runtimeOf } from './runtime.js';

/** What {@link selfTest} found. */
export interface SelfTestResult {
  /** Whether every check holds. */
  readonly ok: boolean;
  /** Which implementation of AES-256-GCM this runtime has picked. */
  readonly backend: 'node:crypto' | '@noble/ciphers';
  /** What it runs in: Bun and Deno are that, and not the Node that they are compatible with. */
  readonly runtime: Runtime;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

// Test case 14 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega, which SP 800-38D rests on: one block
// of zeros, under a key and an IV of zeros. And the tag of the bytes from 0 to 63 under them, as OpenSSL and
// @noble/ciphers give it: a tag covers the ciphertext, so that counter and GHASH are seen to work over several blocks.
const zeros = (length: number) => new Uint8Array(length);
const KEY = zeros(32);
const SEALED = `${'0'.repeat(24)}cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919`;
const FOUR_BLOCKS = zeros(64).map((_, index) => index);
const TAG_OF_FOUR_BLOCKS = '991029be59233957a9136685a93afc9e';
const encrypted = (plaintext: Uint8Array) => encryptToHex(KEY, zeros(12), plaintext);

// RFC 6238 appendix B: the SHA-1 secret in base32, and the code at 59 s, of whose eight digits these are the last six.
const TOTP_SECRET = 'GEZDGNBVGY3TQOJQ'.repeat(2);
const TOTP_CODE = '287082';

const checks: Record<string, () => boolean> = {
  'AES-256-GCM encrypts as specified': () =>
    encrypted(zeros(16)) === SEALED && encrypted(FOUR_BLOCKS).endsWith(TAG_OF_FOUR_BLOCKS),
  'AES-256-GCM decrypts as specified': () =>
    decrypt(KEY, hexToBytes(encrypted(FOUR_BLOCKS)))?.join() === FOUR_BLOCKS.join(),
  'AES-256-GCM refuses a change of any byte': () =>
    hexToBytes(SEALED).every((byte, index, sealed) => !decrypt(KEY, sealed.with(index, byte ^ 1))),
  'HKDF-SHA-256 gives the known fingerprint': () =>
    VaultKey.fromHex('0123456789abcdef'.repeat(4)).fingerprint === '0506ba9cf11f46ea',
  'base32 is read as specified': () =>
    TotpSecret.parse(` ${TOTP_SECRET.toLowerCase()}`).base32 === TOTP_SECRET,
  'TOTP gives the known code': () => TotpSecret.parse(TOTP_SECRET).code(59_000) === TOTP_CODE,
  'random bytes are random': () => {
    const [one, other] = [VaultKey.generate(), VaultKey.generate()];
    return one.toHex() !== other.toHex();
  },
};

/**
 * Runs known answers through the implementation that this runtime has picked: for a service to run before it starts.
 * It takes no key and throws nothing; a check that throws has failed.
 *
 * @example
 * const { ok, runtime, backend } = selfTest();
 * if (!ok) throw new Error(`credseal does not work on ${runtime.name} with ${backend}`);
 */
export function selfTest(): SelfTestResult {
  const results = Object.entries(checks).map(([name, check]) => ({ name, ok: holds(check) }));
  const runtime = runtimeOf(globalThis as Parameters<typeof runtimeOf>[0]);
  return { ok: results.every(({ ok }) => ok), backend, runtime, checks: results };
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
