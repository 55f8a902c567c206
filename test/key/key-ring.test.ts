import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { expectHidden, refusal } from '../refusal.js';

const hexOf = (digit: string) => digit.repeat(64);
const keyOf = (digit: string) => VaultKey.fromHex(hexOf(digit));
const [a, b, c] = [keyOf('a'), keyOf('b'), keyOf('c')];
const almost = (first: string, rest: string) => VaultKey.fromHex(first + rest.repeat(63));
const digits = (ring: KeyRing) => ring.keys.map((key) => key.toHex().charAt(0)).join('');

describe('a ring holds its keys', () => {
  test.each<[string, KeyRing, string]>([
    ['the current one alone', new KeyRing(a), 'a'],
    ['the current one alone, with undefined for the others', new KeyRing(a, undefined), 'a'],
    ['the current one alone, with no others', new KeyRing(a, []), 'a'],
    ['the current one first, then the others as given', new KeyRing(b, [c, a]), 'bca'],
    ['the same key once, where it comes first', new KeyRing(a, [b, a, c, b]), 'abc'],
    [
      'the same bytes once, though the keys are two',
      new KeyRing(a, [keyOf('b'), keyOf('a'), keyOf('b')]),
      'ab',
    ],
    [
      'keys that differ in their first digit only',
      new KeyRing(keyOf('a'), [almost('b', 'a'), keyOf('a')]),
      'ab',
    ],
    ['from a Set', new KeyRing(a, new Set([b, c])), 'abc'],
    ['from the values of a Map', new KeyRing(a, new Map([['b', b]]).values()), 'ab'],
    [
      'from a generator',
      new KeyRing(
        a,
        (function* () {
          yield c;
          yield b;
        })(),
      ),
      'acb',
    ],
    ['from another ring', new KeyRing(c, new KeyRing(a, [b]).keys), 'cab'],
  ])('%s', (_, ring, expected) => {
    expect(digits(ring)).toBe(expected);
    expect(ring.keys[0]).toBe(ring.current);
  });

  test('two keys that differ in their last digit only', () => {
    const other = VaultKey.fromHex(`${'a'.repeat(63)}b`);
    expect(new KeyRing(a, [other, other]).keys).toEqual([a, other]);
  });

  test('the very key objects that it was given', () => {
    const ring = new KeyRing(a, [b]);
    expect(ring.current).toBe(a);
    expect(ring.keys[1]).toBe(b);
  });
});

describe('a ring does not change', () => {
  test.each<[string, (ring: KeyRing) => unknown]>([
    ['current', (ring) => Reflect.set(ring, 'current', b)],
    ['keys', (ring) => Reflect.set(ring, 'keys', [b])],
    ['a key of keys', (ring) => Reflect.set(ring.keys, 0, b)],
    ['the number of keys', (ring) => Reflect.set(ring.keys, 'length', 0)],
    ['by news', (ring) => Reflect.set(ring, 'news', 1)],
    ['by deletion', (ring) => Reflect.deleteProperty(ring, 'keys')],
  ])('%s', (_, change) => {
    const ring = new KeyRing(a, [b]);
    expect(change(ring)).toBe(false);
    expect(digits(ring)).toBe('ab');
  });

  test('with the array it was made of', () => {
    const previous = [b];
    const ring = new KeyRing(a, previous);
    previous.push(c);
    expect(digits(ring)).toBe('ab');
  });
});

describe('a ring refuses what is no key', () => {
  const NO_KEYS: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['hex text', hexOf('b')],
    ['bytes', new Uint8Array(32)],
    ['a JWK', b.toJwk()],
    ['a ring', new KeyRing(b)],
    ['an heir of VaultKey', Object.create(VaultKey.prototype)],
    ['a proxy of a key', new Proxy(b, {})],
    ['a clone of a key', structuredClone(b)],
    ['a key that went through JSON', JSON.parse(JSON.stringify(b))],
  ];

  test.each(NO_KEYS)('as the current one: %s', (_, value) => {
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => new KeyRing(value as VaultKey)),
      hexOf('b'),
    );
  });

  test.each(NO_KEYS)('among the previous ones: %s', (_, value) => {
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => new KeyRing(a, [c, value as VaultKey])),
      hexOf('b'),
    );
  });

  test.each<[string, unknown]>([
    ['a key by itself', b],
    ['null', null],
    ['a number', 5],
    ['hex text', hexOf('b')],
    ['an object', {}],
    ['an object like an array', { 0: b, length: 1 }],
    ['a ring', new KeyRing(b)],
    ['an iterable in name only', { [Symbol.iterator]: 5 }],
  ])('in the place of the previous ones: %s', (_, value) => {
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => new KeyRing(a, value as VaultKey[])),
      hexOf('b'),
    );
  });
});

test('a ring prints its fingerprints, never a key', () => {
  const ring = new KeyRing(a, [b]);
  for (const shown of [
    inspect(ring, { showHidden: true, depth: null }),
    inspect({ deep: [new Map([['ring', ring]])] }, { depth: null }),
    JSON.stringify({ ring }),
  ]) {
    expect(shown).toContain(`VaultKey(${a.fingerprint})`);
    expect(shown).toContain(`VaultKey(${b.fingerprint})`);
    expect(shown).not.toMatch(/aaaaaa|bbbbbb/);
  }
});

test('what cannot even be asked whether it is a list is refused', () => {
  const { proxy, revoke } = Proxy.revocable<VaultKey[]>([], {});
  revoke();
  refusal('ERR_KEY_FORMAT', () => new KeyRing(a, proxy));
});
