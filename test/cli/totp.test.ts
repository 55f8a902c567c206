import { Secret, TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { account, batch, migrationUri } from '../totp/migration-payload.js';
import { runHere } from './in-process.js';

const BASE32 = 'QXZJKV23QXZJKV57QXZJKV23QXZJKV57';
const SPOKEN = `${BASE32.toLowerCase().slice(0, 4)} ${BASE32.toLowerCase().slice(4)}`;
const URI = `otpauth://totp/ACME:ada%40example.com?secret=${BASE32}&algorithm=SHA256&digits=8&period=60`;
const other = Buffer.from('another secret of 25 bytes');
const OTHER_BASE32 = new Secret({ buffer: Uint8Array.from(other).buffer }).base32;
const MIGRATION = migrationUri([
  ...account({ secret: Buffer.from(Secret.fromBase32(BASE32).bytes), name: 'ada', issuer: 'ACME' }),
  ...account({ secret: other, name: 'Beta:bob', algorithm: 3, digits: 2 }),
  ...batch(1, 0, 7),
]);

/** The same by otpauth, the judge: codes of the periods around now, since time goes on while a process starts. */
function codesAround(
  settings: { secret?: string; algorithm?: string; digits?: number; period?: number },
  periods = 1,
) {
  const { secret = BASE32, period = 30, ...rest } = settings;
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period, ...rest });
  const now = Date.now();
  return Array.from({ length: 2 * periods + 1 }, (_, index) =>
    totp.generate({ timestamp: now + (index - periods) * period * 1000 }),
  );
}

describe('totp show', () => {
  test.concurrent.each<[string, string[], string, RegExp[]]>([
    ['base32', ['show'], BASE32, [/SHA1\b/, /\b6\b/, /\b30 s/, /\b160 bits/]],
    [
      'base32 as people copy it, without naming the command',
      [],
      ` ${SPOKEN}===== \r\n`,
      [/SHA1\b/, /\b160 bits/],
    ],
    ['a URI', ['show'], `${URI}\n`, [/SHA256/, /\b8\b/, /\b60 s/, /ACME/, /ada@example\.com/]],
  ])('tells the settings and never the secret: %s', async (_, command, stdin, facts) => {
    const { code, stdout, stderr } = await runHere(['totp', ...command], { stdin });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const fact of facts) expect(stdout).toMatch(fact);
    expect(stdout.toUpperCase()).not.toContain(BASE32.slice(0, 6));
  });

  test.concurrent.each([[[]], [['show']]])(
    'tells the secret in canonical form with --secret: %j',
    async (command) => {
      const { stdout } = await runHere(['totp', ...command, '--secret'], { stdin: SPOKEN });
      expect(stdout).toMatch(new RegExp(`^secret +${BASE32}$`, 'm'));
    },
  );

  test.concurrent('lists every account of a migration URI', async () => {
    const [hidden, shown] = await Promise.all([
      runHere(['totp'], { stdin: `\u200b${MIGRATION}\n` }),
      runHere(['totp', 'show', '--secret'], { stdin: MIGRATION }),
    ]);
    expect(hidden).toMatchObject({ code: 0, stderr: '' });
    const accounts = hidden.stdout.trimEnd().split('\n\n');
    expect(accounts).toHaveLength(2);
    expect(accounts[0]).toMatch(/SHA1\b.*ACME.*ada/s);
    expect(accounts[1]).toMatch(/SHA512.*\b8\b.*Beta.*bob/s);
    expect(hidden.stdout).not.toContain(BASE32);
    expect(hidden.stdout).not.toContain(OTHER_BASE32);
    expect(shown.stdout).toMatch(new RegExp(`${BASE32}[^]*${OTHER_BASE32}`));
  });

  test.concurrent('says on stderr that an export is not complete', async () => {
    const stdin = migrationUri([...account({ name: 'ada' }), ...batch(3, 1, 7)]);
    const { code, stdout, stderr } = await runHere(['totp'], { stdin });
    expect(code).toBe(0);
    expect(stdout).toContain('ada');
    expect(stderr).toMatch(/\b2 of 3\b/);
  });

  test.concurrent('prints no control characters of a label', async () => {
    const stdin = `otpauth://totp/%1b%5b31mACME%0a%00:ada%e2%80%ae%7f?secret=${BASE32}`;
    const { code, stdout } = await runHere(['totp'], { stdin });
    expect(code).toBe(0);
    expect(stdout).toMatch(/ACME/);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stdout.trimEnd().split('\n')).toHaveLength(6);
  });
});

