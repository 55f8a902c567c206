import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backend } from '#aes-gcm';
import { selfTest } from '../../src/index.js';
import { type Runtime, runtimeOf } from '../../src/preflight/runtime.js';

type Backend = typeof import('#aes-gcm');

const broken = vi.hoisted(() => ({ with: {} as Partial<Backend>, real: undefined as Backend | undefined }));

vi.mock('#aes-gcm', async (importOriginal) => {
  const real = await importOriginal<Backend>();
  broken.real = real;
  return {
    ...real,
    encryptToHex: (...args: Parameters<Backend['encryptToHex']>) =>
      (broken.with.encryptToHex ?? real.encryptToHex)(...args),
    decrypt: (...args: Parameters<Backend['decrypt']>) => (broken.with.decrypt ?? real.decrypt)(...args),
  };
});

const NAMES = [
  'AES-256-GCM encrypts as specified',
  'AES-256-GCM decrypts as specified',
  'AES-256-GCM refuses a change of any byte',
  'HKDF-SHA-256 gives the known fingerprint',
  'base32 is read as specified',
  'TOTP gives the known code',
  'random bytes are random',
];
const [ENCRYPTS, DECRYPTS, REFUSES, FINGERPRINT, , CODE, RANDOM] = NAMES;
const failed = () => selfTest().checks.flatMap(({ name, ok }) => (ok ? [] : [name]));
const throwing = () => {
  throw new Error('out of order');
};

const real = (): Backend => broken.real as Backend;
const TAG_BYTES = 16;

/** Decrypts, and is content if only some bytes of the tag hold: what Node does with a tag that is cut off. */
const withTagBytes = (from: number, to: number): Partial<Backend> => ({
  decrypt(key, sealed) {
    const opened = real().encryptToHex(key, sealed.subarray(0, 12), sealed.subarray(12, -TAG_BYTES));
    const plaintext = Buffer.from(opened, 'hex').subarray(12, -TAG_BYTES);
    const again = Buffer.from(real().encryptToHex(key, sealed.subarray(0, 12), plaintext), 'hex');
    const [expected, given] = [again, Buffer.from(sealed)].map((bytes) =>
      bytes.subarray(-TAG_BYTES).subarray(from, to),
    );
    return expected?.equals(given as Buffer) ? Uint8Array.from(plaintext) : undefined;
  },
});

