import { calculateJwkThumbprint } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import { curves, refusalOf } from './tokens.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe.each(curves)('keys of %s', (curve, { publicJwk, privateJwk }) => {
  test('have the members of their kind, and say what they are for', () => {
    const members = curve === 'P-256' ? { kty: 'EC', y: expect.any(String) } : { kty: 'OKP' };
    expect(publicJwk).toEqual({
      ...members,
      crv: curve,
      x: expect.stringMatching(/^[\w-]{43}$/),
      kid: expect.any(String),
      alg: 'ECDH-ES+A256KW',
      use: 'enc',
    });
    expect(privateJwk).toEqual({ ...publicJwk, d: expect.stringMatching(/^[\w-]{43}$/) });
  });

  test('are named by their thumbprint', async () => {
    expect(publicJwk.kid).toBe(await calculateJwkThumbprint(publicJwk));
  });

  test('are others each time', async () => {
    expect((await generateHandoffKeys(curve)).publicJwk.x).not.toBe(publicJwk.x);
  });

  test('come through JSON', () => {
    expect(JSON.parse(JSON.stringify(privateJwk))).toEqual(privateJwk);
  });
});

test('the curve is P-256 if nothing is said', async () => {
  expect((await generateHandoffKeys()).publicJwk.crv).toBe('P-256');
});

test.each(['P-384', 'p-256', 'Ed25519', '', null, 256, {}])('the curve %j is refused', async (curve) => {
  await refusalOf('ERR_HANDOFF', generateHandoffKeys(curve as 'P-256'));
});

test('a runtime without the curve is told', async () => {
  vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValue(
    new DOMException('Unrecognized name.', 'NotSupportedError'),
  );
  const { message } = await refusalOf('ERR_HANDOFF', generateHandoffKeys('X25519'));
  expect(message).toBe('This runtime lacks X25519.');
});

test('a page without WebCrypto is told', async () => {
  vi.stubGlobal('crypto', { getRandomValues: () => undefined });
  const { message } = await refusalOf('ERR_HANDOFF', generateHandoffKeys());
  expect(message).toContain('https');
});
