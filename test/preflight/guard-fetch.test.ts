import * as undici from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CredsealError, guardFetch, preflight, vaultRequests } from '../../src/index.js';
import { KEY, payload, REF, sealed } from './payloads.js';
import { recordingServer } from './recording-server.js';

type Fetch = typeof fetch;
type Init = RequestInit & { duplex?: 'half' };

/** Node's own, and the package that it comes from, in another version and with other classes. */
const platforms = [
  { name: 'the fetch of the platform', fetch: globalThis.fetch, Request: globalThis.Request },
  {
    name: 'the fetch of undici',
    fetch: undici.fetch as unknown as Fetch,
    Request: undici.Request as unknown as typeof Request,
  },
];

const good = JSON.stringify(payload({ user_alias: 'Ädä 🔑', password: sealed('hunter2') }), null, 1);
const bad = JSON.stringify(payload({ password: 'hunter2', pin: 1 }));
const headers = { 'cc-key': 'sk_test', 'content-type': 'application/json', 'x-trace': '41' };

const bytesOf = (text: string) => new TextEncoder().encode(text);
const inside = (text: string) => {
  const bytes = new Uint8Array(bytesOf(text).length + 20).fill(0x7b);
  bytes.set(bytesOf(text), 10);
  return bytes.subarray(10, -10);
};
const streamOf = (text: string) => {
  const bytes = bytesOf(text);
  // In the middle of characters, and in more than one chunk.
  const chunks = [bytes.slice(0, 1), bytes.slice(1, 90), bytes.slice(90, 91), bytes.slice(91)];
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
};

/** Every kind of body that JSON can be in. */
const bodies: Readonly<Record<string, (text: string) => unknown>> = {
  'a string': (text) => text,
  'a Uint8Array': bytesOf,
  'a part of a buffer': inside,
  'a DataView': (text) => new DataView(inside(text).buffer, 10, bytesOf(text).length),
  'a Buffer': (text) => Buffer.from(text),
  'an ArrayBuffer': (text) => bytesOf(text).buffer,
  'a Blob': (text) => new Blob([text]),
  'a Blob of a type': (text) => new Blob([text.slice(0, 20), text.slice(20)], { type: 'text/x-other' }),
  'a stream': streamOf,
};

let server: Awaited<ReturnType<typeof recordingServer>>;
let url: string;
beforeAll(async () => {
  server = await recordingServer();
  url = `${server.baseUrl}/vault`;
});
afterAll(() => server?.close());
beforeEach(() => {
  server.take();
});

const reportOf = (body: string, operation: 'create' | 'update' = 'create') =>
  preflight(JSON.parse(body), { keys: KEY, operation });

/** The error of a call that must be refused, and of which nothing may arrive. */
async function refused(call: Promise<Response>): Promise<CredsealError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'CredsealError', code: 'ERR_PREFLIGHT', report: { ok: false } });
  expect(server.take()).toEqual([]);
  return error as CredsealError;
}

/** What must arrive, to the byte. */
async function sent(call: Promise<Response>, body: string, method = 'POST'): Promise<void> {
  const response = await call;
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ id: '41' });
  const [arrived, ...others] = server.take();
  expect(others).toEqual([]);
  expect(arrived).toMatchObject({ method, headers });
  expect(arrived?.body.equals(bytesOf(body))).toBe(true);
}

