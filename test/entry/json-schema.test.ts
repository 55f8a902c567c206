import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldEntries } from '../../src/entry/fields.js';
import { sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { CredsealError } from '../../src/errors.js';
import { rounds } from '../rounds.js';
import { validEntry } from './arbitrary-entry.js';
import { arbitraryField } from './arbitrary-field.js';
import { KEY, REF } from './sealing.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
const schemaOf = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(`${root}schema/${name}.json`, 'utf8')) as object);
const [entry, sealedEntry, withReferences] = [
  schemaOf('entry'),
  schemaOf('sealed-entry'),
  schemaOf('entry-with-references'),
];

/** What a schema can say as well as the field table does: of all else it takes more, and never less. */
const SAYABLE = new Set([
  'payload/not-an-object',
  'payload/unknown-field',
  'payload/missing-field',
  'payload/read-only-field',
  'credential/empty',
  'setting/type',
  'setting/concurrency',
  'setting/provider',
  'totp/missing-secret',
]);

function rulesBrokenBy(given: unknown): string[] {
  try {
    sealEntry(given as VaultEntry, KEY);
    return [];
  } catch (error) {
    if (!(error instanceof CredsealError) || error.code !== 'ERR_ENTRY_INVALID') throw error;
    return error.issues.map(({ rule }) => rule);
  }
}

describe('schema/*.json', () => {
  it('is what the field table makes', () => {
    execFileSync(process.execPath, [`${root}scripts/json-schemas.js`, '--check']);
  });

  it('takes every entry that sealEntry takes, and what comes of it', () => {
    fc.assert(
      fc.property(validEntry, (given) => {
        expect(entry(given), JSON.stringify(entry.errors)).toBe(true);
        expect(withReferences(given)).toBe(true);
        const sealed = sealEntry(given as unknown as VaultEntry, KEY);
        expect(sealedEntry(sealed), JSON.stringify(sealedEntry.errors)).toBe(true);
      }),
      { numRuns: rounds(100, 400) },
    );
  });

  it('refuses nothing else than sealEntry does, and all of that that it can say', () => {
    let refused = 0;
    fc.assert(
      fc.property(validEntry, arbitraryField, (given, [name, value]) => {
        const changed = JSON.parse(JSON.stringify({ ...given, [name]: value }));
        const broken = rulesBrokenBy(changed);
        const taken = entry(changed);
        if (!taken) refused += 1;
        if (broken.length === 0) expect(taken, JSON.stringify([name, value, entry.errors])).toBe(true);
        else if (broken.some((rule) => SAYABLE.has(rule)))
          expect(taken, JSON.stringify([name, value, broken])).toBe(false);
      }),
      { numRuns: rounds(400, 1600) },
    );
    expect(refused).toBeGreaterThan(rounds(100, 500));
  });

  it('knows every field that may be written on create, and no other', () => {
    for (const [name, { readOnly }] of fieldEntries)
      expect(Object.hasOwn(entryProperties(), name), name).toBe(readOnly === undefined);
  });

  it('takes $schema, which editors look for', () => {
    expect(entry({ $schema: './node_modules/credseal/schema/entry.json', ...REF })).toBe(true);
  });

  it('takes a reference in place of a secret only where references are meant', () => {
    const given = { ...REF, password: { from: 'env:PORTAL_PASSWORD' } };
    expect([entry(given), sealedEntry(given), withReferences(given)]).toEqual([false, false, true]);
    expect(withReferences({ ...REF, password: { from: 'ftp://example.com' } })).toBe(false);
    expect(withReferences({ ...REF, user_alias: { from: 'env:NAME' } })).toBe(false);
  });

  it('takes no plain text as a sealed credential', () => {
    expect(sealedEntry({ ...REF, password: 'hunter2' })).toBe(false);
  });
});

function entryProperties(): object {
  return JSON.parse(readFileSync(`${root}schema/entry.json`, 'utf8')).properties;
}
