import { PGlite } from '@electric-sql/pglite';
import { PGlite as PGlite16 } from 'pglite-postgres-16';
import { invalid, is, valid } from '../document.js';

const TEXTS = {
  Clock: [
    ...[
      '01:30:00',
      '00:00:01',
      '24:00:00',
      '100:00',
      '1:2',
      '1:2:3.4',
      '1:2.5',
      '5:',
      '5::',
      '5:.',
      ':5',
      '00:59:60',
      '00:00:00.000001',
    ],
    ...[
      '00:60',
      '00:00:61',
      '1:2:3:4',
      '1:2 3:4',
      '1:00 1 hour',
      '1:00 1 us',
      '1:00 1 week',
      '1:00 day',
      '04:05:06 1.5 days',
      '1.5 days 04:05:06',
      '0130',
      '1h:30m',
      '01.30.00',
      '\uff10\uff11:30:00',
    ],
  ],
  Units: [
    ...[
      '7 days 00:00:00',
      '90 minutes',
      '1 year 2 mons 3 days 04:05:06.789',
      '@ 1 day',
      '3 days 04:05',
      '1 DAY',
      '1dAyS',
      ' 1 day ',
      '1 w 1 d 1 h 1 m 1 s',
      '1 y 1 mon 1 dec 1 c 1 mil',
      '1 month',
      '1 microsecond',
      '250 ms',
      '1 millenniumsandmore',
      '1 microsecondses',
      '1d2h',
      '1h30m',
      '1y2mon3d',
    ],
    ...[
      '7 dayz',
      '1 quarter',
      '1 fortnight',
      '1 hs',
      '1 centuriesx',
      '1 timezone',
      '1 day 1 day',
      '1 day 2 d',
      'day',
      '1 day hour',
      'day 1',
      '1 hour day 1',
      '5 mm',
      '1:00 dow',
      '1w2d',
      '1min30s',
      '1day-1h',
      '1 \u00b5s',
      '1 wee\u212a',
      '7\u00a0days',
      '\uff17 days',
      '7 Tage',
      '7 jours',
    ],
  ],
  Unitless: [
    '5',
    '1.5',
    '1 2 hours',
    '1 01:00',
    'at 5',
    '1 day at 5',
    '1 on 2 days',
    '3600',
    '1 2',
    '1 2 minutes',
    'on',
    '1e3',
    '0x10',
    '1_000',
    '1,000',
    '1 000',
  ],
  Fractions: [
    ...[
      '1.5 years',
      '0.125 years',
      '0.375 years',
      '1.5 months',
      '1.55 months',
      '1.5 weeks',
      '1.5 days',
      '1.5 hours',
      '0.0000015 s',
      '1.5 us',
      '00:00:00.0000015',
      '1.99999999999999999999 days',
      '.5 day',
      '5. days',
      '1 s 1 ms',
      '0.04 years',
      '0.0000005 s',
      '00:00:00.0000005',
      '.',
    ],
    ...['5.days', '1.2.3', '1.5 s 1 ms', '1,5 days', '1/2 day', '-.5 day'],
  ],
  Signs: [
    '-1 day 25:00',
    '1 day -01:00',
    '+1 day',
    '1d+1h',
    '1d -1h',
    '- 1 day',
    '-1 day',
    '-0.5 day',
    '1 day ago',
    '-1 day 01:00 ago',
    '-1 day ago',
    '01:00 ago',
    '-01:00',
    '1 year -365 days',
    '1 day -24:00',
    '--1 day',
    '+-1 day',
    '1 day ago ago',
    'ago',
    '1 ago',
    'ago 1 day',
    '1 day ago 1 hour',
    '1d-1h',
    '\u22121 day',
  ],
  SqlStandard: [
    '1-2',
    '1-2 3 4:05:06',
    '+1-2',
    '-0-1',
    '-1-2',
    '1-',
    '1--0',
    '+1:-0',
    '1--1',
    '1-12',
    '1-2-3',
    '1-2 3-4',
    '1/2',
    "INTERVAL '1 day'",
    "'1 day'",
  ],
  Iso8601: [
    ...[
      'P1Y2M3DT4H5M6S',
      'P1W',
      'PT1M',
      'P1M',
      'PT36H',
      'P1.5E1D',
      'P.5D',
      'P1D2D',
      'PT1HT1H',
      'P0x1.8p1D',
      'P1',
      'P0001-02-03T04:05:06',
      'P00010203T040506',
      'P1-2',
      'P1T2',
      'PT1:2',
      'PT1:99:99',
      'PT000001.5',
      'P1DT-1H',
      'P-1DT-1.5H',
      'PT',
      'PT0S',
    ],
    ...[
      'P',
      'P1H',
      'P1D1',
      'PT1D',
      'P1D ',
      ' P1D',
      'p1d',
      'P+1D',
      'PinfD',
      'P1e-400D',
      'P1-',
      'P1-2-',
      'P1-2-3-4',
      'P1-2D',
      'PT1T2',
      'PT1:2T3H',
      'P1Y2M3DT4H5M6S ago',
      'P1D/P2D',
      'R5/PT1H',
    ],
  ],
  NotFinite: [
    'infinity',
    '+InFiNiTy',
    '-infinity',
    '- infinity',
    '1 week infinity',
    '2147483647 mons 2147483647 days 9223372036854775807 us',
    '2147483647 mons 2147483647 days 9223372036854775806 us',
    'inf',
    'infinity ago',
    '1 day infinity',
    'infinity 1 day',
    'never',
    'NaN',
  ],
  NotPositive: [
    '0',
    '00:00:00',
    '0 days',

    '1 day -1 day',
    '1 month -30 days',
    '1 month -31 days',
    '-00:00:01',
    '1 us',
    '0.5 us',
    '1 year -366 days',
  ],
  Overflow: [
    ...[
      '2147483647 days',
      '2147483647 days 24:00',
      '178956970 years 7 mons',
      '178956971 years -5 mons',
      '2562047788:00:54.775807',
      '0000000000000000000000001 day',
    ],
    ...[
      '2147483648 days',
      '2147483647 days 1 week',
      '178956970 years 8 mons',
      '2562047788:00:54.775808',
      '2562047789 hours -1 minute',
      '99999999999999999999 us',
      '99999999999 days',
      'P1000000000000001D',
      `${'9'.repeat(40)} years`,
    ],
  ],
  NotAnInterval: [
    '',
    ' ',
    'soon',
    'banana',
    'seven days',
    '7 days!',
    'epoch',
    'tomorrow',
    '2026-11-24',
    '2026-11-24 10:00:00',
    'null',
    '{"days":7}',
    '7 days;',
    '7 days --',
    "7 days' or '1'='1",
    '7 days\u200b',
    '\ufeff7 days',
    '*/5 * * * *',
    '1:00 PM',
  ],
};

