import { describe, expect, test } from 'vitest';
import { backoff, pause, retryAfter } from '../../src/vault/retry.js';

describe('backoff', () => {
  test.each([
    [1, 100, 200],
    [2, 200, 400],
    [5, 1600, 3200],
    [9, 15_000, 30_000],
    [20, 15_000, 30_000],
  ])('after %i failures is from %i to %i ms', (failures, least, most) => {
    expect(backoff(failures, () => 0)).toBe(least);
    expect(backoff(failures, () => 1)).toBe(most);
    expect(backoff(failures)).toBeGreaterThanOrEqual(least);
    expect(backoff(failures)).toBeLessThanOrEqual(most);
  });
});

describe('Retry-After', () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  test.each<[string | null, number | undefined]>([
    ['0', 0],
    ['120', 120_000],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    [null, undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('%s is %s ms', (header, ms) => {
    const headers = new Headers({ date, ...(header !== null && { 'retry-after': header }) });
    expect(retryAfter(headers)).toBe(ms);
  });

  test.each([undefined, 'soon'])('is by our own clock where the answer has no date: %s', (other) => {
    const later = new Date(Date.now() + 60_000).toUTCString();
    const headers = new Headers({ 'retry-after': later, ...(other && { date: other }) });
    expect(retryAfter(headers)).toBeGreaterThan(55_000);
    expect(retryAfter(headers)).toBeLessThanOrEqual(60_000);
  });
});

test('a pause ends when it is told to', async () => {
  const stop = new AbortController();
  const waiting = pause(600_000, stop.signal);
  stop.abort();
  await waiting;
  await pause(600_000, stop.signal);
});
