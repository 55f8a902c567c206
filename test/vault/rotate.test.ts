import { describe, expect, test } from 'vitest';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, sealValue, sealValueWithIv } from '../../src/value/sealed-value.js';
import type { Journal, VaultClientConfig } from '../../src/vault/index.js';
import { type Fault, nameOf, type Received } from '../bulk/scripted-vault.js';
import { API_KEY, ENTRY, KEY, OTHER_KEY, TOTP } from '../emulator/local-vault.js';
import { all, rejection, scripted } from './vaults.js';

const RING = new KeyRing(KEY, [OTHER_KEY]);
const DOMAIN = 'https://portal.example.com';
const entryOf = (name: string) => ({ ...ENTRY, permissioned_user_id: name, password: `password of ${name}` });

/** A vault that holds entries under the previous key, and what `more` puts there. */
async function vaultOf(
  names: readonly string[],
  fault: (request: Received, count: number) => Fault | undefined = () => undefined,
  config: Partial<VaultClientConfig> = {},
) {
  const found = await scripted(fault, { keys: RING, ...config });
  const put = (entry: Record<string, unknown>) => found.server.stored.set(nameOf(entry), entry);
  for (const name of names) put({ ...sealEntry(entryOf(name), OTHER_KEY) });
  const stored = (name: string) =>
    found.server.stored.get(nameOf({ permissioned_user_id: name, domain: DOMAIN })) ?? {};
  return { ...found, put, stored };
}

/** A journal in memory. */
function journal(): Journal & { readonly ids: Set<string> } {
  const ids = new Set<string>();
  return { ids, has: (id) => ids.has(id), add: (id) => void ids.add(id) };
}

test('every value comes under the current key, and the receipt says so', async () => {
  const { vault, stored, put, server } = await vaultOf(['a', 'b']);
  put({ ...sealEntry(entryOf('current'), KEY) });
  const rotation = vault.rotate();
  expect((await all(rotation)).map(({ outcome }) => outcome)).toEqual(['rotated', 'rotated']);
  for (const name of ['a', 'b', 'current']) {
    expect(openValue(String(stored(name).password), KEY)).toBe(`password of ${name}`);
    expect(openValue(String(stored(name).tfa_secret), KEY)).toBe(TOTP);
  }
  expect(await rotation.receipt).toEqual({
    version: 1,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    vault: server.url,
    currentKey: KEY.fingerprint,
    previousKeys: [OTHER_KEY.fingerprint],
    entries: 3,
    rotated: 2,
    currentBefore: 1,
    failed: [],
    underPreviousKeys: 0,
    unopenable: 0,
  });
});

test('the receipt alone runs it, too', async () => {
  const { vault } = await vaultOf(['a', 'b']);
  expect(await vault.rotate().receipt).toMatchObject({ rotated: 2, underPreviousKeys: 0 });
});

