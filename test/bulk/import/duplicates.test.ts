import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importEntries } from '../../../src/bulk/index.js';
import { readStream } from '../../../src/bulk/read-stream.js';
import { rounds } from '../../rounds.js';
import { type Imported, imported } from './exports.js';

const HEADER = 'url,username,password,httpRealm,timePasswordChanged';
const rowsOf = ({ items }: Imported) => items.map(({ line }) => line);

// The rule once more, in the plainest way: hold everything, and compare.
function keptOf(rows: readonly { site: string; user: string; changed: number | undefined }[]): number[] {
  const kept = new Map<string, number>();
  for (const [index, { site, user, changed }] of rows.entries()) {
    const name = `${site} ${user}`;
    const before = kept.get(name);
    const moment = (at: number) => rows[at]?.changed ?? Number.NEGATIVE_INFINITY;
    if (before === undefined || (changed ?? Number.NEGATIVE_INFINITY) >= moment(before))
      kept.set(name, index);
  }
  return [...kept.values()].map((index) => index + 1).sort((a, b) => a - b);
}

test('of rows of one entry the one changed last is kept, else the last, in its place', async () => {
  const row = fc.record({
    site: fc.constantFrom('a', 'b', 'c'),
    user: fc.constantFrom('ada', 'grace'),
    changed: fc.option(fc.nat(3), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      const lines = rows.map(
        ({ site, user, changed }) => `https://${site}.example,${user},p,,${changed ?? ''}`,
      );
      const found = await imported([HEADER, ...lines].join('\n'), { from: 'firefox' });
      expect(rowsOf(found)).toEqual(keptOf(rows));
      expect(found.superseded.size).toBe(rows.length - rowsOf(found).length);
      for (const [loser, winner] of found.superseded) {
        expect(rowsOf(found)).toContain(winner);
        const [lost, kept] = [rows[loser - 1], rows[winner - 1]];
        expect(lost).toMatchObject({ site: kept?.site, user: kept?.user });
        // The date decides, or else the place.
        const isOlder = kept?.changed !== undefined && kept.changed > (lost?.changed ?? -1);
        expect(found.supersededByDate.has(loser)).toBe(isOlder);
        if (!isOlder) expect(winner).toBeGreaterThan(loser);
      }
      for (const row of found.supersededByDate) expect(found.superseded.has(row)).toBe(true);
    }),
    { numRuns: rounds(60, 200) },
  );
});

test('of tens of thousands of rows too', async () => {
  const count = rounds(20_000, 140_000);
  const lines = Array.from(
    { length: count },
    (_, row) => `a,https://a.example,user-${row % (count / 2)},p${row}`,
  );
  const found = await importEntries(new Blob([['name,url,username,password', ...lines].join('\n')]));
  expect(found.superseded.size).toBe(count / 2);
  expect(found.superseded.get(1)).toBe(count / 2 + 1);
  expect(found.entries).toBe(count / 2);
});

test('a row that fails still takes the place of an older one: what is out of date is not sealed in its stead', async () => {
  const csv = [
    'Title,URL,Username,Password,Notes,OTPAuth',
    'a,https://a.example,ada,old,,JBSWY3DPEHPK3PXP',
    'a,https://a.example,ada,new,,123456',
  ].join('\n');
  const { items, superseded, failed, entries } = await imported(csv);
  expect(items.map((item) => [item.line, 'error' in item])).toEqual([[2, true]]);
  expect([...superseded]).toEqual([[1, 2]]);
  expect({ failed, entries }).toEqual({ failed: 1, entries: 0 });
});

test('a row that fails and is superseded is not told as a failure', async () => {
  const csv = [
    'Title,URL,Username,Password,Notes,OTPAuth',
    'a,https://a.example,ada,old,,123456',
    'a,https://a.example,ada,new,,JBSWY3DPEHPK3PXP',
  ].join('\n');
  const { items, failed, entries } = await imported(csv);
  expect(items.map((item) => [item.line, 'error' in item])).toEqual([[2, false]]);
  expect({ failed, entries }).toEqual({ failed: 0, entries: 1 });
});

test('an export that changes between its two readings ends in an error', async () => {
  const contents = ['a', 'b'].map(
    (last) =>
      `name,url,username,password\na,https://a.example,ada,p\n${last === 'a' ? 'b,https://b.example,ada,p\n' : ''}`,
  );
  let readings = 0;
  // Its beginning, its header, its rows; and then another file.
  const source = { stream: () => new Blob([contents[readings++ < 3 ? 0 : 1] ?? '']).stream() };
  const { items, rows } = await importEntries(source);
  expect(rows).toBe(2);
  await expect(async () => {
    for await (const _ of readStream(items));
  }).rejects.toThrow(/^The export changed while it was read/);
});

test('no more is read ahead than a chunk', async () => {
  const line = `a,https://a.example,ada,${'p'.repeat(1000)}\n`;
  let chunks = 0;
  const source = {
    stream() {
      let rest = 400;
      return new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            chunks += 1;
            if (rest === 400) controller.enqueue(new TextEncoder().encode('name,url,username,password\n'));
            controller.enqueue(new TextEncoder().encode(line));
            rest -= 1;
            if (rest === 0) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    },
  };
  const { items } = await importEntries(source, { userId: '{row}' });
  chunks = 0;
  const reader = items.getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(chunks).toBeLessThan(10);
  await reader.cancel();
});
