import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Joiner, type JoinRow, type JoinSecret } from '../../../src/bulk/authenticators/join.js';

const A = 'AAAAAAAAAAAAAAAA';
const B = 'BBBBBBBBBBBBBBBA';

function joinOf(rows: readonly JoinRow[], secrets: readonly JoinSecret[], map?: ReadonlyMap<number, number>) {
  const joiner = new Joiner(secrets, map);
  for (const row of rows) joiner.see(row);
  return joiner.join();
}

const secretOf = (issuer: string, user: string, account = 1, secret: string | undefined = A): JoinSecret => ({
  account,
  issuer,
  user,
  secret,
});

describe("an issuer's site is known by its host, its domain, or its name", () => {
  test.each([
    ['GitHub', 'github.com'],
    ['github.com', 'github.com'],
    ['https://github.com/', 'www.github.com'],
    ['GitHub (work)', 'gist.github.com'],
    ['Example Bank', 'login.examplebank.co.uk'],
    ['My-Bank', 'my-bank.com.au'],
    ['gitlab.corp.example', 'gitlab.corp.example'],
    ['GitLab', 'gitlab.corp.example'],
    ['Jenkins', 'jenkins.corp.example'],
    ['www.example.com', 'login.example.com'],
  ])('%s is that of %s', (issuer, host) => {
    const { joined } = joinOf(
      [{ row: 7, host, user: 'Ada@example.com' }],
      [secretOf(issuer, 'ada@Example.com ')],
    );
    expect(joined).toEqual([{ account: 1, rows: [7] }]);
  });

  test.each([
    ['GitHub', 'ada.github.io'],
    ['github.com', 'github.io'],
    ['gitlab.com', 'gitlab.corp.example'],
    ['co.uk', 'example.co.uk'],
    ['Example', 'notexample.com'],
    ['Login', 'login.example.com'],
    ['com', 'example.com'],
    ['ada@example.com', 'example.com'],
    ['192.0.2.1', '192.0.2.2'],
    // Another's site, which shows that of the issuer in front.
    ['PayPal', 'paypal.com.evil.example'],
    ['PayPal', 'paypal.com.evil.com'],
    ['PayPal', 'www.paypal.co.uk.evil.com'],
  ])('%s is not that of %s', (issuer, host) => {
    const { left, secrets } = joinOf([{ row: 7, host, user: 'ada' }], [secretOf(issuer, 'ada')]);
    expect(left).toMatchObject([{ account: 1, reason: expect.stringMatching(/^no (row of the )?issuer$/) }]);
    expect(secrets.size).toBe(0);
  });
});

