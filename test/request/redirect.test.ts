import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as undici from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardFetch } from '../../src/preflight/guard-fetch.js';
import { KEY, REF } from '../entry/sealing.js';
import { echoServer } from './echo-server.js';
import { allRequests, ENTRY, vault } from './requests.js';

/** Where somebody wants the requests of the vault to go. */
let elsewhere: Awaited<ReturnType<typeof echoServer>>;
/** The vault, which answers every request with a redirect. */
const redirecting = createServer((request, response) => {
  const status = Number(/\d{3}/.exec(request.url ?? '')?.[0] ?? 307);
  request.resume();
  response.writeHead(status, { location: `${elsewhere.url}/collect`, connection: 'close' }).end();
});
let baseUrl: string;
beforeAll(async () => {
  elsewhere = await echoServer();
  redirecting.listen(0, '127.0.0.1');
  await once(redirecting, 'listening');
  baseUrl = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
});
afterAll(async () => {
  redirecting.close();
  redirecting.closeAllConnections();
  await elsewhere.close();
});

const platforms = [
  { name: 'the fetch of the platform', fetch: globalThis.fetch, Request: globalThis.Request },
  {
    name: 'the fetch of undici',
    fetch: undici.fetch as unknown as typeof fetch,
    Request: undici.Request as unknown as typeof Request,
  },
];

describe.each(platforms)('a vault that redirects, by $name', ({ fetch, Request }) => {
  const guarded: typeof fetch = (...args) => guardFetch(fetch, { keys: KEY, baseUrl })(...args);

  test.each([301, 302, 303, 307, 308])('gets no request sent to where it says: %d', async (status) => {
    for (const request of allRequests(vault({ baseUrl: `${baseUrl}/${status}` }))) {
      const answer = await fetch(request.url, request);
      expect([answer.status, answer.ok, answer.redirected]).toEqual([status, false, false]);
      expect((await fetch(new Request(request.url, request))).status).toBe(status);
    }
    expect(elsewhere.take()).toEqual([]);
  });

  test('gets none through the guard either, of requests that somebody copied or made', async () => {
    const { method, url, headers, body = '' } = vault({ baseUrl }).create(ENTRY);
    for (const args of [
      [url, { method, headers, body }],
      [new URL(url), { method, headers, body: new TextEncoder().encode(body) }],
      [url, { method, headers, body: new Blob([body]) }],
      [new Request(url, { method, headers, body })],
      [new Request(url, { method, headers, body }), { headers }],
      [url, new Request(elsewhere.url, { method, headers, body })],
    ] as Parameters<typeof fetch>[]) {
      expect((await guarded(...args)).status).toBe(307);
    }
    expect(elsewhere.take()).toEqual([]);
  });

  test('is followed by who says so', async () => {
    const request = vault({ baseUrl }).create(ENTRY);
    for (const send of [fetch, guarded]) {
      expect((await send(request.url, { ...request, redirect: 'follow' })).status).toBe(200);
      await expect(send(request.url, { ...request, redirect: 'error' })).rejects.toThrow();
    }
    expect(elsewhere.take()).toHaveLength(2);
  });
});

test('how a request takes a redirect is no member that is listed, printed or compared', () => {
  const request = vault().get(REF);
  expect(request.redirect).toBe('manual');
  expect(Object.keys(request)).toEqual(['method', 'url', 'headers']);
  expect(JSON.parse(JSON.stringify(request))).toStrictEqual({ ...request });
});
