import fc from 'fast-check';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { VaultEntry } from '../../src/entry/seal-entry.js';
import { openHandoff } from '../../src/handoff/open-handoff.js';
import { type HandoffSealOptions, sealHandoff } from '../../src/handoff/seal-handoff.js';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { validEntry } from '../entry/arbitrary-entry.js';
import { rounds } from '../rounds.js';
import { curves, ENTRY, openedByJose, p256, refusalOf, x25519 } from './tokens.js';

const { publicJwk, privateJwk } = p256;
const seal = (entry: object, options: object = { expiresIn: 600 }, key: object = publicJwk) =>
  sealHandoff(entry as VaultEntry, key, options as HandoffSealOptions);

const NOW = 1_800_000_000;
beforeEach(() => void vi.useFakeTimers({ now: NOW * 1000 + 900, toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe.each(curves)('a token under %s', (_, keys) => {
  test('is a compact JWE whose header has these members and no others', async () => {
    const token = await seal(ENTRY, { expiresIn: 600, audience: 'vault-worker' }, keys.publicJwk);
    const { header, entry } = await openedByJose(token, keys.privateJwk);
    const { crv, kty } = keys.publicJwk;
    expect(header).toEqual({
      alg: 'ECDH-ES+A256KW',
      enc: 'A256GCM',
      typ: 'credseal-handoff+jwe',
      kid: await calculateJwkThumbprint(keys.publicJwk),
      iat: NOW,
      exp: NOW + 600,
      aud: 'vault-worker',
      jti: expect.stringMatching(/^[\w-]{16,64}$/),
      epk: { crv, kty, x: expect.any(String), ...(crv === 'P-256' ? { y: expect.any(String) } : {}) },
    });
    expect(entry).toEqual(ENTRY);
  });

  test('has no aud where none is given', async () => {
    const { header } = await openedByJose(await seal(ENTRY, undefined, keys.publicJwk), keys.privateJwk);
    expect(header).not.toHaveProperty('aud');
  });

  test('is another each time, in its id, its ephemeral key and every other part', async () => {
    const [a = '', b = ''] = await Promise.all([1, 2].map(() => seal(ENTRY, undefined, keys.publicJwk)));
    const [first, second] = await Promise.all([a, b].map((token) => openedByJose(token, keys.privateJwk)));
    expect(first?.header.jti).not.toBe(second?.header.jti);
    expect(first?.header.epk).not.toEqual(second?.header.epk);
    const others = b.split('.');
    expect(a.split('.').filter((part) => others.includes(part))).toEqual([]);
  });
});

test.each([1, 8, 40, 100])('a password of %i characters does not show in the length', async (length) => {
  const token = await seal({ ...ENTRY, password: 'é'.repeat(length) });
  expect((await openedByJose(token, privateJwk)).bytes % 256).toBe(0);
  const parts = (text: string) => text.split('.').map((part) => part.length);
  const entry = { ...ENTRY, password: 'x' };
  if (length < 40) expect(parts(token)).toEqual(parts(await seal(entry)));
});

test('every valid entry comes through, and is not changed', async () => {
  await fc.assert(
    fc.asyncProperty(validEntry, fc.constantFrom(p256, x25519), async (entry, keys) => {
      const before = structuredClone(entry);
      const token = await seal(entry, undefined, keys.publicJwk);
      const opened = await openHandoff(token, keys.privateJwk, { maxAge: 60 });
      expect(opened).toEqual(JSON.parse(JSON.stringify(entry)));
      expect(entry).toEqual(before);
    }),
    { numRuns: rounds(40, 150) },
  );
});

describe('an entry', () => {
  test('with fields that are undefined goes without them', async () => {
    const token = await seal({ ...ENTRY, user_alias: undefined });
    expect((await openedByJose(token, privateJwk)).entry).toEqual(ENTRY);
  });

  test('with parts of an interval keeps them', async () => {
    const entry = { ...ENTRY, expiry_time_from_last_use: { days: 7 } };
    expect((await openedByJose(await seal(entry), privateJwk)).entry).toEqual(entry);
  });

  test('with a TotpSecret goes with its base32', async () => {
    const tfa_secret = TotpSecret.parse('otpauth://totp/x?secret=JBSWY3DPEHPK3PXP');
    const token = await seal({ ...ENTRY, tfa_secret });
    expect((await openedByJose(token, privateJwk)).entry.tfa_secret).toBe('JBSWY3DPEHPK3PXP');
  });

  test('is read once: what was checked is what is sealed', async () => {
    let readings = 0;
    const entry = {
      ...ENTRY,
      get password() {
        readings += 1;
        return readings === 1 ? 'the first' : 4;
      },
    };
    expect((await openedByJose(await seal(entry), privateJwk)).entry.password).toBe('the first');
  });

  const circle: Record<string, unknown> = { ...ENTRY };
  circle.local_storage = circle;
  test.each<[string, unknown, string[]]>([
    ['null', null, ['']],
    ['undefined', undefined, ['']],
    ['text', 'hunter2', ['']],
    ['a number', 5, ['']],
    ['an array', [ENTRY], ['']],
    ['a Map', new Map(Object.entries(ENTRY)), ['permissioned_user_id', 'domain']],
    ['a promise that nobody awaited', Promise.resolve(ENTRY), ['permissioned_user_id', 'domain']],
    ['nothing', {}, ['permissioned_user_id', 'domain']],
    [
      'a field that throws',
      Object.defineProperty({}, 'password', {
        enumerable: true,
        get: () => {
          throw new Error('hunter2');
        },
      }),
      [''],
    ],
    ['itself inside', circle, ['']],
    ['NaN, of a form that was left empty', { ...ENTRY, max_concurrency: Number.NaN }, ['']],
    ['a Date', { ...ENTRY, local_storage: { at: new Date(0) } }, ['']],
    ['a function', { ...ENTRY, user_alias: () => 'ada' }, ['']],
    [
      'a TotpSecret of SHA256',
      { ...ENTRY, tfa_secret: TotpSecret.parse('otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=SHA256') },
      [''],
    ],
    ['a misspelt field', { ...ENTRY, passwrod: 'hunter2' }, ['passwrod']],
    [
      'two misspelt fields, and one missing',
      { permissioned_user_id: 'u', passwrod: 'x', usr_name: 'x' },
      ['domain', 'passwrod', 'usr_name'],
    ],
    ['a field that the vault sets', { ...ENTRY, created_at: 'now' }, ['created_at']],
    ['a name of the prototype', { ...ENTRY, constructor: 'x' }, ['constructor']],
    ['a name with control characters', { ...ENTRY, '\u202e\n': 'x' }, ['??']],
    ['a number as password', { ...ENTRY, password: 4 }, ['password']],
    ['null as password', { ...ENTRY, password: null }, ['password']],
    ['an empty password', { ...ENTRY, password: '' }, ['password']],
    ['an empty user name', { ...ENTRY, user_name: '' }, ['user_name']],
    ['a TOTP secret in an object', { ...ENTRY, tfa_secret: { base32: 'JBSWY3DPEHPK3PXP' } }, ['tfa_secret']],
  ])('%s is refused, with every problem at once', async (_, entry, paths) => {
    const encrypt = vi.spyOn(crypto.subtle, 'encrypt');
    const error = await refusalOf('ERR_ENTRY_INVALID', seal(entry as object));
    expect(error.issues?.map(({ path }) => path)).toEqual(paths);
    expect(error.message).not.toContain('hunter2');
    expect(encrypt).not.toHaveBeenCalled();
  });

  test('that is misspelt is told what was meant', async () => {
    const { message } = await refusalOf(
      'ERR_ENTRY_INVALID',
      seal({ ...ENTRY, passwrod: 'x', userName: 'x' }),
    );
    expect(message).toContain('passwrod is no field (did you mean password?).');
    expect(message).toContain('userName is no field (did you mean user_name?).');
  });

  test('of 131,072 bytes comes through, and one of a byte more is refused', async () => {
    const frame = JSON.stringify({ ...ENTRY, location: '' }).length + 1; // ë takes two bytes
    const fitting = { ...ENTRY, location: 'x'.repeat(131_072 - frame) };
    const token = await seal(fitting);
    expect(await openHandoff(token, privateJwk, { maxAge: 60 })).toEqual(fitting);
    await refusalOf('ERR_HANDOFF', seal({ ...fitting, user_alias: '' }));
    await refusalOf('ERR_HANDOFF', seal({ ...ENTRY, location: 'é'.repeat(65_536) }));
  });
});

describe('what is not a public hand-off key is refused', () => {
  const { y: _, ...withoutY } = publicJwk;
  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['text', JSON.stringify(publicJwk)],
    ['an array', [publicJwk]],
    ['a set', { keys: [publicJwk] }],
    ['a pair', p256],
    ['nothing', {}],
    ['a private key of P-256', privateJwk],
    ['a private key of X25519', x25519.privateJwk],
    ['another curve', { ...publicJwk, crv: 'P-384' }],
    ['another type', { ...publicJwk, kty: 'OKP' }],
    ['RSA', { kty: 'RSA', n: publicJwk.x, e: 'AQAB' }],
    ['a symmetric key', { kty: 'oct', k: publicJwk.x }],
    ['a key without y', withoutY],
    ['a number for x', { ...publicJwk, x: 5 }],
    ['x in an array', { ...publicJwk, x: [publicJwk.x] }],
    ['x cut off', { ...publicJwk, x: publicJwk.x.slice(1) }],
    ['x with padding', { ...publicJwk, x: `${publicJwk.x}=` }],
    ['a point beside the curve', { ...publicJwk, y: publicJwk.x }],
    ['a point of X25519 at zero', { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) }],
    ['a key for signatures', { ...publicJwk, use: 'sig' }],
    ['a key for another algorithm', { ...publicJwk, alg: 'RSA-OAEP' }],
  ])('%s', async (_name, key) => {
    await refusalOf('ERR_HANDOFF', sealHandoff(ENTRY, key as object, { expiresIn: 600 }));
  });

  test('and a private one is said to be that', async () => {
    const { message } = await refusalOf('ERR_HANDOFF', seal(ENTRY, undefined, privateJwk));
    expect(message).toContain('private');
    expect(message).not.toContain(privateJwk.d);
  });

  test('while one that says no more than it must is taken, whatever its name', async () => {
    const { kty, crv, x, y } = publicJwk;
    for (const key of [
      { kty, crv, x, y },
      { ...publicJwk, kid: 'mine', key_ops: [], ext: true },
    ]) {
      const { header } = await openedByJose(await seal(ENTRY, undefined, key), privateJwk);
      expect(header.kid).toBe(publicJwk.kid);
    }
  });
});

