import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkEntry } from '../../src/entry/check.js';
import { fieldEntries } from '../../src/entry/fields.js';
import { entryText } from '../../src/handoff/entry-outline.js';
import { credentialFields, requiredFields, writableFields } from '../../src/handoff/field-names.js';
import { validEntry } from '../entry/arbitrary-entry.js';
import { refusal } from '../refusal.js';
import { ENTRY } from './tokens.js';

const namesOf = (isMeant: (field: (typeof fieldEntries)[number][1]) => boolean) =>
  fieldEntries.flatMap(([name, field]) => (isMeant(field) ? [name] : []));

describe('what the front end knows of the field table', () => {
  test('is what the table says', () => {
    expect(writableFields).toEqual(namesOf(({ readOnly }) => readOnly === undefined));
    expect(requiredFields).toEqual(namesOf(({ required }) => required === true));
    expect(credentialFields).toEqual(namesOf(({ sealed }) => sealed === 'always'));
  });

  test('is written by its script', () => {
    const script = fileURLToPath(new URL('../../scripts/field-names.js', import.meta.url));
    execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
  });
});

const tableIssues = (entry: object) =>
  checkEntry(entry, {
    operation: 'create',
    allowUnknown: [],
    checkCredential: (path, value) =>
      typeof value === 'string' && value !== '' ? { value } : [{ path, rule: 'setting/type', message: '' }],
  }).issues;

describe('the front end', () => {
  test('takes what the table takes', () => {
    fc.assert(
      fc.property(validEntry, (entry) => {
        expect(JSON.parse(entryText(entry))).toEqual(JSON.parse(JSON.stringify(entry)));
      }),
    );
  });

  test('refuses nothing that the table takes, and names no other places', () => {
    const name = fc.oneof(
      fc.constantFrom(...fieldEntries.map(([field]) => field), 'passwrod', 'username'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (more) => {
        const entry = { ...ENTRY, ...more };
        const table = new Set(tableIssues(entry).map(({ path }) => path.split(/[.[]/)[0]));
        let refused: string[] = [];
        try {
          entryText(entry);
        } catch (error) {
          refused = (error as { issues: { path: string }[] }).issues.map(({ path }) => path);
        }
        for (const path of refused) {
          if (writableFields.includes(path)) expect(table).toContain(path);
          else
            expect(fieldEntries.filter(([field, { readOnly }]) => field === path && !readOnly)).toEqual([]);
        }
        if (table.size === 0) expect(refused).toEqual([]);
      }),
    );
  });

  const slips = writableFields.map((name) => [name, name.replace(/(.)(.)$/, '$2$1')] as const);
  test.each(slips.filter(([name, slip]) => name !== slip))('knows %s from %s', (name, slip) => {
    const { message } = refusal('ERR_ENTRY_INVALID', () => entryText({ ...ENTRY, [slip]: 'x' }));
    expect(message).toBe(`${slip} is no field (did you mean ${name}?).`);
  });
});
