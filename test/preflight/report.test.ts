import { describe, expect, it } from 'vitest';
import { assertPreflight, preflight } from '../../src/index.js';
import { refusal } from '../refusal.js';
import { findingsOf, KEY, OLD_KEY, payload, REF, RING, sealed } from './payloads.js';

const UUID = '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f';

describe('the report', () => {
  it('of a sound payload is ok and empty', () => {
    expect(preflight(payload(), { keys: KEY })).toEqual({ ok: true, checked: 1, opened: true, findings: [] });
  });

  it('of no payload at all is ok, and says that none was checked', () => {
    expect(preflight([], { keys: KEY })).toEqual({ ok: true, checked: 0, opened: true, findings: [] });
  });

  it('with nothing but warnings is ok', () => {
    const report = preflight(payload({ domain: 'https://shop.example/' }), { keys: KEY });
    expect(report).toMatchObject({ ok: true, findings: [{ severity: 'warning' }] });
  });

  it('with one error among warnings is not ok', () => {
    const given = payload({
      domain: 'https://shop.example/',
      password: 'x',
      tfa_secret: sealed('JBSWY3DPEHPK3PXP'),
    });
    expect(preflight(given, { keys: KEY })).toMatchObject({ ok: false, checked: 1, findings: { length: 3 } });
  });

  it('of a batch has the findings in the order of the payloads', () => {
    const given = [5, payload(), { ...payload(), permissioned_user_id: 'b', password: 'x' }, null];
    const { checked, findings } = preflight(given, { keys: KEY });
    expect(checked).toBe(4);
    expect(findings.map(({ path }) => path)).toEqual(['[0]', '[2].password', '[3]']);
  });

  it('is JSON, and findings have these members alone', () => {
    const { findings } = preflight([payload({ password: 'x', max_concurrency: 0 })], { keys: KEY });
    expect(JSON.parse(JSON.stringify(findings))).toEqual(findings);
    for (const finding of findings)
      expect(Object.keys(finding)).toEqual(['rule', 'severity', 'path', 'message', 'hint']);
  });

  it('is the same every time: nothing is remembered from one call to the next', () => {
    const given = [payload(), payload({ domain: 'https://b.example' })];
    expect(preflight(given, { keys: KEY })).toEqual(preflight(given, { keys: KEY }));
    expect(preflight(given, { keys: KEY }).findings).toEqual([]);
  });

  it('leaves the payload as it was', () => {
    const given = payload({
      expiry_time_from_last_use: { days: 7 },
      cookies: [{}],
      local_storage: { a: undefined },
    });
    const before = structuredClone(given);
    preflight(given, { keys: KEY });
    expect(given).toEqual(before);
  });
});

describe('keys and operations', () => {
  it('a ring of one key and the key alone say the same', () => {
    const given = payload({ password: 'x' });
    expect(preflight(given, { keys: RING })).toEqual(preflight(given, { keys: KEY }));
  });

  it('without an operation it is create', () => {
    expect(findingsOf(payload({ password: null }))).toEqual(findingsOf(payload({ password: null }), {}));
    expect(findingsOf(payload({ password: null }))).toEqual(['password: setting/type']);
  });

  it('a value under a previous key may be sent, with a warning', () => {
    expect(preflight(payload({}, OLD_KEY), { keys: RING })).toMatchObject({
      ok: true,
      findings: [{ rule: 'credential/previous-key' }],
    });
  });

  it('a ring that leaves the previous key out does not open it', () => {
    expect(findingsOf(payload({}, OLD_KEY))).toEqual(['user_name: credential/wrong-key-or-changed']);
  });
});

describe('an answer of the API, as it was stored', () => {
  const answer = {
    ...payload({ password: sealed('hunter2'), tfa_secret: null }),
    id: UUID,
    workspace_id: UUID,
    user_id: UUID,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    tfa_email: null,
    tfa_phone_number: null,
    session_data_set_at: null,
    effective_expires_at: null,
    proxy_string: null,
    session_id: null,
    expiry_time_from_last_use: '01:31:00',
    max_concurrency: null,
  };
  const readOnly = [
    'created_at',
    'effective_expires_at',
    'proxy_string',
    'session_data_set_at',
    'session_id',
    'tfa_email',
    'tfa_phone_number',
    'updated_at',
    'user_id',
    'workspace_id',
  ];

  it('is no update: every field that the vault sets is found, and null credentials are not', () => {
    expect(findingsOf(answer, { operation: 'update' })).toEqual(
      readOnly.map((name) => `${name}: payload/read-only-field`),
    );
  });

  it('is no create either: the id and null credentials are found as well', () => {
    expect(findingsOf(answer)).toEqual(
      [...readOnly, 'id']
        .sort()
        .map((name) => `${name}: payload/read-only-field`)
        .concat('tfa_secret: setting/type')
        .sort(),
    );
  });
});

describe('assertPreflight', () => {
  it.each([
    ['a sound payload', payload()],
    ['a batch', [payload(), payload({ domain: 'https://b.example' })]],
    ['a payload with warnings', payload({ domain: 'https://shop.example/login' })],
    ['nothing', []],
  ])('lets pass: %s', (_, given) => {
    expect(assertPreflight(given, { keys: KEY })).toBeUndefined();
  });

  it('throws ERR_PREFLIGHT with the very report of preflight', () => {
    const given = [payload(), { ...REF, domain: 'https://shop.example/', password: 'x', pin: 1 }];
    const error = refusal('ERR_PREFLIGHT', () => assertPreflight(given, { keys: KEY }));
    expect(error.report).toEqual(preflight(given, { keys: KEY }));
    expect(error.issues).toBeUndefined();
  });

  it('says in its message what the first error is, and how many more there are', () => {
    const error = refusal('ERR_PREFLIGHT', () =>
      assertPreflight({ ...REF, domain: 'https://Shop.example', pin: 1, password: 'x' }, { keys: KEY }),
    );
    expect(error.message).toMatch(/pin is not a field/);
    expect(error.message).toMatch(/1 more/);
  });

  it('checks for an update where it is one', () => {
    assertPreflight({ ...REF, password: null }, { keys: KEY, operation: 'update' });
    refusal('ERR_PREFLIGHT', () => assertPreflight(REF, { keys: KEY, operation: 'update' }));
  });
});