describe('totp code', () => {
  test.concurrent.each<[string, string, Parameters<typeof codesAround>[0]]>([
    ['base32', `${SPOKEN}\n`, {}],
    ['a URI', URI, { algorithm: 'SHA256', digits: 8, period: 60 }],
  ])('is the code that an authenticator app shows: %s', async (_, stdin, settings) => {
    const before = codesAround(settings);
    const { code, stdout, stderr } = await runHere(['totp', 'code'], { stdin });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect([...before, ...codesAround(settings)].map((digits) => `${digits}\n`)).toContain(stdout);
  });

  test.concurrent('gives one for each account of a migration URI, in their order', async () => {
    const { stdout } = await runHere(['totp', 'code'], { stdin: MIGRATION });
    const [first, last, ...rest] = stdout.split('\n');
    expect(codesAround({})).toContain(first);
    expect(codesAround({ secret: OTHER_BASE32, algorithm: 'SHA512', digits: 8 })).toContain(last);
    expect(rest).toEqual(['']);
  });
});

describe('totp verify', () => {
  const code = () => codesAround({}).at(1) ?? '';
  const wrongCode = () => {
    const right = codesAround({}, 4);
    return [
      '000000',
      '111111',
      '222222',
      '333333',
      '444444',
      '555555',
      '666666',
      '777777',
      '888888',
      '999999',
    ].find((digits) => !right.includes(digits)) as string;
  };

  test.concurrent.each<[string, () => string, string]>([
    ['a code of now', code, BASE32],
    ['a code with a space', () => `${code().slice(0, 3)} ${code().slice(3)}`, BASE32],
    [
      'a code of the second account',
      () => codesAround({ secret: OTHER_BASE32, algorithm: 'SHA512', digits: 8 }).at(1) ?? '',
      MIGRATION,
    ],
  ])('ends with 0: %s', async (_, typed, stdin) => {
    const outcome = await runHere(['totp', 'verify', typed()], { stdin });
    expect(outcome).toEqual({ code: 0, stdout: 'valid\n', stderr: '' });
  });

  test.concurrent.each<[string, () => string]>([
    ['another code', wrongCode],
    ['a digit more', () => `${code()}0`],
  ])('ends with 1 and says so on stdout: %s', async (_, typed) => {
    const outcome = await runHere(['totp', 'verify', typed()], { stdin: BASE32 });
    expect(outcome).toEqual({ code: 1, stdout: 'not valid\n', stderr: '' });
  });

  test.concurrent.each<[string, () => string]>([
    ['a digit less', () => code().slice(1)],
    ['nine digits', () => '123456789'],
    ['letters', () => 'abcdef'],
    ['nothing', () => ''],
    [
      'digits of another script',
      () => code().replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
    ],
    ['the secret', () => BASE32],
  ])('ends with 2 for what is no code, and does not repeat it: %s', async (_, typed) => {
    const outcome = await runHere(['totp', 'verify', typed()], { stdin: BASE32 });
    expect(outcome).toEqual({
      code: 2,
      stdout: '',
      stderr: 'credseal: The code of totp verify is six to eight digits.\n',
    });
  });
});

describe('a TOTP secret that is not one ends with 4, described and not shown', () => {
  test.concurrent.each<[string, string | Uint8Array, RegExp]>([
    ['a code', '123456', /code/],
    ['a 1 instead of an I', `1${BASE32.slice(1)}`, /position 1\b/],
    ['a character that base32 does not have', `${BASE32.slice(0, 7)}!`, /position 8\b/],
    ['an impossible length', BASE32.slice(0, 9), /\b9\b/],
    ['nothing', '', /empty/],
    ['HOTP', `otpauth://hotp/a?secret=${BASE32}&counter=1`, /HOTP/],
    ['Steam', `steam://${BASE32}`, /Steam/],
    ['a URI without a secret', 'otpauth://totp/a?issuer=b', /secret/],
    ['a migration URI cut off', MIGRATION.slice(0, -30), /QR code|URI/],
    ['bytes that are not UTF-8', Uint8Array.of(0xff, 0xfe), /UTF-8/],
  ])('%s', async (_, stdin, reason) => {
    const commands = [
      ['show', '--secret'],
      ['verify', '123456'],
    ];
    for (const outcome of await Promise.all(
      commands.map((command) => runHere(['totp', ...command], { stdin })),
    )) {
      expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(reason) });
      expect(outcome.stderr).not.toContain(BASE32.slice(1, 7));
    }
  });
});