describe('options', () => {
  test.each([1, 604_800])('expiresIn may be %i', async (expiresIn) => {
    const { header } = await openedByJose(await seal(ENTRY, { expiresIn }), privateJwk);
    expect(header.exp).toBe(NOW + expiresIn);
  });

  test.each(['a', 'a'.repeat(256), 'büro', '\ud800'])('audience %j comes through', async (audience) => {
    const token = await seal(ENTRY, { expiresIn: 600, audience });
    expect(await openHandoff(token, privateJwk, { maxAge: 600, audience })).toEqual(ENTRY);
  });

  test.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['a number', 600],
    ['nothing', {}],
    ['expiresIn of 0', { expiresIn: 0 }],
    ['a negative expiresIn', { expiresIn: -1 }],
    ['half a second', { expiresIn: 0.5 }],
    ['expiresIn in text', { expiresIn: '600' }],
    ['expiresIn that is NaN', { expiresIn: Number.NaN }],
    ['expiresIn without end', { expiresIn: Number.POSITIVE_INFINITY }],
    ['expiresIn in milliseconds', { expiresIn: 600_000_000 }],
    ['a second more than a week', { expiresIn: 604_801 }],
    ['an empty audience', { expiresIn: 600, audience: '' }],
    ['an audience that is null', { expiresIn: 600, audience: 5 }],
    ['two audiences', { expiresIn: 600, audience: ['a', 'b'] }],
    ['an audience too long', { expiresIn: 600, audience: 'a'.repeat(257) }],
    ['a misspelt audience', { expiresIn: 600, audiance: 'a' }],
  ])('%s are refused', async (_, options) => {
    await refusalOf('ERR_HANDOFF', sealHandoff(ENTRY, publicJwk, options as HandoffSealOptions));
  });
});

