import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { guardFetch } from '../../src/index.js';
import { KEY, payload } from './payloads.js';

type Fetch = typeof fetch;

const HOST = 'https://api.cloudcruise.com';
const fetched = vi.fn<Fetch>(async () => new Response());
const body = JSON.stringify(payload({ password: 'hunter2' }));
const form = new FormData();
form.set('password', 'hunter2');

beforeEach(() => {
  fetched.mockClear();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const guard = (baseUrl?: string) => guardFetch(fetched, { keys: KEY, baseUrl });

async function expectGuarded(input: string, baseUrl?: string, init: object = { method: 'POST' }) {
  await expect(guard(baseUrl)(input, { ...init, body })).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
  expect(fetched).not.toHaveBeenCalled();
}

/** That fetch gets the very same arguments, and no others. */
async function expectUntouched(args: Parameters<Fetch>, baseUrl?: string) {
  await guard(baseUrl)(...args);
  expect(fetched).toHaveBeenCalledTimes(1);
  const passed = fetched.mock.calls[0] ?? [];
  expect(passed).toHaveLength(args.length);
  for (const [index, arg] of args.entries()) expect(passed[index]).toBe(arg);
}

/** That a call of the vault that is no payload goes to fetch as it is. */
async function expectUnchecked(...[input, init = {}]: Parameters<Fetch>) {
  await guard()(input, init);
  expect(fetched.mock.calls).toEqual([[input instanceof Request ? input : String(input), init]]);
  fetched.mockClear();
}

describe('guarded is everything under the path of the vault', () => {
  it.each([
    '/vault',
    '/vault/',
    '/vault/x',
    '/vault/x/y?z',
    '/vault?permissioned_user_id=a&domain=b',
    '/vault#top',
    '/vault?',
  ])('%s', async (path) => {
    await expectGuarded(HOST + path);
  });

  it.each([
    ['dot segments', '/x/../vault'],
    ['a dot', '/./vault/.'],
    ['dot segments in percent-encoding', '/x/%2e%2E/vault'],
    ['letters in percent-encoding', '/%76ault'],
    ['all of it in percent-encoding', '/%76%61%75%6C%74'],
    ['a slash in percent-encoding', '/vault%2Fx'],
    ['percent-encoding that is none behind it', '/%76ault/%zz%ff'],
    ['slashes too many', '//vault'],
    ['backslashes', '\\vault\\x'],
    ['line breaks', '/va\nult'],
    ['upper case', '/VAULT'],
    ['mixed case in percent-encoding', '/%56ault'],
    ['a trailing space in percent-encoding', '/vault%20'],
    ['parameters of a segment', '/vault;v=1'],
    ['parameters of a segment before it', '/x;v=1/../vault'],
    ['dot segments behind a slash in percent-encoding', '/x%2F..%2Fvault'],
    ['dot segments that only some servers see', '/vault%2F..%2Fx'],
    ['backslashes in percent-encoding', '/%5Cvault'],
    ['a question mark in percent-encoding', '/vault%3Fx'],
    ['percent-encoding in percent-encoding', '/%2576ault'],
    ['percent-encoding that comes of two others', '/%2%3576ault'],
    ['a slash encoded three times', '/x%25252F..%25252Fvault'],
    ['parameters of no segment', '/;a/vault'],
    ['parameters that are empty', '/;/vault'],
    ['parameters in percent-encoding', '/%3Bx%2Fvault'],
    ['parameters of dot segments', '/x/..;/vault'],
    ['a query in percent-encoding, with a way up', '/%3Fa%2F..%2Fvault'],
    ['a fragment in percent-encoding, with a way up', '/%23%2F..%2Fvault'],
    ['what is no IPv6 address, where a host could be', '/;/['],
    ['a segment that could be a host', '//x/vault'],
    ['a segment that could be a host, after another', '//x//y/vault'],
    ['a segment that could be a host, in percent-encoding', '//a%2Fb/vault'],
    ['slashes in percent-encoding before what could be a host', '/%2Fx/vault'],
    ['a zero byte inside', '/va%00ult'],
    ['a line break in percent-encoding', '/va%0Ault'],
    ['a trailing dot', '/vault.'],
    ['trailing dots and space', '/vault.%20.'],
    ['a stream of NTFS', '/vault::$DATA'],
    ['what other servers end a segment with', '/vault,v=1'],
    ['a space of no width', '/va%E2%80%8Bult'],
    ['a filler of Hangul', '/va%E3%85%A4ult'],
    ['wide letters', '/%EF%BD%96ault'],
    ['a wide slash', '/vault%EF%BC%8Fx'],
    ['two dots that are one character', '/x/%E2%80%A5/vault'],
    ['wide dots', '/x/%EF%BC%8E%EF%BC%8E/vault'],
    ['dots and a space', '/x/..%20/vault'],
    ['overlong UTF-8', '/x%C0%AF..%C0%AFvault'],
    ['the percent-encoding of IIS', '/%u0076ault'],
  ])('however it is written: %s', async (_, path) => {
    await expectGuarded(HOST + path);
  });

  it.each([
    ['upper case', 'HTTPS://API.CloudCruise.com/vault'],
    ['the default port', 'https://api.cloudcruise.com:443/vault'],
    ['space around it', '  https://api.cloudcruise.com/vault\t'],
    ['too few slashes', 'https:api.cloudcruise.com/vault'],
    ['letters in percent-encoding', 'https://api.cloud%63ruise.com/vault'],
    ['wide letters', 'https://api.ｃloudcruise.com/vault'],
    ['the dot of the root', 'https://api.cloudcruise.com./vault'],
    ['a name and a password', 'https://user:password@api.cloudcruise.com/vault'],
  ])('however the host is written: %s', async (_, url) => {
    await expectGuarded(url);
  });

  it.each([
    ['plain HTTP', 'http://api.cloudcruise.com/vault'],
    ['plain HTTP at the port of HTTPS', 'http://api.cloudcruise.com:443/vault'],
    ['another port', 'https://api.cloudcruise.com:8443/vault'],
  ])('whichever way its host is reached: %s', async (_, url) => {
    await expectGuarded(url);
  });

  it('under a base URL with a path', async () => {
    for (const baseUrl of ['https://gw.example/cc', 'https://gw.example/cc/', 'https://gw.example/c%63//'])
      for (const path of ['/cc/vault', '/cc/vault/x', '/cc//vault', '/x/../cc/vault', '/c%63/vault'])
        await expectGuarded(`https://gw.example${path}`, baseUrl);
  });

  it('under a base URL of this machine', async () => {
    await expectGuarded('http://127.0.0.1:8080/vault', 'http://127.0.0.1:8080/');
    await expectGuarded('http://127.1:8080/vault', 'http://127.0.0.1:8080');
    await expectGuarded('http://localhost:8080/vault', 'http://127.0.0.1:8080');
    await expectGuarded('https://[::1]:8080/vault', 'http://localhost:8080');
    await expectGuarded('http://[::1]:8080/vault', 'http://[0:0::1]:8080');
  });

  it.each([
    'http://0.0.0.0:8080',
    'http://0:8080',
    'http://[::]:8080',
    'http://[::ffff:127.0.0.1]:8080',
    'http://[::ffff:127.255.3.4]:8080',
    'http://[::ffff:0.0.0.0]:8080',
    'http://127.0.0.1.:8080',
    'http://localhost.:8080',
    'http://vault.LOCALHOST:8080',
    'http://a.b.localhost.:8080',
  ])('under a base URL of this machine, however that is reached: %s', async (base) => {
    await expectGuarded(`${base}/vault`, 'http://127.0.0.1:8080');
    await expectGuarded(`${base}/vault`, 'http://[::1]:8080');
  });

  it.each([
    'http://ip6-localhost:8080',
    'http://name-of-this-machine:8080',
    'http://name-of-this-machine.example:8080',
    'http://192.168.1.5:8080',
    'http://[fe80::1]:8080',
  ])('under a base URL of this machine, by any host at its port, which may be its own: %s', async (base) => {
    for (const vault of ['http://127.0.0.1:8080', 'http://localhost:8080', 'https://vault.localhost.:8080'])
      await expectGuarded(`${base}/vault`, vault);
  });

  it.each([
    ['http://127.0.0.1', 'https://localhost:80'],
    ['https://127.0.0.1', 'http://localhost:443'],
    ['http://127.0.0.1:80', 'http://localhost'],
  ])('under a base URL of this machine, with the port spelt out or not: %s, %s', async (base, url) => {
    await expectGuarded(`${url}/vault`, base);
  });

  it.each([
    'http://[::ffff:127.0.0.1]:8081',
    'http://127.0.0.1:8081',
    'http://ip6-localhost',
    'https://x.example',
  ])('but not at another port of this machine, or of any other: %s', async (base) => {
    await expectUntouched([`${base}/vault`, { method: 'POST', body }], 'http://127.0.0.1:8080');
  });

  it('under a base URL that is an address, also mapped into IPv6', async () => {
    await expectGuarded('https://[::ffff:10.1.2.3]/vault', 'https://10.1.2.3');
    await expectGuarded('https://10.1.2.3/vault', 'https://[::ffff:a01:203]');
    await expectUntouched(['https://[::ffff:10.1.2.4]/vault', { method: 'POST', body }], 'https://10.1.2.3');
  });

  it('under a base URL whose path some servers read otherwise, everything at its host', async () => {
    for (const base of ['https://gw.example/a;b', 'https://gw.example/a%252Fb', 'https://gw.example/a%20b'])
      for (const path of ['/a/vault', '/x', '/']) await expectGuarded(`https://gw.example${path}`, base);
  });

  it.each([
    '/cc;a%2Fb/vault',
    '/cc/;/vault',
    '/cc%2Fvault',
    '/c/x;/..;/..;/cc/vault',
    '/;/cc/vault',
    '//x/cc/vault',
  ])('under a base URL with a path, whatever may lead there: %s', async (path) => {
    await expectGuarded(`https://gw.example${path}`, 'https://gw.example/cc');
  });

  it('for a relative URL, where there is a page or a worker that it is relative to', async () => {
    vi.stubGlobal('document', { baseURI: `${HOST}/app/` });
    await expectGuarded('/vault');
    await expectGuarded('../vault');
    vi.stubGlobal('document', undefined);
    vi.stubGlobal('location', { href: `${HOST}/worker.js` });
    await expectGuarded('vault');
    await expectUntouched(['/vaults', { method: 'POST', body }]);
  });

  it.each(['POST', 'post', 'Post', 'PUT', 'put', 'PATCH', 'patch', ['POST'], new String('put')])(
    'for the method %s',
    async (method) => {
      await expectGuarded(`${HOST}/vault`, undefined, { method });
    },
  );

  it('for the method of a Request, whatever its case', async () => {
    const request = new Request(`${HOST}/vault`, { method: 'post', body });
    await expect(guard()(request)).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
    expect(fetched).not.toHaveBeenCalled();
  });
});

it.each([
  '',
  '/',
  '/x',
  '/clear-browser-state-too',
  '/clear-browser-state/../x',
  '/clear-browser-state;x',
  '/CLEAR-browser-state',
  '/x%2F..%2Fclear-browser-state',
])('guarded is a PATCH that is not the one of the API: /vault%s', async (rest) => {
  await expectGuarded(`${HOST}/vault${rest}`, undefined, { method: 'PATCH' });
});

it('guarded is what takes the path of another call', async () => {
  for (const method of ['POST', 'PUT'])
    await expectGuarded(`${HOST}/vault/clear-browser-state`, undefined, { method });
});

describe('untouched is everything else', () => {
  it.each([
    '/',
    '/vaults',
    '/vault-x',
    '/vault_x',
    '/vaultx',
    '/vault.json',
    '/x/vault',
    '/vault/../x',
    '/%2e%2e/x',
    '/?/vault',
    '/#/vault',
    '/workflows',
    '//workflows',
    '//workflows/run',
    '/workflows//vault',
    '/files/a%2Fb',
    '/files/a;v=1/vault',
    '/files/what%3F%23',
    '/files/a%20b.txt',
    '/caf%C3%A9/%D0%B4',
    '/@scope%2Fpackage',
    '/compare/a...b',
    '/v1.0:predict',
    '/vault.json;v=1',
    '/value',
  ])('%s', async (path) => {
    await expectUntouched([HOST + path, { method: 'POST', body }]);
  });

  it.each([
    ['another host', 'https://cloudcruise.com/vault'],
    ['a scheme that is not HTTP', 'ws://api.cloudcruise.com/vault'],
    ['a host that begins alike', 'https://api.cloudcruise.com.evil.example/vault'],
    ['the host as a user', 'https://api.cloudcruise.com@evil.example/vault'],
    ['the URL in a path', 'https://evil.example/https://api.cloudcruise.com/vault'],
    ['the URL in a query', 'https://evil.example/vault?https://api.cloudcruise.com/vault'],
    ['a relative URL where there is no page', '/vault'],
    ['no URL', 'vault'],
    ['data', 'data:application/json,{}'],
  ])('elsewhere: %s', async (_, url) => {
    await expectUntouched([url, { method: 'POST', body }]);
  });

  it('another port of this machine, where it is another service', async () => {
    for (const url of ['http://127.0.0.1:8081/vault', 'http://localhost/vault']) {
      fetched.mockClear();
      await expectUntouched([url, { method: 'POST', body }], 'http://127.0.0.1:8080');
    }
    fetched.mockClear();
    await expectUntouched(['data:application/json,{}', { method: 'POST', body }], 'http://localhost');
  });

  it('beside a base URL with a path', async () => {
    for (const path of ['/vault', '/ccx/vault', '/cc', '/cc/', '/cc/vaults', '/cc/x/vault', '/x/cc/vault']) {
      fetched.mockClear();
      await expectUntouched(
        [`https://gw.example${path}`, { method: 'POST', body }],
        'https://gw.example/cc/',
      );
    }
  });

  it.each(['GET', 'HEAD', 'DELETE', 'PATCH', 'patch', 'OPTIONS', 'POSTS', 'constructor', '__proto__'])(
    'the method %s, under the path of the vault, even with a bad body',
    async (method) => {
      await expectUnchecked(`${HOST}/vault/clear-browser-state`, { method, body: form });
    },
  );

  it('no method, which is GET', async () => {
    await expectUnchecked(`${HOST}/vault`);
    await expectUnchecked(new URL(`${HOST}/vault`), {});
    await expectUnchecked(new Request(`${HOST}/vault`));
  });

  it.each<[what: string, body: BodyInit]>([
    ['a form', form],
    ['text that is no JSON', 'hunter2'],
    ['a stream', new ReadableStream()],
  ])('%s, elsewhere', async (_, other) => {
    await expectUntouched(['https://other.example/vault', { method: 'POST', body: other }]);
  });

  it('a Request elsewhere is not read', async () => {
    const request = new Request('https://other.example/vault', { method: 'POST', body });
    await expectUntouched([request, { headers: {} }]);
    expect(request.bodyUsed).toBe(false);
  });

  it('a method that is odd, elsewhere', async () => {
    const method = ['GET'] as unknown as string;
    await expectUntouched(['https://other.example/', { method }]);
  });

  it('more arguments than fetch has, for those that take more', async () => {
    const args = [`${HOST}/workflows`, { method: 'POST' }, { more: true }] as unknown as Parameters<Fetch>;
    await expectUntouched(args);
  });
});
