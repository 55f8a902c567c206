import { describe, expect, test } from 'vitest';
import { CredsealError, KeyRing, VaultKey } from '../../src/index.js';
import { loadKeys, protectKeys } from '../../src/key-file/index.js';
import { jwkOf, KEY, OLD_KEY } from '../cli/sealing.js';

const key = VaultKey.fromHex(KEY);
const old = VaultKey.fromHex(OLD_KEY);
const passphrase = 'correct horse battery staple';
const file = await protectKeys(new KeyRing(key, [old]), passphrase);
const raw = () => Uint8Array.from(Buffer.from(KEY, 'hex'));
const set = JSON.stringify({ keys: [jwkOf(KEY), jwkOf(OLD_KEY)] });
const fingerprintsOf = ({ keys }: KeyRing) => keys.map(({ fingerprint }) => fingerprint);

/** A KMS in which a key of 32 bytes was wrapped: AES-GCM under a key that never leaves it, as AWS and GCP do it. */
class StandInKms {
  readonly #key = crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  async encrypt(plaintext: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const wrapped = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await this.#key, plaintext);
    return Uint8Array.of(...iv, ...new Uint8Array(wrapped));
  }
  async decrypt(blob: Uint8Array<ArrayBuffer>): Promise<{ Plaintext: Uint8Array }> {
    const parameters = { name: 'AES-GCM', iv: blob.subarray(0, 12) };
    const plaintext = await crypto.subtle.decrypt(parameters, await this.#key, blob.subarray(12));
    return { Plaintext: new Uint8Array(plaintext) };
  }
}

describe('loadKeys reads', () => {
  test.each<[string, string | Uint8Array, number]>([
    ['hex', KEY, 1],
    ['hex and a line break', `${KEY}\r\n`, 1],
    ['hex as bytes', Buffer.from(`${KEY}\n`), 1],
    ['a JWK', JSON.stringify(jwkOf(KEY)), 1],
    ['a JWK set', set, 2],
    ['a JWK set as bytes', Buffer.from(set), 2],
    ['a protected file', `${file}\n`, 2],
    ['32 bytes', raw(), 1],
    ['32 bytes as a Buffer', Buffer.from(KEY, 'hex'), 1],
  ])('%s, given or by a function', async (_, content, count) => {
    const expected = [key, old].slice(0, count).map(({ fingerprint }) => fingerprint);
    for (const source of [content, () => content, async () => content]) {
      const ring = await loadKeys(source, { passphrase });
      expect(ring).toBeInstanceOf(KeyRing);
      expect(fingerprintsOf(ring)).toEqual(expected);
    }
  });

  test('what a KMS unwraps, and leaves the bytes to whose they are', async () => {
    const kms = new StandInKms();
    const wrapped = await kms.encrypt(raw());
    const ring = await loadKeys(async () => (await kms.decrypt(wrapped)).Plaintext);
    expect(ring.current.fingerprint).toBe(key.fingerprint);
    const bytes = raw();
    await loadKeys(bytes);
    expect(bytes).toEqual(raw());
  });
});

describe('loadKeys refuses, as a rejection', () => {
  const refusals: [string, unknown, object, string, RegExp][] = [
    ['nothing', undefined, {}, 'ERR_KEY_FORMAT', /got undefined/],
    ['a path', 'vault.key', {}, 'ERR_KEY_FORMAT', /64 hex digits; got 9 characters/],
    ['a number', 5, {}, 'ERR_KEY_FORMAT', /got number/],
    [
      '31 bytes',
      raw().subarray(1),
      {},
      'ERR_KEY_FORMAT',
      /neither a key, which has 32, nor text in UTF-8; got 31/,
    ],
    ['an ArrayBuffer', raw().buffer, {}, 'ERR_KEY_FORMAT', /got object/],
    ['words of 32 bits', new Uint32Array(8), {}, 'ERR_KEY_FORMAT', /got object/],
    ['a promise', Promise.resolve(KEY), {}, 'ERR_KEY_FORMAT', /got object/],
    ['a function that gives nothing', () => undefined, {}, 'ERR_KEY_FORMAT', /got undefined/],
    [
      'a JWK with a member twice',
      `{"k":"AA",${JSON.stringify(jwkOf(KEY)).slice(1)}`,
      {},
      'ERR_KEY_FORMAT',
      /twice/,
    ],
    ['a JWK cut off', '{"kty":', {}, 'ERR_KEY_FORMAT', /not valid JSON/],
    ['a protected file alone', file, {}, 'ERR_KEY_FILE', /give its passphrase/],
    [
      'a protected file with another passphrase',
      file,
      { passphrase: 'another one' },
      'ERR_KEY_FILE',
      /wrong/,
    ],
    [
      'a protected file of too many iterations',
      file,
      { passphrase, maxIterations: 100_000 },
      'ERR_KEY_FILE',
      /at most 100000/,
    ],
    [
      'a passphrase of no characters, also where none is needed',
      KEY,
      { passphrase: '' },
      'ERR_KEY_FILE',
      /empty/,
    ],
  ];
  test.each(refusals)('%s', async (_, source, options, code, message) => {
    const error = await loadKeys(source as never, options).then(
      () => expect.fail('not refused'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CredsealError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('what the function throws comes as it is: it is of the KMS', async () => {
    const denied = new Error('AccessDeniedException');
    await expect(loadKeys(() => Promise.reject(denied))).rejects.toBe(denied);
  });
});
