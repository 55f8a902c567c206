import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.js';
import { RateLimiter } from '../../src/emulator/rate-limit.js';
import { rejection } from '../refusal.js';
import { API_KEY, KEY, localVault, send } from './local-vault.js';

describe('a rate limit', () => {
  test('answers so many in a window; one more closes it, and the next window begins when it opens again', () => {
    const limiter = new RateLimiter({ requests: 2, per: 1000, retryAfter: 3 });
    const at = (...times: number[]) => times.map((now) => limiter.next(now)?.retryAfter);
    expect(at(0, 500)).toEqual([undefined, undefined]);
    // The third of a window: whoever sent it could not know.
    expect(at(900)).toEqual([3]);
    expect([limiter.closures, limiter.whileClosed]).toEqual([1, 0]);
    // These were told, or could have been.
    expect(at(901, 2000, 3899)).toEqual([3, 2, 1]);
    expect([limiter.closures, limiter.whileClosed]).toEqual([1, 3]);
    expect(at(3900, 3901, 3902)).toEqual([undefined, undefined, 3]);
    expect([limiter.closures, limiter.whileClosed]).toEqual([2, 3]);
  });

  test('lets those through who stay below it, for ever', () => {
    const limiter = new RateLimiter({ requests: 2, per: 1000 });
    for (let now = 0; now < 60_000; now += 500) expect(limiter.next(now)).toBeUndefined();
    expect([limiter.closures, limiter.whileClosed]).toEqual([0, 0]);
  });

  test('closes for the time of its window, if nothing else is said', () => {
    const limiter = new RateLimiter({ requests: 1, per: 1500 });
    expect([limiter.next(0), limiter.next(1)]).toEqual([undefined, { status: 429, retryAfter: 2 }]);
  });

  test('over HTTP: 429 with Retry-After, and the count is told by the vault and at its own path', async () => {
    const { vault, requests, raw } = await localVault({
      faults: { limit: { requests: 2, per: 60_000, retryAfter: 1 } },
    });
    const answers = [];
    for (let at = 0; at < 5; at++) answers.push(await send(requests.list()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429, 429]);
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual([null, null, '1', '1', '1']);
    expect(vault.rateLimit()).toEqual({ closures: 1, whileClosed: 2 });
    // To ask for the count counts for nothing, and is answered while the vault is closed.
    for (let at = 0; at < 5; at++)
      expect((await raw('GET', '/emulator/rate-limit')).json).toEqual({ closures: 1, whileClosed: 2 });
    await delay(1100);
    expect((await send(requests.list())).status).toBe(200);
  });

  test('comes before the other faults, which meet what it lets through', async () => {
    const { requests } = await localVault({
      faults: { limit: { requests: 1, per: 60_000 }, rates: [{ rate: 1, status: 503 }] },
    });
    expect([(await send(requests.list())).status, (await send(requests.list())).status]).toEqual([503, 429]);
  });

  test('that there is not has counted nothing', async () => {
    const { vault, raw } = await localVault();
    expect(vault.rateLimit()).toEqual({ closures: 0, whileClosed: 0 });
    expect((await raw('GET', '/emulator/rate-limit')).json).toEqual({ closures: 0, whileClosed: 0 });
  });

  test.each<[string, unknown]>([
    ['a number', 5],
    ['an array', []],
    ['no requests', { per: 1000 }],
    ['no time', { requests: 1 }],
    ['none at all', { requests: 0, per: 1000 }],
    ['half a request', { requests: 1.5, per: 1000 }],
    ['a time below zero', { requests: 1, per: -1 }],
    ['a time as text', { requests: 1, per: '1000' }],
    ['half a second to wait', { requests: 1, per: 1000, retryAfter: 0.5 }],
    ['another member', { requests: 1, per: 1000, status: 503 }],
  ])('that makes no sense is refused: %s', async (_, limit) => {
    const options = { key: KEY, apiKey: API_KEY, faults: { limit: limit as never } };
    const error = await rejection('ERR_REQUEST_INVALID', () => startEmulator(options));
    expect(error.field).toMatch(/^faults\.limit/);
  });
});
