import { describe, expect, test } from 'vitest';
import { ringFromJwkSet, toJwkSet } from '../../src/key/jwk-set.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { expectHidden, refusal } from '../refusal.js';

const HEX = '0123456789abcdef'.repeat(4);
const OLD_HEX = 'fedcba9876543210'.repeat(4);
const [key, old] = [VaultKey.fromHex(HEX), VaultKey.fromHex(OLD_HEX)];
const jwk = key.toJwk();

test('a ring becomes a JWK set, the current key first, each named by its fingerprint', () => {
  expect(toJwkSet(new KeyRing(key, [old]))).toEqual({
    keys: [
      { ...jwk, kid: key.fingerprint },
      { ...old.toJwk(), kid: old.fingerprint },
    ],
  });
  expect(toJwkSet(key)).toEqual({ keys: [{ ...jwk, kid: key.fingerprint }] });
});

test('a JWK set becomes the ring that it was', () => {
  const ring = ringFromJwkSet(toJwkSet(new KeyRing(key, [old])));
  expect(ring.current.toHex()).toBe(HEX);
  expect(ring.keys.map((each) => each.toHex())).toEqual([HEX, OLD_HEX]);
  // A kid may be missing.
  expect(ringFromJwkSet({ keys: [jwk] }).current.toHex()).toBe(HEX);
});

describe('what is no JWK set of vault keys is refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /"keys": an array/],
    ['null', null, /"keys": an array/],
    ['a JWK', jwk, /"keys": an array/],
    ['a set without keys', { keys: [] }, /"keys": an array/],
    ['a set whose keys are a text', { keys: HEX }, /"keys": an array/],
    ['a set whose keys are an object', { keys: { 0: jwk, length: 1 } }, /"keys": an array/],
    ['a key of another type', { keys: [jwk, { ...jwk, kty: 'RSA' }] }, /^keys\[1\]: /],
    [
      'a kid that is not the fingerprint',
      { keys: [{ ...jwk, kid: old.fingerprint }] },
      /^keys\[0\]: The "kid"/,
    ],
  ])('%s', (_, set, message) => {
    const error = refusal('ERR_KEY_FORMAT', () => ringFromJwkSet(set));
    expect(error.message).toMatch(message);
    expectHidden(error, HEX);
  });

  test('an error that is none of ours comes through as it is', () => {
    const trap = {
      get kty() {
        throw new RangeError('theirs');
      },
    };
    expect(() => ringFromJwkSet({ keys: [trap] })).toThrow();
  });
});
