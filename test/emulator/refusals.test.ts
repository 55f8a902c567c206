import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { sealValue } from '../../src/value/sealed-value.js';
import { sealBytes } from '../cli/sealing.js';
import { rounds } from '../rounds.js';
import { API_KEY, ENTRY, KEY, localVault, OTHER_KEY, REF, sealedPayload, send } from './local-vault.js';

const MARKER = 'MARKERMARKER';

// docs/vault-api.md, rule 1.
describe('401: the API key', () => {
  test.each<[string, object]>([
    ['missing', { 'cc-key': undefined }],
    ['empty', { 'cc-key': '' }],
    ['another', { 'cc-key': `${API_KEY}x` }],
    ['the beginning of it', { 'cc-key': API_KEY.slice(0, -1) }],
    ['in another case', { 'cc-key': API_KEY.toLowerCase() }],
    ['in another header', { 'cc-key': undefined, authorization: `Bearer ${API_KEY}` }],
  ])('%s: refused on every call, and nothing is done', async (_, given) => {
    const { vault, requests } = await localVault();
    await send(requests.create(ENTRY));
    const calls = [
      requests.create({ ...ENTRY, permissioned_user_id: 'v' }),
      requests.update({ ...REF, password: 'x' }),
      requests.list(),
      requests.get(REF),
      requests.delete(REF),
      requests.clearBrowserState(REF),
      requests.tfaCode(REF),
    ];
    for (const request of calls) {
      const headers = Object.fromEntries(
        Object.entries({ ...request.headers, ...given }).filter(([, value]) => value !== undefined),
      );
      const { status, json } = await send({ ...request, headers });
      expect(status).toBe(401);
      expect(json).toEqual({ message: expect.stringContaining('cc-key'), error: 'Unauthorized' });
    }
    expect((await send(requests.list())).json).toHaveLength(1);
    expect(vault.url).toContain('127.0.0.1');
  });
});

