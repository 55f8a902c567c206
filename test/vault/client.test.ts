import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import type { VaultKey } from '../../src/key/vault-key.js';
import { sealValue } from '../../src/value/sealed-value.js';
import type { VaultEvent } from '../../src/vault/index.js';
import { nameOf } from '../bulk/scripted-vault.js';
import { API_KEY, ENTRY, KEY, OTHER_KEY, REF, TOTP } from '../emulator/local-vault.js';
import { all, clientOf, rejection, scripted } from './vaults.js';

const RING = new KeyRing(KEY, [OTHER_KEY]);
const SECRETS = [ENTRY.password, ENTRY.user_name, TOTP, API_KEY, KEY.toHex()];

describe('an entry goes in sealed and comes back in plain text', () => {
  test('create gives the entry as the vault has it', async () => {
    const { vault, raw } = await clientOf();
    expect(await vault.create(ENTRY)).toMatchObject({ ...ENTRY, id: expect.any(String) });
    const { text } = await raw('GET', '/vault');
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });

  test('get gives the entry, and undefined where there is none', async () => {
    const { vault } = await clientOf();
    expect(await vault.get(REF)).toBeUndefined();
    await vault.create(ENTRY);
    expect(await vault.get(REF)).toMatchObject(ENTRY);
  });

  test('update changes what is given', async () => {
    const { vault } = await clientOf();
    await vault.create(ENTRY);
    expect(await vault.update({ ...REF, password: 'new' })).toMatchObject({ ...ENTRY, password: 'new' });
  });

  test('delete tells whether there was an entry', async () => {
    const { vault } = await clientOf();
    await vault.create(ENTRY);
    expect(await vault.delete(REF)).toBe(true);
    expect(await vault.delete(REF)).toBe(false);
  });

  test('the current code comes with the seconds that it is good for', async () => {
    const { vault } = await clientOf();
    await vault.create(ENTRY);
    expect(await vault.tfaCode(REF)).toEqual({
      type: 'authenticator',
      code: expect.stringMatching(/^\d{6}$/),
      secondsLeft: expect.any(Number),
    });
  });

  test('clearBrowserState throws cookies and storage away', async () => {
    const { vault } = await clientOf();
    await vault.create({ ...ENTRY, local_storage: { a: 1 } });
    await vault.clearBrowserState(REF);
    expect((await vault.get(REF))?.local_storage).toBeNull();
  });

  test('padTo hides the length of what is sealed', async () => {
    const { vault, raw } = await clientOf();
    await vault.create({ ...REF, password: 'a' }, { padTo: 64 });
    const { json } = await raw('GET', '/vault');
    expect(json[0].password).toHaveLength(2 * (12 + 64 + 16));
  });
});

describe('a reference may be a whole entry', () => {
  test('its name alone is sent, and told', async () => {
    const events: VaultEvent[] = [];
    const { server, vault } = await scripted(() => undefined, { onEvent: (event) => events.push(event) });
    await vault.create({ ...REF, password: 'first' });
    await vault.get(ENTRY);
    await vault.delete(ENTRY).catch(() => undefined);
    await vault.clearBrowserState(ENTRY).catch(() => undefined);
    await vault.tfaCode(ENTRY).catch(() => undefined);
    const sent = server.received.slice(1).map(({ url, body }) => url + JSON.stringify(body ?? {}));
    for (const secret of SECRETS) expect(sent.join() + inspect(events, { depth: 9 })).not.toContain(secret);
    for (const { ref } of events) expect(ref).toEqual(REF);
  });
});

describe('upsert', () => {
  test('creates what is not there, updates what differs, and sends nothing where nothing does', async () => {
    const { vault, raw } = await clientOf();
    expect(await vault.upsert(ENTRY)).toMatchObject({ outcome: 'created', entry: ENTRY });
    const { json: before } = await raw('GET', '/vault');
    expect(await vault.upsert({ ...ENTRY })).toMatchObject({ outcome: 'unchanged', entry: ENTRY });
    expect((await raw('GET', '/vault')).json).toEqual(before);
    expect(await vault.upsert({ ...ENTRY, password: 'new' })).toMatchObject({
      outcome: 'updated',
      entry: { ...ENTRY, password: 'new' },
    });
  });

  test('what means the same is the same', async () => {
    const { vault } = await clientOf();
    await vault.create({ ...ENTRY, expiry_time_from_last_use: '01:30:00' });
    const entry = { ...ENTRY, tfa_secret: TOTP.toLowerCase(), expiry_time_from_last_use: { minutes: 90 } };
    expect((await vault.upsert(entry)).outcome).toBe('unchanged');
  });

  test('what is not given stays, value for value, and null takes a setting away', async () => {
    const { vault, raw } = await clientOf();
    await vault.create({ ...ENTRY, expiry_time_from_last_use: '1 day', user_alias: 'kept' });
    const before = (await raw('GET', '/vault')).json[0];
    const { outcome, entry } = await vault.upsert({
      ...REF,
      password: 'new',
      expiry_time_from_last_use: null,
    });
    expect(outcome).toBe('updated');
    expect(entry).toMatchObject({ user_alias: 'kept', expiry_time_from_last_use: null, tfa_secret: TOTP });
    const after = (await raw('GET', '/vault')).json[0];
    expect(after.user_name).toBe(before.user_name);
    expect(after.tfa_secret).toBe(before.tfa_secret);
  });

  test('an entry that does not open is not written over', async () => {
    const { vault, at } = await clientOf({}, { key: new KeyRing(KEY, [OTHER_KEY]) });
    await vault.create(ENTRY);
    const error = await rejection(at({ keys: OTHER_KEY }).upsert({ ...ENTRY, password: 'new' }));
    expect(error).toMatchObject({ code: 'ERR_OPEN_FAILED', field: 'user_name' });
    expect(await vault.get(REF)).toMatchObject(ENTRY);
  });
});

describe('list', () => {
  test('one entry that does not open has an error that names entry and field, and stops nothing', async () => {
    const { server, vault } = await scripted(() => undefined);
    const stored = (name: string, key: VaultKey) => {
      const entry = { permissioned_user_id: name, domain: REF.domain, password: sealValue('p', key) };
      server.stored.set(nameOf(entry), entry);
    };
    stored('one', KEY);
    stored('two', OTHER_KEY);
    stored('three', KEY);
    const listed = await all(vault.list());
    expect(listed.map(({ stored: { permissioned_user_id: name }, error }) => [name, error?.code])).toEqual([
      ['one', undefined],
      ['two', 'ERR_OPEN_FAILED'],
      ['three', undefined],
    ]);
    expect(listed[1]?.error).toMatchObject({ field: 'password', message: expect.stringContaining('two') });
    expect(listed[1]?.entry).toBeUndefined();
  });

  test('entries under a previous key open with a ring', async () => {
    const { at } = await clientOf({}, { key: RING });
    await at({ keys: KEY }).create(ENTRY);
    const listed = await all(at({ keys: new KeyRing(OTHER_KEY, [KEY]) }).list());
    expect(listed[0]?.entry).toMatchObject(ENTRY);
  });
});
