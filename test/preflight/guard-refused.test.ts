import { beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyRing, VaultKey } from '../../src/index.js';
import { type GuardOptions, guardFetch } from '../../src/preflight/guard-fetch.js';
import { refusal } from '../refusal.js';
import { KEY, OLD_KEY, payload, REF, RING, sealed } from './payloads.js';

type Fetch = typeof fetch;

const url = 'https://api.cloudcruise.com/vault';
const good = JSON.stringify(payload());
const bad = JSON.stringify(payload({ password: 'hunter2' }));
const form = new FormData();
form.set('password', 'hunter2');

const answer = new Response('{}', { status: 201 });
const fetched = vi.fn<Fetch>(async () => answer);
const guarded = guardFetch(fetched, { keys: KEY });
const post = (body: unknown, more: object = {}) =>
  guarded(url, { method: 'POST', body: body as BodyInit, ...more });

beforeEach(() => {
  fetched.mockClear();
});

describe('what can hold no payload is refused', () => {
  it.each<[what: string, body: unknown]>([
    ['no body', undefined],
    ['null', null],
    ['an empty text', ''],
    ['no bytes', new Uint8Array()],
    ['a form', form],
    ['search parameters', new URLSearchParams({ password: 'hunter2' })],
    ['search parameters that hold JSON', new URLSearchParams(good)],
    ['text that is no JSON', 'password=hunter2'],
    ['JSON that is cut off', good.slice(0, -1)],
    ['JSON and more', `${good}${good}`],
    ['JSON with comments', `${good} // sound`],
    ['JSON of a text', JSON.stringify(good)],
    ['JSON of null', 'null'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00)],
    ['an object that nobody serialised', JSON.parse(good)],
    ['something that becomes text', { toString: () => good }],
    ['a boxed text', new String(good)],
    ['a number', 5],
    ['a function', () => good],
  ])('%s', async (_, body) => {
    const error = await post(body).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_PREFLIGHT',
      report: {
        ok: false,
        checked: 1,
        findings: [{ rule: 'payload/not-an-object', path: '', severity: 'error' }],
      },
    });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('a Request without a body', async () => {
    await expect(guarded(new Request(url, { method: 'POST' }))).rejects.toMatchObject({
      code: 'ERR_PREFLIGHT',
    });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('a Request with a form', async () => {
    await expect(guarded(new Request(url, { method: 'PUT', body: form }))).rejects.toMatchObject({
      code: 'ERR_PREFLIGHT',
    });
    expect(fetched).not.toHaveBeenCalled();
  });
});

describe('what passes', () => {
  it('gives the very answer of fetch, and its very error', async () => {
    expect(await post(good)).toBe(answer);
    const error = new Error('no network');
    fetched.mockRejectedValueOnce(error);
    await expect(post(good)).rejects.toBe(error);
  });

  it('goes to fetch with all that init says, if it is text', async () => {
    const init = { method: 'POST', body: good, signal: AbortSignal.timeout(10_000), dispatcher: {} };
    await guarded(url, init);
    expect(fetched.mock.calls[0]?.[0]).toBe(url);
    const sent = fetched.mock.calls[0]?.[1];
    expect(sent).toEqual(init);
    expect(sent?.signal).toBe(init.signal);
  });

  it('keeps everything else of init where the body is a stream', async () => {
    const signal = AbortSignal.timeout(10_000);
    const dispatcher = {};
    await post(new Blob([good]).stream(), {
      duplex: 'half',
      signal,
      dispatcher,
      redirect: 'error',
      next: { tags: [] },
    });
    const sent = fetched.mock.calls[0]?.[1];
    expect(sent).toEqual({
      method: 'POST',
      body: new TextEncoder().encode(good).buffer,
      signal,
      dispatcher,
      redirect: 'error',
      next: { tags: [] },
    });
    expect(sent?.signal).toBe(signal);
  });

  it('warnings do not hold it back', async () => {
    const withRing = guardFetch(fetched, { keys: RING });
    const body = JSON.stringify(payload({ domain: 'https://shop.example/' }, OLD_KEY));
    expect(await withRing(url, { method: 'POST', body })).toBe(answer);
    await expect(post(body)).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
  });

  it('payloads of different requests are no batch', async () => {
    expect(await post(good)).toBe(answer);
    expect(await post(good)).toBe(answer);
    expect(fetched).toHaveBeenCalledTimes(2);
  });
});

const viewed = (view: Uint8Array, bodyOf: (view: Uint8Array) => unknown) => ({
  body: bodyOf(view) as BodyInit,
  view,
});

describe('what is sent is what was checked', () => {
  const nth = (index: number) => JSON.stringify(payload({ user_alias: `${index}` }));

  it('text and bytes go to fetch at once, as they would without a guard', async () => {
    const init: RequestInit = { method: 'POST' };
    const calls: Promise<Response>[] = [];
    for (const body of [nth(0), new TextEncoder().encode(nth(1)), nth(2)]) {
      init.body = body;
      calls.push(guarded(url, init));
      expect(fetched.mock.lastCall?.[1]?.body).toEqual(body);
    }
    await Promise.all(calls);
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  const bytes = new TextEncoder().encode(good);
  const shared = () => {
    const view = new Uint8Array(new SharedArrayBuffer(bytes.length + 7), 7);
    view.set(bytes);
    return view;
  };
  it.each<[what: string, make: () => { body: BodyInit; view: Uint8Array }]>([
    ['an ArrayBuffer', () => viewed(bytes.slice(), ({ buffer }) => buffer)],
    ['a Uint8Array', () => viewed(bytes.slice(), (view) => view)],
    ['a DataView', () => viewed(bytes.slice(), ({ buffer }) => new DataView(buffer))],
    [
      'a part of a larger buffer',
      () => viewed(Uint8Array.of(0, 0, ...bytes, 0).subarray(2, -1), (view) => view),
    ],
    ['shared memory', () => viewed(shared(), (view) => view)],
  ])(
    'bytes are copied: a wrapper that waits before it sends them sees no change of theirs: %s',
    async (_, make) => {
      const arrived: string[] = [];
      const late = guardFetch(
        async (_input, init) => {
          await new Promise((done) => setTimeout(done));
          arrived.push(await new Response(init?.body).text());
          return answer;
        },
        { keys: KEY },
      );
      const { body, view } = make();
      const call = late(url, { method: 'POST', body });
      view.fill(0x20);
      await call;
      expect(arrived).toEqual([good]);
    },
  );

  it('so are the chunks of a Request, and of a stream', async () => {
    for (const way of ['a Request', 'a stream']) {
      const chunk = bytes.slice();
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(chunk);
          controller.close();
        },
      });
      const init = { method: 'POST', body, duplex: 'half' };
      const late = guardFetch(
        async (input, more) => {
          chunk.fill(0x20);
          return new Response(await new Request(input, more).text());
        },
        { keys: KEY },
      );
      const call = way === 'a Request' ? late(new Request(url, init)) : late(url, init);
      expect(await (await call).text()).toBe(good);
    }
  });

  it('the type of a Blob goes along', async () => {
    await post(new Blob([good], { type: 'application/json' }));
    const { headers } = new Request(url, { ...fetched.mock.calls[0]?.[1] });
    expect(headers.get('content-type')).toBe('application/json');
  });

  it.each<[what: string, body: () => BodyInit]>([
    ['a Blob', () => new Blob([good])],
    ['a stream', () => new Blob([good]).stream()],
  ])('init that is changed while %s is being read does not count', async (_, body) => {
    const init: RequestInit = { method: 'POST', body: body(), headers: { 'x-trace': '41' } };
    const call = guarded(url, init);
    Object.assign(init, { body: bad, method: 'PUT', headers: {} });
    expect(await call).toBe(answer);
    const sent = fetched.mock.calls[0]?.[1];
    expect(sent).toMatchObject({ method: 'POST', headers: { 'x-trace': '41' } });
    expect(await new Response(sent?.body).text()).toBe(good);
  });

  it('a body that is given while that of the Request is being read does not count', async () => {
    const init: RequestInit = {};
    const call = guarded(new Request(url, { method: 'POST', body: good }), init);
    init.body = bad;
    expect(await call).toBe(answer);
    const [input, more] = fetched.mock.calls[0] ?? [];
    expect(await new Request(input as Request, more).text()).toBe(good);
  });
});

