import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNdjson } from '../../src/bulk/index.js';
import type { BulkItem } from '../../src/bulk/item.js';
import { expectHidden, refusal } from '../refusal.js';
import { bytesOf, drained, endOf, everything, outcome, streamOf } from './streams.js';

const SECRET = 'correcthorsebattery';
const read = (text: string | Uint8Array, options = {}, size = 7) =>
  everything(bytesOf(text, size).pipeThrough(readNdjson(options)));
const outcomes = async (...given: Parameters<typeof read>) => (await read(...given)).map(outcome);

async function failureOf(text: string, options = {}, size = 7) {
  const failures = (await read(text, options, size)).filter((item) => 'error' in item);
  expect(failures).toHaveLength(1);
  return failures[0] as BulkItem<unknown> & { error: Error };
}

describe('readNdjson gives each line its number', () => {
  test.each<[string, string, [number, unknown][]]>([
    [
      'lines',
      '1\n{"a":2}\n',
      [
        [1, 1],
        [2, { a: 2 }],
      ],
    ],
    [
      'a last line without a line break',
      '1\n2',
      [
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'line breaks of Windows',
      '1\r\n2\r\n',
      [
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'both kinds of line breaks',
      '1\r\n2\n3\r\n4',
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ],
    ],
    [
      'empty lines, which count',
      '\n1\n\r\n \t\n\n2\n\n',
      [
        [2, 1],
        [6, 2],
      ],
    ],
    [
      'a byte order mark',
      '\uFEFF1\n2\n',
      [
        [1, 1],
        [2, 2],
      ],
    ],
    ['a byte order mark alone', '\uFEFF', []],
    ['nothing', '', []],
    ['one digit', '1', [[1, 1]]],
    [
      'line separators of Unicode inside a text',
      '"a\u2028b\u0085c"\n2\n',
      [
        [1, 'a\u2028b\u0085c'],
        [2, 2],
      ],
    ],
    [
      'null and false',
      'null\nfalse\n',
      [
        [1, null],
        [2, false],
      ],
    ],
  ])('%s', async (_, text, expected) => {
    for (const size of [1, 2, 5, 1000]) expect(await outcomes(text, {}, size)).toEqual(expected);
  });

  test('whatever the values are, and wherever the chunks are cut', async () => {
    const lineBreak = fc.constantFrom('\n', '\r\n', '\n\n', '\n \r\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.jsonValue(), lineBreak)),
        fc.integer({ min: 1, max: 40 }),
        async (lines, size) => {
          const text = lines.map(([value, end]) => JSON.stringify(value) + end).join('');
          let line = 1;
          const expected = lines.map(([value, end]) => {
            const at = line;
            line += end.split('\n').length - 1;
            return [at, JSON.parse(JSON.stringify(value))];
          });
          expect(await outcomes(text, {}, size)).toEqual(expected);
        },
      ),
    );
  });

  test('from a source that uses its memory again', async () => {
    const buffer = Buffer.alloc(4);
    const source = streamOf(
      (function* () {
        for (const piece of ['"abc', 'defg', 'hi"\n', '2\n  ']) {
          buffer.write(piece);
          yield buffer;
        }
      })(),
    );
    expect((await everything(source.pipeThrough(readNdjson()))).map(outcome)).toEqual([
      [1, 'abcdefghi'],
      [2, 2],
    ]);
  });

  test('a field of ten megabytes', async () => {
    const value = 'x'.repeat(10 * 2 ** 20);
    const items = await read(`1\n{"a":"${value}"}\n3\n`, {}, 65_536);
    expect(items.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(items[1]).toHaveProperty('value', { a: value });
  });
});

describe('a line that is no JSON fails in its place, by its column, and the others go on', () => {
  test.each<[string, string, RegExp]>([
    ['a bare word', SECRET, /column 1\./],
    ['a text that does not end', `{"password":"${SECRET}`, /column 33\./],
    ['single quotation marks', `{'password':'${SECRET}'}`, /column 2\./],
    ['two values', `{"a":1}{"password":"${SECRET}"}`, /column 8\./],
    ['a member twice', `{"password":"a","password":"${SECRET}"}`, /member twice, at column 17:/],
    ['line breaks of the old Mac OS', `{"a":1}\r{"password":"${SECRET}"}`, /CR alone/],
    ['a byte order mark where two files were joined', `\uFEFF{"password":"${SECRET}"}`, /column 1\./],
  ])('%s', async (_, line, message) => {
    const text = `1\n${line}\n3\n`;
    expect(await outcomes(text)).toEqual([
      [1, 1],
      [2, 'ERR_ENTRY_INVALID'],
      [3, 3],
    ]);
    const { error } = await failureOf(text);
    expect(error.message).toMatch(message);
    expectHidden(error as never, SECRET);
  });

  test('a last line that ends too early says that the input was cut off', async () => {
    const cut = await failureOf(`1\n{"password":"${SECRET}`);
    expect(cut).toMatchObject({ line: 2, error: { message: expect.stringMatching(/cut off/) } });
    const broken = await failureOf(`1\n{"password":"${SECRET}\n`);
    expect(broken.error.message).not.toMatch(/cut off/);
  });
});

describe('a line that is too long fails, and is not kept', () => {
  test.each([1, 3, 8, 100])('in chunks of %i bytes', async (size) => {
    const long = `"${'x'.repeat(20)}"`;
    const text = `"ten bytes"\n${long}\n3\n${long}${long}\n\n6\n${long}`;
    expect(await outcomes(text, { maxLineBytes: 11 }, size)).toEqual([
      [1, 'ten bytes'],
      [2, 'ERR_ENTRY_INVALID'],
      [3, 3],
      [4, 'ERR_ENTRY_INVALID'],
      [6, 6],
      [7, 'ERR_ENTRY_INVALID'],
    ]);
  });

  test('bytes are counted, not characters', async () => {
    expect(await outcomes('"äää"\n"aaaa"\n', { maxLineBytes: 7 })).toEqual([
      [1, 'ERR_ENTRY_INVALID'],
      [2, 'aaaa'],
    ]);
  });

  test('without a line break for ever, memory stays bounded', async () => {
    const chunk = new Uint8Array(2 ** 20).fill(0x61);
    const source = streamOf(Array.from({ length: 200 }, () => chunk));
    const before = process.memoryUsage().arrayBuffers;
    const items = await everything(source.pipeThrough(readNdjson()));
    expect(items.map(outcome)).toEqual([[1, 'ERR_ENTRY_INVALID']]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
  });

  test.each([0, -1, 1.5, Number.NaN, '10', null])('%j is no bound', (maxLineBytes) => {
    refusal('ERR_ENTRY_INVALID', () => readNdjson({ maxLineBytes: maxLineBytes as never }));
  });
});

describe('what is no text in UTF-8 ends the stream, with the way out', () => {
  const json = `{"password":"${SECRET}"}\n`;
  const utf16 = Buffer.from(json.repeat(3), 'utf16le');
  const be = Buffer.from(utf16).swap16();
  test.each<[string, Uint8Array, RegExp]>([
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), /UTF-16.*iconv -f UTF-16 /],
    ['UTF-16 of the other order', Buffer.concat([Buffer.from([0xfe, 0xff]), be]), /UTF-16.*iconv -f UTF-16 /],
    ['UTF-16 without a mark', utf16, /UTF-16.*iconv -f UTF-16LE/],
    ['UTF-16 of the other order without a mark', be, /UTF-16.*iconv -f UTF-16BE/],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x31, 0, 0, 0]), /UTF-32/],
    ['a ZIP archive', Buffer.from('PK\x03\x04 and more\n', 'latin1'), /ZIP.*unzip/],
    ['gzip', gzipSync(json), /gzip.*gunzip/],
    ['Latin-1', Buffer.from(`1\n2\n{"password":"ä${SECRET}"}\n`, 'latin1'), /Line 3 .*Latin-1.*iconv/],
    ['Latin-1 in a line that has no end', Buffer.from(`1\n"ä${SECRET}"`, 'latin1'), /Line 2 .*Latin-1/],
    ['UTF-8 that is cut off', Buffer.from(`1\n"${SECRET}ä`).subarray(0, -1), /Line 2 /],
    ['a NUL byte', Buffer.from(`1\n2\n"${SECRET}\0"\n`), /Line 3 .*NUL/],
    ['a binary file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 10, 13, 200]), /NUL|UTF-8/],
    ['half of a mark', Buffer.from([0xff]), /UTF-8/],
  ])('%s', async (_, bytes, message) => {
    for (const size of [1, 3, 1000]) {
      const error = await endOf(bytesOf(bytes, size).pipeThrough(readNdjson()));
      expect(error.code).toBe('ERR_ENTRY_INVALID');
      expect(error.message).toMatch(message);
      expectHidden(error, SECRET);
    }
  });

  test('after the lines that came before', async () => {
    const bytes = Buffer.from('"good"\n"b\xe4d"\n', 'latin1');
    const { all, error } = await drained(bytesOf(bytes, 7).pipeThrough(readNdjson()));
    expect(all.map(outcome)).toEqual([[1, 'good']]);
    expect(error).toMatchObject({ code: 'ERR_ENTRY_INVALID', issues: [{ path: 'line 2' }] });
  });

  test.each([['text'], [{}], [[1, 2]], [new Uint16Array(2)], [new DataView(new ArrayBuffer(2))]])(
    'chunks that are no bytes: %j',
    async (chunk) => {
      const error = await endOf(streamOf([chunk as never]).pipeThrough(readNdjson()));
      expect(error.code).toBe('ERR_ENTRY_INVALID');
    },
  );
});
