import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type VaultEvent, vaultClient } from '../../src/vault/index.js';
import { API_KEY, ENTRY, KEY, REF } from '../emulator/local-vault.js';
import { all, rejection, scripted } from './vaults.js';

const NEW = { ...REF, password: 'hunter2' };

/** A server that answers as it is told, byte for byte. */
async function server(answer: Parameters<typeof createServer>[1]) {
  const http = createServer(answer);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const baseUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return (config = {}) => vaultClient({ apiKey: API_KEY, keys: KEY, baseUrl, retries: 0, ...config });
}

describe('a call is tried again where that may help', () => {
  test.each([429, 500, 502, 503])('after %i', async (status) => {
    const { server, vault } = await scripted((_request, count) => (count < 3 ? { status } : undefined));
    expect(await vault.create(NEW)).toMatchObject(NEW);
    expect(server.received).toHaveLength(3);
  });

  test('after Retry-After, and no earlier', async () => {
    const { vault } = await scripted((_request, count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined,
    );
    const start = performance.now();
    await vault.create(NEW);
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  test('one Retry-After holds for every call of the client', async () => {
    const times: number[] = [];
    const { vault } = await scripted((_request, count) => {
      times.push(performance.now());
      return count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
    });
    const first = vault.create(NEW);
    await expect.poll(() => times.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await vault.get(REF);
    await first;
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990);
  });

  test.each([400, 401, 403, 404, 409, 413, 418])('not after %i', async (status) => {
    const { server, vault } = await scripted(() => ({ status, body: { message: `no ${API_KEY}` } }));
    const error = await rejection(vault.update(NEW));
    expect(error).toMatchObject({ code: 'ERR_VAULT_REFUSED', status });
    expect(error.message).not.toContain(API_KEY);
    expect(server.received).toHaveLength(1);
  });

  test('retries bounds it, and the error has the last status and what the vault asks for', async () => {
    const { server, vault } = await scripted(() => ({ status: 503, headers: { 'retry-after': '900' } }), {
      retries: 0,
    });
    const error = await rejection(vault.get(REF));
    expect(error).toMatchObject({ code: 'ERR_VAULT_REFUSED', status: 503, retryAfter: 900 });
    expect(server.received).toHaveLength(1);
  });

  test('nobody there is ERR_VAULT_UNREACHABLE', async () => {
    const vault = vaultClient({ apiKey: API_KEY, keys: KEY, baseUrl: 'http://127.0.0.1:1', retries: 1 });
    const error = await rejection(vault.get(REF));
    expect(error).toMatchObject({ code: 'ERR_VAULT_UNREACHABLE' });
    expect(error.message).toContain('2 attempts');
  });
});

describe('a lost answer', () => {
  test('of a create that was heard is no conflict', async () => {
    const { server, vault } = await scripted((request, count) =>
      request.method === 'POST' && count === 1 ? 'hang-up-after' : undefined,
    );
    expect(await vault.create(NEW)).toMatchObject(NEW);
    expect(server.received.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
  });

  test('of a delete that was heard is a deletion', async () => {
    const { vault } = await scripted((request, count) =>
      request.method === 'DELETE' && count === 2 ? 'hang-up-after' : undefined,
    );
    await vault.create(NEW);
    expect(await vault.delete(REF)).toBe(true);
  });

  test('of an upsert: the entry is read again before it is written again', async () => {
    const { server, vault } = await scripted((request, count) =>
      request.method === 'PUT' && count < 5 ? 'hang-up-after' : undefined,
    );
    await vault.create(NEW);
    expect(await vault.upsert({ ...NEW, password: 'new' })).toMatchObject({
      outcome: 'updated',
      entry: { password: 'new' },
    });
    expect(server.received.map(({ method }) => method)).toEqual(['POST', 'GET', 'PUT', 'GET']);
  });

  test('of an upsert that was not heard: what somebody else wrote meanwhile is kept', async () => {
    const { server, vault } = await scripted((request, count) => {
      if (request.method !== 'PUT' || count > 4) return undefined;
      const [stored] = server.stored.values();
      if (stored) stored.user_alias = 'written meanwhile';
      return 'hang-up';
    });
    await vault.create({ ...NEW, user_alias: 'before' });
    const { entry } = await vault.upsert({ ...NEW, password: 'new' });
    expect(entry).toMatchObject({ password: 'new', user_alias: 'written meanwhile' });
  });

  test('another entry under the name is a conflict', async () => {
    const { vault } = await scripted(() => undefined);
    await vault.create(NEW);
    expect(await rejection(vault.create(NEW))).toMatchObject({ code: 'ERR_VAULT_REFUSED', status: 409 });
  });
});

describe('an answer that is none of the vault', () => {
  test.each([
    ['an HTML page', '<html></html>'],
    ['another entry', JSON.stringify({ permissioned_user_id: 'x', domain: 'https://x.example' })],
    ['a list', '[]'],
    ['an endless text', `"${'x'.repeat(17 * 1024 * 1024)}"`],
  ])('%s is refused', async (_name, body) => {
    const vault = await server((_request, response) => response.end(body));
    const error = await rejection(vault().get(REF));
    expect(error).toMatchObject({ code: 'ERR_VAULT_REFUSED', status: 200 });
    expect(error.message).toContain('base URL');
  });

  test('a redirect is not followed', async () => {
    const urls: string[] = [];
    const vault = await server((request, response) => {
      urls.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const error = await rejection(vault().create(NEW));
    expect(error).toMatchObject({ code: 'ERR_VAULT_REFUSED' });
    expect(urls).toEqual(['/vault']);
  });
});

describe('time', () => {
  test('an attempt that gets no answer ends with its time limit', async () => {
    const vault = await server(() => undefined);
    expect(await rejection(vault({ timeout: 1000 }).get(REF))).toMatchObject({
      code: 'ERR_VAULT_UNREACHABLE',
      message: expect.stringContaining('in time'),
    });
  });

  test('a compressed answer that is cut off ends with it, too', async () => {
    const whole = brotliCompressSync(Buffer.from(JSON.stringify({ ...REF, pad: 'x'.repeat(1e5) })));
    const vault = await server((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'br' });
      response.write(whole.subarray(0, whole.length / 2));
    });
    expect((await rejection(vault({ timeout: 1000 }).get(REF))).code).toBe('ERR_VAULT_UNREACHABLE');
  });

  test('of a list it is the time between two pieces', async () => {
    const vault = await server(async (_request, response) => {
      for (const piece of ['[', '{"permissioned_user_id":"a",', '"domain":"https://a.example"}', ']']) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      response.end();
    });
    expect(await all(vault({ timeout: 1000 }).list())).toHaveLength(1);
    const silent = await server((_request, response) => void response.write('[{"permissioned_user_id":"a"}'));
    expect((await rejection(all(silent({ timeout: 1000 }).list()))).code).toBe('ERR_VAULT_UNREACHABLE');
  });
});

describe('a list', () => {
  test.each([
    ['cut off', '[{"permissioned_user_id":"a","domain":"https://a.example"},', 'ERR_VAULT_UNREACHABLE'],
    ['wrapped in an object', '{"data":[]}', 'ERR_VAULT_REFUSED'],
    ['of something else', '[1]', 'ERR_VAULT_REFUSED'],
    ['broken', '[{"a":}]', 'ERR_VAULT_REFUSED'],
  ])('that is %s is not taken for all there is', async (_name, body, code) => {
    const vault = await server((_request, response) => response.end(body));
    expect((await rejection(all(vault().list()))).code).toBe(code);
  });

  test('with a next page is read on; a next page elsewhere is refused', async () => {
    const entry = (name: string) => ({ permissioned_user_id: name, domain: REF.domain });
    const keys: unknown[] = [];
    const vault = await server((request, response) => {
      keys.push(request.headers['cc-key']);
      const isFirst = request.url === '/vault';
      if (isFirst) response.setHeader('link', '</vault?page=2>; rel="next", </vault>; rel="first"');
      response.end(JSON.stringify([entry(isFirst ? 'one' : 'two')]));
    });
    const names = (await all(vault().list())).map(({ stored }) => stored.permissioned_user_id);
    expect(names).toEqual(['one', 'two']);
    expect(keys).toEqual([API_KEY, API_KEY]);

    const elsewhere = await server((_request, response) => {
      response.setHeader('link', '<https://evil.example/vault?page=2>; rel="next"').end('[]');
    });
    expect((await rejection(all(elsewhere().list()))).code).toBe('ERR_VAULT_REFUSED');
    const endless = await server((_request, response) => {
      response.setHeader('link', '</vault>; rel=next').end('[]');
    });
    expect((await rejection(all(endless().list()))).code).toBe('ERR_VAULT_REFUSED');
  });

  test('whoever stops early ends the answer', async () => {
    let isClosed = false;
    const vault = await server((_request, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.write('[{"permissioned_user_id":"a","domain":"https://a.example"},');
    });
    for await (const { stored } of vault().list()) {
      expect(stored.permissioned_user_id).toBe('a');
      break;
    }
    await expect.poll(() => isClosed).toBe(true);
  });
});

describe('an abort', () => {
  test('cuts off what is under way, and rejects with its reason', async () => {
    const vault = await server(() => undefined);
    const stop = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 50);
    await expect(vault().get(REF, { signal: stop.signal })).rejects.toBe(reason);
    await expect(vault().get(REF, { signal: stop.signal })).rejects.toBe(reason);
    await expect(all(vault().list({ signal: stop.signal }))).rejects.toBe(reason);
  });

  test('ends waiting for another attempt', async () => {
    const { vault } = await scripted(() => ({ status: 429, headers: { 'retry-after': '60' } }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(vault.get(REF, { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('events', () => {
  test('tell of each attempt: what, how often, how it went, how long, and which keys', async () => {
    const events: VaultEvent[] = [];
    const { vault } = await scripted(
      (_request, count) => (count === 1 ? { status: 503 } : count === 2 ? 'hang-up' : undefined),
      { onEvent: (event) => events.push(event) },
    );
    await vault.create(ENTRY);
    await vault.get({ ...REF, permissioned_user_id: 'nobody' });
    expect(events).toMatchObject([
      { operation: 'create', ref: REF, attempt: 1, status: 503, outcome: 'retry' },
      { operation: 'create', attempt: 2, outcome: 'unreachable' },
      { operation: 'create', attempt: 3, status: 201, outcome: 'ok', keys: { current: 3, previous: 0 } },
      { operation: 'get', attempt: 1, status: 404, outcome: 'missing' },
    ]);
    for (const { ms } of events) expect(ms).toBeGreaterThan(0);
    const told = JSON.stringify(events);
    for (const secret of [ENTRY.password, API_KEY, KEY.toHex()]) expect(told).not.toContain(secret);
  });

  test('what a listener throws does not change the call', async () => {
    const { vault } = await scripted(() => undefined, {
      onEvent() {
        throw new Error('listener');
      },
    });
    expect(await vault.create(NEW)).toMatchObject(NEW);
  });
});
