import { describe, expect, test } from 'vitest';
import { openEntry } from '../../src/index.js';
import { ENTRY, KEY, localVault, REF, sealedPayload, send } from './local-vault.js';

const SETTINGS = { user_alias: 'Ada', persist_cookies: true, headers: [{ name: 'a', value: 'b' }] };
const whole = { ...ENTRY, ...SETTINGS };

async function withEntry(options: Parameters<typeof localVault>[0]) {
  const local = await localVault(options);
  expect((await send(local.requests.create(whole))).status).toBe(201);
  const read = async () => (await send(local.requests.get(REF))).json;
  return { ...local, read };
}

describe('updates: merge, and by default', () => {
  test.each([undefined, 'merge'] as const)('an update keeps what it does not name: %s', async (updates) => {
    const { raw, read } = await withEntry({ updates });
    expect((await raw('PUT', '/vault', { ...REF, user_alias: 'Bob' })).status).toBe(200);
    expect(await read()).toMatchObject({ ...SETTINGS, user_alias: 'Bob', password: expect.any(String) });
  });
});

describe('updates: replace', () => {
  test('takes away what an update does not name', async () => {
    const { raw, read } = await withEntry({ updates: 'replace' });
    const { status, json } = await raw('PUT', '/vault', { ...REF, user_alias: 'Bob' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { user_alias: 'Bob', password: null, headers: null },
    });
    expect(await read()).toEqual(json);
  });

  test('keeps what is sent back as it was read, be it sealed values or what only the vault sets', async () => {
    const { raw, read } = await withEntry({ updates: 'replace' });
    const before = await read();
    const { status } = await raw('PUT', '/vault', { ...before, user_alias: 'Bob' });
    const { updated_at: _, ...after } = await read();
    expect(status).toBe(200);
    expect(before).toMatchObject({ ...after, user_alias: 'Ada' });
    expect(openEntry(after, KEY)).toMatchObject({ ...ENTRY, user_alias: 'Bob' });
  });

  test('holds what is left to the rules between fields', async () => {
    const { raw, read } = await withEntry({ updates: 'replace' });
    const before = await read();
    const { status, json } = await raw('PUT', '/vault', { ...REF, tfa_method: 'AUTHENTICATOR' });
    expect(status).toBe(400);
    expect(json.message).toMatch(/tfa_secret/);
    expect(await read()).toEqual(before);
  });
});

describe('updates: complete-only', () => {
  test.each<[string, object]>([
    ['neither', {}],
    ['no password', sealedPayload({ user_name: 'ada' })],
    ['no user name', sealedPayload({ password: 'a' })],
    ['a password that is null', { ...sealedPayload({ user_name: 'ada' }), password: null }],
  ])('refuses an update with %s, and changes nothing', async (_, update) => {
    const { raw, read } = await withEntry({ updates: 'complete-only' });
    const before = await read();
    const { status, json } = await raw('PUT', '/vault', { ...REF, ...update, user_alias: 'Bob' });
    expect({ status, message: json.message }).toEqual({
      status: 400,
      message: expect.stringMatching(/user_name and password/),
    });
    expect(await read()).toEqual(before);
  });

  test('takes one with both, and keeps what it does not name', async () => {
    const { raw, read } = await withEntry({ updates: 'complete-only' });
    expect((await raw('PUT', '/vault', sealedPayload({ user_name: 'b', password: 'c' }))).status).toBe(200);
    expect(openEntry(await read(), KEY)).toMatchObject({ ...SETTINGS, user_name: 'b', password: 'c' });
  });

  test('takes one of an entry whose credentials are at a provider', async () => {
    const { raw } = await localVault({ updates: 'complete-only' });
    const backed = { ...REF, secret_provider_id: 'aws', secret_ref: 'a' };
    expect((await raw('POST', '/vault', backed)).status).toBe(201);
    expect((await raw('PUT', '/vault', { ...backed, secret_ref: 'b' })).status).toBe(200);
  });
});

describe('nulls', () => {
  test('absent: no answer has one', async () => {
    const { read, requests } = await withEntry({ nulls: 'absent' });
    const entry = await read();
    expect(Object.values(entry)).not.toContain(null);
    expect(entry).toMatchObject({
      ...REF,
      ...SETTINGS,
      id: expect.any(String),
      allow_multiple_sessions: false,
    });
    expect((await send(requests.list())).json).toEqual([entry]);
  });

  test('kept, and by default: every field of the table is there', async () => {
    const [kept, usual] = [await withEntry({ nulls: 'kept' }), await withEntry({})];
    expect(Object.keys(await kept.read())).toEqual(Object.keys(await usual.read()));
    expect(await usual.read()).toMatchObject({ proxy: null, location: null, session_id: null });
  });

  test('an entry that was read without its nulls goes back as it is', async () => {
    const { raw, read } = await withEntry({ nulls: 'absent', updates: 'replace' });
    const before = await read();
    expect((await raw('PUT', '/vault', before)).status).toBe(200);
    expect({ ...(await read()), updated_at: before.updated_at }).toEqual(before);
  });
});
