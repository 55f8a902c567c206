import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { refusal } from '../refusal.js';
import { ENTRY, KEY, localVault, REF, send, TOTP } from './local-vault.js';

const codeOf = async ({ requests }: Awaited<ReturnType<typeof localVault>>) => send(requests.tfaCode(REF));

// docs/vault-api.md, rule 8.
describe('AUTHENTICATOR', () => {
  // RFC 6238 appendix B: the SHA-1 secret, and the last six of its eight digits.
  test.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 1],
    [1_111_111_111, '050471', 29],
    [1_234_567_890, '005924', 30],
    [2_000_000_000, '279037', 10],
    [20_000_000_000, '353130', 10],
  ])('at %i s the code of RFC 6238, and how long it is good', async (seconds, code, left) => {
    const local = await localVault({ now: () => seconds * 1000 });
    await send(local.requests.create({ ...ENTRY, tfa_secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }));
    const { status, json, headers } = await codeOf(local);
    expect(status).toBe(200);
    expect(json).toEqual({ type: 'authenticator', code, expires_in_seconds: left });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('now, by default', async () => {
    const local = await localVault();
    await send(local.requests.create(ENTRY));
    const { json } = await codeOf(local);
    expect(TotpSecret.parse(TOTP).verify(json.code)).toBe(true);
    expect(json.expires_in_seconds).toBeLessThanOrEqual(30);
    expect(json.expires_in_seconds).toBeGreaterThan(0);
  });

  test('a secret without tfa_method gives codes; 409 where there is no secret, or it is at a provider', async () => {
    const local = await localVault();
    await send(local.requests.create({ ...REF, tfa_secret: TOTP }));
    expect((await codeOf(local)).status).toBe(200);
    await send(local.requests.update({ ...REF, tfa_secret: null }));
    expect((await codeOf(local)).json.message).toContain('no tfa_secret');
    await send(local.requests.delete(REF));
    const provider = { secret_provider_id: 'p', secret_ref: 'r', tfa_method: 'AUTHENTICATOR' } as const;
    await send(local.requests.create({ ...REF, ...provider }));
    const { status, json } = await codeOf(local);
    expect(status).toBe(409);
    expect(json.message).toContain('provider');
  });
});

describe('EMAIL', () => {
  test('404 until a code has come in, and again when it is no longer fresh', async () => {
    let now = 1_000_000;
    const local = await localVault({ now: () => now });
    await send(local.requests.create({ ...REF, tfa_method: 'EMAIL' }));
    const none = await codeOf(local);
    expect(none.status).toBe(404);
    expect(none.headers.get('cache-control')).toBe('no-store');
    local.vault.putEmailCode({ ...REF, code: '123456' });
    now += 600_000;
    const fresh = await codeOf(local);
    expect(fresh.json).toEqual({ type: 'email', code: '123456', received_at: '1970-01-01T00:16:40.000Z' });
    expect(fresh.headers.get('cache-control')).toBe('no-store');
    now += 1;
    expect((await codeOf(local)).status).toBe(404);
    local.vault.putEmailCode({ ...REF, code: 'AB-12' });
    expect((await codeOf(local)).json.code).toBe('AB-12');
  });

  test('a code may be put over HTTP, by another process', async () => {
    const local = await localVault();
    await send(local.requests.create({ ...REF, tfa_method: 'EMAIL' }));
    expect(await local.raw('POST', '/emulator/email-code', { ...REF, code: '654321' })).toMatchObject({
      status: 200,
      json: { success: true },
    });
    expect((await codeOf(local)).json.code).toBe('654321');
    expect(
      (await local.raw('POST', '/emulator/email-code', { ...REF, code: '1' }, { 'cc-key': 'x' })).status,
    ).toBe(401);
    expect((await local.raw('POST', '/emulator/email-code', REF)).status).toBe(400);
  });

  test('a code goes with its entry', async () => {
    const local = await localVault();
    await send(local.requests.create({ ...REF, tfa_method: 'EMAIL' }));
    local.vault.putEmailCode({ ...REF, code: '123456' });
    await send(local.requests.delete(REF));
    await send(local.requests.create({ ...REF, tfa_method: 'EMAIL' }));
    expect((await codeOf(local)).status).toBe(404);
  });

  test('cannot be put for an entry that is not there, or takes none', async () => {
    const { vault, requests } = await localVault();
    refusal('ERR_REQUEST_INVALID', () => vault.putEmailCode({ ...REF, code: '1' }));
    await send(requests.create({ ...REF, tfa_method: 'SMS' }));
    refusal('ERR_REQUEST_INVALID', () => vault.putEmailCode({ ...REF, code: '1' }));
    refusal('ERR_REQUEST_INVALID', () => vault.putEmailCode(undefined as never));
  });
});

describe('SMS and MAGIC_LINK', () => {
  test.each(['SMS', 'MAGIC_LINK'] as const)('%s: 409, also with a secret', async (tfa_method) => {
    const local = await localVault();
    await send(local.requests.create({ ...REF, tfa_method, tfa_secret: TOTP }));
    const { status, json, headers } = await codeOf(local);
    expect(status).toBe(409);
    expect(json).toEqual({ message: expect.stringContaining(tfa_method), error: 'Conflict' });
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

test('404 for an entry that is not there, 400 without a query; never cached', async () => {
  const local = await localVault({ key: KEY });
  for (const [path, status] of [
    ['/vault/tfa-code?permissioned_user_id=u&domain=d', 404],
    ['/vault/tfa-code', 400],
  ] as const) {
    const answer = await local.raw('GET', path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
});