/** What nobody can send to PostgreSQL. */
const UNSENDABLE = ['1 day\0', '\u00001 day', '1\0day', '1 day\ud800', '\udc001 day'];
const NOT_TEXT = [null, 3600, true, [], ['1 day'], [1, 30]];

const PARTS = [
  { days: 7 },
  { days: 1 },
  { days: 7, hours: 1 },
  { years: 1, months: 2, hours: 3 },
  { hours: 1, minutes: 30 },
  { weeks: 2, days: 3 },
  { months: 1 },
  { months: 14 },
  { minutes: 90 },
  { hours: 100 },
  { days: 1, hours: 24 },
  { seconds: 86_400 },
  { seconds: 1.5 },
  { seconds: 0.000001 },
  { seconds: 59.999999 },
  { seconds: 1, years: 1 },
  { days: 0, hours: 1 },
  { days: 2_147_483_647 },
  { years: 178_956_970, months: 7 },
];
const NO_PARTS = [
  {},
  { days: 0, seconds: 0 },
  { day: 1 },
  { d: 1 },
  { milliseconds: 1 },
  { days: 1, timezone: 1 },
  { days: -1 },
  { days: 1.5 },
  { weeks: 1e21 },
  { minutes: '5' },
  { minutes: null },
  { months: [1] },
  { seconds: 1e-7 },
  { seconds: -0.5 },
  { days: 2_147_483_648 },
  { weeks: 306_783_379 },
  { years: 178_956_970, months: 8 },
  { hours: 1e15 },
  { years: Number.MAX_SAFE_INTEGER },
];

const judge = `
  select extract(epoch from value)::text as seconds
    from unnest($1::text[]) with ordinality as given(text, place),
         lateral (select case when pg_input_is_valid(text, 'interval') then text::interval end) as read(value)
   order by place`;
const writer = `
  select make_interval((parts->>'years')::int, (parts->>'months')::int, (parts->>'weeks')::int, (parts->>'days')::int,
           (parts->>'hours')::int, (parts->>'minutes')::int, (parts->>'seconds')::float8)::text as text
    from unnest($1::json[]) with ordinality as given(parts, place)
   order by place`;
const NOTHING = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };

/** What PostgreSQL 16 and 18 both read, and alike: they stand for 15 and 17, which read the same. */
async function judgedByBoth(texts) {
  const answers = [];
  for (const database of [await PGlite.create(), await PGlite16.create()]) {
    answers.push((await database.query(judge, [texts])).rows);
    await database.close();
  }
  const [now, before] = answers;
  return now.map(({ seconds }, index) => (seconds === before[index].seconds ? seconds : null));
}

