import { hexToBytes } from '@noble/ciphers/utils.js';
import { backend, decrypt, encryptToHex } from '#aes-gcm';
import { VaultKey } from '../key/vault-key.js';
import { TotpSecret } from '../totp/totp-secret.js';

/** What {@link selfTest} found. */
export interface SelfTestResult {
  /** Whether every check holds. */
  readonly ok: boolean;
  /** Which implementation of AES-256-GCM this runtime has picked. */
  readonly backend: 'node:crypto' | '@noble/ciphers';
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}

// Test case 15 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega, which SP 800-38D rests on.
const GCM_KEY = 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308';
const GCM_IV = 'cafebabefacedbaddecaf888';
const GCM_PLAINTEXT =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255';
const GCM_CIPHERTEXT =
  '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad';
const GCM_TAG = 'b094dac5d93471bdec1a502270e3cc6c';

// RFC 6238 appendix B: the SHA-1 secret in base32, and the code at 59 s, of whose eight digits these are the last six.
const TOTP_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const TOTP_CODE = '287082';

const sealedCase = GCM_IV + GCM_CIPHERTEXT + GCM_TAG;
const checks: Record<string, () => boolean> = {
  'AES-256-GCM encrypts as specified': () =>
    encryptToHex(hexToBytes(GCM_KEY), hexToBytes(GCM_IV), hexToBytes(GCM_PLAINTEXT)) === sealedCase,
  'AES-256-GCM decrypts as specified': () => {
    const plaintext = decrypt(hexToBytes(GCM_KEY), hexToBytes(sealedCase));
    return (
      plaintext !== undefined &&
      encryptToHex(hexToBytes(GCM_KEY), hexToBytes(GCM_IV), plaintext) === sealedCase
    );
  },
  'AES-256-GCM refuses a change of any byte': () =>
    hexToBytes(sealedCase).every((byte, index, sealed) => {
      const changed = sealed.with(index, byte ^ 1);
      return decrypt(hexToBytes(GCM_KEY), changed) === undefined;
    }),
  'HKDF-SHA-256 gives the known fingerprint': () =>
    VaultKey.fromHex('0123456789abcdef'.repeat(4)).fingerprint === '0506ba9cf11f46ea',
  'base32 is read as specified': () =>
    TotpSecret.parse('gezd gnbv gy3t qojq gezd gnbv gy3t qojq').base32 === TOTP_SECRET,
  'TOTP gives the known code': () => TotpSecret.parse(TOTP_SECRET).code(59_000) === TOTP_CODE,
  'random bytes are random': () =>
    new Set(Array.from({ length: 2 }, () => VaultKey.generate().toHex())).size === 2,
};

/**
 * Runs known answers through the implementation that this runtime has picked: for a service to run before it starts.
 * It takes no key and throws nothing; a check that throws has failed.
 *
 * @example
 * const { ok, backend } = selfTest();
 * if (!ok) throw new Error(`credseal does not work on ${backend}`);
 */
export function selfTest(): SelfTestResult {
  const results = Object.entries(checks).map(([name, check]) => ({ name, ok: holds(check) }));
  return { ok: results.every(({ ok }) => ok), backend, checks: results };
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
