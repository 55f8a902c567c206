import { expect, test } from 'vitest';
import { csvRecords } from '../../../src/bulk/import/csv.js';

async function recordsOf(...texts: string[]): Promise<string[][]> {
  const records: string[][] = [];
  for await (const batch of csvRecords(
    (async function* () {
      yield* texts;
    })(),
  ))
    records.push(...batch);
  return records;
}

// These run on both builds of csv-parse, which tell errors in different ways.
test('records come in order, wherever the text is cut', async () => {
  const expected = [
    ['a', 'b'],
    ['1', 'x\r\n"y",'],
    ['🔑', ''],
  ];
  const text = 'a,b\r\n1,"x\r\n""y"","\n\n🔑,';
  expect(await recordsOf(text)).toEqual(expected);
  expect(await recordsOf(...text)).toEqual(expected);
});

test.each([
  ['a quoted value that never ends', 'a,b\n1,"x', /^Row 1 \(line 2\) begins a quoted value that never ends/],
  [
    'a quotation mark within a value',
    'a,b\n1,2\n1,x"y\n',
    /^Row 2 \(line 3\) has a quotation mark inside an unquoted value/,
  ],
  ['more behind a quoted value', 'a,b\n1,"x"y\n', /^Row 1 \(line 2\) continues after the quotation mark/],
])('%s ends the reading, with its row and line', async (_, text, message) => {
  await expect(recordsOf(text)).rejects.toMatchObject({
    code: 'ERR_ENTRY_INVALID',
    message: expect.stringMatching(message),
  });
  await expect(recordsOf(...text)).rejects.toMatchObject({ message: expect.stringMatching(message) });
});

test('what goes wrong with the text is told as it is', async () => {
  const fault = new Error('of the source');
  const texts = (async function* () {
    yield 'a,b\n';
    throw fault;
  })();
  await expect(async () => {
    for await (const _ of csvRecords(texts));
  }).rejects.toBe(fault);
});
