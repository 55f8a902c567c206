import { isIP } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldEntries } from '../../src/entry/fields.js';
import { isIpAddress } from '../../src/entry/ip-address.js';
import { expectHidden, refusal } from '../refusal.js';
import { rounds } from '../rounds.js';
import { FIELD_VALUES, NOT_JSON } from './field-values.js';
import { faultsOf, issuesOf, REF, seal } from './sealing.js';

const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];
// docs/vault-api.md, rule 20; `id` is one that an update may give.
const READ_ONLY = [
  'workspace_id',
  'user_id',
  'created_at',
  'updated_at',
  'tfa_email',
  'tfa_phone_number',
  'session_data_set_at',
  'effective_expires_at',
  'proxy_string',
  'session_id',
];

const rows = Object.entries(FIELD_VALUES).map(([field, values]) => ({ field, ...values }));
const shownShort = (value: unknown) => inspect(value, { breakLength: Number.POSITIVE_INFINITY }).slice(0, 90);
const accepted = rows.flatMap(({ field, accepted, beside, operation }) =>
  accepted.map((value) => ({
    field,
    shown: shownShort(value),
    value,
    entry: { ...REF, ...beside, [field]: value },
    options: { operation },
  })),
);
const refused = rows.flatMap(({ field, refused, beside, operation }) =>
  refused.map(([value, rule, path = field]) => ({
    field,
    shown: shownShort(value),
    fault: `${path}: ${rule}`,
    entry: { ...REF, ...beside, [field]: value },
    options: { operation },
  })),
);
const sentAs = new Map<unknown, string>([
  ['{"days":7,"hours":1}', '7 days 01:00:00'],
  ['{"seconds":0.5}', '00:00:00.5'],
]);

describe('the table', () => {
  test('has every field of docs/vault-api.md, and no other', () => {
    const names = [...Object.keys(FIELD_VALUES), ...CREDENTIALS, ...READ_ONLY];
    expect(fieldEntries.map(([name]) => name).sort()).toEqual(names.sort());
  });

  test('requires permissioned_user_id and domain, and nothing else', () => {
    const required = fieldEntries.filter(([, field]) => field.required).map(([name]) => name);
    expect(required).toEqual(['permissioned_user_id', 'domain']);
  });

  test('seals the credentials, and a custom proxy', () => {
    const sealed = fieldEntries.filter(([, field]) => field.sealed).map(([name]) => name);
    expect(sealed.sort()).toEqual([...CREDENTIALS, 'proxy_value'].sort());
  });

  test('has as read-only what only the vault sets', () => {
    const always = fieldEntries.filter(([, field]) => field.readOnly === 'always').map(([name]) => name);
    const onCreate = fieldEntries.filter(([, field]) => field.readOnly === 'on-create').map(([name]) => name);
    expect(always.sort()).toEqual([...READ_ONLY].sort());
    expect(onCreate).toEqual(['id']);
  });
});

describe('a value that the API takes is sent as it came', () => {
  test.each(accepted)('$field: $shown', ({ field, value, entry, options }) => {
    const before = inspect(value, { depth: null });
    const sent = seal(entry, options);
    expect(sent[field]).toEqual(sentAs.get(JSON.stringify(value)) ?? value);
    expect(JSON.stringify(sent[field])).toBe(JSON.stringify(sentAs.get(JSON.stringify(value)) ?? value));
    expect(inspect(value, { depth: null })).toBe(before);
  });

  test.each(['session_storage', 'local_storage'])('%s keeps a member called __proto__', (field) => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}');
    const sent = JSON.stringify(seal({ ...REF, [field]: value })[field]);
    expect(sent).toBe('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

// docs/vault-api.md, rules 14 to 19.
describe('any other value is refused, with its place and rule', () => {
  test.each(refused)('$field: $shown is $fault', ({ field, entry, fault, options }) => {
    const faults = faultsOf(entry, options);
    expect(faults).toContain(fault);
    // And nothing else is found fault with.
    expect(faults.every((other) => other.startsWith(field))).toBe(true);
  });

  test.each(['expiry_time_from_last_use', 'expiry_time_from_session_data_set'])(
    '%s says ERR_INTERVAL_FORMAT for an interval that PostgreSQL would not read',
    (field) => {
      expect(issuesOf({ ...REF, [field]: 'banana' })).toMatchObject([{ code: 'ERR_INTERVAL_FORMAT' }]);
    },
  );

  test.each(rows)(
    '$field: whatever comes, a CredsealError is all that is thrown',
    ({ field, beside, operation }) => {
      fc.assert(
        fc.property(
          fc.anything({
            withBigInt: true,
            withDate: true,
            withMap: true,
            withSet: true,
            withBoxedValues: true,
            withNullPrototype: true,
            withSparseArray: true,
            withTypedArray: true,
          }),
          (value) => {
            const attempt = () => JSON.stringify(seal({ ...REF, ...beside, [field]: value }, { operation }));
            try {
              expect(attempt()).toBeTypeOf('string');
            } catch {
              expect(refusal('ERR_ENTRY_INVALID', attempt).issues).not.toHaveLength(0);
            }
          },
        ),
      );
    },
  );
});

describe('a credential', () => {
  const notText = [5, 0, true, {}, [], ['secret'], new String('boxed'), ...NOT_JSON];
  test.each(
    CREDENTIALS.flatMap((field) => notText.map((value) => ({ field, value, shown: shownShort(value) }))),
  )('$field: $shown is setting/type', ({ field, value }) => {
    expect(faultsOf({ ...REF, [field]: value })).toEqual([`${field}: setting/type`]);
  });
});

describe('an IP address', () => {
  test('is what the platform itself calls one, short of zones', () => {
    const octet = fc.oneof(fc.nat(300).map(String), fc.constantFrom('01', '0x1', '', '1e1'));
    const v4 = fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'));
    const group = fc.oneof(
      fc.nat(0x1ffff).map((n) => n.toString(16)),
      fc.constantFrom('', '', '0001', 'FFFF'),
    );
    const v6 = fc
      .tuple(fc.array(group, { minLength: 1, maxLength: 9 }), fc.option(v4, { nil: undefined }))
      .map(([groups, end]) => [...groups, ...(end === undefined ? [] : [end])].join(':'));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), v4, v6, fc.string()), (text) => {
        expect(isIpAddress(text)).toBe(isIP(text) !== 0 && !text.includes('%'));
      }),
      { numRuns: rounds(300, 2000) },
    );
  });
});

describe('an error about a value', () => {
  const MARKER = 'QZXJWVKY-marker';
  test.each(rows)('of $field shows nothing of it', ({ field, beside, operation }) => {
    const shapes = [MARKER, [MARKER], { [MARKER]: MARKER }, { enable: MARKER }, [{ name: MARKER, value: 5 }]];
    const refusedShapes = shapes.filter((value) => {
      const entry = { ...REF, ...beside, [field]: value };
      try {
        seal(entry, { operation });
        return false;
      } catch {
        expectHidden(
          refusal('ERR_ENTRY_INVALID', () => seal(entry, { operation })),
          MARKER,
        );
        return true;
      }
    });
    expect(refusedShapes).not.toHaveLength(0);
  });
});