describe('what answers otherwise the next time is asked once', () => {
  const turning =
    <T>(first: T, later: T) =>
    () => {
      const now = first;
      first = later;
      return now;
    };
  const withGetter = (init: RequestInit, name: keyof RequestInit, get: () => unknown) =>
    Object.defineProperty(init, name, { get, enumerable: true });

  it.each([
    ['a body', 'body', good, bad],
    ['a method', 'method', 'GET', 'POST'],
    ['a method that then is none of the API', 'method', 'POST', 'POSTS'],
  ] as const)('%s', async (_, name, first, later) => {
    const init = withGetter({ method: 'POST', body: good }, name, turning<string>(first, later));
    await guarded(url, init);
    expect(fetched.mock.calls[0]?.[1]).toEqual({ method: 'POST', body: good, [name]: first });
  });

  it.each([
    ['elsewhere first', 'https://other.example/', url],
    ['the vault first', url, 'https://other.example/'],
  ])('a URL that becomes text: %s', async (_, first, later) => {
    const address = { toString: turning(first, later) } as unknown as URL;
    await guarded(address, { method: 'POST', body: good });
    expect(fetched.mock.calls[0]?.[0]).toBe(first);
  });

  it.each([
    ['elsewhere first', 'https://other.example/', url],
    ['the vault first', url, 'https://other.example/'],
  ])('a URL object: %s', async (_, first, later) => {
    const address = Object.assign(new URL(first), { toString: turning(first, later) });
    await guarded(address, { method: 'POST', body: good });
    expect(fetched.mock.calls[0]?.[0]).toBe(first);
  });

  it.each([
    ['elsewhere', 'https://other.example/', url],
    ['at the vault', url, 'https://other.example/'],
  ])('a URL object by what it says it is, not by what it was: %s', async (_, says, was) => {
    const address = Object.assign(new URL(was), { toString: () => says });
    await guarded(address, { method: 'POST', body: good });
    expect(fetched.mock.calls[0]?.[0]).toBe(says);
  });

  it('a Request, as the platform has it, whatever is put over its members', async () => {
    const other = new Request('https://other.example/', { method: 'GET' });
    for (const [name, value] of Object.entries({
      url: other.url,
      method: other.method,
      clone: () => new Request(url, { method: 'POST', body: good }),
      toString: () => other.url,
    })) {
      const request = new Request(url, { method: 'POST', body: bad });
      Object.defineProperty(request, name, { value });
      await expect(guarded(request)).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
    }
    expect(fetched).not.toHaveBeenCalled();
  });

  it('a URL that calls itself a Request by its tag', async () => {
    const posing = {
      [Symbol.toStringTag]: 'Request',
      url: 'https://other.example/',
      toString: () => url,
    } as unknown as Request;
    await expect(guarded(posing, { method: 'POST', body: bad })).rejects.toMatchObject({
      code: 'ERR_PREFLIGHT',
    });
  });

  it('a Blob, as the platform streams it', async () => {
    const body = Object.assign(new Blob([good]), { stream: () => new Blob([bad]).stream() });
    await post(body);
    expect(await new Response(fetched.mock.calls[0]?.[1]?.body).text()).toBe(good);
  });

  it('a URL that calls itself a Request', async () => {
    const posing = { url: 'https://other.example/', clone: () => posing, toString: () => url };
    const call = guarded(posing as unknown as Request, { method: 'POST', body: bad });
    await expect(call).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
  });

  it('a Blob, as the platform reads it', async () => {
    const body = Object.assign(new Blob([bad]), { text: async () => good });
    await expect(post(body)).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('members that are not enumerable count', async () => {
    const init = Object.defineProperties({}, { method: { value: 'POST' }, body: { value: good } });
    await guarded(url, init);
    expect(fetched.mock.calls[0]?.[1]).toEqual({ method: 'POST', body: good });
  });
});

describe('what cannot be read is refused with a code, and what it threw is not shown', () => {
  const thrower = () => {
    throw new Error('QZXJW');
  };
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  it.each<[what: string, input: unknown, init: unknown]>([
    ['a revoked proxy for a URL', revoked(), { method: 'POST', body: good }],
    ['a revoked proxy for init', url, revoked()],
    ['a URL that throws', { toString: thrower }, {}],
    ['an object that is no text', Object.create(null), {}],
    ['a method that throws', url, Object.defineProperty({}, 'method', { get: thrower })],
    ['a method that is no text', url, { method: { toString: thrower } }],
    ['a body that throws', url, Object.defineProperty({ method: 'POST' }, 'body', { get: thrower })],
  ])('%s', async (_, input, init) => {
    const error = await guarded(input as string, init as RequestInit).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'CredsealError', code: 'ERR_REQUEST_INVALID' });
    expect(String(error)).not.toContain('QZXJW');
    expect(fetched).not.toHaveBeenCalled();
  });

  it.each(['has', 'getPrototypeOf', 'get'])('a proxy for a body whose trap throws: %s', async (trap) => {
    const call = post(new Proxy({}, { [trap]: thrower }));
    const error: unknown = await call.catch((reason: unknown) => reason);
    // What nobody asks for does not throw, and the body is no payload.
    expect(error).toMatchObject({ code: trap === 'get' ? 'ERR_PREFLIGHT' : 'ERR_REQUEST_INVALID' });
    expect(String(error)).not.toContain('QZXJW');
    expect(fetched).not.toHaveBeenCalled();
  });

  it('a revoked proxy for a body', async () => {
    await expect(post(revoked())).rejects.toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    expect(fetched).not.toHaveBeenCalled();
  });
});

