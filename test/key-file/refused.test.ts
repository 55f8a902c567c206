import { afterEach, describe, expect, test, vi } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { protectKeys, unprotectKeys } from '../../src/key-file/index.js';
import { expectHidden, rejection } from '../refusal.js';
import { fileOf, headerOf, jwk, KEY, OLD_KEY, PASSPHRASE, RING, withHeader, withPart } from './files.js';

const file = await fileOf();
const header = headerOf(file);
const changed = (members: object) => withHeader(file, { ...header, ...members });
const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64url');

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a file of another kind is refused before any cryptography', () => {
  const refused: [string, unknown, RegExp][] = [
    ['no text', undefined, /got undefined/],
    ['bytes', new TextEncoder().encode(file), /got object/],
    ['empty', '', /not a protected key file/],
    ['a key in hex', KEY.toHex(), /not a protected key file/],
    ['a JWK set', JSON.stringify({ keys: [jwk(KEY)] }), /not a protected key file/],
    ['a JWE in JSON', JSON.stringify({ protected: 'e30', ciphertext: 'AA' }), /not a protected key file/],
    ['a JWS', 'eyJhbGciOiJub25lIn0.e30.', /not a protected key file/],
    ['six parts', `${file}.AA`, /not a protected key file/],
    ['four parts', file.split('.').slice(1).join('.'), /not a protected key file/],
    ['two line breaks', `${file}\n\n`, /not a protected key file/],
    ['a space before it', ` ${file}`, /not a protected key file/],
    ['padding', `${file}==`, /not a protected key file/],
    ['the other base64', withPart(file, 2, '++++++++++++++++'), /not a protected key file/],
    [
      'a second spelling of the tag',
      `${file.slice(0, -1)}${file.endsWith('B') ? 'C' : 'B'}`,
      /not a protected/,
    ],
    ['too long', `${file}${'A'.repeat(70_000)}`, /at most 65536/],
    ['a header that is no JSON', withHeader(file, '{"alg":'), /first part is not the header/],
    ['a header that is no object', withHeader(file, '[]'), /first part is not the header/],
    ['a header that is not UTF-8', withPart(file, 0, '_w'), /first part is not the header/],
    [
      'a header with a member twice',
      withHeader(file, `{"p2c":${header.p2c},${JSON.stringify(header).slice(1)}`),
      /header has a member twice/,
    ],
    [
      'a header with a member twice, further inside, once with an escape',
      withHeader(file, JSON.stringify({ ...header, a: {} }).replace('{}', '{"b":1,"\\u0062":2}')),
      /header has a member twice/,
    ],
    ['alg none', changed({ alg: 'none' }), /another key management algorithm/],
    ['alg dir', changed({ alg: 'dir' }), /another key management algorithm/],
    ['alg RSA1_5', changed({ alg: 'RSA1_5' }), /another key management algorithm/],
    ['alg A256KW', changed({ alg: 'A256KW' }), /another key management algorithm/],
    ['alg PBES2-HS256', changed({ alg: 'PBES2-HS256+A128KW' }), /another key management algorithm/],
    ['no alg', changed({ alg: undefined }), /another key management algorithm/],
    ['alg in an array', changed({ alg: ['PBES2-HS512+A256KW'] }), /another key management algorithm/],
    ['enc A128GCM', changed({ enc: 'A128GCM' }), /another content encryption/],
    ['enc A256CBC-HS512', changed({ enc: 'A256CBC-HS512' }), /another content encryption/],
    ['no enc', changed({ enc: undefined }), /another content encryption/],
    ['compressed', changed({ zip: 'DEF' }), /compressed/],
    ['zip null', changed({ zip: null }), /compressed/],
    ['crit', changed({ crit: ['exp'], exp: 1 }), /extensions/],
    ['an empty crit', changed({ crit: [] }), /extensions/],
    ['a JWT', changed({ cty: 'JWT' }), /something else than a JWK set/],
    ['a JWK by itself', changed({ cty: 'jwk+json' }), /something else than a JWK set/],
    ['cty of another type', changed({ cty: 5 }), /something else than a JWK set/],
    ['no p2c', changed({ p2c: undefined }), /number of iterations/],
    ['p2c as text', changed({ p2c: '210000' }), /number of iterations/],
    ['p2c no whole number', changed({ p2c: 210_000.5 }), /number of iterations/],
    ['p2c zero', changed({ p2c: 0 }), /number of iterations/],
    ['p2c below zero', changed({ p2c: -210_000 }), /number of iterations/],
    ['p2c 99,999', changed({ p2c: 99_999 }), /weak: 99999 iterations/],
    ['p2c 1000', changed({ p2c: 1000 }), /weak: 1000 iterations/],
    ['p2c 1,000,001', changed({ p2c: 1_000_001 }), /1000001 iterations.* at most 1000000 .*maxIterations/],
    ['p2c 10,000,000', changed({ p2c: 10_000_000 }), /10000000 iterations.* at most 1000000 .*maxIterations/],
    ['p2c 10,000,001', changed({ p2c: 10_000_001 }), /more work than the 10000000/],
    ['p2c 2^53', changed({ p2c: 2 ** 53 }), /number of iterations/],
    ['no salt', changed({ p2s: undefined }), /salt/],
    ['a salt of seven bytes', changed({ p2s: base64(7) }), /salt/],
    ['a salt that is no base64url', changed({ p2s: 'a salt of many bytes' }), /salt/],
    ['a salt of another type', changed({ p2s: [1, 2, 3, 4, 5, 6, 7, 8] }), /salt/],
    ['no encrypted key', withPart(file, 1, ''), /damaged/],
    ['an encrypted key of 32 bytes', withPart(file, 1, base64(32)), /damaged/],
    ['an IV of 16 bytes', withPart(file, 2, base64(16)), /damaged/],
    ['no ciphertext', withPart(file, 3, ''), /damaged/],
    ['a tag of 12 bytes', withPart(file, 4, base64(12)), /damaged/],
  ];

  test.each([
    ['more than maxIterations', 100_001, 100_000],
    ['more than any maxIterations', 10_000_001, 10_000_000],
  ])('p2c that is %s', async (_, p2c, maxIterations) => {
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    await rejection('ERR_KEY_FILE', () => unprotectKeys(changed({ p2c }), PASSPHRASE, { maxIterations }));
    expect(derive).not.toHaveBeenCalled();
  });

  test.each(refused)('%s', async (_, given, message) => {
    const work = [vi.spyOn(crypto.subtle, 'deriveBits'), vi.spyOn(crypto.subtle, 'deriveKey')];
    const error = await rejection('ERR_KEY_FILE', () => unprotectKeys(given as string, PASSPHRASE));
    expect(error.message).toMatch(message);
    for (const spy of work) expect(spy).not.toHaveBeenCalled();
    expectHidden(error, PASSPHRASE);
  });
});

