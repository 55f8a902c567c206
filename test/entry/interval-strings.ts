/**
 * A seeded source of texts that look like intervals: valid ones of every form that PostgreSQL knows, the edges
 * of its counters and buffers, what its reader stumbles over, changed characters, and junk.
 */

/** All names of units in `deltatktbl` and `datetktbl` of PostgreSQL's datetime.c, also of those it never counts. */
export const UNIT_NAMES = (
  'us usec usecs usecond useconds microsecon ms msec msecs msecond mseconds millisecon s sec secs second seconds ' +
  'm mm min mins minute minutes h hr hrs hour hours d day days w week weeks mon mons month months ' +
  'y yr yrs year years dec decs decade decades c cent century centuries mil mils millennia millennium ' +
  'qtr quarter timezone timezone_h timezone_m j jd julian dow doy isodow isoyear'
).split(' ');

/** Longer than the 10 letters that count, one letter too long or too short, and words that are no unit. */
export const NEAR_UNITS = (
  'microsecond microseconds microseconz millisecond milliseconds millenniums millenniumx microseco milliseco ' +
  'millenni centuriesx centurie hs cents qtrs quarters dayss monthsx secondss ds wk hor mo minut yea timezones ' +
  'isodows julians usecondss usecondsxxxx'
).split(' ');

const WORDS = (
  'ago at on infinity +infinity -infinity - infinity epoch now today allballs am pm ad bc dst t z utc p pt jan may ' +
  'sept friday invalid undefined current agoo inf nan'
).split(' ');

/** The edges of 32 bits (days, months; years and minutes by 12 and 60), of 64 bits in each unit, and of 1e15. */
const EDGES = (
  '0 00 1 11 12 23 24 59 60 61 99 100 2147483647 2147483648 2147483649 4294967296 178956970 178956971 17895697 ' +
  '214748364 214748365 306783378 306783379 9223372036854775807 9223372036854775808 9223372036854775809 2562047788 ' +
  '2562047789 153722867280 153722867281 9223372036854 9223372036855 9223372036854775 106751991 106751992 ' +
  '999999999999999 1000000000000000 1000000000000001 00000000001 0000000000000000000000000000007'
).split(' ');

const FRACTIONS = (
  '. .5 .25 .375 .125 .0000005 .0000015 .000001 .000000499999 .9999994 .9999995 .99999999999999999999 .041666666 ' +
  '.0416666666666667 .333333333333 .00001157407407 .58333333333'
).split(' ');

/** For `strtod`, which reads the numbers of ISO 8601. C libraries differ on hexadecimal underflow: none here. */
const ODD_NUMBERS = (
  '1e-400 -1e-400 1e400 0e-999 1e-310 2.5e-308 2.2250738585072014e-308 2.2250738585072011e-308 inf -inf nan -nan ' +
  '1e 1e+ . -. - +5 1e15 -1e15 1000000000000000.0001 0x 0x. -0x1 0x1p 0x.8p1'
).split(' ');

