import { CompactEncrypt, type CompactJWEHeaderParameters, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import { type HandoffOpenOptions, type HandoffToken, openHandoff } from '../../src/handoff/open-handoff.js';
import { sealHandoff } from '../../src/handoff/seal-handoff.js';
import { curves, ENTRY, p256, refusalOf } from './tokens.js';

const { publicJwk, privateJwk } = p256;
const NOW = 1_800_000_000;
const at = (seconds: number) => vi.setSystemTime(seconds * 1000);
beforeEach(() => void vi.useFakeTimers({ now: NOW * 1000, toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const seal = (options: { expiresIn?: number; audience?: string } = {}, key = publicJwk) =>
  sealHandoff(ENTRY, key, { expiresIn: 600, ...options });
const open = (token: unknown, options: object = {}, ...keys: unknown[]) =>
  openHandoff(token as string, (keys.length === 0 ? privateJwk : keys[0]) as typeof privateJwk, {
    maxAge: 600,
    ...options,
  });

/** A token with another header, which is not authentic any more: refused for what the header says, before that is found. */
async function withHeader(change: object) {
  const [header = '', ...others] = (await seal()).split('.');
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...change };
  return [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...others].join('.');
}

describe('each reason has a message of its own', () => {
  const thumb = 'A'.repeat(43);
  test.each<[string, () => Promise<unknown>, string]>([
    ['no text', async () => 5, 'A hand-off token is a text; got number.'],
    ['undefined', async () => undefined, 'A hand-off token is a text; got undefined.'],
    ['too long', async () => 'a'.repeat(178_956), '178956 characters, where the longest has 178955'],
    ['not five parts', async () => 'a.b.c', '5 parts between dots, and this has 3'],
    [
      'a header too long',
      async () => `${'a'.repeat(4100)}.a.a.a.a`,
      'its header is not 1 to 4096 characters',
    ],
    ['a header that is none', async () => 'bnVsbA.a.a.a.a', 'its header is no JSON object'],
    ['compressed', () => withHeader({ zip: 'DEF' }), 'it is compressed'],
    ['extensions', () => withHeader({ crit: ['exp'] }), 'it demands extensions'],
    ['a key inside', () => withHeader({ jwk: publicJwk }), 'it brings a key of its own (jwk)'],
    [
      'an address of keys',
      () => withHeader({ jku: 'https://example.com' }),
      'it points to a key of its own (jku)',
    ],
    ['a certificate', () => withHeader({ x5c: [] }), 'it brings a certificate of its own (x5c)'],
    ['an address of certificates', () => withHeader({ x5u: '' }), 'points to a certificate of its own (x5u)'],
    ['a passphrase', () => withHeader({ p2c: 9e9 }), 'it is under a passphrase (p2c)'],
    ['another algorithm', () => withHeader({ alg: 'dir' }), 'its alg is not ECDH-ES+A256KW'],
    ['another encryption', () => withHeader({ enc: 'A128GCM' }), 'its enc is not A256GCM'],
    ['another type', () => withHeader({ typ: 'JWT' }), 'its typ is not credseal-handoff+jwe'],
    ['another member', () => withHeader({ nbf: 1 }), 'its header has other members than alg, enc'],
    ['no kid', () => withHeader({ kid: undefined }), 'its kid is no thumbprint'],
    ['no iat', () => withHeader({ iat: undefined }), 'its iat is no time'],
    ['no exp', () => withHeader({ exp: undefined }), 'its exp is no time'],
    ['exp before iat', () => withHeader({ exp: NOW - 1 }), 'its exp is not after its iat'],
    ['no jti', () => withHeader({ jti: undefined }), 'its jti is not 16 to 64'],
    ['several audiences', () => withHeader({ aud: ['a'] }), 'its aud is not one text'],
    ['no epk', () => withHeader({ epk: {} }), 'its epk is no public key of P-256 or X25519'],
    [
      'expired',
      async () => {
        const token = await seal({ expiresIn: 5 });
        at(NOW + 9);
        return token;
      },
      'it expired 4 seconds ago',
    ],
    [
      'too old',
      async () => {
        const token = await seal({ expiresIn: 9999 });
        at(NOW + 605);
        return token;
      },
      'it is 605 seconds old, where maxAge is 600',
    ],
    [
      'from the future',
      async () => {
        const token = await seal();
        at(NOW - 61);
        return token;
      },
      'issued 61 seconds in the future: one of the two clocks is wrong',
    ],
    ['for somebody', () => seal({ audience: 'a' }), 'it is for an audience, and none was given'],
    ['of another key', () => withHeader({ kid: thumb }), `sealed to the key ${thumb}, which is not among`],
    ['changed', () => withHeader({ jti: 'a'.repeat(20) }), 'it does not open: it was changed'],
  ])('%s', async (_, make, message) => {
    const error = await refusalOf('ERR_HANDOFF', open(await make()));
    expect(error.message).toContain(message);
  });

  test('for somebody else, and for nobody', async () => {
    const other = await refusalOf('ERR_HANDOFF', open(await seal({ audience: 'a' }), { audience: 'b' }));
    expect(other.message).toBe('The token is refused: it is for another audience.');
    const nobody = await refusalOf('ERR_HANDOFF', open(await seal(), { audience: 'b' }));
    expect(nobody.message).toBe('The token is refused: it is for no audience, and one was given.');
  });
});

describe('the keys', () => {
  const { d: _, ...publicHalf } = privateJwk;
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'are a private JWK or a JWK set; got undefined'],
    ['an array', [privateJwk], 'got array'],
    ['no key', {}, 'The hand-off key is no JWK of P-256 or X25519'],
    ['a public key', publicJwk, 'The hand-off key has no d: it is a public key'],
    ['an empty set', { keys: [] }, 'or an empty one'],
    ['a set of nothing', { keys: undefined }, 'has no array of keys'],
    ['a public key in a set', { keys: [privateJwk, publicHalf] }, 'keys[1] has no d'],
    ['null in a set', { keys: [privateJwk, null] }, 'keys[1] is no JWK'],
    ['another type in a set', { keys: [{ kty: 'oct', k: 'A' }] }, 'keys[0] is no JWK'],
    ['d cut off', { ...privateJwk, d: privateJwk.d.slice(1) }, 'its d is not 32 bytes of base64url'],
    ['d in an array', { ...privateJwk, d: [privateJwk.d] }, 'its d is not 32 bytes'],
  ])('that are %s are refused', async (_name, keys, message) => {
    const error = await refusalOf('ERR_HANDOFF', open(await seal(), {}, keys));
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(privateJwk.d.slice(1));
  });

  test('whose private half is of another key open nothing', async () => {
    const { privateJwk: other } = await generateHandoffKeys();
    await refusalOf('ERR_HANDOFF', open(await seal(), {}, { ...privateJwk, d: other.d }));
  });

  test.each(curves)('rotate as a set, from %s: old tokens open until they expire', async (_curve, old) => {
    const next = await generateHandoffKeys();
    const oldToken = await seal({}, old.publicJwk);
    const both = { keys: [next.privateJwk, old.privateJwk] };
    at(NOW + 300);
    const newToken = await seal({}, next.publicJwk);
    expect(await open(oldToken, {}, both)).toEqual(ENTRY);
    expect(await open(newToken, {}, both)).toEqual(ENTRY);
    at(NOW + 600);
    const error = await refusalOf('ERR_HANDOFF', open(oldToken, {}, both));
    expect(error.message).toContain('expired');
    expect(await open(newToken, {}, { keys: [next.privateJwk] })).toEqual(ENTRY);
    await refusalOf('ERR_HANDOFF', open(await seal({}, old.publicJwk), {}, { keys: [next.privateJwk] }));
  });
});

