import type { StandardSchemaV1 } from '@standard-schema/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealEntry, type VaultEntry, vaultEntry } from '../../src/index.js';
import { validEntry } from './arbitrary-entry.js';
import { faultsOf, KEY, REF } from './sealing.js';

/** What routers and form libraries ask for. */
const schema: StandardSchemaV1<VaultEntry> = vaultEntry;

describe('vaultEntry, a Standard Schema', () => {
  it('is one to those who know these', () => {
    expect({ ...REF, password: 'hunter2' }).toEqual(expect.schemaMatching(schema));
    expect({ ...REF, passwrod: 'hunter2' }).not.toEqual(expect.schemaMatching(schema));
  });

  it('gives what would be sealed: secrets canonical, intervals as text, the rest as it came', () => {
    const given = { ...REF, tfa_secret: 'jbsw y3dp ehpk 3pxp', expiry_time_from_last_use: { minutes: 90 } };
    expect(schema['~standard'].validate(given)).toEqual({
      value: { ...REF, tfa_secret: 'JBSWY3DPEHPK3PXP', expiry_time_from_last_use: '01:30:00' },
    });
  });

  it('names the place of each problem step by step, and shows no value', () => {
    const given = { ...REF, domain: 'hunter2.example', cookies: [{ name: 'a', value: 'b', domain: 7 }] };
    const result = vaultEntry['~standard'].validate(given);
    expect(result).toMatchObject({ issues: [{ path: ['domain'] }, { path: ['cookies', 0, 'domain'] }] });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it.each([null, [], 'text', undefined])('refuses %o as a whole', (given) => {
    expect(schema['~standard'].validate(given)).toMatchObject({ issues: [{ path: [] }] });
  });

  it('does not throw what an entry throws', () => {
    const given = {
      get password() {
        throw new Error('hunter2');
      },
    };
    expect(schema['~standard'].validate(given)).toMatchObject({ issues: [{ path: [] }] });
  });

  it('says of any entry what sealEntry says', () => {
    fc.assert(
      fc.property(
        validEntry,
        fc.constantFrom('password', 'domain', 'passwrod', 'proxy'),
        fc.jsonValue(),
        (entry, name, value) => {
          const given = { ...entry, [name]: value };
          const result = vaultEntry['~standard'].validate(given);
          if ('issues' in result) expect(result.issues).toHaveLength(faultsOf(given).length);
          else sealEntry(given as unknown as VaultEntry, KEY);
        },
      ),
      { numRuns: 200 },
    );
  });
});
