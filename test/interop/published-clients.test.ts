import { readFileSync } from 'node:fs';
import {
  decryptData,
  decryptSensitiveFields,
  encryptData,
  encryptSensitiveFields,
} from 'cloudcruise/dist/vault/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openEntry } from '../../src/entry/open-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { isSealed, openValue, sealValue } from '../../src/value/sealed-value.js';
import { refusal } from '../refusal.js';

interface Group {
  readonly producer: string;
  readonly tests: { result: string; key: string; sealed: string; value: string }[];
}

// Made by running the clients; read as text, since JSON modules are free to mend half surrogate pairs.
const { testGroups }: { testGroups: Group[] } = JSON.parse(
  readFileSync(new URL('../../vectors/published-clients.json', import.meta.url), 'utf8'),
);
const values = testGroups.flatMap(({ producer, tests }) =>
  tests
    .filter(({ result }) => result === 'valid')
    .map(({ key, sealed, value }) => ({ producer, key, sealed, plaintext: value })),
);
const producers = [...new Set(values.map(({ producer }) => producer))];

const HEX = '0e8b066af21fa540b3e09c562132b71a02b2b483b4cc5bbd7771ee15f0d10c3b';
const key = VaultKey.fromHex(HEX);

const REF = { permissioned_user_id: 'user-1', domain: 'https://example.com' };
const CREDENTIALS = {
  user_name: 'Zoë@example.com',
  password: ' tab\t"quote"\\ \u2028 🔐 ',
  tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
};
const FIELDS = Object.keys(CREDENTIALS) as (keyof typeof CREDENTIALS)[];

// docs/vault-api.md, rule 11.
describe('values sealed by the published clients open', () => {
  test('there are values of three of them', () => {
    expect(producers).toEqual([
      'cloudcruise (npm) 1.0.1 encryptData',
      'cloudcruise-python 9a5b06d encrypt_data',
      'PyCryptodome 3.11 per the vault documentation',
    ]);
    expect(values.some(({ plaintext }) => plaintext === '\ud800')).toBe(true);
    expect(values.some(({ plaintext }) => /[\u2028\ufeff]/.test(plaintext))).toBe(true);
  });

  describe.each(producers)('%s', (producer) => {
    const made = values
      .filter((value) => value.producer === producer)
      .map((value) => [JSON.stringify(value.plaintext).slice(0, 40), value] as const);

    test.each(made)('%s', (_, { key: hex, plaintext, sealed }) => {
      const own = VaultKey.fromHex(hex);
      expect(isSealed(sealed)).toBe(true);
      expect(openValue(sealed, own)).toBe(plaintext);
      expect(openValue(sealed.toUpperCase(), new KeyRing(VaultKey.generate(), [own]))).toBe(plaintext);
    });

    test.each(made)('and are known to be sealed already: %s', (_, { key: hex, sealed }) => {
      refusal('ERR_ALREADY_SEALED', () => sealValue(sealed, VaultKey.fromHex(hex)));
    });
  });
});

describe('the published JavaScript client and credseal read each other', () => {
  const anyString = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  );
  const padding = fc.option(fc.integer({ min: 1, max: 256 }), { nil: undefined });

  test('it opens ours, padded or not', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, padding, async (value, padTo) => {
        expect(await decryptData(sealValue(value, key, { padTo }), HEX)).toBe(value);
      }),
    );
  });

  test('we open its', async () => {
    await fc.assert(
      fc.asyncProperty(anyString, async (value) => {
        expect(openValue(await encryptData(value, HEX), key)).toBe(value);
      }),
    );
  });

  test.each([...new Set(values.map(({ plaintext }) => plaintext))])('both ways: %j', async (plaintext) => {
    expect(await decryptData(sealValue(plaintext, key), HEX)).toBe(plaintext);
    expect(openValue(await encryptData(plaintext, HEX), key)).toBe(plaintext);
  });

  test('both write the same number of digits for the same value', async () => {
    for (const { plaintext } of values) {
      expect(sealValue(plaintext, key)).toHaveLength((await encryptData(plaintext, HEX)).length);
    }
  });
});

describe('entries go both ways, field by field', () => {
  test.each(FIELDS)('%s alone', async (field) => {
    const entry = { ...REF, [field]: CREDENTIALS[field] };
    expect(await decryptSensitiveFields(sealEntry(entry, key), HEX)).toEqual(entry);
    expect(openEntry(await encryptSensitiveFields(entry, HEX), key)).toEqual(entry);
  });

  test('all together, with settings that stay as they are', async () => {
    const entry = { ...REF, ...CREDENTIALS, tfa_method: 'AUTHENTICATOR', persist_cookies: true } as const;
    const [ours, theirs] = [sealEntry(entry, key), await encryptSensitiveFields(entry, HEX)];
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect(await decryptSensitiveFields(ours, HEX)).toEqual(entry);
    expect(openEntry(theirs, key)).toEqual(entry);
    for (const field of FIELDS) {
      expect(isSealed(ours[field])).toBe(true);
      expect(await decryptData(ours[field] as string, HEX)).toBe(CREDENTIALS[field]);
      expect(openValue(theirs[field], key)).toBe(CREDENTIALS[field]);
    }
  });
});
