import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open, REF } from '../entry/sealing.js';
import { echoServer } from './echo-server.js';
import { API_KEY, allRequests, ENTRY, vault } from './requests.js';

let server: Awaited<ReturnType<typeof echoServer>>;
beforeAll(async () => {
  server = await echoServer();
});
afterAll(() => server.close());

const ODD = [
  'a b',
  'a+b',
  'a%20b',
  '100%',
  'a&domain=evil&permissioned_user_id=x',
  'a=b;c#d?e/f\\g',
  '"quoted" \'single\' `tick` $HOME',
  'line\nbreak\r\ntab\t',
  'nul\0',
  'héllo wörld',
  '日本語 🎉',
  'e\u0301',
  '\u202ertl',
  '[1-3]{a,b}*~!()|^<>',
  ' ',
  '.',
  '..',
];

describe('fetch(request.url, request) sends', () => {
  test('method, path, headers and body of each call', async () => {
    const requests = allRequests(vault({ baseUrl: server.url }));
    for (const request of requests) expect((await fetch(request.url, request)).ok).toBe(true);
    const arrived = server.take();
    expect(arrived.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /vault',
      'PUT /vault',
      'GET /vault',
      'GET /vault',
      'DELETE /vault',
      'PATCH /vault/clear-browser-state',
      'GET /vault/tfa-code',
    ]);
    expect(arrived.map(({ headers }) => headers['cc-key'])).toEqual(Array(7).fill(API_KEY));
    expect(arrived.map(({ headers }) => headers['content-type'] ?? '')).toEqual([
      'application/json',
      'application/json',
      '',
      '',
      'application/json',
      'application/json',
      '',
    ]);
    expect(arrived.map(({ body }) => body)).toEqual(requests.map(({ body }) => body ?? ''));
  });

  test('an entry that opens with the key', async () => {
    const request = vault({ baseUrl: server.url }).create(ENTRY);
    await fetch(request.url, request);
    expect(open(JSON.parse(server.take()[0]?.body ?? ''))).toStrictEqual(ENTRY);
  });

  test('to the path of a gateway', async () => {
    const request = vault({ baseUrl: `${server.url}/gate%20way/` }).tfaCode(REF);
    await fetch(request.url, request);
    expect(server.take()[0]?.path).toBe('/gate%20way/vault/tfa-code');
  });
});

describe('a reference arrives as it was given', () => {
  test.each(ODD)('%j', async (odd) => {
    const ref = { permissioned_user_id: odd, domain: `https://example.com/${odd}` };
    const { get, tfaCode, delete: remove, clearBrowserState } = vault({ baseUrl: server.url });
    for (const request of [get(ref), tfaCode(ref), remove(ref), clearBrowserState(ref)]) {
      await fetch(request.url, request);
    }
    const [got, code, removed, cleared] = server.take();
    expect([got, code].map((arrived) => arrived?.query)).toEqual([Object.entries(ref), Object.entries(ref)]);
    expect([removed, cleared].map((arrived) => JSON.parse(arrived?.body ?? ''))).toEqual([ref, ref]);
  });

  const oddText = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: fc.constantFrom(...' +%&=;#?/a'), minLength: 1 }),
  );
  test('in a query that reads the same as a form and as percent-encoding', () => {
    fc.assert(
      fc.property(oddText, (odd) => {
        const ref = { permissioned_user_id: odd, domain: odd };
        const { search, searchParams } = new URL(vault().get(ref).url);
        expect(Object.fromEntries(searchParams)).toEqual(ref);
        const pairs = search
          .slice(1)
          .split('&')
          .map((pair) => pair.split('='));
        expect(pairs).toHaveLength(2);
        expect(pairs.map(([, value]) => decodeURIComponent(value ?? ''))).toEqual([odd, odd]);
      }),
    );
  });

  test('but half a character, which no URL can carry, arrives as the replacement character', async () => {
    const ref = { permissioned_user_id: 'a\ud800b', domain: REF.domain };
    const { get, delete: remove } = vault({ baseUrl: server.url });
    for (const request of [get(ref), remove(ref)]) await fetch(request.url, request);
    const [got, removed] = server.take();
    expect(got?.query[0]).toEqual(['permissioned_user_id', 'a\ufffdb']);
    expect(JSON.parse(removed?.body ?? '')).toEqual(ref);
  });
});
