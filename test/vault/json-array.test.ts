import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayBroken, elementsOf } from '../../src/vault/json-array.js';

const LARGEST = 1000;

async function* cut(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  // The same buffer for every piece, as a reader may have it.
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

async function read(text: string | Uint8Array, size = 7, largest = LARGEST): Promise<unknown[]> {
  const found = [];
  for await (const element of elementsOf(cut(text, size), largest)) found.push(element);
  return found;
}

async function problemOf(text: string | Uint8Array, size = 7): Promise<string> {
  try {
    await read(text, size);
  } catch (error) {
    expect(error).toBeInstanceOf(ArrayBroken);
    return (error as ArrayBroken).problem;
  }
  return 'none';
}

test('an array of any JSON gives its elements, wherever it is cut and however it is spaced', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(undefined, 1, '\t'),
      async (values, size, space) => {
        const text = JSON.stringify(values, null, space);
        expect(await read(text, size, 1e6)).toEqual(JSON.parse(text));
      },
    ),
    { numRuns: 500 },
  );
});

test('quotation marks, backslashes and brackets within strings are text', async () => {
  const values = ['"', '\\', '\\"', '\\\\"],[', '{[}]', '\\\\', { '],"\\': ['}'] }];
  for (let size = 1; size < 12; size++) expect(await read(JSON.stringify(values), size)).toEqual(values);
});

test('a byte order mark and spaces around the array are passed over', async () => {
  expect(await read('\uFEFF \r\n[1, 2]\n ')).toEqual([1, 2]);
  expect(await read('[]')).toEqual([]);
  expect(await read(' [ ] ')).toEqual([]);
});

describe('what is not an array of JSON', () => {
  test.each([
    ['', 'not-an-array'],
    ['  ', 'not-an-array'],
    ['{"data":[]}', 'not-an-array'],
    ['null', 'not-an-array'],
    ['"[]"', 'not-an-array'],
    ['<html>', 'not-an-array'],
    ['[', 'cut-off'],
    ['[{"a":1}', 'cut-off'],
    ['[{"a":1},', 'cut-off'],
    ['[{"a":"]', 'cut-off'],
    ['[1', 'cut-off'],
    ['[,]', 'not-json'],
    ['[1,]', 'not-json'],
    ['[1 2]', 'not-json'],
    ['[}]', 'not-json'],
    ['[{]', 'cut-off'],
    ['[{]}]', 'not-json'],
    ['[1]]', 'not-json'],
    ['[1]{}', 'not-json'],
    ['[1],', 'not-json'],
    ['[tru]', 'not-json'],
  ])('%j: %s', async (text, problem) => {
    for (let size = 1; size < 12; size++) expect(await problemOf(text, size)).toBe(problem);
  });

  test('bytes that are not UTF-8 are not replaced', async () => {
    expect(await problemOf(Uint8Array.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))).toBe('not-json');
  });

  test('an element that has no end is not gathered beyond the bound', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('[{"a":"');
      for (;;) {
        given += 1;
        yield new Uint8Array(100).fill(0x61);
      }
    }
    await expect(elementsOf(endless(), LARGEST).next()).rejects.toMatchObject({ problem: 'too-large' });
    expect(given).toBeLessThan(12);
  });
});

test('elements come one at a time: nothing is read ahead of whoever takes them', async () => {
  let given = 0;
  async function* many(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('[0');
    for (;;) {
      given += 1;
      yield new TextEncoder().encode(`,${given}`);
    }
  }
  const elements = elementsOf(many(), LARGEST);
  for (let index = 0; index < 10; index++) expect((await elements.next()).value).toBe(index);
  await elements.return();
  expect(given).toBeLessThan(13);
});
