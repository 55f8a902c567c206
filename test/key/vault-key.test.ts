import { hkdfSync } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { expectHidden, refusal } from '../refusal.js';

const HEX = 'c0ffee0123456789abcdef9876543210fedcba55aa55aa1177dd22ee33ff4488';
const BYTES = Uint8Array.from(Buffer.from(HEX, 'hex'));
const K = Buffer.from(BYTES).toString('base64url');
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Everything that is no string and might pass for one where types are coerced. */
const NOT_STRINGS: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['number', 1e63],
  ['bigint', 10n ** 63n],
  ['boolean', true],
  ['symbol', Symbol(HEX)],
  ['function', () => HEX],
  ['array', [HEX]],
  ['object', { toString: () => HEX }],
  ['object', new String(HEX)],
  ['object', Buffer.from(HEX)],
];

describe('fromHex', () => {
  test.each([HEX, HEX.toUpperCase(), HEX.replace('c0ffee', 'C0ffEE')])('takes either case: %s', (hex) => {
    expect(VaultKey.fromHex(hex).toHex()).toBe(HEX);
  });

  test.each<[string, string, number, number?]>([
    ['nothing', '', 0],
    ['half a key', HEX.slice(32), 32],
    ['62 digits', HEX.slice(2), 62],
    ['63 digits', HEX.slice(1), 63],
    ['65 digits', `${HEX}0`, 65],
    ['66 digits', `${HEX}00`, 66],
    ['128 digits', HEX + HEX, 128],
    ['a line break behind it', `${HEX}\n`, 65, 65],
    ['a Windows line break behind it', `${HEX}\r\n`, 66, 65],
    ['a line break within 64 characters', `${HEX.slice(1)}\n`, 64, 64],
    ['a space before it', ` ${HEX}`, 65, 1],
    ['a space amid it', `${HEX.slice(0, 31)} ${HEX.slice(32)}`, 64, 32],
    ['a byte order mark before it', `\ufeff${HEX}`, 65, 1],
    ['0x before it', `0x${HEX}`, 66, 2],
    ['zz behind it', `${HEX}zz`, 66, 65],
    ['a quote on either side', `"${HEX}"`, 66, 1],
    ['a g in it', HEX.replace('c0', 'g0'), 64, 1],
    ['the letter O for a zero', HEX.replace('c0', 'cO'), 64, 2],
    ['full-width digits', '０１２３４５６７８９ＡＢＣＤＥＦ'.repeat(4), 64, 1],
    ['Arabic digits', '٠١٢٣٤٥٦٧'.repeat(8), 64, 1],
    [
      'base64url',
      K,
      43,
      Buffer.from(K)
        .toString()
        .search(/[^0-9a-f]/i) + 1,
    ],
  ])('refuses %s, and tells length and position without showing it', (_, hex, length, position) => {
    const error = refusal('ERR_KEY_FORMAT', () => VaultKey.fromHex(hex));
    expect(error.message).toMatch(new RegExp(`\\b${length} characters`));
    if (position === undefined) expect(error.message).not.toContain('position');
    else expect(error.message).toMatch(new RegExp(`position ${position}\\b`));
    expectHidden(error, hex);
    expectHidden(error, HEX);
  });

  test.each([' ', '\t', '\n', '\u00a0'])('tells white space from other strangers: %j', (space) => {
    const message = (stranger: string) =>
      refusal('ERR_KEY_FORMAT', () => VaultKey.fromHex(HEX + stranger)).message;
    expect(message(space)).toContain('white space');
    expect(message('-')).not.toContain('white space');
    // Of several strangers the first is told.
    expect(message(`-${space}`)).not.toContain('white space');
  });

  test.each(NOT_STRINGS)('refuses what is no string, by its type: %s', (type, value) => {
    const error = refusal('ERR_KEY_FORMAT', () => VaultKey.fromHex(value as string));
    expect(error.message).toContain(`got ${type}`);
    expectHidden(error, HEX);
  });

  test('refuses a stranger of any kind at any place, and tells which', () => {
    const stranger = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((character) => !/[0-9a-f]/i.test(character));
    fc.assert(
      fc.property(stranger, fc.nat(63), fc.boolean(), (character, at, replacing) => {
        const hex = HEX.slice(0, at) + character + HEX.slice(replacing ? at + character.length : at);
        const { message } = refusal('ERR_KEY_FORMAT', () => VaultKey.fromHex(hex));
        expect(message).toMatch(new RegExp(`position ${at + 1}\\b`));
      }),
    );
  });
});