/** A text and what PostgreSQL makes of it: seconds or null. */
function judged(flag, interval, seconds) {
  const comment = `${JSON.stringify(interval).slice(0, 60)}`;
  const refused = (flags, why) =>
    invalid(`${comment} ${why}`, [...new Set(flags)], 'ERR_INTERVAL_FORMAT', { interval });
  if (seconds === null) return refused([flag], 'is not an interval');
  if (seconds <= 0) return refused([flag, 'NotPositive'], 'is not longer than zero');
  return valid(comment, flag, { interval, seconds });
}

export default async function make() {
  const postgres = await PGlite.create();
  const given = Object.entries(TEXTS).flatMap(([flag, texts]) => texts.map((text) => ({ flag, text })));
  const { rows: written } = await postgres.query(writer, [PARTS.map((parts) => ({ ...NOTHING, ...parts }))]);
  await postgres.close();

  const readings = await judgedByBoth(given.map(({ text }) => text));
  const texts = readings.map((seconds, index) =>
    judged(given[index].flag, given[index].text, seconds === null ? null : Number(seconds)),
  );
  const others = [
    ...UNSENDABLE.map((interval) =>
      invalid(
        `${JSON.stringify(interval)} cannot be sent to PostgreSQL`,
        'NotAnInterval',
        'ERR_INTERVAL_FORMAT',
        { interval },
      ),
    ),
    ...NOT_TEXT.map((interval) =>
      invalid(`${JSON.stringify(interval)} is no text`, 'NotText', 'ERR_INTERVAL_FORMAT', { interval }),
    ),
  ];
  const parts = [
    ...PARTS.map((each, index) =>
      valid(JSON.stringify(each), 'Parts', { parts: each, interval: written[index].text }),
    ),
    ...NO_PARTS.map((each) =>
      invalid(JSON.stringify(each), 'MalformedParts', 'ERR_INTERVAL_FORMAT', { parts: each }),
    ),
  ];
  return {
    algorithm: 'PostgreSQL interval',
    header: [
      "Intervals as the vault's database reads them: what is valid, and how many seconds it is, was said by PostgreSQL 16 and 18 themselves (PGlite) when this file was made: what only one of them reads is none.",
      'An interval that is zero or negative is one for PostgreSQL, and none for an expiry.',
      'Seconds are those of EXTRACT(EPOCH FROM …): a year has 365.25 days, a month 30.',
    ],
    notes: {
      Clock: { bugType: 'BASIC', description: 'Hours, minutes and seconds with colons.' },
      Units: {
        bugType: 'FUNCTIONALITY',
        description: 'Numbers and the names of units, as PostgreSQL abbreviates and cuts them.',
      },
      Unitless: {
        bugType: 'FUNCTIONALITY',
        description: 'Numbers without a unit: seconds, or days before a time.',
      },
      Fractions: { bugType: 'FUNCTIONALITY', description: 'Fractions of a unit, and how they are rounded.' },
      Signs: { bugType: 'FUNCTIONALITY', description: 'Signs, each for one field, and "ago", for all.' },
      SqlStandard: { bugType: 'FUNCTIONALITY', description: 'Years-months of the SQL standard.' },
      Iso8601: {
        bugType: 'FUNCTIONALITY',
        description: 'ISO 8601 with designators, and in its alternative format.',
      },
      NotFinite: {
        bugType: 'FUNCTIONALITY',
        description: 'Infinite, or near it.',
        effect: 'The session never expires.',
      },
      NotPositive: {
        bugType: 'FUNCTIONALITY',
        description: 'Zero or negative, or near it.',
        effect: 'The session has expired before it begins.',
      },
      Overflow: {
        bugType: 'EDGE_CASE',
        description: 'Months and days have 32 bits, microseconds 64, at every step.',
      },
      NotAnInterval: {
        bugType: 'KNOWN_BUG',
        description: 'Something else altogether. The published clients send "banana".',
      },
      NotText: { bugType: 'EDGE_CASE', description: 'Neither text nor parts.' },
      Parts: {
        bugType: 'FUNCTIONALITY',
        description:
          'Parts, as a convenience of libraries: they are written as PostgreSQL itself writes that interval.',
      },
      MalformedParts: {
        bugType: 'FUNCTIONALITY',
        description: 'Parts that are misspelt, no whole numbers, none, or too large.',
      },
    },
    types: {
      Interval: {
        methods: ['parseInterval'],
        given: { interval: is.text },
        expected: { seconds: { type: 'number', exclusiveMinimum: 0 } },
      },
      IntervalParts: {
        methods: ['writeInterval'],
        given: { parts: is.object },
        expected: { interval: is.text },
      },
    },
    groups: [
      { type: 'Interval', tests: [...texts, ...others] },
      { type: 'IntervalParts', tests: parts },
    ],
  };
}
