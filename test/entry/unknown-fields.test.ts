import { describe, expect, test } from 'vitest';
import { fieldEntries } from '../../src/entry/fields.js';
import { suggestion } from '../../src/entry/suggestion.js';
import { isSealed } from '../../src/value/sealed-value.js';
import { NOT_JSON } from './field-values.js';
import { faultsOf, issuesOf, REF, seal } from './sealing.js';

const MEANT: [string, string][] = [
  ['passwrod', 'password'],
  ['pasword', 'password'],
  ['passwords', 'password'],
  ['Password', 'password'],
  ['PASSWORD', 'password'],
  ['pass', 'password'],
  ['username', 'user_name'],
  ['userName', 'user_name'],
  ['user-name', 'user_name'],
  ['usrname', 'user_name'],
  ['email', 'user_name'],
  ['permissionedUserId', 'permissioned_user_id'],
  ['permissioned_userid', 'permissioned_user_id'],
  ['permisioned_user_id', 'permissioned_user_id'],
  ['totp_secret', 'tfa_secret'],
  ['tfaSecret', 'tfa_secret'],
  ['tfa_secert', 'tfa_secret'],
  ['tfa-method', 'tfa_method'],
  ['Domain', 'domain'],
  ['domian', 'domain'],
  ['url', 'domain'],
  ['maxConcurrency', 'max_concurrency'],
  ['max_concurency', 'max_concurrency'],
  ['alias', 'user_alias'],
  ['cookie', 'cookies'],
  ['userAgent', 'user_agent'],
  ['persist_cookie', 'persist_cookies'],
  ['expiry_time_from_last_used', 'expiry_time_from_last_use'],
  ['ipAddress', 'ip_address'],
];
const FAR_OFF = [
  'banana',
  'x',
  '',
  ' ',
  'new_field',
  'notes',
  'constructor',
  'toString',
  '__proto__',
  'the_password_of_this_entry_is_not_a_field',
  'p'.repeat(100_000),
];

describe('a field that the API does not know', () => {
  test.each(MEANT)('%s is refused: did you mean %s?', (name, meant) => {
    const [issue, ...rest] = issuesOf({ ...REF, [name]: 'value' });
    expect(rest).toEqual([]);
    expect(issue).toMatchObject({ path: name, rule: 'payload/unknown-field' });
    expect(issue?.message).toMatch(new RegExp(`did you mean ${meant}\\b`, 'i'));
  });

  test.each(FAR_OFF)('%s is refused, and nothing is suggested', (name) => {
    const entry = Object.defineProperty({ ...REF }, name, { value: 'value', enumerable: true });
    const [issue, ...rest] = issuesOf(entry);
    expect(rest).toEqual([]);
    expect(issue?.rule).toBe('payload/unknown-field');
    expect(issue?.message).not.toMatch(/did you mean/i);
    expect(issue?.message).toContain('allowUnknown');
  });

  test('is refused on update as well, and whatever it holds', () => {
    for (const value of ['text', '', null, 5, false, {}, [], () => 5]) {
      expect(faultsOf({ ...REF, passwrod: value }, { operation: 'update' })).toEqual([
        'passwrod: payload/unknown-field',
      ]);
    }
  });

  test('is named without line breaks, control characters, or kilobytes of it', () => {
    const names = ['a\nb', '\u001b[31mred', 'x'.repeat(10_000), '\u202egnp', '"quoted"', 'sp ace'];
    for (const name of names) {
      const [issue] = issuesOf({ ...REF, [name]: 1 });
      expect(`${issue?.path}${issue?.message}`).not.toMatch(/\p{Cc}/u);
      expect(issue?.message.length).toBeLessThan(500);
    }
  });
});

describe('a suggestion', () => {
  test('for the name of a field, in another convention of writing, is that field', () => {
    for (const [name, field] of fieldEntries) {
      if (field.readOnly === 'always') continue;
      const words = name.split('_');
      const camelCase = words.map((word, at) => (at ? word.charAt(0).toUpperCase() + word.slice(1) : word));
      const spellings = [camelCase.join(''), words.join('-'), words.join(''), name.toUpperCase()];
      expect(spellings.map(suggestion)).toEqual(spellings.map(() => name));
    }
  });

  test('is never a field that cannot be written', () => {
    const readOnly = fieldEntries.filter(([, field]) => field.readOnly === 'always').map(([name]) => name);
    const near = readOnly.flatMap((name) => [name.replaceAll('_', ''), `${name}s`, name.slice(1)]);
    expect(near.map(suggestion).filter((name) => readOnly.includes(name ?? ''))).toEqual([]);
  });
});

