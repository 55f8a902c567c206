import {
  decryptData,
  decryptSensitiveFields,
  encryptData,
  encryptSensitiveFields,
} from 'cloudcruise/dist/vault/utils.js';
import { describe, expect, test } from 'vitest';
import { openEntry } from '../../src/entry/open-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import type { CredsealErrorCode } from '../../src/errors.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { sealElsewhere } from '../value/elsewhere.js';

// Why credseal checks what it checks: docs/vault-api.md, rule 23, as far as it concerns
// keys and values, shown on the published JavaScript client 1.0.1 and refused by ours. The numbers are of that list.

const HEX = 'b3c9d2e8f4a70615283746556473829103a2b4c6d8eafc0e1f2d3c4b5a697887';
const WRONG_HEX = '4c362d170b58f9ead7c8b9aa9b8c7d6efc5d4b39271503f1e0d2c3b4a5968778';
const key = VaultKey.fromHex(HEX);
const wrongKey = VaultKey.fromHex(WRONG_HEX);
const SECRET = 'Xq7#kLw9vB2m';
const REF = { permissioned_user_id: 'user-1', domain: 'https://example.com' };
const sealed: string = sealValue(SECRET, key);

describe('1: a tag that is not whole, and junk, are accepted', () => {
  const withoutTag = sealed.slice(0, -32);
  const tag = sealed.slice(-32);

  test.each<[string, string]>([
    ['32 bits of tag, the other 24 digits replaced by z', sealed.slice(0, -24) + 'z'.repeat(24)],
    ['96 bits of tag, the other 8 digits replaced by z', sealed.slice(0, -8) + 'z'.repeat(8)],
    ['junk between ciphertext and tag', `${withoutTag}zzJUNK!!${tag}`],
    ['a line of prose between ciphertext and tag', `${withoutTag}\n-- do not edit! --\n${tag}`],
  ])('%s', async (_, forged) => {
    expect(await decryptData(forged, HEX)).toBe(SECRET);
    expectHidden(
      refusal('ERR_SEALED_FORMAT', () => openValue(forged, key)),
      SECRET,
    );
    refusal('ERR_SEALED_FORMAT', () => openEntry({ ...REF, password: forged }, key));
  });
});

describe('2: malformed keys are accepted', () => {
  test.each<[string, string]>([
    ['65 digits', `${HEX}0`],
    ['zz behind it', `${HEX}zz`],
    ['a line break behind it', `${HEX}\n`],
    ['prose behind it', `${HEX} # production`],
  ])('%s', async (_, hex) => {
    expect(openValue(await encryptData(SECRET, hex), key)).toBe(SECRET);
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => VaultKey.fromHex(hex)),
      HEX,
    );
    expectHidden(
      refusal('ERR_KEY_FORMAT', () => VaultKey.fromEnv({ CLOUDCRUISE_ENCRYPTION_KEY: hex })),
      HEX,
    );
  });

  test.each(['', HEX.slice(2), ` ${HEX}`])('or noticed at first use only: %j', async (hex) => {
    await expect(encryptData(SECRET, hex)).rejects.toThrow('Invalid key length');
    refusal('ERR_KEY_FORMAT', () => VaultKey.fromHex(hex));
  });
});

describe('3: what does not decrypt is handed back as if it were the password', () => {
  test.each<[CredsealErrorCode, string, string]>([
    ['ERR_OPEN_FAILED', 'of another key', sealValue(SECRET, wrongKey)],
    ['ERR_OPEN_FAILED', 'changed', sealed.slice(0, -1) + (sealed.endsWith('0') ? '1' : '0')],
    ['ERR_OPEN_FAILED', 'cut off', sealed.slice(0, -2)],
    ['ERR_SEALED_FORMAT', 'cut off to less than a value', sealed.slice(0, 40)],
    ['ERR_SEALED_FORMAT', 'not sealed at all', SECRET],
    ['ERR_PLAINTEXT_FORMAT', 'not JSON inside', sealElsewhere(SECRET, HEX)],
  ])('%s: %s', async (code, _, password) => {
    expect(await decryptSensitiveFields({ ...REF, password }, HEX)).toEqual({ ...REF, password });
    const error = refusal(code, () => openEntry({ ...REF, password }, key));
    expect(error.field).toBe('password');
    expectHidden(error, SECRET);
  });

  test('and written back, the credential is lost', async () => {
    const opened = await decryptSensitiveFields({ ...REF, password: sealed }, WRONG_HEX);
    const written = await encryptSensitiveFields(opened, HEX);
    expect(await decryptData(written.password, HEX)).toBe(sealed);
    refusal('ERR_OPEN_FAILED', () => openEntry({ ...REF, password: sealed }, wrongKey));
    refusal('ERR_ENTRY_INVALID', () => sealEntry(opened, key));
  });
});

describe('5: what is sealed already is sealed twice', () => {
  test('a value', async () => {
    expect(await decryptData(await encryptData(sealed, HEX), HEX)).toBe(sealed);
    refusal('ERR_ALREADY_SEALED', () => sealValue(sealed, key));
    refusal('ERR_ALREADY_SEALED', () => sealValue(sealed.toUpperCase(), key));
  });

  test.each(['user_name', 'password', 'tfa_secret'])('an entry: %s', async (field) => {
    const once = { ...REF, [field]: sealValue('JBSWY3DPEHPK3PXP', key) };
    const twice = await encryptSensitiveFields(once, HEX);
    expect(openValue(twice[field], key)).toBe(once[field as keyof typeof once]);
    const { issues } = refusal('ERR_ENTRY_INVALID', () => sealEntry(once, key));
    expect(issues).toMatchObject([
      { path: field, rule: 'credential/sealed-twice', code: 'ERR_ALREADY_SEALED' },
    ]);
  });
});

test('7: a decrypted value that is not JSON appears in the error', async () => {
  const notJson = sealElsewhere(SECRET, HEX);
  await expect(decryptData(notJson, HEX)).rejects.toThrow(SECRET);
  expectHidden(
    refusal('ERR_PLAINTEXT_FORMAT', () => openValue(notJson, key)),
    SECRET,
  );
});