describe.each(platforms)('with $name', ({ fetch, Request }) => {
  const guarded = (...args: Parameters<Fetch>) =>
    guardFetch(fetch, { keys: KEY, baseUrl: server.baseUrl })(...args);
  const init = (body: unknown, more: Init = {}): Init => ({
    method: 'POST',
    headers,
    body: body as BodyInit,
    duplex: 'half',
    ...more,
  });

  /** Every way to call fetch. Each sends a body that is a string, or whatever else. */
  const ways: Readonly<Record<string, (body: unknown) => Parameters<Fetch>>> = {
    'a string': (body) => [url, init(body)],
    'a URL': (body) => [new URL(url), init(body)],
    'a string that only fetch takes for a URL': (body) => [` ${url}\n`, init(body)],
    'a Request': (body) => [new Request(url, init(body))],
    'a Request, and nothing in init': (body) => [new Request(url, init(body)), {}],
    'a Request, and null for a body': (body) => [new Request(url, init(body)), { body: null }],
    'a Request whose method init overrides': (body) => [
      new Request(url, init(body, { method: 'PUT' })),
      { method: 'POST' },
    ],
    'a Request whose body init overrides': (body) => [new Request(url, init(bad)), init(body)],
    'a Request without a body, and one in init': (body) => [new Request(url), init(body)],
    'a Request for init': (body) => [url, new Request(`${server.baseUrl}/elsewhere`, init(body))],
    'init that inherits': (body) => [url, Object.create(init(body))],
  };

  describe.each(Object.entries(ways))('given %s', (_, way) => {
    it.each(Object.entries(bodies))(
      'sends a sound payload byte for byte, with its headers: %s',
      async (_, make) => {
        await sent(guarded(...way(make(good))), good);
      },
    );

    it.each(Object.entries(bodies))(
      'refuses a payload with errors, and sends nothing: %s',
      async (_, make) => {
        const { report } = await refused(guarded(...way(make(bad))));
        expect(report).toEqual(reportOf(bad));
      },
    );
  });

  it('refuses a body of init that has errors, in place of a sound one of the Request', async () => {
    await refused(guarded(new Request(url, init(good)), { body: bad }));
  });

  it.each(['create', 'update'] as const)('sends what vaultRequests gives: %s', async (name) => {
    const requests = vaultRequests({ apiKey: 'sk_test', key: KEY, baseUrl: server.baseUrl });
    const request = requests[name]({ ...REF, password: 'hunter2' });
    await guarded(request.url, request);
    expect(server.take()).toMatchObject([
      { method: request.method, headers: request.headers, url: '/vault' },
    ]);
  });

  it('holds a POST against the rules of create, and a PUT against those of update', async () => {
    const takesAway = JSON.stringify({ ...REF, password: null });
    const { report } = await refused(guarded(url, init(takesAway)));
    expect(report).toEqual(reportOf(takesAway));
    await sent(guarded(url, init(takesAway, { method: 'PUT' })), takesAway, 'PUT');
    const names = JSON.stringify(REF);
    await sent(guarded(url, init(names)), names);
    const onUpdate = await refused(guarded(url, init(names, { method: 'PUT' })));
    expect(onUpdate.report).toEqual(reportOf(names, 'update'));
  });

  it('checks every payload of an array', async () => {
    const batch = (text: string) =>
      JSON.stringify([{ ...REF, domain: 'https://b.example' }, JSON.parse(text)]);
    await sent(guarded(url, init(batch(good))), batch(good));
    const { report } = await refused(guarded(url, init(batch(bad))));
    expect(report).toMatchObject({ checked: 2, findings: [{ path: '[1].password' }, { path: '[1].pin' }] });
  });

  it('does not consume the body of a Request that it refuses', async () => {
    const request = new Request(url, init(bad));
    await refused(guarded(request));
    expect(request.bodyUsed).toBe(false);
    expect(await request.text()).toBe(bad);
  });

  it('leaves a Request to fetch that was read already, and sends nothing', async () => {
    const request = new Request(url, init(good));
    await request.text();
    await expect(guarded(request)).rejects.toThrow(TypeError);
    expect(server.take()).toEqual([]);
  });

  it('sends nothing where a stream breaks off', async () => {
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(bytesOf(good));
        controller.error(new Error('broken off'));
      },
    });
    await expect(guarded(url, init(broken))).rejects.toThrow();
    expect(server.take()).toEqual([]);
  });

  it.each([
    ['upper case', '/VAULT'],
    ['percent-encoding', '/%76ault'],
    ['slashes too many', '//vault//'],
    ['dot segments', '/x/%2e%2e/vault'],
    ['dot segments behind a slash in percent-encoding', '/x%2F..%2Fvault'],
    ['a trailing slash', '/vault/'],
    ['parameters of a segment', '/vault;v=1'],
  ])('refuses a payload with errors however the path is written, and sends nothing: %s', async (_, path) => {
    await refused(guarded(server.baseUrl + path, init(bad)));
    await refused(guarded(new URL(server.baseUrl + path), init(bad)));
    await refused(guarded(new Request(server.baseUrl + path, init(bad))));
  });

  it.each(['post', 'Put', 'PATCH', 'patch'])(
    'refuses a payload with errors by the method %s',
    async (method) => {
      await refused(guarded(url, init(bad, { method })));
      await refused(guarded(new Request(url, init(bad, { method }))));
    },
  );

  it('refuses a payload with errors by another name of this machine', async () => {
    await refused(guarded(url.replace('127.0.0.1', 'localhost'), init(bad)));
    await refused(guarded(url.replace('127.0.0.1', '127.1'), init(bad)));
  });

  it('refuses a form, which is not JSON', async () => {
    await refused(guarded(url, init(new URLSearchParams({ password: 'hunter2' }))));
    await refused(guarded(new Request(url, init(new URLSearchParams({ password: 'hunter2' })))));
  });

  it('takes its time from nobody: calls at once do not mix', async () => {
    const texts = Array.from({ length: 10 }, (_, index) =>
      JSON.stringify(payload({ user_alias: `${index}` })),
    );
    const kinds = Object.values(bodies);
    await Promise.all(texts.map((text, index) => guarded(url, init(kinds[index % kinds.length]?.(text)))));
    const arrived = server.take().map(({ body }) => body.toString());
    expect(arrived.sort()).toEqual(texts.sort());
  });
});

it('plain HTTP and other ports of the vault are guarded: what its name leads to receives nothing', async () => {
  const { port } = new URL(server.baseUrl);
  // The name of the vault, at this server.
  const dispatcher = new undici.Agent({
    connect: { lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
  });
  const guarded = guardFetch(undici.fetch as unknown as Fetch, { keys: KEY });
  const post = (body: string) =>
    guarded(`http://api.cloudcruise.com:${port}/vault`, {
      method: 'POST',
      headers,
      body,
      dispatcher,
    } as RequestInit);
  try {
    await refused(post(bad));
    await sent(post(good), good);
  } finally {
    await dispatcher.close();
  }
});
