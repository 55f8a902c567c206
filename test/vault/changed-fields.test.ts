import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openEntry, sealEntry, TotpSecret, type VaultEntry } from '../../src/index.js';
import { changedFields } from '../../src/vault/changed-fields.js';
import { validEntry } from '../entry/arbitrary-entry.js';
import { KEY } from '../entry/sealing.js';

const REF = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
const changed = (desired: object, stored: object) =>
  changedFields({ ...REF, ...desired } as VaultEntry, { ...REF, ...stored });
const SECRET = 'JBSWY3DPEHPK3PXP';

describe('what means the same is no change', () => {
  it.each<[string, object, object]>([
    ['nothing', {}, {}],
    ['the same text', { password: 'a' }, { password: 'a' }],
    ['a field that is left out', {}, { password: 'a', tfa_method: 'SMS' }],
    ['a field that is undefined', { password: undefined }, { password: 'a' }],
    ['null, and null', { password: null }, { password: null }],
    ['null, and nothing', { proxy: null }, {}],
    ['what only the vault sets', { created_at: 'a', id: 'b', proxy_string: 'c' }, { created_at: 'd' }],
    ['a TOTP secret as apps show it', { tfa_secret: 'jbsw y3dp-ehpk 3pxp' }, { tfa_secret: SECRET }],
    ['a stored TOTP secret as apps show it', { tfa_secret: SECRET }, { tfa_secret: 'jbsw y3dp ehpk 3pxp' }],
    ['a TOTP URI', { tfa_secret: `otpauth://totp/a?secret=${SECRET}` }, { tfa_secret: SECRET }],
    ['a TotpSecret', { tfa_secret: TotpSecret.parse(SECRET) }, { tfa_secret: SECRET }],
    [
      'members in another order',
      { proxy: { target_ip: '::1', enable: true } },
      { proxy: { enable: true, target_ip: '::1' } },
    ],
    [
      'a member that is undefined',
      { proxy: { enable: true, target_ip: undefined } },
      { proxy: { enable: true } },
    ],
    [
      'deeper members in another order',
      { local_storage: { a: { b: 1, c: [2] } } },
      { local_storage: { a: { c: [2], b: 1 } } },
    ],
    ['a number in another form', { session_storage: { a: -0 } }, { session_storage: { a: 0 } }],
    ['an unknown field', { grown: { a: 1, b: 2 } }, { grown: { b: 2, a: 1 } }],
  ])('%s', (_, desired, stored) => {
    expect(changed(desired, stored)).toEqual([]);
  });
});

describe('what means something else is named, and nothing more', () => {
  it.each<[string, object, object, string[]]>([
    ['another password', { password: 'a', user_name: 'b' }, { password: 'c', user_name: 'b' }, ['password']],
    ['a password with a space', { password: 'a ' }, { password: 'a' }, ['password']],
    ['a field that is not stored', { password: 'a' }, {}, ['password']],
    ['a field that is stored as null', { password: 'a' }, { password: null }, ['password']],
    [
      'null where something is stored',
      { password: null, proxy: null },
      { password: 'a', proxy: { enable: true } },
      ['password', 'proxy'],
    ],
    [
      'false where true is stored',
      { persist_cookies: false },
      { persist_cookies: true },
      ['persist_cookies'],
    ],
    ['false where nothing is stored', { skip_csrf_cookies: false }, {}, ['skip_csrf_cookies']],
    ['text for a number', { max_concurrency: '2' }, { max_concurrency: 2 }, ['max_concurrency']],
    ['another TOTP secret', { tfa_secret: SECRET }, { tfa_secret: `${SECRET}AA` }, ['tfa_secret']],
    ['a TOTP secret that is none', { tfa_secret: '123456' }, { tfa_secret: '123456' }, ['tfa_secret']],
    [
      'a TOTP URI of other settings',
      { tfa_secret: `otpauth://totp/a?secret=${SECRET}&digits=8` },
      { tfa_secret: SECRET },
      ['tfa_secret'],
    ],
    [
      'a stored TOTP URI, of which the vault makes no codes',
      { tfa_secret: SECRET },
      { tfa_secret: `otpauth://totp/a?secret=${SECRET}` },
      ['tfa_secret'],
    ],
    ['headers in another order', { headers: [1, 2] }, { headers: [2, 1] }, ['headers']],
    [
      'a header in other case',
      { headers: [{ name: 'A', value: 'b' }] },
      { headers: [{ name: 'a', value: 'b' }] },
      ['headers'],
    ],
    ['a member more', { proxy: { enable: true } }, { proxy: { enable: true, target_ip: '::1' } }, ['proxy']],
    ['an empty list where nothing is stored', { headers: [] }, {}, ['headers']],
    [
      'what is no JSON',
      { local_storage: { a: Number.NaN } },
      { local_storage: { a: null } },
      ['local_storage'],
    ],
  ])('%s', (_, desired, stored, names) => {
    expect(changed(desired, stored)).toEqual(names);
  });
});

describe('intervals are compared by what PostgreSQL keeps of them: months, days, microseconds', () => {
  const name = 'expiry_time_from_last_use';
  it.each<[unknown, string]>([
    ['90 minutes', '01:30:00'],
    ['1.5 hours', '01:30:00'],
    ['PT1H30M', '01:30:00'],
    [{ hours: 1, minutes: 30 }, '01:30:00'],
    ['1 week', '7 days'],
    ['7 days 00:00:00', '7 days'],
    [{ weeks: 1 }, '7 days'],
    ['1 year', '12 mons'],
    [{ years: 1, months: 2 }, '14 mons'],
    ['1 mon 00:00:00.000001', '1 mon 1 us'],
  ])('%j is stored as %s', (desired, stored) => {
    expect(changed({ [name]: desired }, { [name]: stored })).toEqual([]);
  });

  it.each<[unknown, string]>([
    ['24 hours', '1 day'],
    ['30 days', '1 mon'],
    ['365 days', '1 year'],
    ['01:30:00', '01:30:01'],
    ['banana', 'banana'],
    ['00:00:00', '00:00:00'],
    [{ hours: -1 }, '-01:00:00'],
    [5, '5'],
  ])('%j is not what %s is, or none', (desired, stored) => {
    expect(changed({ [name]: desired }, { [name]: stored })).toEqual([name]);
  });
});

it('an entry that was sealed and opened is what it was: no field is named', () => {
  fc.assert(
    fc.property(validEntry, (entry) => {
      const stored = openEntry(sealEntry(entry as VaultEntry, KEY, { operation: 'update' } as never), KEY);
      expect(changedFields(entry as VaultEntry, stored)).toEqual([]);
      expect(changedFields(stored as VaultEntry, JSON.parse(JSON.stringify(stored)))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('a field that would be stored alike is never named, and no field but those of the desired entry is', () => {
  fc.assert(
    fc.property(validEntry, validEntry, (entry, other) => {
      const [one, two] = [entry, other].map((each) => openEntry(sealEntry(each as VaultEntry, KEY), KEY));
      const named = changedFields(entry as VaultEntry, two as never);
      for (const name of Object.keys(entry)) {
        const isEqual = JSON.stringify(one?.[name]) === JSON.stringify(two?.[name]);
        if (isEqual) expect(named).not.toContain(name);
      }
      for (const name of named) expect(Object.keys(entry)).toContain(name);
    }),
    { numRuns: 300 },
  );
});
