import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BulkItem } from '../../src/bulk/item.js';
import type { PushFailure, PushOutcome } from '../../src/bulk/push/outcome.js';
import { type PushOptions, pushEntries } from '../../src/bulk/push/push-entries.js';
import { startEmulator } from '../../src/emulator/index.js';
import { type SealedEntry, sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { CredsealError } from '../../src/errors.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { refusal } from '../refusal.js';
import { type Fault, nameOf, type Received, startScriptedVault } from './scripted-vault.js';

const KEY = VaultKey.generate();
const API_KEY = 'sk-scripted';
type Vault = Awaited<ReturnType<typeof startScriptedVault>>;
let vault: Vault | undefined;

afterEach(async () => {
  vi.useRealTimers();
  await vault?.close();
  vault = undefined;
});

const sealed = (index: number, more: Partial<VaultEntry> = {}, key = KEY): SealedEntry =>
  sealEntry(
    {
      permissioned_user_id: `user-${index}`,
      domain: 'https://example.com',
      password: `pw-${index}`,
      ...more,
    } as VaultEntry,
    key,
  );
const some = (count: number) => Array.from({ length: count }, (_, index) => sealed(index));

/** Pushes entries, each with its line, and gives the outcomes in the order of the lines. */
async function push(
  entries: readonly (SealedEntry | CredsealError)[],
  options: Partial<PushOptions> = {},
  fault?: (request: Received, count: number) => Fault | undefined,
): Promise<PushOutcome[]> {
  vault ??= await startScriptedVault(fault);
  const items = entries.map(
    (entry, index): BulkItem<SealedEntry> =>
      entry instanceof Error ? { line: index + 1, error: entry } : { line: index + 1, value: entry },
  );
  const outcomes: PushOutcome[] = [];
  const source = new ReadableStream<BulkItem<SealedEntry>>({
    pull(controller) {
      const next = items.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });
  const all = { apiKey: API_KEY, keys: KEY, baseUrl: vault.url, ...options };
  for await (const outcome of source.pipeThrough(pushEntries(all))) outcomes.push(outcome);
  return outcomes.sort((a, b) => a.line - b.line);
}
const posts = () => vault?.received.filter(({ method }) => method === 'POST') ?? [];

describe('what is sent', () => {
  test('is each payload as it came, once, with the API key, created', async () => {
    const entries = some(20);
    const outcomes = await push(entries);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(20).fill('created'));
    expect(vault?.received).toHaveLength(20);
    expect(new Set(posts().map(({ headers }) => headers['cc-key']))).toEqual(new Set([API_KEY]));
    for (const entry of entries) expect(vault?.stored.get(nameOf({ ...entry }))).toEqual(entry);
  });

  test('is a PUT with mode "update", and names what is not there', async () => {
    const [first, second] = [sealed(1), sealed(2)];
    vault = await startScriptedVault();
    vault.stored.set(nameOf({ ...first }), { ...first });
    const outcomes = await push([first, second], { mode: 'update' });
    expect(outcomes).toMatchObject([
      { status: 'updated' },
      {
        status: 'refused',
        httpStatus: 404,
        reason: 'The vault has no such entry to update (404): create it, or upsert it.',
        permissioned_user_id: 'user-2',
        entry: second,
      },
    ]);
  });

  test('with mode "upsert" creates, and updates what exists', async () => {
    const [old, renewed, fresh] = [sealed(1), sealed(1, { password: 'other' }), sealed(2)];
    vault = await startScriptedVault();
    vault.stored.set(nameOf({ ...old }), { ...old });
    const outcomes = await push([renewed, fresh], { mode: 'upsert' });
    expect(outcomes.map(({ status }) => status)).toEqual(['updated', 'created']);
    expect(vault.stored.get(nameOf({ ...old }))?.password).toBe(renewed.password);
  });

  test('is at most so many at once, and as many where there are enough', async () => {
    vault = await startScriptedVault(undefined, 100);
    await push(some(12), { concurrency: 3 });
    expect(vault?.mostAtOnce()).toBe(3);
  });

  test('is nothing in a dry run', async () => {
    const outcomes = await push([...some(3), { ...sealed(9), passwrod: 'x' } as SealedEntry], {
      dryRun: true,
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['checked', 'checked', 'checked', 'invalid']);
    expect(vault?.received).toEqual([]);
  });
});

describe('what fails preflight', () => {
  const secret = 'marker-in-plain-text';
  test.each([
    ['plain text', { ...sealed(1), password: secret }],
    ['a misspelt field', { ...sealed(1), passwrod: secret }],
    ['another key', sealed(1, {}, VaultKey.generate())],
    ['no object', secret],
    ['null', null],
  ])('is not sent, nor shown: %s', async (_, entry) => {
    const [outcome, next] = await push([entry as SealedEntry, sealed(2)]);
    expect(outcome).toMatchObject({ status: 'invalid', findings: [{ severity: 'error' }] });
    expect(JSON.stringify(outcome)).not.toContain(secret);
    expect(outcome).not.toHaveProperty('entry');
    expect(next?.status).toBe('created');
    expect(vault?.received).toHaveLength(1);
  });

  test('is the second entry of the same name', async () => {
    const outcomes = await push([sealed(1), sealed(1)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['created', 'invalid']);
  });

  test('is an entry under a previous key, since the vault has the current one alone', async () => {
    const previous = VaultKey.generate();
    const [outcome] = await push([sealed(1, {}, previous)], { keys: new KeyRing(KEY, [previous]) });
    expect(outcome).toMatchObject({ status: 'invalid', reason: expect.stringContaining('credseal rotate') });
    expect(vault?.received).toEqual([]);
  });

  test('is a line that could not be read, by its own words', async () => {
    const outcomes = await push([new CredsealError('ERR_ENTRY_INVALID', 'Not JSON.'), sealed(1)]);
    expect(outcomes).toMatchObject([
      { line: 1, status: 'invalid', reason: 'Not JSON.' },
      { line: 2, status: 'created' },
    ]);
  });
});

describe('what is tried again', () => {
  test.each<[string, Fault]>([
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['a connection that ends', 'hang-up'],
  ])('%s, until it works', async (_, fault) => {
    const outcomes = await push([sealed(1)], {}, (_request, count) => (count <= 2 ? fault : undefined));
    expect(outcomes).toMatchObject([{ status: 'created' }]);
    expect(posts()).toHaveLength(3);
  });

  test('an answer that does not come in time', async () => {
    const outcomes = await push([sealed(1)], { timeout: 100 }, (_, count) =>
      count === 1 ? 'silence' : undefined,
    );
    expect(outcomes).toMatchObject([{ status: 'created' }]);
  });

  test('so often and no more, and then it is refused with its reason', async () => {
    const entry = sealed(1);
    const outcomes = await push([entry], { retries: 2 }, () => ({ status: 503 }));
    expect(outcomes).toMatchObject([{ status: 'refused', httpStatus: 503, entry }]);
    expect(posts()).toHaveLength(3);
  });

  test('429 no sooner than Retry-After says, by any of those under way', async () => {
    const times: number[] = [];
    await push(some(6), { concurrency: 2 }, (_, count) => {
      times.push(Date.now());
      return count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
    });
    // The second was under way when the first was answered; all that follow have waited.
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test.each([-600_000, 600_000])(
    '429 by a clock that nobody sets: set by %i ms, it waits as long',
    async (by) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const start = performance.now();
      const outcomes = await push([sealed(1), sealed(2)], { concurrency: 1 }, (_, count) => {
        if (count !== 1) return undefined;
        setTimeout(() => vi.setSystemTime(Date.now() + by), 300);
        return { status: 429, headers: { 'retry-after': '1' } };
      });
      expect(outcomes).toMatchObject([{ status: 'created' }, { status: 'created' }]);
      expect(performance.now() - start).toBeGreaterThanOrEqual(990);
    },
  );

  test("429 until a date, by the vault's own clock", async () => {
    const start = performance.now();
    const outcomes = await push([sealed(1)], {}, (_, count) => {
      const now = Date.parse('2020-01-01T00:00:00Z');
      const [date, later] = [now, now + 1000].map((ms) => new Date(ms).toUTCString()) as [string, string];
      return count === 1 ? { status: 429, headers: { date, 'retry-after': later } } : undefined;
    });
    expect(outcomes).toMatchObject([{ status: 'created' }]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  test('an answer that is cut off, though its status is 201', async () => {
    const entry = sealed(1);
    const half = JSON.stringify(entry).slice(0, 100);
    const outcomes = await push([entry], {}, (_, count) =>
      count === 1 ? { status: 201, body: half } : undefined,
    );
    expect(outcomes).toMatchObject([{ status: 'created' }]);
  });

  test('not where the vault asks to wait for longer than anybody does', async () => {
    const outcomes = await push([sealed(1)], {}, () => ({
      status: 429,
      headers: { 'retry-after': '86400' },
    }));
    expect(outcomes).toMatchObject([{ status: 'refused', reason: expect.stringContaining('86400 s') }]);
    expect(posts()).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 405, 409, 413, 418, 422])('not %i', async (status) => {
    const outcomes = await push([sealed(1)], {}, ({ method }) =>
      method === 'GET' ? { status: 404 } : { status },
    );
    expect(outcomes).toMatchObject([{ status: 'refused', httpStatus: status }]);
    expect(posts()).toHaveLength(1);
  });

  test('not a redirect, which could carry the API key elsewhere', async () => {
    const outcomes = await push([sealed(1)], {}, () => ({
      status: 307,
      headers: { location: '/elsewhere' },
    }));
    expect(outcomes).toMatchObject([{ status: 'refused', httpStatus: 307 }]);
    expect(vault?.received.map(({ url }) => url)).toEqual(['/vault']);
  });

  test('not an answer that is about something else, though its status is 200', async () => {
    const page = { status: 200, body: '<html>Welcome to the hotel</html>' };
    const outcomes = await push([sealed(1)], {}, () => page);
    expect(outcomes).toMatchObject([{ status: 'refused', reason: expect.stringContaining('base URL') }]);
  });
});

describe('a create whose answer was lost', () => {
  test('is recognised by its sealed values, and is no conflict', async () => {
    const entry = sealed(1);
    const outcomes = await push([entry], {}, (_, count) => (count === 1 ? 'hang-up-after' : undefined));
    expect(outcomes).toMatchObject([{ status: 'there' }]);
    expect(vault?.stored.size).toBe(1);
  });

  test('is not confused with another entry of the same name and password', async () => {
    vault = await startScriptedVault();
    vault.stored.set(nameOf({ ...sealed(1) }), { ...sealed(1) });
    expect(await push([sealed(1)])).toMatchObject([{ status: 'refused', httpStatus: 409 }]);
  });

  test.each<[string, Fault, number]>([
    ['429', { status: 429, headers: { 'retry-after': '1' } }, 990],
    ['503', { status: 503 }, 0],
    ['hang-up', 'hang-up', 0],
  ])('is recognised also when the look-up is answered %s at first', async (_, fault, waited) => {
    let looked = 0;
    const times: number[] = [];
    const outcomes = await push([sealed(1)], {}, ({ method }, count) => {
      times.push(Date.now());
      if (count === 1) return 'hang-up-after';
      if (method !== 'GET') return undefined;
      looked += 1;
      return looked === 1 ? fault : undefined;
    });
    expect(outcomes).toMatchObject([{ status: 'there' }]);
    expect(vault?.received.map(({ method }) => method).join(' ')).toBe('POST POST GET GET');
    expect((times[3] ?? 0) - (times[2] ?? 0)).toBeGreaterThanOrEqual(waited);
  });

  test.each([
    [503, 503, '; given up after 2 attempts.'],
    [429, 429, '; given up after 2 attempts.'],
    [404, 409, '.'],
    [403, 409, '.'],
  ])('is no conflict where the look-up is answered %i', async (status, httpStatus, end) => {
    const entry = sealed(1);
    vault = await startScriptedVault(({ method }) => (method === 'GET' ? { status } : undefined));
    vault.stored.set(nameOf({ ...entry }), { ...entry });
    const reason = `An entry with this name exists already (409). When asked for that entry, the vault answers ${status}${end}`;
    expect(await push([entry], { retries: 1 })).toMatchObject([
      { status: 'refused', reason, httpStatus, entry },
    ]);
    expect(posts()).toHaveLength(1);
  });

  test('is not taken for granted when the vault cannot be asked', async () => {
    vault = await startScriptedVault(({ method }) => (method === 'GET' ? 'hang-up' : undefined));
    const entry = sealed(1);
    vault.stored.set(nameOf({ ...entry }), { ...entry });
    expect(await push([entry], { retries: 1 })).toMatchObject([{ status: 'refused' }]);
  });
});

describe('a push that cannot succeed', () => {
  test('stops after a wrong API key, and reports the rest as unsent, with their payloads', async () => {
    const entries = some(60);
    const outcomes = await push(entries, { concurrency: 4 }, () => ({ status: 401 }));
    expect(posts().length).toBeLessThan(16);
    expect(outcomes).toHaveLength(60);
    expect(outcomes[0]).toMatchObject({ status: 'refused', isGeneral: true });
    expect(outcomes.at(-1)).toMatchObject({ status: 'unsent', entry: entries.at(-1) });
  });

  test('does not stop for what concerns single entries', async () => {
    const outcomes = await push(some(30), {}, () => ({ status: 400 }));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'refused', isGeneral: false });
  });

  test('ends in good order when it is told to', async () => {
    const stop = new AbortController();
    const outcomes = await push(some(30), { concurrency: 2, signal: stop.signal }, (_, count) => {
      if (count === 5) stop.abort();
      return undefined;
    });
    const created = outcomes.filter(({ status }) => status === 'created').length;
    expect(created).toBeGreaterThanOrEqual(5);
    expect(created).toBe(vault?.stored.size);
    expect(outcomes.filter(({ status }) => status === 'unsent')).toHaveLength(30 - created);
  });
});

describe('the journal', () => {
  const memory = () => {
    const ids = new Set<string>();
    return { ids, has: (id: string) => ids.has(id), add: (id: string) => void ids.add(id) };
  };

  test('keeps from sending again what was acknowledged, and only that', async () => {
    const entries = some(10);
    const journal = memory();
    await push(entries, { journal, retries: 0 }, ({ body }) =>
      body?.permissioned_user_id === 'user-3' ? { status: 400 } : undefined,
    );
    expect(journal.ids.size).toBe(9);
    const sent = posts().length;
    const outcomes = await push(entries, { journal });
    expect(outcomes.filter(({ status }) => status === 'journaled')).toHaveLength(9);
    expect(posts()).toHaveLength(sent + 1);
  });

  test('has ids of 32 hex digits that depend on the whole payload', async () => {
    const journal = memory();
    const entry = sealed(1);
    await push([entry, { ...sealed(2), user_alias: 'x' }], { journal });
    expect([...journal.ids].every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
    const outcomes = await push([{ ...entry, user_alias: 'changed' }], { journal, mode: 'update' });
    expect(outcomes).toMatchObject([{ status: 'updated' }]);
  });

  test('that cannot be written ends the push', async () => {
    const journal = { has: () => false, add: () => Promise.reject(new Error('disk full')) };
    await expect(push(some(3), { journal })).rejects.toThrow('disk full');
  });
});

describe('what the vault says is told in words of ours', () => {
  const password = 'Correct Horse & Battery';
  const entry = sealed(1, { user_name: 'Ada@Example.com', password });
  const echoes: [string, string][] = [
    ['the API key', `Invalid API key: ${API_KEY}`],
    ['the API key, cut off', `Invalid API key: ${API_KEY.slice(0, 6)}…`],
    ['a credential', `password is too weak: ${password}`],
    ['a credential in lower case', password.toLowerCase()],
    ['a credential, escaped for JSON', JSON.stringify({ password })],
    ['a credential, escaped for a URL', encodeURIComponent(password)],
    ['a credential, escaped for HTML', password.replace('&', '&amp;')],
    ['a credential in base64', Buffer.from(password).toString('base64')],
    ['a credential in hex', Buffer.from(password).toString('hex')],
    ['a credential, cut off', password.slice(0, 12)],
    ['a credential, letter by letter', [...password].join('\u200b')],
    ['a sealed value', String(entry.password)],
    ['what begins like a harmless sentence', `Invalid API key ${API_KEY}`],
    ['an escape sequence', '\u001b[31mInvalid API key'],
  ];
  const words: [number, string][] = [
    [302, 'The vault redirects (302), which is not followed: check the base URL.'],
    [400, 'The vault finds the entry malformed (400).'],
    [401, 'The vault refuses the API key, or the key that the entry is sealed under (401).'],
    [403, 'The API key may not do this (403).'],
    [
      404,
      'The vault does not know the address, or something that the entry refers to (404): check the base URL.',
    ],
    [409, 'An entry with this name exists already (409): update it, or upsert it.'],
    [413, 'The entry is too large for the vault (413).'],
    [418, 'The vault answers 418.'],
    [422, 'The vault finds the entry malformed (422).'],
    [429, 'The vault answers 429; given up after 1 attempt.'],
    [500, 'The vault answers 500; given up after 1 attempt.'],
  ];

  test.each(words)('by the status alone: %i', async (status, reason) => {
    for (const [, said] of echoes) {
      const body = status === 409 ? { error: said } : { message: said, error: said };
      // A look-up of what is there gets no answer that could be it.
      const [outcome] = await push([entry], { retries: 0 }, ({ method }) =>
        method === 'GET' ? { status: 200, body: { ...entry, password: 'another' } } : { status, body },
      );
      expect(outcome).toMatchObject({ status: 'refused', reason, httpStatus: status });
      await vault?.close();
      vault = undefined;
    }
  });

  test('whatever else of an answer could be shown', async () => {
    const said = `${API_KEY} ${password}`;
    const answers: Fault[] = [
      { status: 401, headers: { 'www-authenticate': said, 'retry-after': said, location: said } },
      { status: 503, headers: { 'retry-after': said, date: said } },
      { status: 400, body: said },
      { status: 400, body: { message: [said] } },
      { status: 400, body: { message: { toString: said }, error: said } },
      { status: 201, body: said },
      { status: 201, body: { message: said } },
    ];
    for (const answer of answers) {
      const [outcome] = await push([entry], { retries: 0 }, () => answer);
      const { entry: _, ...told } = outcome as PushFailure;
      expect(told.status).toBe('refused');
      expect(JSON.stringify(told)).not.toMatch(/sk-scripted|horse/i);
      await vault?.close();
      vault = undefined;
    }
  });

  test.each(['Invalid API key', 'invalid api key.', ' Invalid  API key\n'])(
    'but for a sentence that is known to be harmless: %j',
    async (message) => {
      const [outcome] = await push([entry], {}, () => ({ status: 401, body: { message } }));
      expect(outcome).toHaveProperty(
        'reason',
        'The vault refuses the API key, or the key that the entry is sealed under (401). It says: Invalid API key.',
      );
    },
  );

  test('as the sentence of the local vault about the API key is', async () => {
    const local = await startEmulator({ key: KEY, apiKey: 'sk-another' });
    try {
      const [outcome] = await push([entry], { baseUrl: local.url });
      expect(outcome).toHaveProperty(
        'reason',
        expect.stringContaining('It says: The API key is missing or wrong'),
      );
    } finally {
      await local.close();
    }
  });
});

describe('options', () => {
  test.each<[string, object]>([
    ['no options', {}],
    ['no API key', { apiKey: undefined }],
    ['an API key with a line break', { apiKey: 'sk\n' }],
    ['http to elsewhere', { baseUrl: 'http://example.com' }],
    ['concurrency 0', { concurrency: 0 }],
    ['concurrency in text', { concurrency: '8' }],
    ['retries -1', { retries: -1 }],
    ['timeout 0', { timeout: 0 }],
    ['another mode', { mode: 'delete' }],
    ['fetch that is none', { fetch: 'fetch' }],
  ])('are refused: %s', (name, given) => {
    const options = name === 'no options' ? undefined : { apiKey: API_KEY, keys: KEY, ...given };
    const error = refusal('ERR_REQUEST_INVALID', () => pushEntries(options as unknown as PushOptions));
    expect(error.message).not.toContain(API_KEY);
  });

  test('need a key', () => {
    refusal('ERR_KEY_FORMAT', () => pushEntries({ apiKey: API_KEY } as PushOptions));
  });
});
