import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactStore, compactStores } from '../../src/preflight/compact-store.js';
import { startPreflight } from '../../src/preflight/preflight.js';
import { KEY, payload, sealed } from './payloads.js';

const iv = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 24, maxLength: 24 });
const name = fc.string({ unit: 'grapheme' });
const value = fc.oneof(fc.nat(), fc.maxSafeInteger().map(Math.abs));
const countedUp = (count: number) =>
  Array.from({ length: count }, (_, index) => index.toString(16).padStart(24, '0'));

describe('a compact store', () => {
  it('says what a Map says, whatever is kept in it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(iv, name), value), { size: 'large' }), (pairs) => {
        const [store, map] = [new CompactStore(), new Map<string, number>()];
        for (const [key, number] of pairs) {
          expect(store.get(key)).toBe(map.get(key));
          store.set(key, number);
          map.set(key, number);
        }
        for (const [key, number] of map) expect(store.get(key)).toBe(number);
      }),
    );
  });

  it.each([
    ['IVs that are counted up', countedUp(50_000)],
    ['IVs that are counted up in front', countedUp(50_000).map((text) => [...text].reverse().join(''))],
    ['names', countedUp(50_000).map((text) => `user-${text}`)],
  ])('tells all of them apart, in at most 32 bytes each: %s', (_, keys) => {
    const store = new CompactStore();
    for (const [index, key] of keys.entries()) {
      if (store.get(key) !== undefined) expect.unreachable(key);
      store.set(key, index);
    }
    expect(keys.every((key, index) => store.get(key) === index)).toBe(true);
    expect(store.bytes / keys.length).toBeLessThanOrEqual(32);
  });

  it('serves a run of preflight as a Map does', () => {
    const [password, other] = [sealed('hunter2'), sealed('hunter3')];
    const payloads = [
      payload({ password }),
      payload({ password: other, permissioned_user_id: 'b' }),
      payload({ password, permissioned_user_id: 'c' }),
      payload({ password: password.slice(0, 24) + other.slice(24), permissioned_user_id: 'd' }),
      payload({ permissioned_user_id: 'b' }),
    ];
    const nameOf = (place: number) => `line ${place + 1}`;
    const run = (...more: [] | [ReturnType<typeof compactStores>]) => {
      const check = startPreflight({ keys: KEY }, nameOf, ...more);
      return payloads.flatMap(check);
    };
    expect(run(compactStores())).toEqual(run());
    expect(run().map(({ rule }) => rule)).toEqual([
      'credential/copied',
      'credential/iv-reused',
      'credential/wrong-key-or-changed',
      'batch/duplicate-entry',
    ]);
  });
});
