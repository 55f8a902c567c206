import { describe, expect, test } from 'vitest';
import type { CredsealErrorCode } from '../../src/index.js';
import { KeyRing, VaultKey } from '../../src/index.js';
import { refusal } from '../refusal.js';

const KEY = '0123456789abcdef'.repeat(4);
const OLD = 'fedcba9876543210'.repeat(4);
const OLDER = '0'.repeat(64);
const CURRENT = 'CLOUDCRUISE_ENCRYPTION_KEY';
const PREVIOUS = 'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS';
const hexOf = ({ keys }: KeyRing) => keys.map((key) => key.toHex());

describe('KeyRing.fromEnv', () => {
  test('reads the current key, and the previous ones in their order', () => {
    expect(hexOf(KeyRing.fromEnv({ [CURRENT]: KEY }))).toEqual([KEY]);
    expect(hexOf(KeyRing.fromEnv({ [CURRENT]: KEY, [PREVIOUS]: '' }))).toEqual([KEY]);
    expect(hexOf(KeyRing.fromEnv({ [CURRENT]: KEY, [PREVIOUS]: `${OLD},${OLDER}` }))).toEqual([
      KEY,
      OLD,
      OLDER,
    ]);
  });

  test('reads process.env by default, and makes a ring like any other', () => {
    process.env[CURRENT] = KEY;
    try {
      const ring = KeyRing.fromEnv();
      expect(ring).toBeInstanceOf(KeyRing);
      expect(ring.current).toBeInstanceOf(VaultKey);
      expect(new KeyRing(ring.current).keys).toEqual(ring.keys);
    } finally {
      delete process.env[CURRENT];
    }
  });

  test.each<[string, Record<string, unknown>, CredsealErrorCode, RegExp]>([
    ['nothing', {}, 'ERR_KEY_MISSING', /^CLOUDCRUISE_ENCRYPTION_KEY is not set/],
    ['previous keys alone', { [PREVIOUS]: OLD }, 'ERR_KEY_MISSING', /^CLOUDCRUISE_ENCRYPTION_KEY is not set/],
    [
      'a file alone',
      { [`${CURRENT}_FILE`]: '/run/secrets/key' },
      'ERR_KEY_MISSING',
      /_FILE is, .*loadKeys of credseal\/key-file/,
    ],
    ['a command alone', { [`${CURRENT}_COMMAND`]: 'op read' }, 'ERR_KEY_MISSING', /_COMMAND is, .*loadKeys/],
    [
      'previous keys in a file',
      { [CURRENT]: KEY, [`${PREVIOUS}_FILE`]: 'old' },
      'ERR_KEY_MISSING',
      /PREVIOUS_ENCRYPTION_KEYS is not set, but .*loadKeys/,
    ],
    [
      'a key and a file',
      { [CURRENT]: KEY, [`${CURRENT}_FILE`]: 'key' },
      'ERR_KEY_FORMAT',
      /are both set: keep one/,
    ],
    [
      'previous keys and their file',
      { [CURRENT]: KEY, [PREVIOUS]: OLD, [`${PREVIOUS}_FILE`]: 'old' },
      'ERR_KEY_FORMAT',
      /are both set/,
    ],
    [
      'a malformed key',
      { [CURRENT]: KEY.slice(1) },
      'ERR_KEY_FORMAT',
      /^CLOUDCRUISE_ENCRYPTION_KEY: .*got 63 characters/,
    ],
    [
      'a malformed previous key',
      { [CURRENT]: KEY, [PREVIOUS]: `${OLD}, ${OLDER}` },
      'ERR_KEY_FORMAT',
      /^CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS, key 2: .*position 1/,
    ],
    [
      'previous keys of another type',
      { [CURRENT]: KEY, [PREVIOUS]: [OLD] },
      'ERR_KEY_FORMAT',
      /key 1: .*got array/,
    ],
  ])('refuses %s', (_, env, code, message) => {
    const error = refusal(code, () => KeyRing.fromEnv(env));
    expect(error.message).toMatch(message);
    expect(error.field).toMatch(/^CLOUDCRUISE_(PREVIOUS_)?ENCRYPTION_KEYS?/);
    expect(error.message).toContain(error.field);
    expect(error.message).not.toMatch(/run\/secrets|op read|fedc/);
  });
});
