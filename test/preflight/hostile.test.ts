import { describe, expect, it } from 'vitest';
import type { PreflightReport } from '../../src/errors.js';
import { preflight } from '../../src/preflight/preflight.js';
import { rules } from '../../src/preflight/rules.js';
import { hostileValues } from './hostile-values.js';
import { findingsOf, KEY, payload, sealed } from './payloads.js';

/** Where a value can stand. */
const places: Readonly<Record<string, (value: unknown) => unknown>> = {
  'as the payload': (value) => value,
  'in an array of payloads': (value) => [payload(), value],
  'as the user': (value) => ({ ...payload(), permissioned_user_id: value }),
  'as the domain': (value) => ({ ...payload(), domain: value }),
  'as a credential': (value) => payload({ password: value }),
  'as the TOTP secret': (value) => payload({ tfa_secret: value, tfa_method: value }),
  'as a proxy': (value) => payload({ proxy: value, proxy_setting: 'custom', proxy_value: value }),
  'as a member of a proxy': (value) => payload({ proxy: { enable: value, target_ip: value } }),
  'as a setting': (value) => payload({ user_alias: value, max_concurrency: value, persist_cookies: value }),
  'as an interval': (value) => payload({ expiry_time_from_last_use: value }),
  'as storage': (value) => payload({ local_storage: value, session_storage: { a: [value] } }),
  'as cookies and headers': (value) => payload({ cookies: value, headers: [{ name: value, value }] }),
  'as an unknown field': (value) => payload({ passwrod: value, created_at: value }),
  'as every field of a secret provider': (value) =>
    payload({ secret_provider_id: value, secret_ref: value, secret_cache_ttl_seconds: value }),
};

/** A report that can be shown: everything there, nothing long, nothing of an error that was thrown. */
function expectReport(report: PreflightReport): void {
  expect(report.ok).toBe(report.findings.every(({ severity }) => severity === 'warning'));
  expect(Number.isSafeInteger(report.checked)).toBe(true);
  for (const { rule, path, message, hint } of report.findings) {
    expect(Object.keys(rules)).toContain(rule);
    expect(path.length).toBeLessThan(100);
    expect(message.length).toBeLessThan(300);
    expect(message).toMatch(/^\S.*\S$/);
    expect(hint).not.toBe('');
    expect(message).not.toContain('QZXJW');
  }
}

describe.each(Object.entries(places))('%s', (_, place) => {
  it.each(Object.entries(hostileValues))('%s gets an answer', (_, make) => {
    expectReport(preflight(place(make()), { keys: KEY }));
    expectReport(preflight(place(make()), { keys: KEY, operation: 'update' }));
  });
});

describe('what cannot be read or sent', () => {
  it.each(Object.keys(hostileValues).filter((name) => /throws|revoked|endless/.test(name)))(
    'as the payload is no payload: %s',
    (name) => {
      const value = hostileValues[name]?.();
      const found = findingsOf(value);
      expect(found.length).toBeGreaterThan(0);
      expect(preflight(value, { keys: KEY }).ok).toBe(false);
    },
  );

  it('an element that cannot be read is no payload, and the others are looked at', () => {
    const given = Object.defineProperty(
      [payload(), 0, payload({ domain: 'https://b.example', password: 'x' })],
      1,
      {
        get() {
          throw new Error('QZXJW');
        },
      },
    );
    expect(findingsOf(given)).toEqual(['[1]: payload/not-an-object', '[2].password: credential/plaintext']);
  });

  it.each([
    'a cycle',
    'a BigInt',
    'an object, 100,000 levels deep',
    'a getter that throws within',
    'toJSON that throws',
    'a revoked proxy',
    'a revoked proxy of a function',
  ])('as a setting is of the wrong type: %s', (name) => {
    expect(findingsOf(payload({ local_storage: hostileValues[name]?.() }))).toEqual([
      'local_storage: setting/type',
    ]);
    expect(findingsOf(payload({ user_alias: hostileValues[name]?.() }))).toEqual([
      'user_alias: setting/type',
    ]);
  });

  it('an array that is too long to be real is no batch', () => {
    expect(findingsOf(new Array(2 ** 32 - 1))).toEqual([': payload/not-an-object']);
  });

  it('a payload is read once: what differs each time is what it was the first time', () => {
    let reads = 0;
    const given = {
      ...payload(),
      get password() {
        reads += 1;
        return reads === 1 ? sealed('hunter2') : 'hunter2';
      },
    };
    expect(findingsOf(given)).toEqual([]);
    expect(reads).toBe(1);
  });
});

describe('names that are none', () => {
  it.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__'])(
    '%s from JSON is an unknown field, and changes nothing',
    (name) => {
      const json = JSON.stringify(payload()).replace(/\}$/, `, "${name}": {"isAdmin": true, "domain": "x"}}`);
      expect(findingsOf(JSON.parse(json))).toEqual([`${name}: payload/unknown-field`]);
      expect(findingsOf(JSON.parse(`[${json}]`))).toEqual([`[0].${name}: payload/unknown-field`]);
      expect({}).not.toHaveProperty('isAdmin');
    },
  );

  it('__proto__ does not give an entry its names', () => {
    const found = findingsOf(JSON.parse(`{"__proto__": ${JSON.stringify(payload())}}`));
    expect(found).toEqual([
      '__proto__: payload/unknown-field',
      'domain: payload/missing-field',
      'permissioned_user_id: payload/missing-field',
    ]);
  });

  it.each([
    '\ud800',
    'a\nb',
    '\u001b[2J',
    '\u009b2J',
    '\u007f',
    '\u202e',
    '\u200b',
    '"',
    '🔑'.repeat(100),
    ' ',
  ])('%j is shown without control characters', (name) => {
    const { findings } = preflight(payload({ [name]: 1 }), { keys: KEY });
    expect(findings).toHaveLength(1);
    const { path, message } = findings[0] ?? {};
    // Controls, invisible format characters, halves of surrogate pairs.
    expect(`${path} ${message}`).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
  });
});
