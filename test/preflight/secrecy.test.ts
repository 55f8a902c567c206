import { describe, expect, it } from 'vitest';
import { fieldEntries } from '../../src/entry/fields.js';
import { assertPreflight, CredsealError, guardFetch, KeyRing, preflight, VaultKey } from '../../src/index.js';
import {
  everythingShown,
  MARKED_KEY,
  MARKER,
  ODD_MARKER,
  OLD_MARKED_KEY,
  tracesOf,
} from '../leaks/marker.js';
import { FOREIGN_KEY, REF, sealed, sealedRaw } from './payloads.js';

const key = VaultKey.fromHex(MARKED_KEY);
const oldKey = VaultKey.fromHex(OLD_MARKED_KEY);
const keys = new KeyRing(key, [oldKey]);
const IV = new Uint8Array(12);

/** Ways in which a secret gets into a payload, rightly and wrongly. */
const forms: Readonly<Record<string, (secret: string) => unknown>> = {
  'as it is': (secret) => secret,
  'in an object': (secret) => ({ value: secret }),
  'in an array': (secret) => [secret],
  'in a boxed string': (secret) => new String(secret),
  'as bytes': (secret) => Buffer.from(secret),
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in a URL': (secret) => `https://ada:${encodeURIComponent(secret)}@shop.example/${secret}`,
  'in a key URI': (secret) => `otpauth://totp/${secret}?secret=${secret}`,
  'in an error that is thrown': (secret) => ({
    get value() {
      throw new Error(secret);
    },
  }),
  'in a description': (secret) => Symbol(secret),
  'in a tag': (secret) => ({ toJSON: () => ({ [Symbol.toStringTag]: secret, secret }) }),
  sealed: (secret) => sealed(secret, key),
  'sealed with space around it': (secret) => sealed(` ${secret} `, key),
  'sealed under the previous key': (secret) => sealed(secret, oldKey),
  'sealed under another key': (secret) => sealed(secret, FOREIGN_KEY),
  'sealed twice': (secret) => sealed(sealed(secret, key), key),
  'sealed under a fixed IV': (secret) => sealed(secret, key, IV),
  'sealed, and no JSON': (secret) => sealedRaw(secret, key),
  'sealed, and JSON of something else': (secret) => sealedRaw(JSON.stringify({ [secret]: secret }), key),
  'sealed, and broken JSON': (secret) => sealedRaw(`"${secret}`, key),
  'sealed and cut off': (secret) => sealed(secret, key).slice(0, -1),
  'damaged, with the secret behind it': (secret) => sealed(secret, key) + secret,
  'sealed in a key URI': (secret) => sealed(`otpauth://totp/x?secret=${secret}&algorithm=MD5`, key),
  'sealed in lower case': (secret) => sealed(secret.toLowerCase(), key),
};

/** The value in every field by itself, in one batch; and payloads that have it in all fields, and nested. */
function payloadsWith(value: unknown): object[] {
  const names = fieldEntries.map(([name]) => name);
  return [
    names.map((name) => ({ ...REF, [name]: value })),
    Object.fromEntries(names.map((name) => [name, value])),
    { ...REF, proxy_setting: 'custom', proxy_value: value, tfa_method: 'AUTHENTICATOR', tfa_secret: value },
    { ...REF, passwrod: value, proxy: { enable: value, target_ip: value, [String('x')]: value } },
    { ...REF, cookies: [{ name: value, value, domain: value }], headers: [{ name: value, value }, value] },
    { ...REF, local_storage: { a: value }, expiry_time_from_last_use: { days: value } },
  ];
}

describe.each([
  ['plain', MARKER],
  ['odd', ODD_MARKER],
])('a secret of %s characters', (_, secret) => {
  it.each(Object.entries(forms))('is not shown: %s', (_, form) => {
    for (const given of payloadsWith(form(secret))) {
      const report = preflight(given, { keys });
      expect(tracesOf(secret, everythingShown(report))).toEqual([]);
      expect(tracesOf(MARKED_KEY, everythingShown(report))).toEqual([]);
    }
  });

  it.each(Object.entries(forms))('is not shown by the error: %s', (_, form) => {
    const payloads = payloadsWith(form(secret));
    const errors = payloads.flatMap((given) => errorOf(() => assertPreflight(given, { keys })));
    // The batch, all fields in one, an unknown field: these are refused whatever the form.
    expect(errors.length).toBeGreaterThan(3);
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_PREFLIGHT', report: { ok: false } });
      expect(error).not.toHaveProperty('cause');
      expect(tracesOf(secret, everythingShown(error))).toEqual([]);
    }
  });
});

it('the error of a guarded fetch shows neither the body, nor headers, nor the key', async () => {
  const guarded = guardFetch(async () => new Response(), { keys });
  for (const body of [JSON.stringify({ ...REF, password: MARKER }), `{"password": "${MARKER}`, MARKER]) {
    const headers = { 'cc-key': `sk_${MARKER}` };
    const call = guarded('https://api.cloudcruise.com/vault', { method: 'POST', headers, body });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_PREFLIGHT' });
    expect(tracesOf(MARKER, everythingShown(error))).toEqual([]);
  }
});

it('this test would notice: the marker is found in a message that shows it', () => {
  const error = new CredsealError('ERR_PREFLIGHT', `password is not sealed: ${MARKER}`);
  expect(tracesOf(MARKER, everythingShown(error))).not.toEqual([]);
});

function errorOf(act: () => unknown): unknown[] {
  try {
    act();
    return [];
  } catch (error) {
    return [error];
  }
}
