import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { sealValue } from '../../src/value/sealed-value.js';
import type { VaultClientConfig } from '../../src/vault/index.js';
import { type Fault, nameOf, type Received } from '../bulk/scripted-vault.js';
import { API_KEY, ENTRY, KEY, OTHER_KEY, TOTP } from '../emulator/local-vault.js';
import { all, rejection, scripted } from './vaults.js';

const DOMAIN = 'https://portal.example.com';
const entryOf = (name: string, more: Partial<VaultEntry> = {}): VaultEntry =>
  ({ ...ENTRY, permissioned_user_id: name, password: `password of ${name}`, ...more }) as VaultEntry;
const refOf = (name: string) => ({ permissioned_user_id: name, domain: DOMAIN });

const COPIED = sealEntry(entryOf('copied'), KEY);

async function vaultOf(
  entries: readonly VaultEntry[],
  fault: (request: Received, count: number) => Fault | undefined = () => undefined,
  config: Partial<VaultClientConfig> = {},
) {
  const found = await scripted(fault, { keys: new KeyRing(KEY, [OTHER_KEY]), ...config });
  const put = (entry: object) => found.server.stored.set(nameOf(entry as never), { ...entry });
  for (const entry of entries) put(sealEntry(entry, KEY));
  const stored = (name: string) => found.server.stored.get(nameOf(refOf(name)));
  const writes = () => found.server.received.filter(({ method }) => method !== 'GET');
  return { ...found, put, stored, writes };
}

describe('plan', () => {
  test('says what to create, what to update and in which fields, and counts the rest', async () => {
    const { vault, writes } = await vaultOf([entryOf('same'), entryOf('other'), entryOf('extra')]);
    const desired = [entryOf('same'), entryOf('other', { password: 'new', user_alias: 'b' }), entryOf('new')];
    expect(await vault.plan(desired)).toEqual({
      create: [refOf('new')],
      update: [{ ...refOf('other'), fields: ['password', 'user_alias'] }],
      delete: [],
      unchanged: 1,
      incomparable: [],
    });
    expect(writes()).toEqual([]);
  });

  test('deletes with prune only', async () => {
    const { vault } = await vaultOf([entryOf('same'), entryOf('extra')]);
    expect((await vault.plan([entryOf('same')])).delete).toEqual([]);
    expect((await vault.plan([entryOf('same')], { prune: true })).delete).toEqual([refOf('extra')]);
  });

  test('takes entries plain and sealed, under a previous key too, from anything that gives them one by one', async () => {
    const { vault } = await vaultOf([entryOf('a'), entryOf('b'), entryOf('c')]);
    async function* desired() {
      yield entryOf('a');
      yield sealEntry(entryOf('b'), KEY);
      yield sealEntry(entryOf('c'), OTHER_KEY);
    }
    expect(await vault.plan(desired())).toMatchObject({ unchanged: 3, update: [], create: [] });
  });

  test('compares settings by meaning, and stored nulls as nothing', async () => {
    const { vault, put, stored } = await vaultOf([
      entryOf('a', { expiry_time_from_last_use: '01:30:00', headers: [{ name: 'x', value: 'y' }] }),
    ]);
    put({ ...stored('a'), user_alias: null, location: null, created_at: 'then', cookies: [{ name: 'c' }] });
    const desired = entryOf('a', {
      tfa_secret: TOTP.toLowerCase(),
      expiry_time_from_last_use: '90 minutes',
      headers: [{ value: 'y', name: 'x' }],
    } as Partial<VaultEntry>);
    expect(await vault.plan([desired])).toMatchObject({ unchanged: 1, update: [] });
  });

  test('a field that is not desired is left alone, and a desired null takes one away', async () => {
    const { vault } = await vaultOf([entryOf('a', { max_concurrency: 2, allow_multiple_sessions: true })]);
    expect(await vault.plan([{ ...refOf('a'), password: 'password of a' }])).toMatchObject({ unchanged: 1 });
    const gone = { ...refOf('a'), max_concurrency: null, allow_multiple_sessions: true };
    expect((await vault.plan([gone])).update).toEqual([{ ...refOf('a'), fields: ['max_concurrency'] }]);
  });

  test('what does not open cannot be compared, and is in no other list', async () => {
    const { vault, put, stored } = await vaultOf([entryOf('a'), entryOf('b')]);
    put({ ...stored('a'), password: sealValue('p', VaultKey.generate()) });
    const plan = await vault.plan([entryOf('a'), entryOf('b')], { prune: true });
    expect(plan).toMatchObject({ create: [], update: [], delete: [], unchanged: 1 });
    expect(plan.incomparable).toEqual([{ ...refOf('a'), reason: expect.stringContaining('password') }]);
  });

  test('an entry that is refused makes no plan: it would be missing, and so be deleted', async () => {
    const { vault } = await vaultOf([entryOf('a')]);
    const bad = { ...entryOf('a'), passwrod: 'x' } as never;
    const codes = await Promise.all(
      [
        [bad],
        [entryOf('a'), entryOf('a')],
        [sealEntry(entryOf('a'), VaultKey.generate())],
        [{ ...sealEntry(entryOf('a'), KEY), password: sealValue('p', VaultKey.generate()) }],
        [{ ...refOf('a'), password: sealValue('p', VaultKey.generate()) }],
        [null as never],
        [
          sealEntry(entryOf('a'), KEY),
          { ...sealEntry(entryOf('b'), KEY), password: COPIED.password },
          COPIED,
        ],
        [{ ...COPIED, user_name: COPIED.password }],
      ].map(async (desired) => (await rejection(vault.plan(desired, { prune: true }))).code),
    );
    expect(codes).toEqual([
      'ERR_ENTRY_INVALID',
      'ERR_ENTRY_INVALID',
      'ERR_OPEN_FAILED',
      'ERR_OPEN_FAILED',
      'ERR_OPEN_FAILED',
      'ERR_ENTRY_INVALID',
      'ERR_ENTRY_INVALID',
      'ERR_ENTRY_INVALID',
    ]);
    for (const desired of [undefined, null, 5, {}, entryOf('a')])
      expect((await rejection(vault.plan(desired as never))).code).toBe('ERR_REQUEST_INVALID');
  });

  test('a list that is cut off once is asked for again', async () => {
    const found = await vaultOf([entryOf('a'), entryOf('b')], (_request, count) => {
      const whole = JSON.stringify(['a', 'b'].map((name) => found.stored(name)));
      return count === 1 ? { status: 200, body: whole.slice(0, -20) } : undefined;
    });
    const plan = await found.vault.plan([entryOf('a')], { prune: true });
    expect(plan).toMatchObject({ unchanged: 1, delete: [refOf('b')], incomparable: [] });
  });

  test('a list that is always cut off makes no plan', async () => {
    const { vault } = await vaultOf(
      [],
      ({ url }) => (url === '/vault' ? { status: 200, body: `[${JSON.stringify(refOf('a'))},` } : undefined),
      { retries: 1 },
    );
    expect((await rejection(vault.plan([], { prune: true }))).code).toBe('ERR_VAULT_UNREACHABLE');
  });

  test('an entry that is listed twice is not deleted for its second appearance', async () => {
    const { vault, stored } = await vaultOf([entryOf('a')], ({ url }): Fault | undefined =>
      url === '/vault' ? { status: 200, body: [stored('a'), stored('a')] } : undefined,
    );
    const plan = await vault.plan([entryOf('a')], { prune: true });
    expect(plan).toMatchObject({ delete: [], unchanged: 1, incomparable: [refOf('a')] });
  });

  test('shows no value, whatever prints it', async () => {
    const { vault } = await vaultOf([entryOf('other')]);
    const plan = await vault.plan([entryOf('other', { password: 'new secret' }), entryOf('new')]);
    const shown = JSON.stringify(plan) + inspect(plan, { depth: 20, showHidden: true });
    for (const secret of ['new secret', 'password of', ENTRY.user_name, TOTP, API_KEY, KEY.toHex()])
      expect(shown).not.toContain(secret);
    expect(shown).not.toMatch(/[0-9a-f]{40}/);
  });
});

