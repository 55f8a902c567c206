import { describe, expect, test } from 'vitest';
import { fieldEntries } from '../../src/entry/fields.js';
import { openEntry, toUpdate } from '../../src/entry/open-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { ENTRY, KEY, localVault, OTHER_KEY, REF, send, TOTP } from './local-vault.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

// docs/vault-api.md, rule 2.
describe('create', () => {
  test('answers 201 and the complete entry, credentials sealed as they came', async () => {
    const { requests } = await localVault({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
    const request = requests.create({ ...ENTRY, user_alias: 'Ada', max_concurrency: null });
    const { status, headers, json } = await send(request);
    expect(status).toBe(201);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Object.keys(json).sort()).toEqual(fieldEntries.map(([name]) => name).sort());
    const { max_concurrency: _, ...sent } = JSON.parse(request.body ?? '');
    expect(json).toMatchObject({ ...sent, max_concurrency: null, allow_multiple_sessions: false });
    expect(openEntry(json, KEY)).toMatchObject({ ...ENTRY, user_alias: 'Ada' });
    expect(json).toMatchObject({
      created_at: '2026-01-02T03:04:05.000Z',
      updated_at: '2026-01-02T03:04:05.000Z',
    });
    for (const name of ['id', 'workspace_id', 'user_id']) expect(json[name]).toMatch(UUID);
  });

  test('gives null for credentials that are not there', async () => {
    const { requests } = await localVault();
    const { json } = await send(requests.create(REF));
    expect(json).toMatchObject({ user_name: null, password: null, tfa_secret: null, tfa_method: null });
  });

  test('answers 409 for an entry that is there, and leaves it as it was', async () => {
    const { requests } = await localVault();
    await send(requests.create(ENTRY));
    const { status, json } = await send(requests.create({ ...REF, password: 'other' }));
    expect(status).toBe(409);
    expect(json).toEqual({ message: expect.stringContaining('PUT /vault'), error: 'Conflict' });
    expect(openEntry((await send(requests.get(REF))).json, KEY).password).toBe(ENTRY.password);
  });

  test('keeps one entry per permissioned_user_id and domain, exactly as written', async () => {
    const { requests } = await localVault();
    const domains = ['https://a.example', 'https://a.example/', 'https://A.example', 'http://a.example'];
    for (const domain of domains)
      for (const permissioned_user_id of ['u', 'U', 'u ', '["u"]'])
        expect((await send(requests.create({ permissioned_user_id, domain }))).status).toBe(201);
    expect((await send(requests.list())).json).toHaveLength(16);
    const ids = (await send(requests.list())).json.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(16);
  });

  test('of many at once for the same entry, one is created', async () => {
    const { requests } = await localVault();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(requests.create(ENTRY))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
  });
});

// docs/vault-api.md, rules 4 and 5.
describe('get and list', () => {
  test('get one answers one entry, and list an array of all, in the order of creation', async () => {
    const { requests } = await localVault();
    expect((await send(requests.list())).json).toEqual([]);
    const first = await send(requests.create(ENTRY));
    const second = await send(requests.create({ ...REF, permissioned_user_id: 'user-2' }));
    expect((await send(requests.get(REF))).json).toEqual(first.json);
    expect((await send(requests.list())).json).toEqual([first.json, second.json]);
  });

  test.each([
    ['permissioned_user_id=user-1', 'domain is missing'],
    ['domain=https%3A%2F%2Fportal.example.com', 'permissioned_user_id is missing'],
    ['permissioned_user_id=user-1&domain=', 'domain is missing'],
    ['permissioned_user_id=&domain=', 'permissioned_user_id is missing'],
    ['permissioned_user_id=a&domain=b&domain=c', 'domain more than once'],
  ])('half a query is refused with 400: %s', async (query, message) => {
    const { raw } = await localVault();
    for (const path of ['/vault', '/vault/tfa-code']) {
      const { status, json } = await raw('GET', `${path}?${query}`);
      expect(status).toBe(400);
      expect(json.message).toContain(message);
    }
  });

  test('names are found whatever is in them', async () => {
    const { requests } = await localVault();
    for (const permissioned_user_id of ['a b+c', 'ü&=?#%', '日本', '\'"\\\n', '__proto__']) {
      const ref = { permissioned_user_id, domain: 'https://example.com/a b?c=d&e'.replace(' ', '%20') };
      expect((await send(requests.create(ref))).status).toBe(201);
      expect((await send(requests.get(ref))).json).toMatchObject(ref);
    }
  });

  test('a list of thousands arrives whole', async () => {
    const { vault, requests, raw } = await localVault();
    for (let at = 0; at < 40; at++) {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          send(requests.create({ ...REF, permissioned_user_id: `${at}-${n}` })),
        ),
      );
    }
    expect((await send(requests.list())).json).toHaveLength(2000);
    expect((await raw('GET', '/vault')).text.length).toBeGreaterThan(1_000_000);
    expect(vault.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

// docs/vault-api.md, rule 3.
describe('update', () => {
  test('answers 200 and the complete entry: what is sent is changed, the rest stays', async () => {
    let now = Date.UTC(2026, 0, 1);
    const { requests } = await localVault({ now: () => now });
    const { json: before } = await send(requests.create({ ...ENTRY, user_alias: 'Ada' }));
    now += 1000;
    const { status, json } = await send(requests.update({ ...REF, password: 'new' }));
    expect(status).toBe(200);
    expect({ ...json, password: before.password }).toEqual({
      ...before,
      updated_at: '2026-01-01T00:00:01.000Z',
    });
    expect(openEntry(json, KEY)).toMatchObject({ ...ENTRY, password: 'new', user_alias: 'Ada' });
    expect((await send(requests.get(REF))).json).toEqual(json);
  });

  test('null takes a credential away, and a setting that may be null', async () => {
    const { requests } = await localVault();
    await send(requests.create({ ...REF, password: 'p', expiry_time_from_last_use: '01:00:00' }));
    const { json } = await send(requests.update({ ...REF, password: null, expiry_time_from_last_use: null }));
    expect(json).toMatchObject({ password: null, expiry_time_from_last_use: null });
  });

  test('rules between fields hold for what comes of both', async () => {
    const { requests, raw } = await localVault();
    await send(requests.create({ ...ENTRY, allow_multiple_sessions: true }));
    expect((await raw('PUT', '/vault', { ...REF, max_concurrency: 3 })).status).toBe(200);
    const { status, json } = await raw('PUT', '/vault', { ...REF, tfa_secret: null });
    expect(status).toBe(400);
    expect(json.message).toContain('tfa_secret is required where tfa_method is AUTHENTICATOR');
    expect((await raw('PUT', '/vault', { ...REF, allow_multiple_sessions: false })).status).toBe(400);
    expect((await send(requests.get(REF))).json).toMatchObject({
      max_concurrency: 3,
      allow_multiple_sessions: true,
    });
  });

  test('an entry read, opened, changed and written back is changed in that, and in nothing else', async () => {
    const { requests } = await localVault({ now: () => 0 });
    await send(
      requests.create({ ...ENTRY, cookies: [], expiry_time_from_last_use: { days: 7 }, user_alias: 'A' }),
    );
    const { json: stored } = await send(requests.get(REF));
    const { status, json } = await send(
      requests.update({ ...toUpdate(openEntry(stored, KEY)), user_name: 'new' }),
    );
    expect(status).toBe(200);
    expect(openEntry(json, KEY)).toEqual({ ...openEntry(stored, KEY), user_name: 'new' });
  });

  test('an answer may be sent back whole, but a field that only the vault sets not changed', async () => {
    const { requests, raw } = await localVault();
    const { json: stored } = await send(requests.create(ENTRY));
    expect((await raw('PUT', '/vault', stored)).status).toBe(200);
    const { status, json } = await raw('PUT', '/vault', {
      ...stored,
      created_at: '2020-01-01T00:00:00.000Z',
    });
    expect(status).toBe(400);
    expect(json.message).toContain('created_at is set by the vault');
  });

  test('id may be given, and must be that of the entry', async () => {
    const { requests } = await localVault();
    const { json } = await send(requests.create(ENTRY));
    expect((await send(requests.update({ ...REF, id: json.id, password: 'x' }))).status).toBe(200);
    const other = '00000000-0000-4000-8000-000000000000';
    expect((await send(requests.update({ ...REF, id: other, password: 'x' }))).status).toBe(404);
  });

  test('answers 404 for an entry that is not there, and makes none', async () => {
    const { requests } = await localVault();
    const { status, json } = await send(requests.update(ENTRY));
    expect(status).toBe(404);
    expect(json).toEqual({ message: expect.stringContaining('compared exactly'), error: 'Not Found' });
    expect((await send(requests.list())).json).toEqual([]);
  });
});

// docs/vault-api.md, rules 6 and 7.
describe('delete and clear browser state', () => {
  test('delete takes the entry away, and it may be created again', async () => {
    const { requests } = await localVault();
    const { json: first } = await send(requests.create(ENTRY));
    const deleted = await send(requests.delete(REF));
    expect(deleted).toMatchObject({ status: 200, json: { success: true } });
    expect((await send(requests.get(REF))).status).toBe(404);
    expect((await send(requests.delete(REF))).status).toBe(404);
    expect((await send(requests.create(ENTRY))).json.id).not.toBe(first.id);
  });

  test('clearing takes cookies and storage, and nothing else', async () => {
    const { requests } = await localVault({ now: () => 0 });
    const cookie = { name: 'n', value: 'v', domain: 'd' };
    const state = { cookies: [cookie], session_storage: { a: 1 }, local_storage: { b: { c: 2 } } };
    const { json: before } = await send(requests.create({ ...ENTRY, ...state, cookie_domain_to_store: 'd' }));
    expect(before).toMatchObject({ ...state, session_data_set_at: '1970-01-01T00:00:00.000Z' });
    expect(before.session_id).toMatch(UUID);
    const cleared = await send(requests.clearBrowserState(REF));
    expect(cleared).toMatchObject({ status: 200, json: { success: true } });
    const gone = { cookies: null, session_storage: null, local_storage: null };
    expect((await send(requests.get(REF))).json).toEqual({
      ...before,
      ...gone,
      session_data_set_at: null,
      session_id: null,
    });
    expect((await send(requests.clearBrowserState({ ...REF, domain: 'https://x.example' }))).status).toBe(
      404,
    );
  });
});

describe('what the vault computes', () => {
  test('an address for EMAIL, a telephone number for SMS, and neither for others', async () => {
    const { requests } = await localVault();
    const of = async (tfa_method: 'EMAIL' | 'SMS' | 'MAGIC_LINK') =>
      (await send(requests.create({ ...REF, permissioned_user_id: tfa_method, tfa_method }))).json;
    const email = await of('EMAIL');
    expect(email.tfa_email).toBe(`info+${email.user_id}+portal.example.com@cloudcruise.com`);
    expect(email.tfa_phone_number).toBeNull();
    expect(await of('SMS')).toMatchObject({
      tfa_email: null,
      tfa_phone_number: expect.stringMatching(/^\+1202555\d{4}$/),
    });
    expect(await of('MAGIC_LINK')).toMatchObject({ tfa_email: null, tfa_phone_number: null });
  });

  test('the same user_id for the same user, and the same workspace for all', async () => {
    const { requests } = await localVault();
    const create = async (permissioned_user_id: string, domain: string) =>
      (await send(requests.create({ permissioned_user_id, domain }))).json;
    const [a, b, c] = [
      await create('u', 'https://a.example'),
      await create('u', 'https://b.example'),
      await create('v', 'https://a.example'),
    ];
    expect(a.user_id).toBe(b.user_id);
    expect(c.user_id).not.toBe(a.user_id);
    expect(c.workspace_id).toBe(a.workspace_id);
  });

  test.each([
    [{ proxy: { enable: true, target_ip: '203.0.113.7' } }, /^http:\/\/[\da-f]{8}\.proxy\.invalid:8080$/],
    [{ proxy_setting: 'country', proxy_value: 'DE' } as const, /\.proxy\.invalid/],
    [{ proxy: { enable: false } }, null],
    [{ proxy_setting: 'custom', proxy_value: 'socks5://u:hunter2@p.example' } as const, null],
    [{}, null],
  ])('a proxy for %j', async (settings, expected) => {
    const { requests } = await localVault();
    const { json, text } = await send(requests.create({ ...REF, ...settings }));
    expect(json.proxy_string).toEqual(expected === null ? null : expect.stringMatching(expected));
    expect(text).not.toContain('hunter2');
  });
});

describe('a workspace after rotation', () => {
  test('accepts what is under the current key, and refuses the previous one', async () => {
    const { requests, raw } = await localVault({ key: new KeyRing(KEY, [OTHER_KEY]) });
    expect((await send(requests.create(ENTRY))).status).toBe(201);
    const old = sealEntry({ ...REF, password: 'new', user_name: 'n' }, OTHER_KEY, { operation: 'update' });
    const { status, json } = await raw('PUT', '/vault', old);
    expect(status).toBe(401);
    expect(json.message).toContain('The vault has the current key only');
    expect((await raw('POST', '/vault', { ...old, permissioned_user_id: 'v' })).status).toBe(401);
  });

  test('and gives codes of what was stored under either', async () => {
    const { requests } = await localVault({ key: new KeyRing(KEY, [OTHER_KEY]), now: () => 0 });
    await send(requests.create({ ...ENTRY, tfa_secret: TOTP }));
    expect((await send(requests.tfaCode(REF))).json).toMatchObject({ type: 'authenticator' });
  });
});