describe('fromBytes', () => {
  test.each<[string, Uint8Array]>([
    ['a Uint8Array', BYTES],
    ['a Buffer', Buffer.from(BYTES)],
    ['a view into more', new Uint8Array([9, ...BYTES, 9]).subarray(1, 33)],
    ['bytes of another realm', runInNewContext('Uint8Array.from(bytes)', { bytes: [...BYTES] })],
  ])('takes %s', (_, bytes) => {
    expect(VaultKey.fromBytes(bytes).toHex()).toBe(HEX);
  });

  test('copies: what becomes of the source, and of the key, is of no matter to the other', () => {
    const source = Uint8Array.from(BYTES);
    const key = VaultKey.fromBytes(source);
    source.fill(0);
    expect(key.toHex()).toBe(HEX);
    source.set(BYTES);
    key.destroy();
    expect(source).toEqual(BYTES);
  });

  test('takes the bytes, whatever an heir of Uint8Array says they are', () => {
    const iterator = { value: () => [7][Symbol.iterator]() };
    const bytes = Object.defineProperty(Uint8Array.from(BYTES), Symbol.iterator, iterator);
    expect(VaultKey.fromBytes(bytes).toHex()).toBe(HEX);
    const short = Object.defineProperty(Uint8Array.of(7), 'length', { value: 32 });
    refusal('ERR_KEY_FORMAT', () => VaultKey.fromBytes(short));
  });

  test.each([0, 1, 16, 24, 31, 33, 64])('refuses %d bytes, and tells how many', (length) => {
    const error = refusal('ERR_KEY_FORMAT', () => VaultKey.fromBytes(new Uint8Array(length).fill(7)));
    expect(error.message).toMatch(new RegExp(`got ${length}\\b`));
  });

  test.each<[string, unknown]>([
    ['an ArrayBuffer', BYTES.buffer.slice(0)],
    ['a DataView', new DataView(BYTES.buffer)],
    ['an array of numbers', [...BYTES]],
    ['a string of 32 characters', 'x'.repeat(32)],
    ['hex text', HEX],
    ['words of 16 bits', new Uint16Array(32)],
    ['words of 16 bits in 32 bytes', new Uint16Array(BYTES.buffer.slice(0))],
    ['signed bytes', new Int8Array(32)],
    ['clamped bytes', new Uint8ClampedArray(32)],
    ['a proxy of bytes', new Proxy(Uint8Array.from(BYTES), {})],
    ['an heir of Uint8Array without bytes', Object.create(Uint8Array.prototype)],
    ['an object like an array', { length: 32, constructor: { name: 'Uint8Array' }, BYTES_PER_ELEMENT: 1 }],
    ['another key', VaultKey.fromHex(HEX)],
    ['undefined', undefined],
    ['null', null],
    ['32', 32],
  ])('refuses %s', (_, value) => {
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => VaultKey.fromBytes(value as Uint8Array)),
      HEX,
    );
  });
});

describe('the constructor, private to the compiler only', () => {
  const construct = (value: unknown) => Reflect.construct(VaultKey, [value]) as VaultKey;

  test.each<[string, unknown]>([
    ['hex text', HEX],
    ['nothing', undefined],
    ['31 bytes', BYTES.subarray(1)],
    ['an array', [...BYTES]],
  ])('refuses %s', (_, value) => {
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => construct(value)),
      HEX,
    );
  });
});

// docs/vault-api.md, rule 22.
describe('fromEnv', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('reads CLOUDCRUISE_ENCRYPTION_KEY of process.env, unless told otherwise', () => {
    vi.stubEnv('CLOUDCRUISE_ENCRYPTION_KEY', HEX);
    vi.stubEnv('OTHER_KEY', '11'.repeat(32));
    expect(VaultKey.fromEnv().toHex()).toBe(HEX);
    expect(VaultKey.fromEnv(undefined, 'OTHER_KEY').toHex()).toBe('11'.repeat(32));
    expect(VaultKey.fromEnv({ CLOUDCRUISE_ENCRYPTION_KEY: '22'.repeat(32) }).toHex()).toBe('22'.repeat(32));
    expect(VaultKey.fromEnv({ MINE: '33'.repeat(32) }, 'MINE').toHex()).toBe('33'.repeat(32));
  });

  test.each<[string, Record<string, string | undefined>, string?]>([
    ['is not there', {}],
    ['is undefined', { CLOUDCRUISE_ENCRYPTION_KEY: undefined }],
    ['is empty', { CLOUDCRUISE_ENCRYPTION_KEY: '' }],
    ['is there under another name only', { CLOUDCRUISE_ENCRYPTION_KEY: HEX }, 'OTHER_KEY'],
    ['has no environment to be in', null as never],
  ])('misses a key that %s, and names the variable', (_, env, name) => {
    const error = refusal('ERR_KEY_MISSING', () => VaultKey.fromEnv(env, name));
    expect(error.field).toBe(name ?? 'CLOUDCRUISE_ENCRYPTION_KEY');
    expect(error.message).toContain(error.field);
    expectHidden(error, HEX);
  });

  test('misses the key where process.env has none', () => {
    vi.stubEnv('CLOUDCRUISE_ENCRYPTION_KEY', undefined);
    expect(refusal('ERR_KEY_MISSING', () => VaultKey.fromEnv()).field).toBe('CLOUDCRUISE_ENCRYPTION_KEY');
  });

  test.each<[string, unknown, string]>([
    ['a line break', `${HEX}\n`, '65'],
    ['a space alone', ' ', '1'],
    ['quotes', `"${HEX}"`, '66'],
    ['63 digits', HEX.slice(1), '63'],
    ['a binding that is no string', { get: () => HEX }, 'object'],
    ['null', null, 'null'],
  ])('refuses a malformed key and names the variable: %s', (_, value, described) => {
    const error = refusal('ERR_KEY_FORMAT', () => VaultKey.fromEnv({ MINE: value as string }, 'MINE'));
    expect(error.field).toBe('MINE');
    expect(error.message).toContain('MINE');
    expect(error.message).toContain(described);
    expectHidden(error, HEX);
  });
});