// docs/vault-api.md, rule 10.
describe('401: sealed with the workspace key, and JSON inside', () => {
  const changed = sealValue('x', KEY).replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  test.each<[string, object]>([
    ['plain text', { password: MARKER }],
    ['one of two in plain text', { user_name: 'not sealed', password: sealValue('x', KEY) }],
    ['another key', sealedPayload({ password: MARKER }, {}, OTHER_KEY)],
    [
      'another key for one of two',
      { password: sealValue('x', KEY), user_name: sealValue(MARKER, OTHER_KEY) },
    ],
    ['a changed value', { password: changed }],
    ['a value cut off', { password: sealValue(MARKER, KEY).slice(0, -2) }],
    ['white space behind it', { password: `${sealValue(MARKER, KEY)}\n` }],
    ['no JSON inside', { password: sealBytes(MARKER, KEY.toHex()) }],
    ['half a JSON text inside', { password: sealBytes(`"${MARKER}`, KEY.toHex()) }],
    ['bytes that are no UTF-8 inside', { password: sealBytes(Uint8Array.of(34, 255, 34), KEY.toHex()) }],
    ['JSON of another kind inside', { password: sealBytes('{"a":1}', KEY.toHex()) }],
    [
      'a TOTP secret in plain text',
      { tfa_method: 'AUTHENTICATOR', tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEE' },
    ],
    ['a proxy URL in plain text', { proxy_setting: 'custom', proxy_value: `http://u:${MARKER}@p.example` }],
  ])('%s is refused, on create and update', async (_, fields) => {
    const { requests, raw } = await localVault();
    const payload = { ...REF, ...fields };
    const create = await raw('POST', '/vault', payload);
    await send(requests.create(REF));
    for (const { status, json, text } of [create, await raw('PUT', '/vault', payload)]) {
      expect({ status, text }).toMatchObject({ status: 401 });
      expect(json).toEqual({ message: expect.any(String), error: 'Unauthorized' });
      expect(text).not.toContain(MARKER);
    }
    expect((await send(requests.get(REF))).json).toMatchObject({ password: null, user_name: null });
  });

  test('what the published clients seal is accepted: non-ASCII either way, spaces, upper-case hex', async () => {
    const { requests, raw } = await localVault();
    await send(requests.create(REF));
    for (const plaintext of ['"é"', '"\\u00e9"', '  "é" \n']) {
      const sealed = sealBytes(plaintext, KEY.toHex());
      for (const password of [sealed, sealed.toUpperCase()])
        expect((await raw('PUT', '/vault', { ...REF, password })).status).toBe(200);
    }
  });

  test('a sealed null, as the JavaScript client makes it, counts as null', async () => {
    const { requests, raw } = await localVault();
    const password = sealBytes('null', KEY.toHex());
    expect(await raw('POST', '/vault', { ...REF, password })).toMatchObject({
      status: 201,
      json: { password: null },
    });
    await send(requests.update({ ...REF, password: 'x' }));
    expect(await raw('PUT', '/vault', { ...REF, password })).toMatchObject({
      status: 200,
      json: { password: null },
    });
  });

  test('the same value in two fields is none of the vault’s business', async () => {
    const { raw } = await localVault();
    const sealed = sealValue('x', KEY);
    expect((await raw('POST', '/vault', { ...REF, user_name: sealed, password: sealed })).status).toBe(201);
  });
});

describe('400: fields and types', () => {
  test.each<[string, unknown, string | RegExp]>([
    ['no permissioned_user_id', { domain: REF.domain }, 'permissioned_user_id is required'],
    ['no domain', { permissioned_user_id: 'u' }, 'domain is required'],
    ['an empty name', { ...REF, permissioned_user_id: '' }, 'permissioned_user_id'],
    ['a number for a name', { ...REF, permissioned_user_id: 5 }, 'permissioned_user_id must be a string'],
    ['a domain that is no URL', { ...REF, domain: 'example.com' }, 'domain must begin with https://'],
    ['localhost', { ...REF, domain: 'http://localhost:3000' }, 'localhost'],
    ['a misspelt field', { ...REF, passwrod: MARKER }, 'Did you mean password?'],
    ['a read-only field', { ...REF, created_at: MARKER }, 'created_at is set by the vault'],
    ['a number for a credential', { ...REF, password: 5 }, 'password'],
    ['an object for a credential', { ...REF, password: { a: MARKER } }, 'password'],
    ['null for a credential, on create', { ...REF, password: null }, 'password must not be null on create'],
    ['a method that is none', { ...REF, tfa_method: 'banana' }, 'tfa_method must be one of AUTHENTICATOR'],
    ['AUTHENTICATOR without a secret', { ...REF, tfa_method: 'AUTHENTICATOR' }, 'tfa_secret is required'],
    [
      'an interval that is none',
      { ...REF, expiry_time_from_last_use: 'banana' },
      'expiry_time_from_last_use',
    ],
    ['an interval in parts', { ...REF, expiry_time_from_last_use: { days: 1 } }, 'must be text'],
    ['max_concurrency alone', { ...REF, max_concurrency: 2 }, 'needs allow_multiple_sessions'],
    [
      'an address that is none',
      { ...REF, proxy: { enable: true, target_ip: '999.1.1.1' } },
      'proxy.target_ip',
    ],
    ['half a provider', { ...REF, secret_ref: 'r' }, 'secret_provider_id is required'],
    ['a TOTP secret that is a code', sealedPayload({ tfa_secret: '123456' }), 'tfa_secret'],
    ['an empty credential, sealed', sealedPayload({ password: '' }), 'password holds the empty text'],
    ['an array', [{ ...REF }], 'one JSON object'],
    ['a text', '"text"', 'one JSON object'],
    ['null', 'null', 'one JSON object'],
    ['no body', undefined, 'JSON'],
    ['a body cut off', `{"password": "${MARKER}`, 'not JSON'],
    ['a byte order mark', `\uFEFF${JSON.stringify(REF)}`, 'not JSON'],
  ])('%s', async (_, payload, message) => {
    const { raw, requests } = await localVault();
    const { status, json, text } = await raw('POST', '/vault', payload);
    expect({ status, text }).toMatchObject({ status: 400 });
    expect(json).toEqual({ message: expect.any(String), error: 'Bad Request' });
    expect(json.message).toMatch(message);
    expect(text).not.toContain(MARKER);
    expect((await send(requests.list())).json).toEqual([]);
  });

  test('all problems are told at once, and 400 goes before 401', async () => {
    const { raw } = await localVault();
    const { status, json } = await raw('POST', '/vault', {
      ...REF,
      tfa_method: 'x',
      password: 'plain',
      proxy: 1,
    });
    expect(status).toBe(400);
    expect(json.message).toMatch(
      /tfa_method.*proxy.*password|password.*tfa_method.*proxy|tfa_method.*password.*proxy/,
    );
  });

  test.each(['DELETE /vault', 'PATCH /vault/clear-browser-state', 'PUT /vault'])(
    '%s needs both names, as text',
    async (call) => {
      const { raw } = await localVault();
      const [method = '', path = ''] = call.split(' ');
      for (const body of [
        {},
        { domain: 'd' },
        { permissioned_user_id: 'u' },
        { ...REF, domain: 5 },
        [REF],
        'null',
      ])
        expect((await raw(method, path, body)).status).toBe(400);
    },
  );

  test('allowUnknown lets a named field through, and no other', async () => {
    const { raw } = await localVault({ allowUnknown: ['new_field'] });
    const { status, json } = await raw('POST', '/vault', { ...REF, new_field: { a: 1 } });
    expect(status).toBe(201);
    expect(json.new_field).toEqual({ a: 1 });
    expect((await raw('PUT', '/vault', { ...REF, newer_field: 1 })).status).toBe(400);
  });
});

describe('404, 405, 413, 415', () => {
  test.each([
    '/',
    '/vaul',
    '/vault/',
    '//vault',
    '/vault/x',
    '/Vault',
    '/constructor',
    '/__proto__',
    '/vault%2F',
  ])('nothing at %s: 404, with the paths that there are', async (path) => {
    const { raw } = await localVault();
    const { status, json } = await raw('GET', path);
    expect(status).toBe(404);
    expect(json.message).toContain('/vault/tfa-code');
  });

  test.each([
    ['PATCH', '/vault', 'POST, PUT, GET, DELETE'],
    ['OPTIONS', '/vault', 'POST, PUT, GET, DELETE'],
    ['POST', '/vault/tfa-code', 'GET'],
    ['GET', '/vault/clear-browser-state', 'PATCH'],
  ])('%s %s: 405, with the methods that there are', async (method, path, allow) => {
    const { raw } = await localVault();
    const { status, headers, json } = await raw(method, path);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allow);
    expect(json.error).toBe('Method Not Allowed');
  });

  test('a body larger than the limit is refused with 413, and the connection goes on for others', async () => {
    const { raw, requests } = await localVault({ maxBodyBytes: 10_000 });
    for (const size of [10_001, 3_000_000]) {
      const { status, json, text } = await raw('POST', '/vault', {
        ...REF,
        user_agent: MARKER.repeat(size / 12),
      });
      expect(status).toBe(413);
      expect(json.error).toBe('Payload Too Large');
      expect(text).not.toContain(MARKER);
    }
    expect((await raw('POST', '/vault', { ...REF, user_agent: 'x'.repeat(9000) })).status).toBe(201);
    expect((await send(requests.list())).json).toHaveLength(1);
  });

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=latin1'],
    ['application/jsonp'],
  ])('content-type %s is refused with 415', async (type) => {
    const { raw } = await localVault();
    expect((await raw('POST', '/vault', REF, { 'content-type': type })).status).toBe(415);
  });

  test.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
  ])('content-type %s is accepted', async (type) => {
    const { raw } = await localVault();
    expect((await raw('POST', '/vault', REF, { 'content-type': type })).status).toBe(201);
  });

  test('a compressed body is refused with 415', async () => {
    const { raw } = await localVault();
    expect((await raw('POST', '/vault', REF, { 'content-encoding': 'gzip' })).status).toBe(415);
  });
});

