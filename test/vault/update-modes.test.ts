import { describe, expect, test } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.js';
import { sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { openValue, sealValue } from '../../src/value/sealed-value.js';
import { type VaultClient, vaultClient } from '../../src/vault/index.js';
import { atVault, COOKIE, entryOf, refOf } from '../cli/at-vault.js';
import { API_KEY, KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { rounds } from '../rounds.js';
import { all } from './vaults.js';

const RING = new KeyRing(KEY, [OTHER_KEY]);
const ALL_MODES = (['merge', 'replace', 'complete-only'] as const).flatMap((updates) =>
  (['kept', 'absent'] as const).map((nulls) => ({ updates, nulls })),
);
/** Each of both once, in short. */
const MODES = ALL_MODES.filter((_, index) => rounds(0, 1) === 1 || [0, 3, 4].includes(index));
const EVERYTHING = entryOf('everything', {
  user_alias: 'Alias',
  persist_cookies: false,
  allow_multiple_sessions: true,
  max_concurrency: 3,
  expiry_time_from_last_use: '01:30:00',
  proxy_setting: 'custom',
  proxy_value: 'socks5://u:QZXJWVKY@proxy.example:1080',
  headers: [{ name: 'x', value: 'y' }],
  cookies: [COOKIE],
  local_storage: { a: 'b' },
  user_agent: 'agent',
} as Partial<VaultEntry>);

/** A vault, and a client of it that lets somebody else write before each of its requests. */
async function vaultWith(
  given: Parameters<typeof atVault>[0],
  before: (request: number, method: string) => Promise<unknown> | undefined = () => undefined,
) {
  const found = await atVault(given);
  let count = 0;
  const requests: string[] = [];
  const vault: VaultClient = vaultClient({
    apiKey: API_KEY,
    keys: RING,
    baseUrl: found.url,
    fetch: async (url, init) => {
      count += 1;
      requests.push(`${init?.method}`);
      await before(count, String(init?.method));
      return fetch(url, init);
    },
  });
  const alias = async (name: string) => (await found.stored(name)).user_alias;
  return { ...found, vault, requests, alias };
}

describe.each(MODES)('a vault that updates by $updates, nulls $nulls', (mode: Partial<EmulatorOptions>) => {
  test('rotate changes the sealing of credentials, and nothing else of any entry', async () => {
    const { vault, stored, list } = await vaultWith({
      ...mode,
      previous: [EVERYTHING, entryOf('small')],
      current: [entryOf('current')],
    });
    const before = [await stored('everything'), await stored('small')];
    const rotation = vault.rotate();
    for (const { outcome, reason } of await all(rotation)) expect(outcome, reason).toBe('rotated');
    expect(await rotation.receipt).toMatchObject({ entries: 3, rotated: 2, currentBefore: 1, failed: [] });
    for (const entry of before) {
      const after = await stored(String(entry.permissioned_user_id));
      const sealed = ['user_name', 'password', 'tfa_secret', 'proxy_value'].filter((name) => entry[name]);
      for (const name of sealed)
        expect(openValue(String(after[name]), KEY)).toBe(openValue(String(entry[name]), OTHER_KEY));
      const ignored = Object.fromEntries([...sealed, 'updated_at', 'session_data_set_at'].map((n) => [n, 0]));
      expect({ ...after, ...ignored }).toEqual({ ...entry, ...ignored });
    }
    expect(await list()).toHaveLength(3);
  });

  test('apply changes what differs, and nothing else', async () => {
    const { vault, stored } = await vaultWith({
      ...mode,
      current: [EVERYTHING],
      previous: [entryOf('old')],
    });
    const before = await stored('everything');
    const plan = await vault.plan([
      { ...refOf('everything'), password: 'QZXJWVKY new' },
      { ...refOf('old'), user_alias: 'new' },
      entryOf('new'),
    ]);
    expect((await all(vault.apply(plan))).map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    const after = await stored('everything');
    const ignored = { password: 0, updated_at: 0, session_data_set_at: 0 };
    expect({ ...after, ...ignored }).toEqual({ ...before, ...ignored });
    expect(openValue(String(after.password), KEY)).toBe('QZXJWVKY new');
    expect(await vault.get(refOf('old'))).toMatchObject({ ...entryOf('old'), user_alias: 'new' });
    expect(await vault.get(refOf('new'))).toMatchObject(entryOf('new'));
  });

  test('a desired null takes a field away, also where updates merge', async () => {
    const { vault, stored } = await vaultWith({ ...mode, current: [EVERYTHING] });
    const gone = {
      ...refOf('everything'),
      max_concurrency: null,
      expiry_time_from_last_use: null,
      persist_cookies: null,
    };
    const plan = await vault.plan([gone]);
    expect(plan.update[0]?.fields).toEqual([
      'max_concurrency',
      'expiry_time_from_last_use',
      'persist_cookies',
    ]);
    expect(await all(vault.apply(plan))).toMatchObject([{ outcome: 'done' }]);
    const after = await stored('everything');
    expect([after.max_concurrency ?? null, after.expiry_time_from_last_use ?? null]).toEqual([null, null]);
    expect(after.user_alias).toBe('Alias');
    expect(await vault.plan([gone])).toMatchObject({ update: [], unchanged: 1 });
  });

  test('upsert keeps what is not given', async () => {
    const { vault } = await vaultWith({ ...mode, current: [EVERYTHING] });
    const { outcome } = await vault.upsert({ ...refOf('everything'), password: 'QZXJWVKY new' });
    expect(outcome).toBe('updated');
    expect(await vault.get(refOf('everything'))).toMatchObject({ ...EVERYTHING, password: 'QZXJWVKY new' });
  });

  test('429, 500, lost requests and lost answers: every entry once, nothing lost', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `user-${index}`);
    const faults = [
      { status: 429 },
      { status: 500 },
      { drop: true },
      { status: 502, when: 'after' },
      { drop: true, when: 'after' },
    ] as const;
    const { vault, stored, list } = await vaultWith({
      ...mode,
      previous: names.map((name) => entryOf(name)),
      // Not of our own looking, which is not the client's.
      faults: ({ count, method }) =>
        count % 3 === 0 && (method !== 'GET' || count < 60) ? faults[(count / 3) % 5] : undefined,
    });
    const rotation = vault.rotate({ concurrency: 4 });
    for (const { outcome, reason } of await all(rotation)) expect(outcome, reason).toBe('rotated');
    expect(await rotation.receipt).toMatchObject({ entries: 12, rotated: 12, failed: [] });
    const desired = names.map((name) => entryOf(name, { user_alias: `of ${name}` }));
    for (const { outcome, reason } of await all(vault.apply(await vault.plan([...desired, entryOf('new')]))))
      expect(['done', 'already'], reason).toContain(outcome);
    expect(await vault.plan([...desired, entryOf('new')], { prune: true })).toMatchObject({
      unchanged: 13,
      update: [],
      delete: [],
    });
    expect(await list()).toHaveLength(13);
    expect(openValue(String((await stored('user-3')).password), KEY)).toBe('QZXJWVKY of user-3');
  });

  // 1 the list, 2 reading a, 3 writing a, 4 reading b, 5 writing b, 6 the list.
  test.each([1, 2, 3, 4, 5, 6])(
    'somebody writes before request %i of a rotation: it is kept, but in the one round trip between reading and writing',
    async (at) => {
      const found = await vaultWith(
        { ...mode, previous: [entryOf('a'), entryOf('b', { user_alias: 'before' })] },
        (count) => {
          if (count !== at) return undefined;
          const credentials = { user_name: sealValue('theirs', KEY), password: sealValue('theirs', KEY) };
          return found.raw('PUT', '/vault', {
            ...sealEntry(entryOf('b'), KEY),
            ...credentials,
            user_alias: 'theirs',
          });
        },
      );
      const rotation = found.vault.rotate();
      expect((await all(rotation)).map(({ outcome }) => outcome)).toEqual(
        at === 1 ? ['rotated'] : ['rotated', at < 5 ? 'current' : 'rotated'],
      );
      const { password, user_alias } = await found.stored('b');
      const isLost = at === 5;
      expect(user_alias).toBe(isLost ? 'before' : 'theirs');
      expect(openValue(String(password), KEY)).toBe(isLost ? 'QZXJWVKY of b' : 'theirs');
      const receipt = await rotation.receipt;
      expect(receipt).toMatchObject({ entries: 2, underPreviousKeys: 0, unopenable: 0, failed: [] });
      expect(receipt.rotated).toBe(isLost ? 2 : 1);
    },
  );

  // 1 the list, 2 create, 3 reading u, 4 writing u, 5 reading d, 6 deleting d.
  test.each([1, 2, 3, 4, 5, 6])(
    'somebody writes before request %i of plan and apply: it is kept, but in the one round trip',
    async (at) => {
      const found = await vaultWith({ ...mode, current: [entryOf('u'), entryOf('d')] }, async (count) => {
        if (count !== at) return;
        for (const name of ['u', 'd'])
          await found.raw('PUT', '/vault', sealEntry(entryOf(name, { user_alias: 'theirs' }), KEY));
      });
      const plan = await found.vault.plan([entryOf('new'), { ...refOf('u'), password: 'QZXJWVKY new' }], {
        prune: true,
      });
      const outcomes = await all(found.vault.apply(plan, { maxDeletes: 1 }));
      const u = at === 2 || at === 3 ? 'changed' : 'done';
      const d = u === 'changed' ? 'failed' : at === 4 || at === 5 ? 'changed' : 'done';
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', u, d]);
      // Where updates merge, what was not named is kept even then.
      const isLost = at === 4 && mode.updates === 'replace';
      expect((await found.alias('u')) ?? null).toBe(isLost ? null : 'theirs');
      const isThere = (await found.list()).some(({ permissioned_user_id: name }) => name === 'd');
      expect(isThere).toBe(d !== 'done');
      if (isThere && at > 1) expect(await found.alias('d')).toBe('theirs');
    },
  );

  test('an answer is lost, and somebody writes before it is looked at again: theirs is kept', async () => {
    const found = await vaultWith(
      {
        ...mode,
        previous: [entryOf('b')],
        faults: ({ method }) => (method === 'PUT' && ++writes === 1 ? { drop: true, when: 'before' } : {}),
      },
      (count, method) =>
        method === 'GET' && count === 4
          ? found.raw('PUT', '/vault', sealEntry(entryOf('b', { password: 'theirs' }), KEY))
          : undefined,
    );
    let writes = 0;
    const rotation = found.vault.rotate();
    await all(rotation);
    expect(openValue(String((await found.stored('b')).password), KEY)).toBe('theirs');
    expect(await rotation.receipt).toMatchObject({ entries: 1, underPreviousKeys: 0, failed: [] });
  });
});

describe('complete-only', () => {
  test('an entry without a password is refused, named and left as it is; the others are rotated', async () => {
    const half = { ...refOf('half'), user_name: 'only' };
    const { vault, stored } = await vaultWith({
      updates: 'complete-only',
      previous: [entryOf('a'), half, entryOf('z')],
    });
    const before = await stored('half');
    const rotation = vault.rotate();
    expect((await all(rotation)).map(({ outcome }) => outcome)).toEqual(['rotated', 'failed', 'rotated']);
    expect(await stored('half')).toEqual(before);
    expect(await rotation.receipt).toMatchObject({
      rotated: 2,
      underPreviousKeys: 1,
      failed: [{ ...refOf('half'), reason: 'The vault finds the entry malformed (400).' }],
    });
  });

  test('a provider-backed entry has nothing to rotate, and is updated', async () => {
    const backed = { ...refOf('backed'), secret_provider_id: 'aws', secret_ref: 'a' };
    const { vault, stored } = await vaultWith({
      updates: 'complete-only',
      current: [backed],
      previous: [entryOf('a')],
    });
    const rotation = vault.rotate();
    expect(await all(rotation)).toHaveLength(1);
    expect(await rotation.receipt).toMatchObject({ rotated: 1, currentBefore: 1 });
    await all(vault.apply(await vault.plan([{ ...backed, secret_ref: 'b' }])));
    expect((await stored('backed')).secret_ref).toBe('b');
  });
});
