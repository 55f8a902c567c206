import { describe, expect, test } from 'vitest';
import type { ImportFormat } from '../../../src/bulk/index.js';
import { sealEntry, type VaultEntry, VaultKey } from '../../../src/index.js';
import { rounds } from '../../rounds.js';
import { asExpected, bytesOf, entriesOf, expectedOf, files, imported, inChunks } from './exports.js';

const table = Object.entries(files).flatMap(([format, names]) =>
  names.map((name) => [format as ImportFormat, name] as const),
);

/** Every chunk of an export takes a turn of its own. */
const CHUNK = rounds(101, 5);

describe('an export becomes exactly the expected entries', () => {
  test.each(table)('%s, %s, recognised by its header or content', async (format, name) => {
    const found = await imported(bytesOf(name));
    expect(asExpected(found)).toEqual(expectedOf(format));
    const { items, failed } = expectedOf(format);
    expect({ entries: found.entries, failed: found.failed }).toEqual({
      entries: items.length,
      failed: Object.keys(failed).length,
    });
    const skipped = Object.values(found.skipped).reduce((sum, count) => sum + count, 0);
    expect(found.rows).toBe(found.entries + skipped + found.superseded.size + found.failed);
  });

  test.each(table)('%s, %s, by its name', async (format, name) => {
    expect(asExpected(await imported(bytesOf(name), { from: format }))).toEqual(expectedOf(format));
  });

  test.each(table)(`%s, %s, in chunks of ${CHUNK} bytes`, async (format, name) => {
    expect(asExpected(await imported(inChunks(bytesOf(name), CHUNK)))).toEqual(expectedOf(format));
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

describe('an entry of pass', () => {
  const content = new TextDecoder().decode(bytesOf('pass.txt'));

  test.each(['auto', 'pass'] as const)(
    'becomes an entry: its first line is the password (%s)',
    async (from) => {
      for (const lineEnd of ['\n', '\r\n']) {
        const found = await imported(content.replaceAll('\n', lineEnd), { from });
        expect([found.format, found.rows]).toEqual(['pass', 1]);
        expect(entriesOf(found)).toEqual([
          {
            permissioned_user_id: 'ada@example.com',
            domain: 'https://portal.example',
            user_name: 'ada@example.com',
            password: ' p:a"ss,🔑 ',
            tfa_secret: 'JBSWY3DPEHPK3PXP',
            tfa_method: 'AUTHENTICATOR',
          },
        ]);
      }
    },
  );

  test('with notes of one’s own in it is one by its name only', async () => {
    const withNotes = `${content}something that is no field\n`;
    await expect(imported(withNotes)).rejects.toThrow(/^The header/);
    expect((await imported(withNotes, { from: 'pass' })).entries).toBe(1);
  });

  test('without an address is named', async () => {
    const found = await imported('secret\nlogin: kim\n', { from: 'pass' });
    expect([found.rows, found.withoutAddress]).toEqual([1, [1]]);
  });
});

describe('secrets of KeePass 2 in its own fields', () => {
  const entry = (fields: Record<string, string>) => {
    const strings = { Title: 'T', URL: 'https://a.example', UserName: 'kim', Password: 'p', ...fields };
    const inside = Object.entries(strings).map(
      ([key, value]) => `<String><Key>${key}</Key><Value>${value.replaceAll('&', '&amp;')}</Value></String>`,
    );
    return `<KeePassFile><Root><Group><Entry>${inside.join('')}</Entry></Group></Root></KeePassFile>`;
  };
  // RFC 6238, appendix B.
  const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  test.each([
    { 'TimeOtp-Secret': '12345678901234567890' },
    { 'TimeOtp-Secret-Hex': '3132333435363738393031323334353637383930' },
    { 'TimeOtp-Secret-Base32': SECRET },
    { 'TimeOtp-Secret-Base64': 'MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=' },
    {
      'TimeOtp-Secret-Base32': SECRET,
      'TimeOtp-Period': '30',
      'TimeOtp-Length': '6',
      'TimeOtp-Algorithm': 'HMAC-SHA-1',
    },
    { otp: `key=${SECRET}&size=6&step=30&type=totp` },
    { otp: `otpauth://totp/x?secret=${SECRET}` },
    { 'TOTP Seed': SECRET, 'TOTP Settings': '30;6' },
  ])('%j', async (fields) => {
    const found = await imported(entry(fields));
    expect(entriesOf(found)).toMatchObject([{ tfa_secret: SECRET }]);
    expect(found.withFurtherTotp).toEqual([]);
  });

  test.each<Record<string, string>>([
    { 'TimeOtp-Secret-Base32': SECRET, 'TimeOtp-Length': '8' },
    { 'TimeOtp-Secret-Base32': SECRET, 'TimeOtp-Algorithm': 'HMAC-SHA-512' },
    { 'HmacOtp-Secret-Base32': SECRET, 'HmacOtp-Counter': '1' },
    { otp: `key=${SECRET}&type=hotp&counter=1` },
    { 'TOTP Seed': SECRET, 'TOTP Settings': '30;S' },
    { 'TimeOtp-Secret-Hex': 'no hex' },
    { 'TimeOtp-Secret-Base64': '!' },
  ])('but those that the vault cannot use fail their row: %j', async (fields) => {
    const found = await imported(entry(fields));
    expect(found.items).toMatchObject([{ error: { issues: [{ rule: 'totp/format' }] } }]);
  });

  test('a value that is encrypted fails its row', async () => {
    const xml = entry({}).replace('<Value>p<', '<Value Protected="True">p<');
    expect((await imported(xml)).failed).toBe(1);
  });

  test('the later of two is known by its date, in both ways to write one', async () => {
    const dated = (xml: string, date: string) =>
      xml.replace('<Entry>', `<Entry><Times><LastModificationTime>${date}</LastModificationTime></Times>`);
    const inside = (xml: string) => /<Entry>.*<\/Entry>/.exec(xml)?.[0] ?? '';
    // The seconds since the year 1, as 8 bytes: 2024-05-01 and 2020-09-13.
    for (const [newer, older] of [
      ['2024-05-01T12:00:00Z', '2020-09-13T00:00:00Z'],
      ['wCnE3Q4AAAA=', 'gGbv1g4AAAA='],
    ] as const) {
      const xml = `<KeePassFile><Root><Group>${dated(inside(entry({ Password: 'new' })), newer)}${dated(inside(entry({ Password: 'old' })), older)}</Group></Root></KeePassFile>`;
      const found = await imported(xml);
      expect([entriesOf(found), [...found.supersededByDate]]).toMatchObject([[{ password: 'new' }], [2]]);
    }
  });
});

test('a list of 1Password without fields says how to get them', async () => {
  const item = { id: 'a', title: 'A', category: 'LOGIN', vault: { id: 'v' }, urls: [] };
  await expect(imported(JSON.stringify([item, item]))).rejects.toThrow(
    /op item list --format json \| op item get - --format json/,
  );
});