/** One step of mulberry32: the same numbers for the same seed, on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` texts. The same seed gives the same texts. */
export function intervalTexts(seed: number, count: number): string[] {
  const random = randomNumbers(seed);
  const below = (n: number) => Math.floor(random() * n);
  const oneIn = (n: number) => below(n) === 0;
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const char = (from: string) => pick([...from]);
  /** One of several ways to write something, each as likely as its weight. */
  const weighted = (...ways: [weight: number, way: () => string][]) => {
    let rest = below(ways.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, way] of ways) {
      rest -= weight;
      if (rest < 0) return way();
    }
    return '';
  };
  const many = (n: number, way: () => string) => Array.from({ length: n }, way).join('');

  const digits = (n: number) => many(n, () => String(below(10)));
  const number = () =>
    weighted(
      [5, () => String(below(10))],
      [3, () => String(below(100))],
      [1, () => digits(1 + below(9))],
      [1, () => pick(EDGES)],
      [1, () => digits(1 + below(22))],
    );
  const fraction = () =>
    weighted(
      [2, () => ''],
      [3, () => `.${digits(1 + below(3))}`],
      [1, () => `.${digits(1 + below(18))}`],
      [2, () => pick(FRACTIONS)],
    );
  const sign = () =>
    weighted([7, () => ''], [1, () => '+'], [1, () => '-'], [1, () => pick(['- ', '+\t', '--', '+-'])]);
  const blank = () =>
    pick(['', ' ', ' ', ' ', '  ', '\t', '\n', '\r\n', '\v', '\f', ', ', '@', '/', ':', '_', '(']);
  const letterCase = (word: string) =>
    weighted(
      [3, () => word],
      [1, () => word.toUpperCase()],
      [1, () => word.slice(0, 1).toUpperCase() + word.slice(1)],
      [1, () => [...word].map((letter) => (oneIn(2) ? letter : letter.toUpperCase())).join('')],
    );
  const unit = () => letterCase(oneIn(12) ? pick(NEAR_UNITS) : pick(UNIT_NAMES));

  const sixty = () => (oneIn(5) ? number() : String(below(60)).padStart(2, '0'));
  const time = () => {
    const hours = oneIn(4) ? number() : String(below(30)).padStart(2, '0');
    return weighted(
      [4, () => `${hours}:${sixty()}:${sixty()}`],
      [2, () => `${hours}:${sixty()}`],
      [2, () => `${hours}:${sixty()}:${sixty()}${fraction()}`],
      [1, () => `${sixty()}:${oneIn(9) ? '-0' : sixty()}${fraction()}`],
      [1, () => `${hours}:${pick(['', ':', ':.5', '.', '::', ':-0', '-0'])}${oneIn(2) ? sixty() : ''}`],
      [1, () => `${hours}:${sixty()}:${sixty()}:${sixty()}`],
    );
  };
  const yearMonth = () => {
    const months = oneIn(4) ? number() : String(below(13));
    return `${number()}-${oneIn(20) ? '-' : ''}${months}${oneIn(12) ? `-${below(9)}` : ''}`;
  };
  const glued = () =>
    `${number()}${char('dhmsyjtw')}${number()}${pick(['d', 'h', 'm', 's', 'y', 'mon', 'min', 'mm'])}`;
  const term = () =>
    weighted(
      [9, () => sign() + number() + (oneIn(2) ? fraction() : '') + pick(['', ' ', ' ', '  ']) + unit()],
      [1, () => sign() + number() + fraction()],
      [3, () => sign() + time()],
      [2, () => sign() + yearMonth()],
      [2, () => letterCase(pick(WORDS))],
      [1, unit],
      [1, () => fraction() + unit()],
      [1, glued],
    );

  /** Every unit once, the larger first, a time at the end: mostly valid. */
  const orderly = () => {
    const counted = pick(
      ['mil', 'c century', 'decade', 'y year years', 'mon month', 'w weeks', 'd day days'].map(
        (_, index, all) => all.slice(index),
      ),
    )
      .filter(() => oneIn(3))
      .map(
        (names) =>
          `${oneIn(4) ? char('+-') : ''}${number()}${oneIn(3) ? fraction() : ''}${pick(['', ' '])}` +
          letterCase(pick(names.split(' '))),
      );
    const clock = weighted(
      [2, () => sign() + time()],
      [
        1,
        () =>
          `${number()}${fraction()} ${pick(['h', 'hours', 'hr'])} ${below(99)} min ${below(99)}${fraction()} s`,
      ],
      [1, () => `${number()} msec ${number()} us`],
      [2, () => ''],
    );
    return [...counted, clock].join(pick([' ', ' ', '  ', ', '])) + (oneIn(10) ? ' ago' : '');
  };
  const anyOrder = () =>
    blank() +
    many(1 + below(oneIn(4) ? 7 : 3), () => term() + blank()) +
    (oneIn(8) ? 'ago' : '') +
    (oneIn(20) ? ' ' : '');

  const isoNumber = () =>
    weighted(
      [14, () => `${oneIn(6) ? '-' : ''}${oneIn(3) ? number() : below(40)}${oneIn(3) ? fraction() : ''}`],
      [2, fraction],
      [2, () => `${number()}${fraction()}${char('eE')}${pick(['', '+', '-'])}${below(20)}`],
      [1, () => pick(ODD_NUMBERS)],
      [
        1,
        () =>
          `${pick(['', '-'])}0${char('xX')}${pick(['1', 'f', '10', 'A', '123456789abcdef01', '20000000000001', '3fffffffffffff'])}` +
          pick(['', '.', '.8', '.4', '.000001', '.0000000000000000000001']) +
          pick(['', 'p1', 'P-3', 'p+4', 'p-60', 'p-900', 'p']),
      ],
      [2, () => digits(pick([6, 8]))],
    );
  const designated = (letters: string) => many(below(4), () => isoNumber() + char(letters));
  const iso = () =>
    weighted(
      [6, () => `P${designated('YMWD')}${oneIn(3) ? '' : `T${designated('HMS')}`}`],
      [2, () => `P${isoNumber()}-${isoNumber()}-${isoNumber()}T${isoNumber()}:${isoNumber()}:${isoNumber()}`],
      [
        1,
        () => `P${digits(4)}-${digits(2)}-${digits(2)}T${digits(2)}:${digits(2)}:${digits(2)}${fraction()}`,
      ],
      [
        1,
        () =>
          `P${isoNumber()}${pick(['', `-${isoNumber()}`])}${pick(['', 'T', `T${isoNumber()}`, `T1:${isoNumber()}`])}`,
      ],
      [
        2,
        () =>
          `P${pick(['', '-'])}${digits(pick([8, 8, 7, 9]))}${fraction()}${pick(['', `T${digits(pick([6, 6, 5]))}`])}${fraction()}`,
      ],
      [
        1,
        () =>
          `P${pick(['', 'T', 'TT'])}${isoNumber()}${char('HTYD-:Shd')}${pick(['', 'T', '1H', 'T1H', 'T10'])}`,
      ],
      [1, () => `P${many(1 + below(9), () => char('TYMDWHS12.-:0e3xp'))}`],
    );

  /** At the limits of 25 fields and 255 characters, which blanks and ISO 8601 do not have. */
  const long = () =>
    weighted(
      [1, () => `${'1'.repeat(below(20))}${' '.repeat(below(400))}day`],
      [
        1,
        () =>
          many(20 + below(10), () => pick(['on ', 'at ', 'on,'])) +
          pick(['1 day', '1', ' @', '5 . ', '1-1']) +
          pick(['', ' ', '@', '.']),
      ],
      [
        1,
        () =>
          `${'0'.repeat(235 + below(30))}${pick(['1', '1 d', '1 day', '1:0', '.5'])}${pick(['', ' ', 'd'])}`,
      ],
      [1, () => `1.${'0'.repeat(235 + below(30))}${pick(['1', ' s', '5 s', 'd'])}`],
      [1, () => `P${pick(['', '0x'])}${'0'.repeat(below(400))}${pick(['1D', '1', '1T1S', '00000101'])}`],
      [1, () => `P0x.${'0'.repeat(below(200))}${pick(['1D', '8p700', '1p800T1S'])}`],
    );

  const changed = (text: string) => {
    const at = below(text.length + 1);
    const other = char(' 0123456789.:+-/@PTYMWDHSdhmsywecpxago,_\t\u00a0é\u017f\u212a*\x7f\x01');
    return weighted(
      [1, () => text.slice(0, at) + other + text.slice(at)],
      [1, () => text.slice(0, at) + text.slice(at + 1)],
      [1, () => text.slice(0, at) + other + text.slice(at + 1)],
      [1, () => text.slice(0, at) + text.slice(below(text.length + 1))],
    );
  };
  const text = () =>
    weighted(
      [14, orderly],
      [10, anyOrder],
      [11, iso],
      [1, long],
      [3, term],
      [1, () => many(below(12), () => char(' -+.:/@PTdhmsy019'))],
    );
  return Array.from({ length: count }, () => {
    let result = text();
    for (let changes = oneIn(4) ? 1 + below(3) : 0; changes > 0; changes--) result = changed(result);
    return result;
  });
}