describe('options', () => {
  test.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['nothing', {}],
    ['a number', 600],
    ['maxAge of 0', { maxAge: 0 }],
    ['maxAge in text', { maxAge: '600' }],
    ['maxAge without end', { maxAge: Number.POSITIVE_INFINITY }],
    ['an empty audience', { maxAge: 600, audience: '' }],
    ['two audiences', { maxAge: 600, audience: ['a'] }],
    ['a misspelt audience', { maxAge: 600, audiance: 'a' }],
    ['a list of used tokens', { maxAge: 600, onToken: new Set() }],
  ])('%s are refused', async (_, options) => {
    const token = await seal();
    await refusalOf('ERR_HANDOFF', openHandoff(token, privateJwk, options as HandoffOpenOptions));
  });

  test('that are undefined are as if they were not there', async () => {
    const options = { maxAge: 600, audience: undefined, onToken: undefined };
    expect(await openHandoff(await seal(), privateJwk, options)).toEqual(ENTRY);
  });
});

describe('onToken', () => {
  const used = () => {
    const ids = new Map<string, number>();
    return async ({ id, expiresAt }: HandoffToken) => {
      await undefined;
      if (ids.has(id)) throw new Error('This token was used before.');
      ids.set(id, expiresAt);
    };
  };

  test('is told what the token says of itself', async () => {
    const onToken = vi.fn();
    await open(await seal({ audience: 'w' }), { audience: 'w', maxAge: 50, onToken });
    expect(onToken.mock.calls).toEqual([
      [{ id: expect.any(String), issuedAt: NOW, expiresAt: NOW + 51, keyId: publicJwk.kid, audience: 'w' }],
    ]);
    await open(await seal({ expiresIn: 20 }), { onToken });
    expect(onToken).toHaveBeenLastCalledWith({
      id: expect.any(String),
      issuedAt: NOW,
      expiresAt: NOW + 20,
      keyId: publicJwk.kid,
    });
  });

  test.each([
    [20, 600],
    [600, 20],
  ])('is told when the token is refused anyway: expiresIn %i, maxAge %i', async (expiresIn, maxAge) => {
    let expiresAt = 0;
    const token = await seal({ expiresIn });
    await open(token, {
      maxAge,
      onToken: (seen: HandoffToken) => {
        expiresAt = seen.expiresAt;
      },
    });
    at(expiresAt - 1);
    expect(await open(token, { maxAge })).toEqual(ENTRY);
    at(expiresAt);
    await refusalOf('ERR_HANDOFF', open(token, { maxAge }));
  });

  test('refuses a second use by throwing: the call rejects with that', async () => {
    const onToken = used();
    const token = await seal();
    expect(await open(token, { onToken })).toEqual(ENTRY);
    await expect(open(token, { onToken })).rejects.toThrow('This token was used before.');
    expect(await open(await seal(), { onToken })).toEqual(ENTRY);
  });

  test('lets one of two through that come at once', async () => {
    const ids = new Set<string>();
    const onToken = ({ id }: HandoffToken) => {
      if (ids.size === ids.add(id).size) throw new Error('This token was used before.');
    };
    const token = await seal();
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => open(token, { onToken })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('is not called for a token that is refused, or whose entry is', async () => {
    const onToken = vi.fn();
    await refusalOf('ERR_HANDOFF', open(await withHeader({ jti: 'a'.repeat(20) }), { onToken }));
    const broken = await sealHandoff({ ...ENTRY, domain: 'localhost' }, publicJwk, { expiresIn: 600 });
    const error = await refusalOf('ERR_ENTRY_INVALID', open(broken, { onToken }));
    expect(error.issues).toEqual([expect.objectContaining({ path: 'domain', rule: 'setting/domain' })]);
    expect(onToken).not.toHaveBeenCalled();
  });
});

test('the decrypted bytes are wiped, and what they were is given', async () => {
  const decrypted: Promise<ArrayBuffer>[] = [];
  const real = crypto.subtle.decrypt.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'decrypt').mockImplementation((...args) => {
    const result = real(...args);
    decrypted.push(result);
    return result;
  });
  expect(await open(await seal())).toEqual(ENTRY);
  const [bytes] = await Promise.all(decrypted);
  expect(bytes?.byteLength).toBe(256);
  expect([...new Set(new Uint8Array(bytes ?? new ArrayBuffer()))]).toEqual([0]);
});

test('an entry nested as deep as a token can hold ends in an error of the entry', async () => {
  const nested = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  const text = JSON.stringify(ENTRY).replace('{', `{"local_storage":{"a":${nested}},`);
  const header = decodeProtectedHeader(await seal()) as CompactJWEHeaderParameters;
  const token = await new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ ...header, epk: undefined })
    .encrypt(publicJwk);
  const error = await refusalOf('ERR_ENTRY_INVALID', open(token));
  expect(error.issues?.map(({ path }) => path)).toEqual(['local_storage']);
});