describe('the guard itself', () => {
  const make = (fetch: unknown, options: unknown) => () =>
    guardFetch(fetch as Fetch, options as GuardOptions);
  const destroyed = VaultKey.generate();
  destroyed.destroy();

  it.each([
    ['no fetch', undefined, { keys: KEY }, 'ERR_REQUEST_INVALID'],
    ['something else for fetch', { fetch }, { keys: KEY }, 'ERR_REQUEST_INVALID'],
    ['no options', fetch, undefined, 'ERR_KEY_FORMAT'],
    ['null for options', fetch, null, 'ERR_KEY_FORMAT'],
    ['the key for options', fetch, KEY, 'ERR_KEY_FORMAT'],
    ['no keys', fetch, {}, 'ERR_KEY_FORMAT'],
    ['a key in hex', fetch, { keys: KEY.toHex() }, 'ERR_KEY_FORMAT'],
    ['a key that was destroyed', fetch, { keys: destroyed }, 'ERR_KEY_DESTROYED'],
    ['a base URL that is none', fetch, { keys: KEY, baseUrl: 'api.example' }, 'ERR_REQUEST_INVALID'],
    ['a base URL that is null', fetch, { keys: KEY, baseUrl: null }, 'ERR_REQUEST_INVALID'],
    ['a base URL in clear', fetch, { keys: KEY, baseUrl: 'http://api.example' }, 'ERR_REQUEST_INVALID'],
    [
      'a base URL with a password',
      fetch,
      { keys: KEY, baseUrl: 'https://a:b@api.example' },
      'ERR_REQUEST_INVALID',
    ],
  ] as const)('is refused with a code: %s', (_, fetch, options, code) => {
    const error = refusal(code, make(fetch, options));
    expect(error.message).not.toContain(KEY.toHex());
  });

  it('sends nothing once the key is destroyed', async () => {
    const key = VaultKey.generate();
    const call = guardFetch(fetched, { keys: new KeyRing(key) });
    key.destroy();
    const body = JSON.stringify({ ...REF, password: sealed('x') });
    await expect(call(url, { method: 'POST', body })).rejects.toMatchObject({ code: 'ERR_KEY_DESTROYED' });
    expect(fetched).not.toHaveBeenCalled();
  });

  it('rejects, and never throws', () => {
    const call = post(bad);
    expect(call).toBeInstanceOf(Promise);
    return expect(call).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
  });

  it('can be guarded itself', async () => {
    const twice = guardFetch(guarded, { keys: KEY });
    expect(await twice(url, { method: 'POST', body: good })).toBe(answer);
    await expect(twice(url, { method: 'POST', body: bad })).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
  });
});