describe('a file that does not open', () => {
  const flipped = (index: number) => {
    const bytes = Buffer.from(file.split('.')[index] ?? '', 'base64url');
    bytes.writeUInt8(bytes.readUInt8(5) ^ 1, 5);
    return withPart(file, index, bytes.toString('base64url'));
  };

  test.each<[string, string, string, RegExp]>([
    ['a wrong passphrase', file, 'incorrect horse', /passphrase is wrong/],
    ['a short wrong passphrase', file, 'x', /passphrase is wrong/],
    ['a changed encrypted key', flipped(1), PASSPHRASE, /passphrase is wrong.*wrapped key was changed/],
    ['another salt', changed({ p2s: base64(16) }), PASSPHRASE, /passphrase is wrong/],
    ['another number of iterations', changed({ p2c: 100_001 }), PASSPHRASE, /passphrase is wrong/],
    ['a changed IV', flipped(2), PASSPHRASE, /passphrase is right, but .* changed/],
    ['a changed ciphertext', flipped(3), PASSPHRASE, /passphrase is right, but .* changed/],
    ['a changed tag', flipped(4), PASSPHRASE, /passphrase is right, but .* changed/],
    [
      'a member added to the header',
      changed({ kid: 'x' }),
      PASSPHRASE,
      /passphrase is right, but .* changed/,
    ],
    [
      'the same header spelled otherwise',
      withHeader(file, JSON.stringify(header, null, 1)),
      PASSPHRASE,
      /passphrase is right, but .* changed/,
    ],
  ])('%s', async (_, given, passphrase, message) => {
    const error = await rejection('ERR_KEY_FILE', () => unprotectKeys(given, passphrase));
    expect(error.message).toMatch(message);
    expectHidden(error, passphrase.padEnd(6, '\0'));
    expectHidden(error, KEY.toHex());
  });
});

