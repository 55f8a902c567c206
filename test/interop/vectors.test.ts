import { decryptData, decryptSensitiveFields, encryptData } from 'cloudcruise/dist/vault/utils.js';
import { describe, expect, test } from 'vitest';
import { openEntry } from '../../src/entry/open-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue } from '../../src/value/sealed-value.js';
import { documents, testsOf } from '../vectors/vectors.js';

const validOf = (name: string) =>
  testsOf(documents[name] as (typeof documents)[string]).filter(({ result }) => result === 'valid');

describe('the published JavaScript client and the vectors', () => {
  test.each(
    validOf('sealed-values.json').map(({ tcId, comment, key, sealed, value }) => [
      `${tcId}: ${comment}`,
      { key: String(key), sealed: String(sealed), value: String(value) },
    ]) as [string, { key: string; sealed: string; value: string }][],
  )('it opens what is sealed in test %s, and we what it seals of the same value', async (_, each) => {
    expect(await decryptData(each.sealed, each.key)).toBe(each.value);
    expect(openValue(await encryptData(each.value, each.key), VaultKey.fromHex(each.key))).toBe(each.value);
  });

  const FIELDS = ['user_name', 'password', 'tfa_secret'];
  test.each(
    validOf('entries.json')
      .filter(({ sealedEntry }) => FIELDS.some((field) => typeof Object(sealedEntry)[field] === 'string'))
      .map(({ tcId, comment, key, sealedEntry, opened }) => [
        `${tcId}: ${comment}`,
        { key: String(key), sealedEntry: Object(sealedEntry), opened: Object(opened) },
      ]) as [string, { key: string; sealedEntry: Record<string, string>; opened: Record<string, string> }][],
  )('it opens the entry of test %s, field by field', async (_, { key, sealedEntry, opened }) => {
    const read = await decryptSensitiveFields(sealedEntry, key);
    for (const field of FIELDS) expect(read[field]).toEqual(opened[field]);
  });
});

test('the URL of a custom proxy, which the client seals as any other value, goes both ways', async () => {
  const hex = '0123456789abcdef'.repeat(4);
  const key = VaultKey.fromHex(hex);
  const entry = {
    permissioned_user_id: 'user-1',
    domain: 'https://example.com',
    proxy_setting: 'custom',
    proxy_value: 'socks5://ada:pässword@proxy.example:1080',
  } as const;
  const { proxy_value: ours } = sealEntry(entry, key);
  expect(await decryptData(String(ours), hex)).toBe(entry.proxy_value);
  const theirs = { ...entry, proxy_value: await encryptData(entry.proxy_value, hex) };
  expect(openEntry(theirs, key)).toEqual(entry);
});