describe('allowUnknown', () => {
  test('lets the named field through, as it is and in its place', () => {
    const value = { nested: ['secret', null] };
    const sent = seal({ new_field: value, ...REF, password: 'pw' }, { allowUnknown: ['new_field'] });
    expect(Object.keys(sent)).toEqual(['new_field', 'permissioned_user_id', 'domain', 'password']);
    expect(sent.new_field).toEqual(value);
    expect(isSealed(sent.password)).toBe(true);
  });

  test.each(['newField', 'new_fields', 'NEW_FIELD', 'new_field ', 'passwrod'])(
    'lets no other through: %s',
    (name) => {
      expect(faultsOf({ ...REF, [name]: 1 }, { allowUnknown: ['new_field'] })).toEqual([
        expect.stringContaining('payload/unknown-field'),
      ]);
    },
  );

  test.each([null, 0, '', false, [], {}])('lets %o through', (value) => {
    expect(seal({ ...REF, new_field: value }, { allowUnknown: ['new_field'] })).toHaveProperty(
      'new_field',
      value,
    );
  });

  test.each(NOT_JSON.map((value) => [value]))('does not let %o through, which is not JSON', (value) => {
    expect(faultsOf({ ...REF, new_field: value }, { allowUnknown: ['new_field'] })).toEqual([
      'new_field: setting/type',
    ]);
  });

  test('does not ask for what it names', () => {
    expect(seal(REF, { allowUnknown: ['new_field', 'toString', '__proto__'] })).toStrictEqual(REF);
  });

  test('does not lift the rules of fields that are known', () => {
    const allowUnknown = ['password', 'tfa_method', 'max_concurrency', 'domain'];
    const entry = { ...REF, password: '', tfa_method: 'banana', max_concurrency: 2 };
    expect(faultsOf(entry, { allowUnknown })).toEqual([
      'max_concurrency: setting/concurrency',
      'password: credential/empty',
      'tfa_method: setting/type',
    ]);
    expect(faultsOf({ permissioned_user_id: 'u' }, { allowUnknown })).toEqual([
      'domain: payload/missing-field',
    ]);
    expect(isSealed(seal({ ...REF, password: 'pw' }, { allowUnknown }).password)).toBe(true);
  });

  test('takes names that are none for what they are', () => {
    expect(faultsOf({ ...REF, '5': 1 }, { allowUnknown: [5, null, {}] })).toHaveLength(1);
  });
});

describe('a field that the vault sets', () => {
  const readOnly = fieldEntries.filter(([, field]) => field.readOnly === 'always').map(([name]) => name);
  const operations = ['create', 'update'];
  const cases = readOnly.flatMap((name) => operations.map((operation) => ({ name, operation })));

  test.each(cases)('$name is refused on $operation', ({ name, operation }) => {
    for (const value of ['2026-01-01T00:00:00Z', null, '', 5]) {
      expect(faultsOf({ ...REF, [name]: value }, { operation })).toEqual([
        `${name}: payload/read-only-field`,
      ]);
    }
  });

  test.each(cases)('$name is refused on $operation, even if allowUnknown names it', ({ name, operation }) => {
    expect(faultsOf({ ...REF, [name]: 'x' }, { operation, allowUnknown: [name] })).toEqual([
      `${name}: payload/read-only-field`,
    ]);
  });

  test('id is one on create, and may be given on update', () => {
    const id = '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f';
    expect(faultsOf({ ...REF, id })).toEqual(['id: payload/read-only-field']);
    expect(faultsOf({ ...REF, id }, { operation: 'create', allowUnknown: ['id'] })).toEqual([
      'id: payload/read-only-field',
    ]);
    expect(seal({ ...REF, id }, { operation: 'update' })).toStrictEqual({ ...REF, id });
  });
});