describe('a secret joins the row of its site and user name, or the only row by the only secret', () => {
  const github = (row: number, user: string, more: Partial<JoinRow> = {}): JoinRow => ({
    row,
    host: 'github.com',
    user,
    ...more,
  });
  const cases: [string, JoinRow[], JoinSecret[], object][] = [
    [
      'two users, two secrets',
      [github(1, 'ada'), github(2, 'bob')],
      [secretOf('GitHub', 'bob', 1, B), secretOf('GitHub', 'ada', 2, A)],
      {
        joined: [
          { account: 1, rows: [2] },
          { account: 2, rows: [1] },
        ],
        left: [],
      },
    ],
    [
      'one row, one secret, another name',
      [github(1, 'ada')],
      [secretOf('GitHub', 'ada@example.com')],
      { joined: [{ account: 1, rows: [1] }] },
    ],
    [
      'one row, one secret, no name',
      [github(1, 'ada')],
      [secretOf('GitHub', '')],
      { joined: [{ account: 1, rows: [1] }] },
    ],
    [
      'one row, and two secrets of other names',
      [github(1, 'ada')],
      [secretOf('GitHub', 'x', 1), secretOf('github.com', 'y', 2, B)],
      {
        joined: [],
        left: [
          { account: 1, reason: 'user name of no row', rows: [1] },
          { account: 2, reason: 'user name of no row' },
        ],
      },
    ],
    [
      'one row, and a second account that cannot be used',
      [github(1, 'ada')],
      [secretOf('GitHub', 'x', 1), { account: 2, issuer: 'GitHub', user: 'y' }],
      { left: [{ account: 1, reason: 'user name of no row' }] },
    ],
    [
      'two rows, one secret of another name',
      [github(1, 'ada'), github(2, 'bob')],
      [secretOf('GitHub', 'eve')],
      { left: [{ account: 1, reason: 'user name of no row', rows: [1, 2] }] },
    ],
    [
      'the same user on two hosts',
      [github(1, 'ada'), { row: 2, host: 'github.example', user: 'ada' }],
      [secretOf('GitHub', 'ada')],
      { left: [{ account: 1, reason: 'several rows', rows: [1, 2] }] },
    ],
    [
      'a label before the domain, and another name',
      [{ row: 1, host: 'git.example.com', user: 'ada' }],
      [secretOf('Git', 'eve')],
      { left: [{ account: 1, reason: 'user name of no row' }] },
    ],
    [
      'two secrets for one row',
      [github(1, 'ada')],
      [secretOf('GitHub', 'ada', 1, A), secretOf('GitHub', 'ada', 2, B)],
      {
        joined: [],
        left: [{ account: 1, reason: 'several secrets for the row', rows: [1] }, { account: 2 }],
      },
    ],
    [
      'the same secret twice',
      [github(1, 'ada')],
      [secretOf('GitHub', 'ada', 1), secretOf('GitHub', 'ada', 2)],
      {
        joined: [
          { account: 1, rows: [1] },
          { account: 2, rows: [1] },
        ],
        left: [],
      },
    ],
    [
      'a row that has the same',
      [github(1, 'ada', { secret: A })],
      [secretOf('GitHub', 'ada')],
      { joined: [{ account: 1, rows: [1] }], conflicts: new Map() },
    ],
    [
      'a row that has another',
      [github(1, 'ada', { secret: B })],
      [secretOf('GitHub', 'ada')],
      {
        joined: [],
        left: [{ account: 1, reason: 'row has another secret', rows: [1] }],
        conflicts: new Map([[1, 1]]),
      },
    ],
    [
      'a row that fails',
      [github(1, 'ada', { isFailed: true })],
      [secretOf('GitHub', 'ada')],
      { joined: [], left: [{ account: 1, reason: 'row failed', rows: [1] }] },
    ],
    [
      'no issuer',
      [github(1, 'ada')],
      [secretOf('', 'ada')],
      { left: [{ account: 1, reason: 'no issuer', rows: [] }] },
    ],
  ];
  test.each(cases)('%s', (_, rows, secrets, outcome) => {
    expect(joinOf(rows, secrets)).toMatchObject(outcome);
  });

  test.each(['Google', 'Microsoft', 'amazon.com', 'Apple'])(
    '%s has many sites, and joins by a map only',
    (issuer) => {
      const host = `accounts.${issuer.toLowerCase().replace('.com', '')}.com`;
      const rows = [{ row: 4, host, user: 'ada' }];
      expect(joinOf(rows, [secretOf(issuer, 'ada')]).left).toEqual([
        { account: 1, reason: 'issuer with many sites', rows: [4] },
      ]);
      expect(joinOf(rows, [secretOf(issuer, 'ada')], new Map([[4, 1]])).joined).toEqual([
        { account: 1, rows: [4] },
      ]);
    },
  );

  test('a map gives one secret to several rows, and takes them from all others', () => {
    const rows = [github(1, 'ada'), github(2, 'bob')];
    const secrets = [secretOf('Else', 'x', 1, B), secretOf('GitHub', 'ada', 2, A)];
    const { joined, left } = joinOf(
      rows,
      secrets,
      new Map([
        [1, 1],
        [2, 1],
      ]),
    );
    expect(joined).toEqual([{ account: 1, rows: [1, 2] }]);
    expect(left).toMatchObject([{ account: 2, reason: 'no row of the issuer' }]);
  });

  test('a map that names a row which is no entry joins nothing', () => {
    expect(joinOf([github(1, 'ada')], [secretOf('GitHub', 'ada')], new Map([[9, 1]]))).toMatchObject({
      joined: [],
      left: [{ account: 1, reason: 'row of the map is no entry' }],
    });
  });
});

describe('whatever is joined to whatever', () => {
  const host = fc.constantFrom(
    'github.com',
    'www.github.com',
    'git.example.com',
    'accounts.google.com',
    'a.b.co.uk',
    '192.0.2.1',
  );
  const issuer = fc.oneof(
    fc.constantFrom('GitHub', 'github.com', 'Google', 'Example', 'git', 'B', ''),
    fc.string(),
  );
  const user = fc.constantFrom('ada', 'bob', 'ADA', '');
  const base32 = fc.constantFrom(A, B);
  const rows = fc
    .array(fc.record({ host, user, secret: fc.option(base32, { nil: undefined }), isFailed: fc.boolean() }), {
      maxLength: 12,
    })
    .map((all) => all.map((row, index): JoinRow => ({ row: index + 1, ...row })));
  const secrets = fc
    .array(fc.record({ issuer, user, secret: fc.option(base32, { nil: undefined }) }), { maxLength: 12 })
    .map((all) => all.map((secret, index): JoinSecret => ({ account: index + 1, ...secret })));

  test('every secret that can be used is joined or left, and no other', () => {
    fc.assert(
      fc.property(rows, secrets, (someRows, someSecrets) => {
        const { joined, left } = joinOf(someRows, someSecrets);
        const usable = someSecrets.flatMap(({ account, secret }) => (secret === undefined ? [] : [account]));
        expect([...joined, ...left].map(({ account }) => account).sort((a, b) => a - b)).toEqual(usable);
      }),
    );
  });

  test('no row gets a secret in place of its own, and none that fails gets any', () => {
    fc.assert(
      fc.property(rows, secrets, (someRows, someSecrets) => {
        const { secrets: given, conflicts } = joinOf(someRows, someSecrets);
        for (const { row, secret, isFailed } of someRows) {
          if (isFailed) expect(given.has(row) || conflicts.has(row)).toBe(false);
          if (secret !== undefined && given.has(row)) expect(given.get(row)).toBe(secret);
          expect(given.has(row) && conflicts.has(row)).toBe(false);
        }
      }),
    );
  });

  test('the order of rows and secrets decides nothing', () => {
    fc.assert(
      fc.property(rows, secrets, (someRows, someSecrets) => {
        const one = joinOf(someRows, someSecrets);
        const other = joinOf(someRows.toReversed(), someSecrets.toReversed());
        expect(new Map(other.secrets)).toEqual(one.secrets);
        expect([...other.conflicts.keys()].sort()).toEqual([...one.conflicts.keys()].sort());
      }),
    );
  });
});