test('nothing is done until somebody takes outcomes or asks for the receipt; whoever stops early stops it', async () => {
  const { vault, server } = await vaultOf(['a', 'b', 'c']);
  const rotation = vault.rotate({ concurrency: 1 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(server.received).toHaveLength(0);
  for await (const { outcome } of rotation) {
    expect(outcome).toBe('rotated');
    break;
  }
  const writes = server.received.filter(({ method }) => method === 'PUT').length;
  await expect(rotation.receipt).rejects.toMatchObject({ name: 'AbortError' });
  expect(writes).toBe(1);
});

test('the whole entry is written as it was just read: current values byte for byte, no nulls, nothing of the vault', async () => {
  const { vault, put, stored, server } = await vaultOf([]);
  const userName = sealValue('ada', KEY);
  put({
    permissioned_user_id: 'a',
    domain: DOMAIN,
    user_name: userName,
    password: sealValue('p', OTHER_KEY, { padTo: 64 }),
    tfa_secret: null,
    cookies: [{ name: 'c' }],
    max_concurrency: null,
    id: 'd9428888-122b-11e1-b85c-61cd3cbb3210',
    created_at: 'then',
    session_id: 's',
    new_setting: 'of a later version',
  });
  await all(vault.rotate());
  const sent = server.received.find(({ method }) => method === 'PUT')?.body ?? {};
  expect(sent).toEqual({
    permissioned_user_id: 'a',
    domain: DOMAIN,
    user_name: userName,
    password: stored('a').password,
    cookies: [{ name: 'c' }],
    new_setting: 'of a later version',
  });
  expect(String(sent.password)).toHaveLength(2 * (12 + 64 + 16));
});

describe('what must not be written over is left alone, and named', () => {
  test('copies and repeated IVs: both sides, also where one is current', async () => {
    const { vault, put, stored, server } = await vaultOf(['a', 'b', 'fine']);
    put({ ...stored('b'), password: stored('a').password });
    const before = structuredClone([stored('a'), stored('b')]);
    const rotation = vault.rotate();
    const outcomes = await all(rotation);
    expect(outcomes.map(({ permissioned_user_id: name, outcome }) => [name, outcome])).toEqual([
      ['a', 'failed'],
      ['b', 'failed'],
      ['fine', 'rotated'],
    ]);
    expect(outcomes[0]?.reason).toContain('password');
    expect([stored('a'), stored('b')]).toEqual(before);
    expect(await rotation.receipt).toMatchObject({ rotated: 1, underPreviousKeys: 2, failed: [{}, {}] });
    expect(server.received.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('an entry that does not open, also if only one value of it does not', async () => {
    const { vault, put, stored } = await vaultOf(['a', 'b']);
    put({ ...stored('a'), password: sealValue('p', VaultKey.generate()) });
    const rotation = vault.rotate();
    const [first, second] = await all(rotation);
    expect(first).toMatchObject({ permissioned_user_id: 'a', outcome: 'failed' });
    expect(first?.reason).toContain('password');
    expect(second).toMatchObject({ permissioned_user_id: 'b', outcome: 'rotated' });
    expect(await rotation.receipt).toMatchObject({ rotated: 1, underPreviousKeys: 1, unopenable: 1 });
  });

  test('an entry that the vault lists twice', async () => {
    const found = await vaultOf(['a'], ({ method, url }) => {
      if (method !== 'GET' || url !== '/vault') return undefined;
      const again = { ...sealEntry(entryOf('a'), OTHER_KEY) };
      return { status: 200, body: [found.stored('a'), again] };
    });
    const outcomes = await all(found.vault.rotate());
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(found.server.received.every(({ method }) => method === 'GET')).toBe(true);
  });
});

test('a value that is sealed twice, or holds no text, fails its entry alone', async () => {
  const { vault, put, stored } = await vaultOf(['fine']);
  const inner = sealValue('p', OTHER_KEY);
  // By another client, which does not look.
  const twice = sealValueWithIv(`${inner} `, OTHER_KEY, crypto.getRandomValues(new Uint8Array(12)));
  put({ permissioned_user_id: 'twice', domain: DOMAIN, password: twice });
  const outcomes = await all(vault.rotate());
  expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'rotated']);
  expect(stored('twice').password).toBe(twice);
});

describe('the first write goes alone', () => {
  test('at a 401 everything stops, and one entry has been tried', async () => {
    const { vault, server } = await vaultOf(['a', 'b', 'c', 'd'], ({ method }) =>
      method === 'PUT' ? { status: 401 } : undefined,
    );
    const rotation = vault.rotate();
    const outcomes = await all(rotation);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed']);
    expect(outcomes[3]?.reason).toContain('401');
    expect(server.received.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(await rotation.receipt).toMatchObject({ rotated: 0, underPreviousKeys: 4 });
  });

  test('what comes back as something else stops it as well', async () => {
    const { vault, server } = await vaultOf(['a', 'b'], ({ method, body }) =>
      method === 'PUT'
        ? { status: 200, body: { ...body, password: sealValue('something else', KEY) } }
        : undefined,
    );
    const outcomes = await all(vault.rotate());
    expect(outcomes[0]?.reason).toContain('password came back');
    expect(server.received.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('what comes back under another key is no rotation', async () => {
    const { vault } = await vaultOf(['a'], ({ method, body }) =>
      method === 'PUT'
        ? { status: 200, body: { ...body, password: sealValue('password of a', OTHER_KEY) } }
        : undefined,
    );
    expect(await all(vault.rotate())).toMatchObject([{ outcome: 'failed' }]);
  });
});

describe('bad luck', () => {
  test.each([1, 2])(
    'a list that is cut off is asked for again: the first look, and the last (list %i)',
    async (cut) => {
      let lists = 0;
      const found = await vaultOf(['a', 'b', 'c'], ({ method, url }) => {
        if (method !== 'GET' || url !== '/vault') return undefined;
        lists += 1;
        const whole = JSON.stringify([...found.server.stored.values()]);
        return lists === cut ? { status: 200, body: whole.slice(0, whole.length * 0.6) } : undefined;
      });
      const rotation = found.vault.rotate();
      expect(await all(rotation)).toHaveLength(3);
      expect(await rotation.receipt).toMatchObject({
        entries: 3,
        rotated: 3,
        underPreviousKeys: 0,
        failed: [],
      });
      expect(lists).toBe(3);
    },
  );

  test('429, 500, dropped requests and dropped answers: every entry once, nothing lost', async () => {
    const faults: Fault[] = [{ status: 429 }, { status: 500 }, 'hang-up', 'hang-up-after'];
    const names = Array.from({ length: 24 }, (_, index) => `user-${index}`);
    let count = 0;
    const { vault, stored } = await vaultOf(
      names,
      ({ url }) => {
        if (url === '/vault' && count === 0) return undefined;
        count += 1;
        return count % 3 === 0 ? faults[(count / 3) % faults.length] : undefined;
      },
      { retries: 20 },
    );
    const rotation = vault.rotate({ concurrency: 4 });
    for (const { outcome, reason } of await all(rotation)) expect(outcome, reason).toBe('rotated');
    for (const name of names)
      expect(openValue(String(stored(name).password), KEY)).toBe(`password of ${name}`);
    expect(await rotation.receipt).toMatchObject({
      entries: 24,
      rotated: 24,
      underPreviousKeys: 0,
      failed: [],
    });
  });

  // 1 the list, 2 reading a, 3 writing a, 4 reading b, 5 writing b; 6 reading b again, if its writing was lost.
  test.each([1, 2, 3, 4, 5])(
    'what another client writes before the last reading is kept: at request %i',
    async (at) => {
      const found = await vaultOf(['a', 'b'], (_request, count) => {
        if (count === at) found.put({ ...found.stored('b'), user_alias: 'written meanwhile' });
        return at === 5 && count === 5 ? 'hang-up' : undefined;
      });
      const rotation = found.vault.rotate();
      expect((await all(rotation)).map(({ outcome }) => outcome)).toEqual(['rotated', 'rotated']);
      expect(found.stored('b').user_alias).toBe('written meanwhile');
      expect(openValue(String(found.stored('b').password), KEY)).toBe('password of b');
      expect(await rotation.receipt).toMatchObject({ rotated: 2, failed: [] });
    },
  );

  test('an entry that is deleted meanwhile is not made again', async () => {
    const found = await vaultOf(['a', 'b'], ({ method, url }) => {
      if (method === 'GET' && url.includes('user_id=b'))
        found.server.stored.delete(nameOf({ permissioned_user_id: 'b', domain: DOMAIN }));
      return undefined;
    });
    expect((await all(found.vault.rotate())).map(({ outcome }) => outcome)).toEqual(['rotated', 'gone']);
    expect(found.server.stored.size).toBe(1);
  });

  test('an interrupted run goes on with its journal, and the receipt counts both runs', async () => {
    const { vault, put } = await vaultOf(['a', 'b', 'c']);
    put({ ...sealEntry(entryOf('current'), KEY) });
    const kept = journal();
    for await (const { outcome } of vault.rotate({ journal: kept, concurrency: 1 })) {
      expect(outcome).toBe('rotated');
      break;
    }
    const rotation = vault.rotate({ journal: kept });
    await all(rotation);
    expect(await rotation.receipt).toMatchObject({ entries: 4, rotated: 3, currentBefore: 1 });
    for (const id of kept.ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a signal ends it with its reason, the receipt too', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const { vault } = await vaultOf(['a', 'b', 'c'], ({ method }) => {
      if (method === 'PUT') stop.abort(reason);
      return undefined;
    });
    const rotation = vault.rotate({ signal: stop.signal });
    await expect(all(rotation)).rejects.toBe(reason);
    await expect(rotation.receipt).rejects.toBe(reason);
  });
});

test('a dry run writes nothing, and says what it would', async () => {
  const { vault, server } = await vaultOf(['a', 'b']);
  const rotation = vault.rotate({ dryRun: true });
  expect((await all(rotation)).map(({ outcome }) => outcome)).toEqual(['would-rotate', 'would-rotate']);
  expect(server.received.map(({ method, url }) => method + url)).toEqual(['GET/vault']);
  expect(await rotation.receipt).toMatchObject({ rotated: 0, underPreviousKeys: 2 });
});

test('no more are under way at once than concurrency says', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  const { vault, server } = await vaultOf(names);
  await all(vault.rotate({ concurrency: 3 }));
  expect(server.mostAtOnce()).toBeLessThanOrEqual(3);
  expect(server.mostAtOnce()).toBeGreaterThan(1);
});

test('nothing of a key or a credential is in outcome or receipt', async () => {
  const { vault, put, stored } = await vaultOf(['a', 'b']);
  put({ ...stored('a'), password: 'in plain text' });
  const rotation = vault.rotate();
  const said = JSON.stringify([await all(rotation), await rotation.receipt]);
  for (const secret of [
    'in plain text',
    'password of',
    ENTRY.user_name,
    TOTP,
    API_KEY,
    KEY.toHex(),
    OTHER_KEY.toHex(),
  ])
    expect(said).not.toContain(secret);
});

test.each([
  [{ concurrency: 0 }],
  [{ concurrency: 257 }],
  [{ dryrun: true }],
  [{ dryRun: 'yes' }],
  [{ journal: {} }],
  [{ signal: {} }],
])('an option that is none is refused before anything is sent: %j', async (options) => {
  const { vault, server } = await vaultOf(['a']);
  const error = await rejection((async () => vault.rotate(options as never).receipt)());
  expect(error.code).toBe('ERR_REQUEST_INVALID');
  expect(server.received).toHaveLength(0);
});
