import { describe, expect, test } from 'vitest';
import { type Faults, startEmulator } from '../../src/emulator/index.js';
import { CredsealError } from '../../src/errors.js';
import { API_KEY, ENTRY, KEY, localVault, REF, send } from './local-vault.js';

/** What became of some requests for the list: statuses, or "dropped". */
async function outcomes(local: Awaited<ReturnType<typeof localVault>>, count: number) {
  const seen: (number | string)[] = [];
  for (let at = 0; at < count; at++) {
    seen.push(
      await send(local.requests.list()).then(
        ({ status }) => status,
        () => 'dropped',
      ),
    );
  }
  return seen;
}

describe('by script', () => {
  test('each request gets its fault in turn; null, and what comes behind the end, goes right', async () => {
    const script = [{ status: 500 }, null, { status: 429, retryAfter: 7 }, { drop: true }, {}];
    expect(await outcomes(await localVault({ faults: { script } }), 7)).toEqual([
      500,
      200,
      429,
      'dropped',
      200,
      200,
      200,
    ]);
  });

  test('429 with Retry-After in seconds, or as a date', async () => {
    const moment = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
    const faults = {
      script: [{ status: 429, retryAfter: 7 }, { status: 503, retryAfter: moment }, { status: 429 }],
    };
    const { requests } = await localVault({ faults });
    const answers = [await send(requests.list()), await send(requests.list()), await send(requests.list())];
    expect(answers.map(({ status }) => status)).toEqual([429, 503, 429]);
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual([
      '7',
      'Fri, 02 Jan 2026 03:04:05 GMT',
      null,
    ]);
    expect(answers[0]?.json).toEqual({ message: expect.any(String), error: 'Too Many Requests' });
  });

  test('before, nothing is done; after, it is done and the client cannot know', async () => {
    const script = [
      { status: 500 },
      { drop: true },
      null,
      { status: 500, when: 'after' as const },
      null,
      { drop: true, when: 'after' as const },
    ];
    const { requests } = await localVault({ faults: { script } });
    const create = (permissioned_user_id: string) =>
      send(requests.create({ ...ENTRY, permissioned_user_id }));
    expect((await create('a')).status).toBe(500);
    await expect(create('a')).rejects.toThrow();
    expect((await send(requests.list())).json).toEqual([]);
    expect((await create('b')).status).toBe(500);
    expect((await send(requests.list())).json).toHaveLength(1);
    await expect(create('c')).rejects.toThrow();
    expect((await send(requests.list())).json).toHaveLength(2);
    expect((await create('c')).status).toBe(409);
  });

  test('after strikes refusals, too', async () => {
    const { requests } = await localVault({ faults: { script: [{ status: 502, when: 'after' }] } });
    expect((await send(requests.get(REF))).status).toBe(502);
    expect((await send(requests.get(REF))).status).toBe(404);
  });

  test('latency delays the answer, and a slow body arrives piece by piece', async () => {
    const script = [null, null, { latency: 300 }, { slowBody: 300 }];
    const { requests } = await localVault({ faults: { script } });
    await send(requests.create(ENTRY));
    const { text } = await send(requests.list());
    const start = performance.now();
    expect((await send(requests.list())).text).toBe(text);
    expect(performance.now() - start).toBeGreaterThan(280);
    const { url, ...request } = requests.list();
    const response = await fetch(url, request);
    const chunks: Uint8Array[] = [];
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read())
      chunks.push(part.value);
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).toString()).toBe(text);
  });
});

describe('by rate', () => {
  test('about as many requests go wrong as it says', async () => {
    // 0, 1/40, 2/40, … in turn: a rate of 1/4 strikes ten of forty.
    let calls = 0;
    const random = () => (calls++ % 40) / 40;
    const local = await localVault({ faults: { rates: [{ rate: 0.25, status: 500 }], random } });
    const seen = await outcomes(local, 40);
    expect(seen.filter((status) => status === 500)).toHaveLength(10);
    expect(seen.filter((status) => status === 200)).toHaveLength(30);
  });

  test('0 never and 1 always; the first that strikes is taken; a script goes first', async () => {
    const rates = [
      { rate: 0, drop: true },
      { rate: 1, status: 502 },
      { rate: 1, status: 503 },
    ];
    expect(await outcomes(await localVault({ faults: { rates, script: [{ status: 429 }] } }), 3)).toEqual([
      429, 502, 502,
    ]);
  });
});

test('as a function says, of method, path and number', async () => {
  const seen: object[] = [];
  const faults: Faults = (request) => {
    seen.push(request);
    return request.method === 'POST' ? { status: 503 } : undefined;
  };
  const { requests } = await localVault({ faults });
  expect((await send(requests.create(ENTRY))).status).toBe(503);
  expect((await send(requests.get(REF))).status).toBe(404);
  expect(seen).toEqual([
    { method: 'POST', path: '/vault', count: 1 },
    { method: 'GET', path: '/vault', count: 2 },
  ]);
});

test('a function that gives no fault that makes sense, or throws, is told so by 500', async () => {
  const nonsense = await localVault({ faults: () => ({ status: 200 }) });
  const { status, json } = await send(nonsense.requests.list());
  expect({ status, message: json.message }).toEqual({
    status: 500,
    message: 'faults().status is 429, or from 500 to 599.',
  });
  const throwing = await localVault({
    faults: () => {
      throw new RangeError('MARKER');
    },
  });
  const answer = await send(throwing.requests.list());
  expect(answer.status).toBe(500);
  expect(answer.json.message).toMatch(/RangeError at [\w.-]+:\d+:\d+/);
  expect(answer.text).not.toContain('MARKER');
});

test('closing does not wait for what is delayed', async () => {
  const { vault, requests } = await localVault({ faults: () => ({ latency: 600_000 }) });
  const waiting = send(requests.list()).catch(() => 'dropped');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await vault.close();
  expect(await waiting).toBe('dropped');
});

describe('faults that make no sense are refused', () => {
  test.each<[string, unknown]>([
    ['a text', 'status=500'],
    ['another member', { scripts: [] }],
    ['a script that is none', { script: {} }],
    ['rates that are none', { rates: {} }],
    ['a rate above 1', { rates: [{ rate: 2, status: 500 }] }],
    ['no rate', { rates: [{ status: 500 }] }],
    ['a fault that is none', { script: ['drop'] }],
    ['a fault with another member', { script: [{ stats: 500 }] }],
    ['a status that is no fault', { script: [{ status: 200 }] }],
    ['half a status', { script: [{ status: 500.5 }] }],
    ['Retry-After without status', { script: [{ retryAfter: 1 }] }],
    ['Retry-After below zero', { script: [{ status: 429, retryAfter: -1 }] }],
    ['Retry-After as text', { script: [{ status: 429, retryAfter: '1\r\nx: y' }] }],
    ['Retry-After that is no date', { script: [{ status: 429, retryAfter: new Date(Number.NaN) }] }],
    ['latency below zero', { script: [{ latency: -1 }] }],
    ['latency that is no number', { script: [{ latency: Number.NaN }] }],
    ['drop and status', { script: [{ drop: true, status: 500 }] }],
    ['when that is neither', { script: [{ drop: true, when: 'during' }] }],
    ['random that is none', { rates: [], random: 0.5 }],
  ])('%s', async (_, faults) => {
    const error = await startEmulator({ key: KEY, apiKey: API_KEY, faults: faults as Faults }).catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(CredsealError);
    expect(error.code).toBe('ERR_REQUEST_INVALID');
    expect(error.field).toMatch(/^faults/);
  });
});
