import { describe, expect, test } from 'vitest';
import type { ImportFormat } from '../../../src/bulk/index.js';
import { MARKER, ODD_MARKER, tracesOf } from '../../leaks/marker.js';
import { wrongTexts } from '../../leaks/slips.js';
import { everythingShown } from '../../refusal.js';
import { rounds } from '../../rounds.js';
import { bytesOf, files, imported } from './exports.js';

const tracesIn = (shown: string) => [MARKER, ODD_MARKER].flatMap((secret) => tracesOf(secret, shown));
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Everything that an import says of what it does not take. */
async function errorsOf(content: string | Uint8Array<ArrayBuffer>, from?: ImportFormat): Promise<Error[]> {
  const { items } = await imported(content, { from }).catch((error: Error) => ({
    items: [{ line: 0, error }],
  }));
  return items.flatMap((item) => ('error' in item ? [item.error] : []));
}

const csvFormats = Object.entries(files).flatMap(([format, names]) =>
  names.filter((name) => name.endsWith('.csv')).map((name) => [format as ImportFormat, name] as const),
);

describe('no error of an import shows what is in a cell', () => {
  test.each(csvFormats)('%s', async (format, name) => {
    const [header = ''] = new TextDecoder().decode(bytesOf(name)).split(/\r?\n/);
    const columns = header.split(',').map((column) => column.replaceAll('"', ''));
    const texts = wrongTexts().map((text) => text.replaceAll('\0', ''));
    let count = 0;
    for (const changed of columns.keys()) {
      // The others are secret too, and in order or not.
      for (const url of [
        `https://ada:${MARKER}@b.example/`,
        'https://a.example',
        `http://localhost/${MARKER}`,
      ].slice(0, rounds(1, 3))) {
        const rows = texts.map((text) =>
          columns.map((column, place) => {
            if (place === changed) return cell(text);
            if (/^(login_)?ur[li]$/i.test(column)) return cell(url);
            if (column === 'type') return 'login';
            return cell(/otp/i.test(column) ? `${MARKER}1` : MARKER);
          }),
        );
        const lines = rows.map((row) => row.join(','));
        for (const error of await errorsOf([header, ...lines, MARKER, `${MARKER},`].join('\n'), format)) {
          count += 1;
          expect(tracesIn(everythingShown(error as never))).toEqual([]);
        }
      }
    }
    expect(count).toBeGreaterThan(columns.length);
  });

  test.each(['auto', 'chrome', '1pux', 'bitwarden-json'] as const)(
    'nor what a file is, read as %s',
    async (from) => {
      for (const text of wrongTexts()) {
        for (const content of [
          text,
          `${text}\n${text}`,
          `"${text}`,
          `{"items":[${text}]}`,
          `{"items":${JSON.stringify([text])}}`,
          `name,url\n${text}"`,
        ]) {
          const errors = await errorsOf(content, from === 'auto' ? undefined : from);
          for (const error of errors) expect(tracesIn(everythingShown(error as never))).toEqual([]);
        }
      }
    },
  );
});