describe('apply', () => {
  test('does what the plan shows: creates, then updates, then deletes, and the next plan is empty', async () => {
    const { vault, writes, stored } = await vaultOf([entryOf('same'), entryOf('other'), entryOf('extra')]);
    const desired = [entryOf('same'), entryOf('other', { password: 'new' }), entryOf('new')];
    const plan = await vault.plan(desired, { prune: true });
    expect(await all(vault.apply(plan, { maxDeletes: 1 }))).toEqual([
      { ...refOf('new'), operation: 'create', outcome: 'done' },
      { ...refOf('other'), operation: 'update', outcome: 'done' },
      { ...refOf('extra'), operation: 'delete', outcome: 'done' },
    ]);
    expect(writes().map(({ method }) => method)).toEqual(['POST', 'PUT', 'DELETE']);
    expect(stored('extra')).toBeUndefined();
    expect(await vault.plan(desired, { prune: true })).toMatchObject({
      create: [],
      update: [],
      delete: [],
      unchanged: 3,
    });
  });

  test('an update sends the whole entry, unchanged values byte for byte, every value under the current key', async () => {
    const { vault, put, stored, writes } = await vaultOf([entryOf('a', { user_alias: 'kept' })]);
    put({ ...stored('a'), user_name: sealValue('ada', OTHER_KEY), created_at: 'then', location: null });
    const before = stored('a');
    await all(vault.apply(await vault.plan([{ ...refOf('a'), password: 'new' }])));
    const sent = writes()[0]?.body ?? {};
    expect(Object.keys(sent).sort()).toEqual([
      'domain',
      'password',
      'permissioned_user_id',
      'tfa_method',
      'tfa_secret',
      'user_alias',
      'user_name',
    ]);
    expect(sent.tfa_secret).toBe(before?.tfa_secret);
    expect(await vault.get(refOf('a'))).toMatchObject({
      user_name: 'ada',
      password: 'new',
      user_alias: 'kept',
    });
    expect(sent.user_name).not.toBe(before?.user_name);
  });

  test('more deletes than maxDeletes: nothing at all is done; the default is none', async () => {
    const { vault, writes } = await vaultOf([entryOf('x'), entryOf('y')]);
    const plan = await vault.plan([entryOf('new')], { prune: true });
    expect((await rejection(all(vault.apply(plan)))).code).toBe('ERR_REQUEST_INVALID');
    expect((await rejection(all(vault.apply(plan, { maxDeletes: 1 })))).code).toBe('ERR_REQUEST_INVALID');
    expect(writes()).toEqual([]);
  });

  test('nothing is deleted if something before failed', async () => {
    const { vault, stored } = await vaultOf([entryOf('old')], ({ method }) =>
      method === 'POST' ? { status: 400 } : undefined,
    );
    const plan = await vault.plan([entryOf('renamed')], { prune: true });
    const outcomes = await all(vault.apply(plan, { maxDeletes: 1 }));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(stored('old')).toBeDefined();
  });

  test('an entry that was changed since the plan is left alone; session state and time stamps are no change', async () => {
    const { vault, put, stored } = await vaultOf([entryOf('a'), entryOf('b'), entryOf('c'), entryOf('d')]);
    const plan = await vault.plan(
      ['a', 'b', 'c'].map((name) => entryOf(name, { password: 'new' })),
      { prune: true },
    );
    put({ ...stored('a'), user_alias: 'by another' });
    put({ ...stored('b'), updated_at: 'now', cookies: [{ name: 'c' }], session_id: 's' });
    put({ ...stored('c'), password: sealValue('by another', KEY) });
    put({ ...stored('d'), user_alias: 'by another' });
    const outcomes = await all(vault.apply(plan, { maxDeletes: 1 }));
    expect(outcomes.map(({ permissioned_user_id: name, outcome }) => [name, outcome]).sort()).toEqual([
      ['a', 'changed'],
      ['b', 'done'],
      ['c', 'changed'],
      ['d', 'failed'],
    ]);
    expect(await vault.get(refOf('c'))).toMatchObject({ password: 'by another' });
    expect(await vault.get(refOf('b'))).toMatchObject({ password: 'new', cookies: [{ name: 'c' }] });
  });

  test('an entry that came about since the plan is left alone, unless it is as desired', async () => {
    const { vault, put } = await vaultOf([]);
    const plan = await vault.plan([entryOf('a'), entryOf('b')]);
    put(sealEntry(entryOf('a', { password: 'by another' }), KEY));
    put(sealEntry(entryOf('b'), KEY));
    expect((await all(vault.apply(plan))).map(({ outcome }) => outcome)).toEqual(['changed', 'already']);
  });

  test('lost answers and refusals of a moment: every entry ends as desired, once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `user-${index}`);
    const faults: Fault[] = [{ status: 429 }, { status: 500 }, 'hang-up', 'hang-up-after'];
    let count = 0;
    const { vault } = await vaultOf(
      names.slice(0, 6).map((name) => entryOf(name)),
      ({ url, method }) => {
        if (method === 'GET' && url === '/vault') return undefined;
        count += 1;
        return count % 3 === 0 ? faults[(count / 3) % faults.length] : undefined;
      },
    );
    const desired = names.map((name) => entryOf(name, { user_alias: 'new' }));
    for (const { outcome, reason } of await all(vault.apply(await vault.plan(desired))))
      expect(['done', 'already'], reason).toContain(outcome);
    expect(await vault.plan(desired, { prune: true })).toMatchObject({ unchanged: 12, delete: [] });
  });

  test('an update that was sent twice is not taken for a change of somebody else', async () => {
    const { vault, writes } = await vaultOf([entryOf('a')], ({ method }, count) =>
      method === 'PUT' && count < 5 ? 'hang-up-after' : undefined,
    );
    const plan = await vault.plan([entryOf('a', { user_alias: 'new' })]);
    expect(await all(vault.apply(plan))).toMatchObject([{ outcome: 'done' }]);
    expect(writes()).toHaveLength(1);
  });

  test('a vault that keeps something else than it was sent has not done it', async () => {
    const { vault } = await vaultOf([entryOf('a')], ({ method, body }) =>
      method === 'PUT' ? { status: 200, body: { ...body, user_alias: 'other' } } : undefined,
    );
    const plan = await vault.plan([entryOf('a', { user_alias: 'new' })]);
    expect(await all(vault.apply(plan))).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('user_alias') },
    ]);
  });

  test('a plan of another client, or a copy of one, is refused', async () => {
    const { vault } = await vaultOf([]);
    const { vault: other } = await vaultOf([]);
    const plan = await vault.plan([entryOf('a')]);
    for (const given of [{ ...plan }, JSON.parse(JSON.stringify(plan)), null, undefined, 'plan'])
      expect((await rejection((async () => all(vault.apply(given)))())).code).toBe('ERR_REQUEST_INVALID');
    expect((await rejection((async () => all(other.apply(plan)))())).code).toBe('ERR_REQUEST_INVALID');
  });
});
