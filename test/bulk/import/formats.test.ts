import { describe, expect, test } from 'vitest';
import type { ImportFormat } from '../../../src/bulk/index.js';
import { sealEntry, type VaultEntry, VaultKey } from '../../../src/index.js';
import { asExpected, bytesOf, entriesOf, expectedOf, files, imported, inChunks } from './exports.js';

const table = Object.entries(files).flatMap(([format, names]) =>
  names.map((name) => [format as ImportFormat, name] as const),
);

describe('an export becomes exactly the expected entries', () => {
  test.each(table)('%s, %s, recognised by its header or content', async (format, name) => {
    const found = await imported(bytesOf(name));
    expect(asExpected(found)).toEqual(expectedOf(format));
    const { items, failed } = expectedOf(format);
    expect({ entries: found.entries, failed: found.failed }).toEqual({
      entries: items.length,
      failed: Object.keys(failed).length,
    });
  });

  test.each(table)('%s, %s, by its name', async (format, name) => {
    expect(asExpected(await imported(bytesOf(name), { from: format }))).toEqual(expectedOf(format));
  });

  test.each(table)('%s, %s, in chunks of five bytes', async (format, name) => {
    expect(asExpected(await imported(inChunks(bytesOf(name), 5)))).toEqual(expectedOf(format));
  });
});

describe.each(Object.keys(files))('what is said about the export of %s', (format) => {
  test('has at least 25 rows, and traps', () => {
    const { rows, failed, skipped } = expectedOf(format);
    expect(rows).toBeGreaterThanOrEqual(25);
    expect(Object.keys(failed)).not.toEqual([]);
    expect(Object.keys(skipped)).not.toEqual([]);
  });

  test('can be sealed as it is', () => {
    const key = VaultKey.generate();
    for (const item of expectedOf(format).items) {
      if ('value' in item) expect(() => sealEntry(item.value as VaultEntry, key)).not.toThrow();
    }
  });

  test('has no note, history or other field', () => {
    // Each export has them, marked.
    const marks = /FACADE|Byron|4111111111111111|C01X0006H|Hostname/;
    expect(JSON.stringify(expectedOf(format).items)).not.toMatch(marks);
  });
});

describe('with skipBadTotp', () => {
  test.each(table)(
    '%s, %s: rows whose TOTP secret is unusable become entries without it',
    async (format, name) => {
      const { items, failed } = expectedOf(format);
      const bad = Object.entries(failed).flatMap(([row, rule]) =>
        rule === 'totp/format' ? [Number(row)] : [],
      );
      const found = await imported(bytesOf(name), { skipBadTotp: true });
      expect(found.withoutTotp).toBe(bad.length);
      expect(found.entries).toBe(items.length + bad.length);
      for (const item of found.items) {
        if (bad.includes(item.line))
          expect(Object.keys('value' in item ? item.value : {})).not.toContain('tfa_secret');
      }
      for (const { tfa_method, tfa_secret } of entriesOf(found) as Record<string, unknown>[]) {
        expect(tfa_method).toBe(tfa_secret === undefined ? undefined : 'AUTHENTICATOR');
      }
    },
  );
});
