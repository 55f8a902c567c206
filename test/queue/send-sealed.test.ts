import { describe, expect, onTestFinished, test } from 'vitest';
import type { Faults } from '../../src/emulator/index.js';
import type { SealedEntry } from '../../src/entry/seal-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { type SendOptions, sendSealed } from '../../src/queue/index.js';
import { startScriptedVault } from '../bulk/scripted-vault.js';
import { API_KEY, KEY, localVault, OTHER_KEY } from '../emulator/local-vault.js';
import { entryOf, MARK, sealedOf } from './jobs.js';

async function sender(faults?: Faults, more: Partial<SendOptions> = {}) {
  const { vault, raw } = await localVault({ faults });
  const options = { apiKey: API_KEY, keys: KEY, baseUrl: vault.url, ...more };
  const stored = async () => (await raw('GET', '/vault')).json.length;
  return { send: (entries: readonly SealedEntry[]) => sendSealed(entries, options), stored, vault };
}

test('all is sent, each once, and nothing is left', async () => {
  const { send, stored } = await sender();
  const result = await send(sealedOf(20));
  expect(result).toEqual({ counts: { created: 20, updated: 0, there: 0 }, left: [], refused: [] });
  expect(await stored()).toBe(20);
});

test('at a 429 it stops, and says how long to wait; it does not wait itself', async () => {
  const { send, vault } = await sender({ limit: { requests: 5, per: 60_000, retryAfter: 60 } });
  const start = performance.now();
  const result = await send(sealedOf(50));
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(result).toMatchObject({ counts: { created: 5 }, stop: 'rate-limit', wait: 60, refused: [] });
  expect(result.left).toHaveLength(45);
  // What was in flight already, and nothing after it.
  expect(vault.rateLimit().whileClosed).toBeLessThan(8);
});

test('what is left, given once more, is recognised where the answer alone was lost', async () => {
  const script = [{ drop: true, when: 'after' as const }];
  const { send, stored } = await sender({ script }, { concurrency: 1 });
  const first = await send(sealedOf(3));
  expect(first).toMatchObject({ counts: { created: 2 }, why: expect.stringContaining('vault') });
  expect(first.left).toHaveLength(1);
  expect((await send(first.left)).counts).toEqual({ created: 0, updated: 0, there: 1 });
  expect(await stored()).toBe(3);
});

test('a vault that is away is left alone after a few entries in a row', async () => {
  const vault = await startScriptedVault(() => 'hang-up');
  onTestFinished(() => vault.close());
  const result = await sendSealed(sealedOf(50), {
    apiKey: API_KEY,
    keys: KEY,
    baseUrl: vault.url,
    concurrency: 2,
  });
  expect(result).toMatchObject({ stop: 'unreachable', refused: [] });
  expect(result.left).toHaveLength(50);
  expect(vault.received.length).toBeLessThanOrEqual(4);
});

test.each([401, 403])('%i stops at once, and burns nothing', async (status) => {
  const vault = await startScriptedVault(() => ({ status }));
  onTestFinished(() => vault.close());
  const options = { apiKey: 'wrong', keys: KEY, baseUrl: vault.url, concurrency: 1 };
  const result = await sendSealed(sealedOf(9), options);
  expect(result).toMatchObject({ stop: 'api-key', refused: [], why: expect.stringContaining(`(${status})`) });
  expect(result.left).toHaveLength(9);
  expect(vault.received).toHaveLength(1);
});

test('what the vault will not have is refused, and the others are sent', async () => {
  const { send } = await sender();
  const [one, two] = sealedOf(2) as [SealedEntry, SealedEntry];
  await send([one]);
  const another = sealEntry(entryOf('user-0'), KEY);
  expect(await send([another, two])).toMatchObject({
    counts: { created: 1 },
    left: [],
    refused: [{ index: 0, permissioned_user_id: 'user-0', httpStatus: 409 }],
  });
});

describe('preflight comes before the first request', () => {
  const [one, two] = sealedOf(2) as [SealedEntry, SealedEntry];
  test.each<[string, unknown[], number[]]>([
    ['a plain credential', [{ ...one, password: MARK }, two], [0]],
    ['a value under another key', [sealEntry(entryOf('user-0'), OTHER_KEY), two], [0]],
    ['a copied credential', [one, { ...two, password: one.password }], [1]],
    ['the same entry twice', [one, sealEntry(entryOf('user-0'), KEY)], [1]],
    ['no entry', [7, two], [0]],
  ])('%s', async (_, entries, refused) => {
    const { send } = await sender();
    const result = await send(entries as SealedEntry[]);
    expect(result.refused.map(({ index }) => index)).toEqual(refused);
    expect(result.refused.every(({ httpStatus }) => httpStatus === undefined)).toBe(true);
    expect(result.counts.created).toBe(1);
    expect(JSON.stringify(result.refused)).not.toContain(MARK);
  });
});

test('a signal ends it in good order: the rest is left', async () => {
  const stop = new AbortController();
  const { send, stored } = await sender(
    ({ count }) => {
      if (count === 3) stop.abort();
      return undefined;
    },
    { signal: stop.signal, concurrency: 1 },
  );
  const { stop: why, left, counts } = await send(sealedOf(9));
  expect(why).toBe('signal');
  expect(left).toHaveLength(6);
  expect(counts.created).toBe(3);
  expect(await stored()).toBe(3);
});

test('upsert creates, and updates what is there', async () => {
  const { send } = await sender(undefined, { mode: 'upsert' });
  await send(sealedOf(2));
  expect((await send(sealedOf(3))).counts).toEqual({ created: 1, updated: 2, there: 0 });
});