beforeEach(() => {
  broken.with = {};
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('on this runtime', () => {
  it('every check holds, and the backend is the one that is in use', () => {
    expect(selfTest()).toEqual({
      ok: true,
      backend,
      runtime: { name: 'node', version: process.versions.node },
      checks: NAMES.map((name) => ({ name, ok: true })),
    });
    expect(['node:crypto', '@noble/ciphers']).toContain(selfTest().backend);
  });

  it('the result is the same at any time, and JSON', () => {
    vi.useFakeTimers({ now: 0 });
    expect(selfTest().ok).toBe(true);
    expect(JSON.parse(JSON.stringify(selfTest()))).toEqual(selfTest());
  });
});

describe('the runtime is told by what it says of itself:', () => {
  const versions = { node: '26.3.0' };
  it.each<[Parameters<typeof runtimeOf>[0], Runtime]>([
    [{ process: { versions } }, { name: 'node', version: '26.3.0' }],
    [
      { process: { versions }, navigator: { userAgent: 'Node.js/26' } },
      { name: 'node', version: '26.3.0' },
    ],
    [{ process: { versions: { ...versions, bun: '1.4.5' } } }, { name: 'bun', version: '1.4.5' }],
    [{ process: { versions: { ...versions, deno: '2.9.6' } } }, { name: 'deno', version: '2.9.6' }],
    [{ process: { versions }, navigator: { userAgent: 'Cloudflare-Workers' } }, { name: 'workerd' }],
    [{ navigator: { userAgent: 'Mozilla/5.0' } }, { name: 'browser' }],
    // As bundlers for browsers replace it.
    [{ process: { versions: {} }, navigator: { userAgent: 'Mozilla/5.0' } }, { name: 'browser' }],
    [{}, { name: 'unknown' }],
  ])('%j', (globals, runtime) => {
    expect(runtimeOf(globals)).toEqual(runtime);
  });
});

describe('where the runtime is broken it says so, and never throws', () => {
  it.each<[what: string, with_: Partial<Backend>, checks: (string | undefined)[]]>([
    [
      'a wrong ciphertext',
      {
        encryptToHex: (...args) =>
          real()
            .encryptToHex(...args)
            .replace(/^(.{30})./, '$1x'),
      },
      [ENCRYPTS, DECRYPTS],
    ],
    [
      'the plaintext in place of the ciphertext',
      {
        encryptToHex: (_, iv, text) =>
          Buffer.concat([iv, Buffer.from(text as Uint8Array), Buffer.alloc(16)]).toString('hex'),
      },
      [ENCRYPTS, DECRYPTS],
    ],
    [
      'upper case',
      {
        encryptToHex: (...args) =>
          real()
            .encryptToHex(...args)
            .toUpperCase(),
      },
      [ENCRYPTS],
    ],
    [
      'no tag',
      {
        encryptToHex: (...args) =>
          real()
            .encryptToHex(...args)
            .slice(0, -32),
      },
      [ENCRYPTS, DECRYPTS],
    ],
    [
      'another IV than the one given',
      {
        encryptToHex: (key, iv, text) =>
          real().encryptToHex(
            key,
            iv.map((byte) => byte ^ 1),
            text,
          ),
      },
      [ENCRYPTS],
    ],
    ['an encryption that throws', { encryptToHex: throwing }, [ENCRYPTS, DECRYPTS]],
    ['nothing that opens', { decrypt: () => undefined }, [DECRYPTS]],
    ['a decryption that throws', { decrypt: throwing }, [DECRYPTS, REFUSES]],
    [
      'a wrong plaintext',
      {
        decrypt: (...args) =>
          real()
            .decrypt(...args)
            ?.reverse(),
      },
      [DECRYPTS],
    ],
    ['any tag is good', withTagBytes(0, 0), [REFUSES]],
    ['the last bytes of the tag are not looked at', withTagBytes(0, 12), [REFUSES]],
    ['the first bytes of the tag are not looked at', withTagBytes(4, 16), [REFUSES]],
    ['four bytes of the tag are enough', withTagBytes(0, 4), [REFUSES]],
    ['everything opens', { decrypt: () => new Uint8Array(64) }, [DECRYPTS, REFUSES]],
  ])('%s', (_, with_, checks) => {
    broken.with = with_;
    expect(failed()).toEqual(checks);
    expect(selfTest().ok).toBe(false);
  });

  it('the broken variants open what is sound, so that it is the tag that is told apart', () => {
    broken.with = withTagBytes(0, 16);
    expect(failed()).toEqual([]);
  });

  it('random bytes that are always the same', () => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((bytes) => bytes);
    expect(failed()).toEqual([RANDOM]);
  });

  it('no random bytes at all', () => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation(throwing);
    expect(failed()).toEqual([RANDOM]);
  });

  it('several at once', () => {
    broken.with = { encryptToHex: throwing, decrypt: throwing };
    vi.spyOn(crypto, 'getRandomValues').mockImplementation(throwing);
    expect(failed()).toEqual([ENCRYPTS, DECRYPTS, REFUSES, RANDOM]);
    expect(selfTest()).toMatchObject({ ok: false, checks: { length: NAMES.length } });
  });

  it('arithmetic that is broken: HMAC gives wrong fingerprints and codes', () => {
    const setUint32 = DataView.prototype.setUint32;
    vi.spyOn(DataView.prototype, 'setUint32').mockImplementation(function (
      this: DataView,
      at,
      value,
      little,
    ) {
      setUint32.call(this, at, value ^ 1, little);
    });
    expect(failed()).toEqual(expect.arrayContaining([FINGERPRINT, CODE]));
  });
});