describe('a file that opens, and holds something else', () => {
  const text = (content: string) => new TextEncoder().encode(content);
  test.each<[string, unknown, RegExp]>([
    ['no JSON', text('{"keys":['), /does not hold JSON/],
    [
      'a set with its keys twice',
      text(`{"keys":[],${JSON.stringify({ keys: [jwk(KEY)] }).slice(1)}`),
      /member twice/,
    ],
    [
      'a key with its k twice',
      text(`{"keys":[{"k":"AA",${JSON.stringify(jwk(KEY)).slice(1)}]}`),
      /member twice/,
    ],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /does not hold JSON/],
    ['a key in hex', text(KEY.toHex()), /does not hold JSON|JWK set/],
    ['a JWK by itself', jwk(KEY), /"keys": an array/],
    ['null', null, /"keys": an array/],
    ['an array', [jwk(KEY)], /"keys": an array/],
    ['no key', { keys: [] }, /"keys": an array/],
    ['keys of another type', { keys: { 0: jwk(KEY) } }, /"keys": an array/],
    ['a key of another type', { keys: [jwk(KEY), { kty: 'RSA', n: 'AA', e: 'AQAB' }] }, /keys\[1\].*"oct"/],
    ['a key of 16 bytes', { keys: [{ kty: 'oct', k: base64(16) }] }, /keys\[0\]/],
    ['a key for something else', { keys: [jwk(KEY, { alg: 'HS256' })] }, /keys\[0\].*A256GCM/],
    ['null for a key', { keys: [jwk(KEY), null] }, /keys\[1\]/],
    [
      'the fingerprint of another key',
      { keys: [jwk(KEY, { kid: OLD_KEY.fingerprint })] },
      /keys\[0\].*"kid"/,
    ],
    ['a kid that is none', { keys: [jwk(KEY), jwk(OLD_KEY, { kid: null })] }, /keys\[1\].*"kid"/],
  ])('%s', async (_, content, message) => {
    const given = await fileOf({ content });
    const error = await rejection('ERR_KEY_FILE', () => unprotectKeys(given, PASSPHRASE));
    expect(error.message).toMatch(message);
    expectHidden(error, KEY.toHex());
    expectHidden(error, jwk(KEY).k);
    expectHidden(error, PASSPHRASE);
  });
});

