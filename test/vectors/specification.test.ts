import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { boundEntries, fieldEntries, sealedEntries } from '../../src/entry/fields.js';
import { rules } from '../../src/preflight/rules.js';
import { manifestRules } from '../../src/vault/manifest/rules.js';
import { methods } from '../../src/vectors/answer.js';
import { documents, FOLDER, testsOf } from './vectors.js';

// vectors/README.md is what somebody else implements: it has to have everything, and nothing else.
const words = readFileSync(new URL('README.md', FOLDER), 'utf8');

/** What stands between back quotes in the first column of the table that begins with this line. */
function firstColumn(head: string): string[] {
  const rows = words.slice(words.indexOf(head)).split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return rows.flatMap((row) =>
    Array.from(row.split('|')[1]?.matchAll(/`([^`]+)`/g) ?? [], ([, name]) => name ?? ''),
  );
}

describe('vectors/README.md', () => {
  test('has every field in its table, and no other', () => {
    const names = fieldEntries.map(([name]) => name);
    expect(firstColumn('| field | what it takes |').sort()).toEqual(names.sort());
  });

  test('has every method of the protocol, and no other', () => {
    expect(firstColumn('| `method` | given | answer |').sort()).toEqual(Object.keys(methods).sort());
  });

  test('says of every rule when it is broken, and of which ones that they are warnings', () => {
    for (const rule of Object.keys(rules)) expect(words).toContain(`\`${rule}\``);
    const [, listed = ''] = /\nWarnings are ([^;]+);/.exec(words) ?? [];
    const warnings = Object.entries(rules).flatMap(([rule, { severity }]) =>
      severity === 'warning' ? [rule] : [],
    );
    expect(Array.from(listed.matchAll(/`([^`]+)`/g), ([, rule]) => rule).sort()).toEqual(warnings.sort());
  });

  test('has every field that a manifest binds, in their order, and what a manifest says', () => {
    const [, listed = ''] = /bound fields that is there[^:]*: ([^.]+)\./.exec(words) ?? [];
    const names = Array.from(listed.matchAll(/`([^`]+)`/g), ([, name]) => name);
    expect(names).toEqual(boundEntries.map(([name]) => name));
    for (const rule of Object.keys(manifestRules)) expect(words).toContain(`\`${rule}\``);
  });

  test('names every file of vectors', () => {
    for (const name of Object.keys(documents)) expect(words).toContain(`](${name})`);
  });
});

test('payloads have what is sealed in the order of the table, for readers of JSON that lose the order', () => {
  const order = sealedEntries.map(([name]) => name);
  const payloads = testsOf(documents['preflight.json'] as (typeof documents)[string]).flatMap(
    ({ payload }) => payload,
  );
  for (const payload of payloads) {
    const names = Object.keys(Object(payload)).filter((name) => order.includes(name));
    expect(names).toEqual(order.filter((name) => names.includes(name)));
  }
});
