import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { PGlite as PGlite16 } from 'pglite-postgres-16';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IntervalParts, intervalSeconds, parseInterval, toInterval } from '../../src/entry/interval.js';
import { rounds } from '../rounds.js';
import { EXAMPLES } from './interval-examples.js';
import { intervalTexts, NEAR_UNITS, UNIT_NAMES } from './interval-strings.js';

/** Another one: `INTERVAL_SEED=7 npx vitest run --project node test/entry/interval.test.ts`. */
const SEED = Number(process.env.INTERVAL_SEED ?? 20_260_801);

const ALL_EXAMPLES = Object.values(EXAMPLES).flat();

/** What PostgreSQL or this library makes of a text: null if it refuses it. */
type Reading = {
  seconds: number;
  /** As interval_send has it: microseconds in 16 hex digits, days and months in 8 each. */
  stored: string;
} | null;

/** Two stand for four: over 167,000 texts such as these, PostgreSQL 15 reads as 16 does, and 17 as 18. */
let postgres: PGlite;
let postgres16: PGlite16;
beforeAll(async () => {
  [postgres, postgres16] = await Promise.all([PGlite.create(), PGlite16.create()]);
});
afterAll(() => Promise.all([postgres?.close(), postgres16?.close()]));

test('the judges are PostgreSQL 16 and 18', async () => {
  for (const [version, judge] of [
    ['16', postgres16],
    ['18', postgres],
  ] as const) {
    const { rows } = await judge.query<{ server_version: string }>('show server_version');
    expect(rows[0]?.server_version.split('.')[0]).toBe(version);
  }
});

/** What both read, and alike. */
async function readByPostgres(texts: readonly string[]): Promise<Reading[]> {
  const [now, before] = [await readBy(postgres, texts), await readBy(postgres16, texts)];
  return now.map((reading, index) => {
    const isAlike = reading?.seconds === before[index]?.seconds && reading?.stored === before[index]?.stored;
    return isAlike ? reading : null;
  });
}

async function readBy(judge: PGlite | PGlite16, texts: readonly string[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let from = 0; from < texts.length; from += 5000) {
    // pg_input_is_valid reads without an exception, which would end the statement, or cost a savepoint each.
    const { rows } = await judge.query<{ epoch: string | null; stored: string }>(
      `select extract(epoch from value)::text as epoch, encode(interval_send(value), 'hex') as stored
         from unnest($1::text[]) with ordinality as given(text, place),
              lateral (select case when pg_input_is_valid(text, 'interval') then text::interval end) as read(value)
        order by place`,
      [texts.slice(from, from + 5000)],
    );
    for (const { epoch, stored } of rows) {
      readings.push(epoch === null ? null : { seconds: Number(epoch), stored });
    }
  }
  return readings;
}

function readHere(text: string): Reading {
  const hex = (bits: number, value: bigint | number) =>
    BigInt.asUintN(bits, BigInt(value))
      .toString(16)
      .padStart(bits / 4, '0');
  try {
    const { months, days, microseconds } = parseInterval(text);
    const seconds = intervalSeconds(text);
    return { seconds, stored: hex(64, microseconds) + hex(32, days) + hex(32, months) };
  } catch (error) {
    expect(error).toMatchObject({ name: 'CredsealError', code: 'ERR_INTERVAL_FORMAT' });
    return null;
  }
}

/** Texts that the two read differently, to the bit, with both readings. And how many PostgreSQL accepts. */
async function compare(texts: readonly string[]) {
  const expected = await readByPostgres(texts);
  const disagreements = texts.flatMap((text, index) => {
    const here = readHere(text);
    const there = expected[index];
    return here?.seconds === there?.seconds && here?.stored === there?.stored ? [] : [{ text, here, there }];
  });
  return { disagreements, accepted: expected.filter((reading) => reading !== null).length };
}

// docs/vault-api.md, rule 16.
describe('intervalSeconds gives what EXTRACT(EPOCH) gives, and refuses what one of PostgreSQL 15 to 18 refuses', () => {
  for (const [rule, examples] of Object.entries(EXAMPLES)) {
    test.each(examples)(`${rule}: %j → %s`, (text, seconds) => {
      expect(readHere(text)?.seconds ?? null).toBe(seconds);
    });
  }

  test('these examples are what PostgreSQL itself says', async () => {
    const readings = await readByPostgres(ALL_EXAMPLES.map(([text]) => text));
    expect(ALL_EXAMPLES.map(([text], index) => [text, readings[index]?.seconds ?? null])).toEqual(
      ALL_EXAMPLES,
    );
  });
});