describe('protectKeys refuses', () => {
  const protect = (...args: unknown[]) => protectKeys(...(args as Parameters<typeof protectKeys>));

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /got undefined/],
    ['empty', '', /empty/],
    ['too short', 'seven77', /at least 8 characters/],
    ['too short in characters, though not in bytes', '🔑🔑🔑🔑', /at least 8 characters/],
    ['with the line break of its file', `${PASSPHRASE}\n`, /line break/],
    ['no text', `${PASSPHRASE}\ud83d`, /surrogate/],
    ['bytes', new TextEncoder().encode(PASSPHRASE), /got object/],
  ])('a passphrase that is %s', async (_, passphrase, message) => {
    const error = await rejection('ERR_KEY_FILE', () => protect(RING, passphrase));
    expect(error.message).toMatch(message);
    expectHidden(error, PASSPHRASE);
  });

  test.each<[string, unknown]>([
    ['209,999 iterations', { iterations: 209_999 }],
    ['more than can be read again', { iterations: 10_000_001 }],
    ['half an iteration', { iterations: 210_000.5 }],
    ['text', { iterations: '300000' }],
    ['NaN', { iterations: Number.NaN }],
    ['a misspelt option', { iteration: 300_000 }],
    ['options that are none', 300_000],
    ['null for options', null],
  ])('%s', async (_, options) => {
    const error = await rejection('ERR_KEY_FILE', () => protect(RING, PASSPHRASE, options));
    expect(error.message).toMatch(/iterations/);
  });

  test('what is no ring', async () => {
    for (const keys of [undefined, null, KEY.toHex(), KEY.toJwk(), [KEY], {}])
      await rejection('ERR_KEY_FORMAT', () => protect(keys, PASSPHRASE));
  });

  test('a destroyed key', async () => {
    const key = VaultKey.generate();
    key.destroy();
    await rejection('ERR_KEY_DESTROYED', () => protect(key, PASSPHRASE));
  });

  test('more keys than can be read again', async () => {
    const [current = KEY, ...previous] = Array.from({ length: 600 }, () => VaultKey.generate());
    const error = await rejection('ERR_KEY_FILE', () => protect(new KeyRing(current, previous), PASSPHRASE));
    expect(error.message).toMatch(/too many keys/);
  });
});

describe('unprotectKeys refuses a passphrase that is', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /got undefined/],
    ['empty', '', /empty/],
    ['no text', 'abcdefgh\udc00', /surrogate/],
  ])('%s', async (_, passphrase, message) => {
    const error = await rejection('ERR_KEY_FILE', () => unprotectKeys(file, passphrase as string));
    expect(error.message).toMatch(message);
  });
});

describe('a runtime that derives no keys with so many iterations', () => {
  const refuse = () => Promise.reject(new DOMException('iteration counts above 100000', 'NotSupportedError'));

  test('says so, and not that the passphrase is wrong', async () => {
    vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation(refuse);
    vi.spyOn(crypto.subtle, 'deriveKey').mockImplementation(refuse);
    for (const act of [() => unprotectKeys(file, PASSPHRASE), () => protectKeys(KEY, PASSPHRASE)])
      expect((await rejection('ERR_KEY_FILE', act)).message).toMatch(/runtime does not derive/);
  });
});

describe('the bytes of a passphrase are wiped, whatever is refused', () => {
  const destroyed = VaultKey.generate();
  destroyed.destroy();
  const LINE = 'a passphrase and its line break\n';
  test.each<[string, () => Promise<unknown>]>([
    ['a destroyed key', () => protectKeys(destroyed, PASSPHRASE)],
    ['no key', () => protectKeys(undefined as never, PASSPHRASE)],
    ['too many iterations', () => protectKeys(KEY, PASSPHRASE, { iterations: 1e9 })],
    ['a short passphrase', () => protectKeys(KEY, 'seven 7')],
    ['a line break', () => protectKeys(KEY, LINE)],
    ['another passphrase', () => unprotectKeys(file, `${PASSPHRASE}!`)],
    ['a changed file', () => unprotectKeys(withPart(file, 4, base64(16)), PASSPHRASE)],
  ])('%s', async (_, act) => {
    const encode = vi.spyOn(TextEncoder.prototype, 'encode');
    await expect(act()).rejects.toThrow();
    const texts = encode.mock.calls.map(([text = '']) => text);
    const ofPassphrase = encode.mock.results.filter((__, index) =>
      /seven 7|passphrase|correct horse/.test(texts[index] ?? ''),
    );
    for (const { value } of ofPassphrase) expect([...value].every((byte) => byte === 0)).toBe(true);
  });
});