test('generate makes 32 bytes, and others each time', () => {
  const keys = Array.from({ length: 200 }, () => VaultKey.generate().toHex());
  expect(new Set(keys).size).toBe(200);
  expect(keys.filter((hex) => !/^[0-9a-f]{64}$/.test(hex))).toEqual([]);
});

describe('the fingerprint', () => {
  test('of the known key is the known one', () => {
    expect(VaultKey.fromHex('0123456789abcdef'.repeat(4)).fingerprint).toBe('0506ba9cf11f46ea');
  });

  test('is HKDF-SHA-256 as node:crypto computes it, and the same each time', () => {
    fc.assert(
      fc.property(bytes32, (bytes) => {
        const key = VaultKey.fromBytes(bytes);
        const expected = Buffer.from(hkdfSync('sha256', bytes, '', 'credseal/v1/key-fingerprint', 8));
        expect([key.fingerprint, key.fingerprint]).toEqual(Array(2).fill(expected.toString('hex')));
      }),
    );
  });

  test('cannot be set', () => {
    const key = VaultKey.fromHex(HEX);
    expect(Reflect.set(key, 'fingerprint', 'other')).toBe(false);
    expect(key.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });
});

test('a key goes out and comes back as hex, JWK and bytes', () => {
  fc.assert(
    fc.property(bytes32, (bytes) => {
      const key = VaultKey.fromBytes(bytes);
      const hex = Buffer.from(bytes).toString('hex');
      expect(key.toHex()).toBe(hex);
      expect(key.toJwk()).toEqual({
        kty: 'oct',
        k: Buffer.from(bytes).toString('base64url'),
        alg: 'A256GCM',
      });
      expect(VaultKey.fromJwk(key.toJwk()).toHex()).toBe(hex);
      expect(VaultKey.fromHex(key.toHex()).fingerprint).toBe(key.fingerprint);
    }),
  );
});

test('a key given as the name of its variable is not shown', () => {
  const hex = `e5${'7a'.repeat(31)}`;
  const error = refusal('ERR_KEY_MISSING', () => VaultKey.fromEnv({}, hex));
  expectHidden(error, hex);
});

describe('the constructor, which JavaScript can call', () => {
  const Made = VaultKey as unknown as new (...args: unknown[]) => VaultKey;

  test('copies, so that no buffer of the caller is the key', () => {
    for (const more of [[], [true], [false], [{}]]) {
      const bytes = Uint8Array.from(BYTES);
      const key = new Made(bytes, ...more);
      bytes.fill(1);
      expect(key.toHex()).toBe(HEX);
      key.destroy();
      expect(bytes).toEqual(new Uint8Array(32).fill(1));
    }
  });
});

test.each<[string, () => VaultKey]>([
  ['fromHex', () => VaultKey.fromHex(HEX)],
  ['fromJwk', () => VaultKey.fromJwk({ kty: 'oct', k: K })],
  ['generate', () => VaultKey.generate()],
])('%s leaves no other copy of the bytes behind', (_, make) => {
  const made: Uint8Array[] = [];
  const construct = (target: typeof Uint8Array, given: [number]) => {
    const bytes = new target(...given);
    made.push(bytes);
    return bytes;
  };
  // Also what Uint8Array.from makes, since that makes it of what it is called on.
  vi.stubGlobal('Uint8Array', new Proxy(Uint8Array, { construct }));
  const key = make();
  vi.unstubAllGlobals();
  const hex = made.map((bytes) => Buffer.from(bytes).toString('hex'));
  expect(hex.filter((text) => text === key.toHex())).toHaveLength(1);
  expect(hex.filter((text) => text === '00'.repeat(32))).toHaveLength(1);
});