describe('parseInterval reads what all of them read, to the same months, days and microseconds', () => {
  test('of the examples', async () => {
    expect((await compare(ALL_EXAMPLES.map(([text]) => text))).disagreements).toEqual([]);
  });

  const COUNT = rounds(1500, 20_000);
  test(`of ${COUNT} generated texts, seed ${SEED}`, async () => {
    const { disagreements, accepted } = await compare(intervalTexts(SEED, COUNT));
    expect(disagreements).toEqual([]);
    // A generator that only makes junk, or only what everybody accepts, would show nothing.
    expect(accepted).toBeGreaterThan(COUNT / 4);
    expect(accepted).toBeLessThan((COUNT / 4) * 3);
  });

  test('of every unit name, and words near them, in every place where a unit can stand', async () => {
    const words = [...UNIT_NAMES, ...NEAR_UNITS].flatMap((word) => [
      word,
      word.toUpperCase(),
      word.slice(0, -1),
      `${word}s`,
    ]);
    const texts = words.flatMap((word) => [
      `2 ${word}`,
      `-1.37${word}`,
      word,
      `1${word}1`,
      `1 ${word} 1-1`,
      `1:00 ${word}`,
      `1:00 ${word}1-2`,
      `1 ${word} 1:00`,
      `1 ${word} 2`,
      `1 ${word} 2 hours`,
      `1.5 s 1 ${word}`,
      `1 ${word} infinity`,
    ]);
    expect((await compare(texts)).disagreements).toEqual([]);
  });

  const MOST_PARTS = rounds(3, 4);
  test.each([
    ['0', '6', '-', '+', ':', '.', ' ', 'd', 'P', 'T'],
    ['P', 'T', '1', '-', '.', 'D', 'H', 'e', '0x1', '12345678', '123456'],
    ['1', '-', '1:00', '.5', '2-3', 'day ', 'hour ', 'week ', 'ago ', 'infinity ', 'on ', 'mon'],
  ])(`of everything that ${MOST_PARTS} of these make: %j %j %j %j …`, async (...parts) => {
    let texts = [''];
    const all = new Set(texts);
    for (let length = 0; length < MOST_PARTS; length++) {
      texts = texts.flatMap((text) => parts.map((part) => text + part));
      for (const text of texts) all.add(text);
    }
    expect((await compare([...all])).disagreements).toEqual([]);
  });
});