describe('whatever JSON comes in', () => {
  test('is answered with 201, 400, 401 or 409, and never echoed in an error', async () => {
    const { raw } = await localVault();
    const leaf = fc.oneof(
      fc.constant(MARKER),
      fc.constant(sealValue(MARKER, VaultKey.generate())),
      fc.jsonValue(),
    );
    const name = fc.constantFrom(
      'user_name',
      'password',
      'tfa_secret',
      'tfa_method',
      'proxy',
      'proxy_setting',
      'proxy_value',
      'cookies',
      'headers',
      'session_storage',
      'max_concurrency',
      'expiry_time_from_last_use',
      'id',
      '__proto__',
      'toJSON',
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, leaf), fc.boolean(), async (fields, isRef) => {
        const { status, json, text } = await raw('POST', '/vault', { ...(isRef && REF), ...fields });
        expect([201, 400, 401, 409]).toContain(status);
        if (status !== 201) {
          expect(Object.keys(json)).toEqual(['message', 'error']);
          expect(text).not.toContain(MARKER);
        }
      }),
      { numRuns: rounds(60, 300) },
    );
  });

  test('nesting without end is refused', async () => {
    const { raw } = await localVault();
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const body = JSON.stringify({ ...REF, session_storage: 'DEEP' }).replace('"DEEP"', `{"a":${deep}}`);
    expect((await raw('POST', '/vault', body)).status).toBe(400);
  });
});