test('the plaintext is wiped when it is sealed', async () => {
  const seen: { before: string; bytes: Uint8Array }[] = [];
  const real = crypto.subtle.encrypt.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'encrypt').mockImplementation((algorithm, key, data) => {
    const bytes = data as Uint8Array<ArrayBuffer>;
    seen.push({ before: new TextDecoder().decode(bytes), bytes });
    return real(algorithm, key, data);
  });
  await seal(ENTRY);
  expect(seen).toHaveLength(1);
  expect(seen[0]?.before).toContain(ENTRY.password);
  expect([...new Set(seen[0]?.bytes)]).toEqual([0]);
});

test('the plaintext is wiped when it cannot be sealed', async () => {
  let bytes = new Uint8Array();
  vi.spyOn(crypto.subtle, 'encrypt').mockImplementation(async (_algorithm, _key, data) => {
    bytes = data as Uint8Array<ArrayBuffer>;
    throw new DOMException('no', 'OperationError');
  });
  await expect(seal(ENTRY)).rejects.toThrow();
  expect(bytes.length).toBe(256);
  expect([...new Set(bytes)]).toEqual([0]);
});

test('a runtime without X25519 is told', async () => {
  vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(
    new DOMException('Unrecognized name.', 'NotSupportedError'),
  );
  const { message } = await refusalOf('ERR_HANDOFF', seal(ENTRY, undefined, (await x25519).publicJwk));
  expect(message).toBe('This runtime lacks X25519.');
});

test('a key that the platform refuses by another error than WebCrypto has for it, as Deno does, is told', async () => {
  vi.spyOn(crypto.subtle, 'deriveBits').mockRejectedValue(new TypeError('Unexpected error'));
  const { message } = await refusalOf('ERR_HANDOFF', seal(ENTRY));
  expect(message).toBe('The key is no point of P-256.');
});

test('a page from http is told that there is no WebCrypto', async () => {
  vi.stubGlobal('crypto', { getRandomValues: () => undefined });
  const { message } = await refusalOf('ERR_HANDOFF', seal(ENTRY));
  expect(message).toBe('No WebCrypto: it needs https or localhost.');
});