describe('parseInterval refuses with ERR_INTERVAL_FORMAT', () => {
  test.each([
    undefined,
    null,
    0,
    5,
    5n,
    true,
    Symbol('1 day'),
    ['1 day'],
    { days: 1 },
    new String('1 day'),
    () => '1 day',
  ])('what is not a string: %s', (value) => {
    expect(() => parseInterval(value as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INTERVAL_FORMAT' }),
    );
    expect(() => intervalSeconds(value as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INTERVAL_FORMAT' }),
    );
  });

  test.each(['1 day\0', '\u00001 day', '1\0day', 'P1D\0', '1 day\ud800', '\udc001 day', 'P1D\udfff'])(
    'what cannot even be sent to PostgreSQL: %j',
    (text) => {
      expect(readHere(text)).toBeNull();
    },
  );

  test('more than 10,000 characters, in no time, where PostgreSQL would go on reading', () => {
    const megabytes = 8_000_000;
    const start = performance.now();
    for (const part of [
      '1',
      '1 ',
      ' ',
      '\t',
      '-',
      '@',
      '.',
      'a',
      'on ',
      'P',
      'T',
      '1D',
      '0',
      '1:',
      'é',
      '\0',
    ]) {
      const long = part.repeat(megabytes / part.length);
      for (const text of [long, `1 day${long}`, `P${long}`, `P1D${long}`, `PT0x${long}`, `${long}1 day`]) {
        expect(readHere(text)).toBeNull();
      }
    }
    expect(performance.now() - start).toBeLessThan(5000);
    expect(readHere(`1 day${' '.repeat(9995)}`)).toMatchObject({ seconds: 86_400 });
    expect(readHere(`1 day${' '.repeat(9996)}`)).toBeNull();
  });
});

const PARTS: [parts: IntervalParts, text: string][] = [
  [{ days: 7, hours: 1 }, '7 days 01:00:00'],
  [{ years: 1, months: 2, hours: 3 }, '1 year 2 mons 03:00:00'],
  [{ hours: 1, minutes: 30 }, '01:30:00'],
  [{ days: 1 }, '1 day'],
  [{ days: 7 }, '7 days'],
  [{ weeks: 2, days: 3 }, '17 days'],
  [{ months: 1 }, '1 mon'],
  [{ months: 14 }, '1 year 2 mons'],
  [{ years: 2, months: 24 }, '4 years'],
  [{ minutes: 90 }, '01:30:00'],
  [{ hours: 100 }, '100:00:00'],
  [{ days: 1, hours: 24 }, '1 day 24:00:00'],
  [{ seconds: 86_400 }, '24:00:00'],
  [{ seconds: 1.5 }, '00:00:01.5'],
  [{ seconds: 0.000001 }, '00:00:00.000001'],
  [{ seconds: 59.999999 }, '00:00:59.999999'],
  [{ seconds: 1_000_000.1 }, '277:46:40.1'],
  [{ days: 0, hours: 1 }, '01:00:00'],
  [{ days: -0, hours: 1 }, '01:00:00'],
  [{ seconds: 1, years: 1 }, '1 year 00:00:01'],
  [{ years: 178_956_970, months: 7 }, '178956970 years 7 mons'],
  [{ days: 2_147_483_647 }, '2147483647 days'],
  [{ hours: 2_562_047_788, seconds: 54.775807 }, '2562047788:00:54.775807'],
  [Object.create({ days: 1 }, { hours: { value: 1, enumerable: true }, days: { value: 1 } }), '01:00:00'],
  [Object.assign(Object.create(null), { days: 1 }), '1 day'],
];

const ZERO = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };

/** The error that a call throws, as what can be read of it. */
function refusal(value: unknown): { code: string; message: string; all: string } {
  try {
    toInterval(value as never);
  } catch (error) {
    const { code, message, stack, cause, field, issues } = error as Record<string, string>;
    expect({ cause, field, issues }).toEqual({});
    return { code: String(code), message: String(message), all: `${message}\n${stack?.split('\n')[0]}` };
  }
  throw new Error('not refused');
}

describe('toInterval', () => {
  test.each(['01:30:00', '7 days 00:00:00', ' 1 DAY ', 'PT1H', '1 us', '-1 day 25:00', '1 year -365 days'])(
    'returns text as it is: %j',
    (text) => {
      expect(toInterval(text)).toBe(text);
    },
  );

  test.each(['0', '00:00:00', 'PT', '-1 day', '1 day ago', '1 day -24:00'])(
    'refuses text that is zero or negative: %j',
    (text) => {
      expect(refusal(text)).toMatchObject({
        code: 'ERR_INTERVAL_FORMAT',
        message: expect.stringContaining('must be longer than zero'),
      });
    },
  );

  test.each([
    '',
    'soon',
    '7 dayz',
    '99999999999 days',
    'infinity',
    '1 day\0',
    ' '.repeat(1_000_000),
    `1 day${' '.repeat(1_000_000)}`,
  ])('refuses text that is no interval: %#', (text) => {
    expect(refusal(text).code).toBe('ERR_INTERVAL_FORMAT');
  });

  test.each(PARTS)('writes parts: %o → %j', (parts, text) => {
    expect(toInterval(parts)).toBe(text);
  });

  test('writes parts as PostgreSQL would write them, and with the sum that was meant', async () => {
    const texts = PARTS.map(([parts]) => toInterval(parts));
    const { rows } = await postgres.query<{ written: string }>(
      'select text::interval::text as written from unnest($1::text[]) with ordinality as t(text, n) order by n',
      [texts],
    );
    expect(rows.map(({ written }) => written)).toEqual(texts);
  });

  test('writes whatever parts as a text that PostgreSQL reads as their sum', async () => {
    const whole = (max: number) => fc.integer({ min: 0, max });
    const anyParts = fc.record(
      {
        years: whole(1000),
        months: whole(5000),
        weeks: whole(5000),
        days: whole(100_000),
        hours: whole(100_000),
        minutes: whole(1_000_000),
        seconds: fc.oneof(
          whole(1e9),
          fc.integer({ min: 0, max: 1e12 }).map((micros) => micros / 1e6),
        ),
      },
      { requiredKeys: [] },
    );
    const samples = fc
      .sample(anyParts, { numRuns: rounds(500, 2000), seed: SEED })
      .filter((parts) => Object.values(parts).some((value) => value !== 0));
    const { rows } = await postgres.query<{ same: boolean; written: string }>(
      `select interval_send(text::interval) = interval_send(make_interval(
                (parts->>'years')::int, (parts->>'months')::int, (parts->>'weeks')::int, (parts->>'days')::int,
                (parts->>'hours')::int, (parts->>'minutes')::int, (parts->>'seconds')::float8)) as same,
              text::interval::text as written
         from unnest($1::text[], $2::json[]) with ordinality as given(text, parts, place) order by place`,
      [samples.map(toInterval), samples.map((parts) => ({ ...ZERO, ...parts }))],
    );
    expect(rows.map(({ written }) => written)).toEqual(samples.map(toInterval));
    expect(samples.filter((_, index) => !rows[index]?.same)).toEqual([]);
  });

  test.each([
    [{}, 'longer than zero'],
    [{ days: 0, seconds: 0 }, 'longer than zero'],
    [{ day: 1 }, 'not day'],
    [{ days: 1, milliseconds: 1 }, 'not milliseconds'],
    [{ d: 1 }, 'not d'],
    [{ timezone: 1 }, 'not timezone'],
    [{ constructor: 1 }, 'not constructor'],
    [JSON.parse('{ "__proto__": 1 }'), 'not __proto__'],
    [{ 'hunter 2': 1 }, 'not this'],
    [{ ['x'.repeat(21)]: 1 }, 'not this'],
    [{ days: -1 }, 'days must be a number from 0'],
    [{ days: 1.5 }, 'days must be a number from 0'],
    [{ hours: Number.NaN }, 'hours must be a number from 0'],
    [{ hours: Number.POSITIVE_INFINITY }, 'hours must be a number from 0'],
    [{ weeks: 1e21 }, 'weeks must be a number from 0'],
    [{ minutes: '5' }, 'minutes must be a number from 0'],
    [{ minutes: 5n }, 'minutes must be a number from 0'],
    [{ minutes: null }, 'minutes must be a number from 0'],
    [{ minutes: undefined, hours: 1 }, 'minutes must be a number from 0'],
    [{ months: [1] }, 'months must be a number from 0'],
    [{ seconds: 0.0000001 }, 'up to 6 decimals'],
    [{ seconds: 1.0000001 }, 'up to 6 decimals'],
    [{ seconds: -0.5 }, 'seconds must be a number from 0'],
    [{ days: 2_147_483_648 }, 'too long for it'],
    [{ weeks: 306_783_379 }, 'too long for it'],
    [{ years: 178_956_970, months: 8 }, 'too long for it'],
    [{ hours: 1e15 }, 'too long for it'],
    [{ years: Number.MAX_SAFE_INTEGER }, 'too long for it'],
  ])('refuses parts that are none, or no interval: %o', (parts, message) => {
    expect(refusal(parts)).toMatchObject({
      code: 'ERR_INTERVAL_FORMAT',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    undefined,
    null,
    0,
    3600,
    3600n,
    true,
    Symbol('x'),
    [],
    ['1 day'],
    new Date(0),
    new Map(),
    new String('1 day'),
    () => 1,
  ])('refuses what is neither text nor parts: %s', (value) => {
    expect(refusal(value).code).toBe('ERR_INTERVAL_FORMAT');
  });

  test('never shows the text: the message is one of two, whatever the text', () => {
    const messages = [
      'not an interval that PostgreSQL 15 to 18 read alike, or too long for it. Write it like "01:30:00" or "7 days 00:00:00".',
      'an interval must be longer than zero',
    ];
    const seen = new Set<string>();
    for (const text of [
      ...intervalTexts(SEED + 1, rounds(300, 5000)),
      'hunter2',
      'hunter2 days',
      '1 hunter2',
      'Phunter2',
    ]) {
      if (!((readHere(text)?.seconds ?? 0) > 0)) {
        const { all, message } = refusal(text);
        seen.add(message);
        expect(all).toBe(`${message}\nCredsealError: ${message}`);
      }
    }
    expect([...seen].sort()).toEqual(messages.sort());
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: 'binary' }), (text) =>
        messages.includes(refusal(text).message),
      ),
      { seed: SEED },
    );
  });

  test('never shows a number', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'),
        fc.oneof(
          fc.integer({ max: -100_000 }),
          fc.double({ max: -1, noNaN: true }),
          fc.string({ minLength: 12 }),
        ),
        (name, value) => !refusal({ [name]: value }).all.includes(String(value)),
      ),
      { seed: SEED },
    );
  });
});
