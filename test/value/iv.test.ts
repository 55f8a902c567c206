import { afterEach, describe, expect, test, vi } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { parseSealed, sealValue, sealValueWithIv } from '../../src/value/sealed-value.js';

const key = VaultKey.generate();
const ivOf = (sealed: string) => sealed.slice(0, 24);
const sealMany = (count: number, value = 'hunter2') =>
  Array.from({ length: count }, () => sealValue(value, key));

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('the IV of every sealed value is fresh', () => {
  test('over 10,000 seals of the same value', () => {
    const sealed = sealMany(10_000);
    expect(new Set(sealed.map(ivOf)).size).toBe(10_000);
    expect(new Set(sealed).size).toBe(10_000);
  });

  test('over values of all lengths, which share a scratch buffer', () => {
    const sealed = Array.from({ length: 600 }, (_, n) => sealValue('x'.repeat((n * 37) % 5000), key));
    expect(new Set(sealed.map(ivOf)).size).toBe(600);
  });

  test('under several keys', () => {
    const keys = Array.from({ length: 20 }, () => VaultKey.generate());
    const sealed = keys.flatMap((each) => Array.from({ length: 20 }, () => sealValue('hunter2', each)));
    expect(new Set(sealed.map(ivOf)).size).toBe(400);
  });

  test('and random in every byte', () => {
    const ivs = sealMany(2000).map((sealed) => parseSealed(sealed).iv);
    for (let byte = 0; byte < 12; byte++) {
      // Of 256 values, 2,000 draws leave out 0.1 on average.
      expect(new Set(ivs.map((iv) => iv[byte])).size).toBeGreaterThan(240);
    }
  });
});

// What a clone or a restored snapshot of a machine would use once more must not wait in memory for long.
describe('random bytes that wait too long are thrown away', () => {
  const start = Date.UTC(2026, 0, 1);

  test.each([
    ['a second and more later', 1001],
    ['a minute later', 60_000],
    ['ten years later', 10 * 365 * 86_400_000],
    ['where the clock has gone back by a minute', -60_000],
    ['where the clock has gone back by years', -10 * 365 * 86_400_000],
  ])('%s', (_, later) => {
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const fill = vi.spyOn(crypto, 'getRandomValues');
    // The clock stands still, so that what the first of them leaves is a block that is not used up.
    const before = sealMany(2).map(ivOf);
    const fills = fill.mock.calls.length;
    vi.setSystemTime(start + later);
    const [after] = sealMany(1).map(ivOf);
    expect(fill.mock.calls.length).toBe(fills + 1);
    const block = fill.mock.lastCall?.[0] as Uint8Array;
    expect(after).toBe(Buffer.from(block.subarray(0, 12)).toString('hex'));
    expect(before).not.toContain(after);
  });

  test('and none comes twice over many of those leaps', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const ivs: string[] = [];
    for (let leap = 0; leap < 200; leap++) {
      vi.setSystemTime(start + (leap % 2 === 0 ? leap : -leap) * 700);
      ivs.push(...sealMany(1 + (leap % 7)).map(ivOf));
    }
    expect(new Set(ivs).size).toBe(ivs.length);
  });

  test('a generator that fails seals nothing, and no IV is used again', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const before = sealMany(3).map(ivOf);
    vi.setSystemTime(start + 3_600_000);
    vi.spyOn(crypto, 'getRandomValues').mockImplementation(() => {
      throw new Error('no entropy');
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => sealValue('hunter2', key)).toThrow('no entropy');
    }
    vi.restoreAllMocks();
    const after = sealMany(300).map(ivOf);
    expect(new Set([...before, ...after]).size).toBe(303);
  });
});

describe('sealing with a given IV, for test vectors', () => {
  test('gives the same each time', () => {
    const iv = new Uint8Array(12).fill(7);
    expect(sealValueWithIv('hunter2', key, iv)).toBe(sealValueWithIv('hunter2', key, iv));
    expect(ivOf(sealValueWithIv('hunter2', key, iv))).toBe('07'.repeat(12));
  });

  test.each([0, 8, 11, 13, 16])('refuses an IV of %d bytes', (length) => {
    expect(() => sealValueWithIv('hunter2', key, new Uint8Array(length))).toThrow(/IV/);
  });
});
