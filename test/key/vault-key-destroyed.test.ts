import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openEntry } from '../../src/entry/open-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { keyBytes, VaultKey } from '../../src/key/vault-key.js';
import { openValue, sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';

const HEX = '9d4e1ea7c2b35f80616d7a3b4c5d6e7f8091a2b3c4d5e6f70718293a4b5c6d7e';
const ENTRY = { permissioned_user_id: 'user-1', domain: 'https://example.com', password: 'hunter2' };
const other = VaultKey.generate();
const sealed = sealValue('hunter2', VaultKey.fromHex(HEX));

/** Two keys: one that nobody has used, and one that has done everything a key does. */
const freshAndUsed: [string, () => VaultKey][] = [
  ['fresh', () => VaultKey.fromHex(HEX)],
  [
    'used',
    () => {
      const key = VaultKey.fromHex(HEX);
      expect([key.fingerprint, key.toHex(), String(key), openValue(sealValue('x', key), key)]).toContain('x');
      return key;
    },
  ],
];

describe.each(freshAndUsed)('a destroyed key (%s before)', (_, make) => {
  const destroyed = () => {
    const key = make();
    key.destroy();
    return key;
  };

  test.each<[string, (key: VaultKey) => unknown]>([
    ['fingerprint', (key) => key.fingerprint],
    ['toHex', (key) => key.toHex()],
    ['toJwk', (key) => key.toJwk()],
    ['sealValue', (key) => sealValue('hunter2', key)],
    ['sealValue of a sealed value', (key) => sealValue(sealed, key)],
    ['openValue', (key) => openValue(sealed, key)],
    ['sealEntry', (key) => sealEntry(ENTRY, key)],
    ['openEntry', (key) => openEntry({ ...ENTRY, password: sealed }, key)],
    ['new KeyRing', (key) => new KeyRing(key)],
    ['new KeyRing, as a previous one', (key) => new KeyRing(other, [key])],
  ])('refuses %s', (_use, use) => {
    const error = refusal('ERR_KEY_DESTROYED', () => use(destroyed()));
    expectHidden(error, HEX);
  });

  test.each<[string, (ring: KeyRing) => unknown]>([
    ['seals nothing', (ring) => sealValue('hunter2', ring.current)],
    ['seals no entry', (ring) => sealEntry(ENTRY, ring)],
    ['opens nothing', (ring) => openValue(sealed, ring)],
  ])('%s from within a ring made before', (_use, use) => {
    const key = make();
    const ring = new KeyRing(key, [other]);
    key.destroy();
    refusal('ERR_KEY_DESTROYED', () => use(ring));
  });

  test('is not skipped when a ring looks for the key of a value', () => {
    const key = make();
    const ring = new KeyRing(other, [key]);
    key.destroy();
    refusal('ERR_KEY_DESTROYED', () => openValue(sealed, ring));
  });

  test('may be destroyed again', () => {
    const key = destroyed();
    expect(key.destroy()).toBeUndefined();
    refusal('ERR_KEY_DESTROYED', () => key.toHex());
  });

  test('is wiped from memory', () => {
    const key = make();
    const bytes = keyBytes(key);
    key.destroy();
    expect(bytes).toEqual(new Uint8Array(32));
  });

  test('still prints, and shows nothing', () => {
    const key = destroyed();
    for (const shown of [
      String(key),
      `${key}`,
      JSON.stringify([key]),
      inspect({ key }, { showHidden: true }),
    ]) {
      expect(shown).toMatch(/VaultKey\(destroyed\)/);
    }
  });

  test('leaves other keys of the same bytes alone', () => {
    const [key, twin] = [make(), make()];
    key.destroy();
    expect(twin.toHex()).toBe(HEX);
    expect(openValue(sealed, twin)).toBe('hunter2');
  });
});

test('a key is destroyed at the end of the block that uses it, whatever happens there', () => {
  let held: VaultKey | undefined;
  const block = () => {
    using key = VaultKey.fromHex(HEX);
    held = key;
    expect(openValue(sealed, key)).toBe('hunter2');
    throw new Error('from the block');
  };
  expect(block).toThrow('from the block');
  refusal('ERR_KEY_DESTROYED', () => held?.toHex());
});

test('Symbol.dispose destroys', () => {
  const key = VaultKey.fromHex(HEX);
  key[Symbol.dispose]();
  refusal('ERR_KEY_DESTROYED', () => key.toHex());
});
