import { describe, expect, test } from 'vitest';
import { bytesOf, expected, textOf } from '../bulk/authenticators/exports.js';
import { runHere } from './in-process.js';
import { WITH_KEY } from './sealing.js';

const files = {
  'codes.json': textOf('aegis.json'),
  'two.png': bytesOf('two.png'),
  'one.png': bytesOf('plain.png'),
  'empty.png': bytesOf('no-code.png'),
};

describe('totp reads what authenticators export', () => {
  test.concurrent('show lists the accounts, and the others with the reason', async () => {
    const { code, stdout, stderr } = await runHere(['totp', 'show', 'codes.json'], { files });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const accounts = stdout.trimEnd().split('\n\n');
    expect(accounts).toHaveLength(12);
    expect(accounts[2]).toMatch(/^account {4}3\n.*SHA256.*8.*60 s.*Example Bank/s);
    expect(accounts[6]).toMatch(/^account {4}7\nissuer {5}Counter Corp\nnot used {3}HOTP\./);
    for (const { secret } of expected) expect(stdout).not.toContain(secret);
  });

  test.concurrent('show as JSON has both, each account with its number', async () => {
    const { code, stdout, stderr } = await runHere(['totp', 'show', 'codes.json', '--format', 'json'], {
      files,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { secrets, notUsed } = JSON.parse(stdout);
    const numbers = [...secrets, ...notUsed].map(({ account }: { account: number }) => account);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(secrets[2]).toMatchObject({ account: 3, algorithm: 'SHA256', digits: 8, period: 60 });
    expect(notUsed[0]).toMatchObject({ account: 7, issuer: 'Counter Corp', reason: 'HOTP' });
    for (const { secret } of expected) expect(stdout).not.toContain(secret);
  });

  test.concurrent('a file without the name of a command is shown', async () => {
    const [named, shown] = await Promise.all([
      runHere(['totp', 'two.png'], { files }),
      runHere(['totp', 'show', 'two.png'], { files }),
    ]);
    expect(named).toMatchObject({ code: 0, stderr: '' });
    expect(named).toEqual(shown);
  });

  test.concurrent('code gives that of each account that can be used, and names the others', async () => {
    const { code, stdout, stderr } = await runHere(['totp', 'code', 'codes.json'], { files });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(\d{6,8}\n){9}$/);
    expect(stderr).toBe(
      'Account 7 is not used: HOTP.\nAccount 8 is not used: Steam.\nAccount 12 is not used: another kind.\n',
    );
  });

  test.concurrent('code --account gives one', async () => {
    const { code, stdout } = await runHere(['totp', 'code', '--account', '3'], {
      stdin: files['codes.json'],
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d{8}\n$/);
  });

  test.concurrent.each<[string, string[], number, RegExp]>([
    ['an account that cannot be used', ['codes.json', '--account', '7'], 4, /HOTP/],
    [
      'an account that is not there',
      ['codes.json', '--account', '13'],
      2,
      /--account takes a whole number from 1 to 12/,
    ],
    ['two secrets in one picture', ['two.png'], 4, /2 accounts in the picture.*--account N/],
    ['a picture without a code', ['empty.png'], 4, /No QR code can be read/],
  ])('%s is refused', async (_, args, exit, message) => {
    const { code, stdout, stderr } = await runHere(['totp', 'code', ...args], { files });
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test.concurrent('a picture, from a file and from standard input', async () => {
    const named = await runHere(['totp', 'show', '--secret', 'one.png'], { files });
    const piped = await runHere(['totp', 'show', '--secret'], { stdin: files['one.png'] });
    expect(named).toMatchObject({ code: 0, stderr: '' });
    expect(named.stdout).toContain(`secret     ${expected[0]?.secret}`);
    expect(piped).toEqual(named);
  });

  test.concurrent('of two in a picture, the one that is asked for', async () => {
    const { code, stdout } = await runHere(['totp', 'code', '--account', '2', 'two.png'], { files });
    expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 2 });
  });
});

describe('import --totp', () => {
  const logins =
    'name,url,username,password,note\na,https://github.com,bob,pw,\nb,https://registry.example,eve,pw,\nb,https://registry.example,mal,pw,\n';
  const given = {
    files: { ...files, 'logins.csv': logins, 'map.csv': 'row,account\n2,4\n', 'bad.csv': '2;x\n' },
    env: WITH_KEY,
  };

  test.concurrent('joins, and tells what does not join by issuer and row', async () => {
    const args = ['import', 'logins.csv', '--totp', 'codes.json', '--totp', 'two.png', '--plaintext'];
    const { code, stdout, stderr } = await runHere(args, given);
    expect(code).toBe(0);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({
      user_name: 'bob',
      tfa_secret: expected[9]?.secret,
      tfa_method: 'AUTHENTICATOR',
    });
    expect(stderr).toMatch(/TOTP: 14 accounts read, 2 joined to 2 rows, 7 left, 5 refused\./);
    expect(stderr).toMatch(/left: account 4 \(registry\.example\): user name of no row: rows 2, 3/);
    expect(stderr).toMatch(/refused: account 7 \(Counter Corp\): HOTP/);
    expect(stderr).toMatch(/--totp-map FILE/);
    expect(stderr).not.toMatch(/ada|mallory/);
  });

  test.concurrent('tells programs the same with --format json', async () => {
    const args = ['import', 'logins.csv', '--totp', 'codes.json', '--dry-run', '--format', 'json'];
    const { stderr } = await runHere(args, given);
    const { totp } = JSON.parse(stderr);
    expect(totp).toMatchObject({ accounts: 12, warnings: [] });
    expect(totp.joined.length + totp.left.length + totp.refused.length).toBe(12);
    expect(totp.refused).toContainEqual(
      expect.objectContaining({ account: 7, issuer: 'Counter Corp', reason: 'HOTP' }),
    );
    expect(stderr).not.toMatch(/ada|mallory/);
  });

  test.concurrent('joins by a map', async () => {
    const { code, stdout } = await runHere(
      ['import', 'logins.csv', '--totp', 'codes.json', '--totp-map', 'map.csv', '--plaintext'],
      given,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout.split('\n')[1] ?? '')).toMatchObject({ tfa_secret: expected[3]?.secret });
  });

  test.concurrent.each<[string, string[], number, RegExp]>([
    ['a map without accounts', ['--totp-map', 'map.csv'], 2, /--totp-map needs --totp/],
    [
      'a map that is none',
      ['--totp', 'codes.json', '--totp-map', 'bad.csv'],
      4,
      /Line 1 of --totp-map is not ROW,ACCOUNT/,
    ],
    ['standard input', ['--totp', '-'], 2, /--totp needs a file/],
    ['a file that is not there', ['--totp', 'none.json'], 4, /--totp cannot be read: no such file/],
    ['a password manager export', ['--totp', 'logins.csv'], 4, /TOTP source 1: Line 1 is no otpauth/],
  ])('%s is refused', async (_, args, exit, message) => {
    const { code, stdout, stderr } = await runHere(['import', 'logins.csv', ...args], given);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
