import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/index.js';
import { runHere } from './in-process.js';
import { type Given, shell } from './run.js';
import { FINGERPRINT, jwkOf, KEY, OLD_KEY, WITH_KEY } from './sealing.js';

const other = VaultKey.fromHex(OLD_KEY);
const variable = (key: string) => `CLOUDCRUISE_ENCRYPTION_KEY=${key}\n`;
const latin1 = Buffer.concat([Buffer.from(KEY.slice(1)), Buffer.from([0xe4])]);
const utf16 = Buffer.from(`\uFEFF${KEY}`, 'utf16le');

describe('the key comes from --key-file, else --env-file, else the environment', () => {
  const files = { key: KEY, 'other.key': OLD_KEY, env: variable(KEY), 'other.env': variable(OLD_KEY) };
  const elsewhere = { CLOUDCRUISE_ENCRYPTION_KEY: OLD_KEY };

  test.concurrent.each<[string, string[], Record<string, string>]>([
    ['--key-file over --env-file', ['--key-file', 'key', '--env-file', 'other.env'], {}],
    ['--key-file over the environment', ['--key-file', 'key'], elsewhere],
    [
      '--key-file over a malformed key in the environment',
      ['--key-file', 'key'],
      { CLOUDCRUISE_ENCRYPTION_KEY: 'x' },
    ],
    ['--env-file over the environment', ['--env-file', 'env'], elsewhere],
    ['--key-file over both', ['--env-file', 'other.env', '--key-file', 'key'], elsewhere],
    ['the environment alone', [], WITH_KEY],
  ])('%s', async (_, options, env) => {
    const { stdout } = await runHere(['key', 'show', ...options], { env, files });
    expect(stdout).toContain(FINGERPRINT);
    expect(stdout).not.toContain(other.fingerprint);
  });

  test.concurrent('--env-file without the variable: the environment does not step in', async () => {
    const outcome = await runHere(['key', 'show', '--env-file', 'env'], {
      env: WITH_KEY,
      files: { env: 'A=1\n' },
    });
    expect(outcome).toMatchObject({ code: 3, stdout: '' });
    expect(outcome.stderr).toMatch(/--env-file/);
  });

  test.concurrent('previous keys come from --env-file too', async () => {
    const env = `${variable(KEY)}CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS=${OLD_KEY}\n`;
    const { stdout } = await runHere(['key', 'show', '--env-file', 'env'], { files: { env } });
    expect(stdout).toMatch(new RegExp(`${FINGERPRINT}[^]*${other.fingerprint}`));
  });
});

describe('a key file holds 64 hex digits and at most one line break, a JWK, or a set of them', () => {
  test.concurrent.each<[string, string]>([
    ['no line break', KEY],
    ['a line feed', `${KEY}\n`],
    ['a carriage return and a line feed', `${KEY}\r\n`],
    ['upper case', KEY.toUpperCase()],
    ['a JWK', JSON.stringify(jwkOf(KEY))],
    [
      'a JWK in many lines, with members that do not matter',
      `${JSON.stringify({ ...jwkOf(KEY), kid: 'a', use: 'enc' }, null, 2)}\n\n`,
    ],
    ['a JWK set, indented', `${JSON.stringify({ keys: [jwkOf(KEY), jwkOf(OLD_KEY)] }, null, 2)}\n`],
    ['a JWK without alg', JSON.stringify({ kty: 'oct', k: jwkOf(KEY).k })],
  ])('accepted: %s', async (_, key) => {
    const { stdout, stderr } = await runHere(['key', 'show', '--key-file', 'key'], { files: { key } });
    expect({ fingerprint: /[0-9a-f]{16}/.exec(stdout)?.[0], stderr }).toEqual({
      fingerprint: FINGERPRINT,
      stderr: '',
    });
  });

  test.concurrent('accepted: a pipe', async () => {
    const { stdout } = await shell(`printf %s "$KEY" | credseal key show --key-file /dev/stdin`, {
      env: { KEY },
    });
    expect(stdout).toContain(FINGERPRINT);
  });

  test.concurrent.each<[string, string | Uint8Array | null, RegExp]>([
    ['two line feeds', `${KEY}\n\n`, /65.*white space.*65/],
    ['two line breaks of Windows', `${KEY}\r\n\r\n`, /66.*white space.*65/],
    ['a carriage return', `${KEY}\r`, /65.*white space.*65/],
    ['a space at the end', `${KEY} \n`, /65.*white space.*65/],
    ['a space at the start', ` ${KEY}`, /65.*white space.*position 1\b/],
    ['a byte order mark', `\uFEFF${KEY}`, /65.*position 1\b.*byte order mark \(BOM\).*without BOM/],
    ['two keys', `${KEY}\n${OLD_KEY}\n`, /white space.*65/],
    ['one digit less', KEY.slice(1), /63/],
    ['one digit more', `${KEY}0`, /65/],
    ['a stranger among the digits', `${KEY.slice(0, 9)}g${KEY.slice(10)}`, /64.*position 10\b/],
    ['a name before it', variable(KEY), /position 2\b.*looks like NAME=value: use --env-file\./],
    ['a name and export before it', `export KEY=${KEY}`, /looks like NAME=value/],
    ['nothing', '', /\b0\b/],
    ['Latin-1', latin1, /UTF-8/],
    ['UTF-16', utf16, /--key-file: It is in UTF-16, as PowerShell 5 .*Set-Content -Encoding ascii/],
    ['UTF-16 without a mark', utf16.subarray(2), /It is in UTF-16/],
    ['UTF-16, big end first', Buffer.from(utf16).swap16(), /It is in UTF-16/],
    [
      '32 bytes, two of them 0',
      Buffer.from('a\0b\0'.padEnd(32, 'z')),
      /32 characters, no hex digit at position 2\.\n/,
    ],
    ['a folder', null, /directory/],
    ['a JWK cut off', JSON.stringify(jwkOf(KEY)).slice(0, -1), /JSON/],
    ['a JWK with a member twice', `{"k":"AA",${JSON.stringify(jwkOf(KEY)).slice(1)}`, /has a member twice/],
    ['a set with a member twice', `{"keys":[${JSON.stringify(jwkOf(KEY))}],"keys":[]}`, /has a member twice/],
    ['a JWK of another type', JSON.stringify({ ...jwkOf(KEY), kty: 'RSA' }), /JWK.*kty "oct"/],
    ['a JWK of another algorithm', JSON.stringify({ ...jwkOf(KEY), alg: 'A128GCM' }), /JWK.*alg "A256GCM"/],
    ['a JWK of 16 bytes', JSON.stringify(jwkOf(KEY.slice(32))), /JWK.*43 digits of base64url as k/],
    ['a JWK with padding', JSON.stringify({ ...jwkOf(KEY), k: `${jwkOf(KEY).k}=` }), /JWK.*base64url as k/],
    ['a set of no JWKs', '{"keys":[]}', /"keys": an array/],
  ])('refused with 3, described and not shown: %s', async (_, key, described) => {
    const { code, stdout, stderr } = await runHere(['key', 'show', '--key-file', 'key'], { files: { key } });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/--key-file/);
    expect(stderr).toMatch(described);
    expectNoKey(stderr);
  });
});

describe('a key that is missing or malformed ends with 3', () => {
  const bad = `${KEY.slice(0, 63)}x`;
  const cases: [string, string[], Given, RegExp][] = [
    ['no key at all', [], {}, /CLOUDCRUISE_ENCRYPTION_KEY.*--key-file.*--env-file/],
    ['an empty variable', [], { env: { CLOUDCRUISE_ENCRYPTION_KEY: '' } }, /not set/],
    [
      'a malformed variable',
      [],
      { env: { CLOUDCRUISE_ENCRYPTION_KEY: bad } },
      /CLOUDCRUISE_ENCRYPTION_KEY.*position 64\b/,
    ],
    [
      'a variable with a line break',
      [],
      { env: { CLOUDCRUISE_ENCRYPTION_KEY: `${KEY}\n` } },
      /65.*white space.*65/,
    ],
    ['no such --key-file', ['--key-file', 'none'], {}, /--key-file.*no such file/],
    [
      'a --key-file below a file',
      ['--key-file', 'env/x'],
      { files: { env: '' } },
      /--key-file.*goes through a file/,
    ],
    ['an --env-file in Latin-1', ['--env-file', 'env'], { files: { env: latin1 } }, /--env-file.*UTF-8/],
    [
      'an --env-file without it',
      ['--env-file', 'env'],
      { files: { env: '' } },
      /not set in --env-file\. Add it there/,
    ],
    [
      'a malformed key in --env-file',
      ['--env-file', 'env'],
      { files: { env: variable(bad) } },
      /position 64\b/,
    ],
    [
      'no such --previous-key-file',
      ['--previous-key-file', 'none'],
      { env: WITH_KEY },
      /--previous-key-file.*no such file/,
    ],
    [
      'a malformed --previous-key-file',
      ['--previous-key-file', 'old'],
      { env: WITH_KEY, files: { old: bad } },
      /--previous-key-file.*position 64\b/,
    ],
    [
      'the second of the previous keys',
      [],
      { env: { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: `${OLD_KEY},${bad}` } },
      /CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS.*\b2\b.*position 64\b/,
    ],
    [
      'a space behind the comma',
      [],
      { env: { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: `${OLD_KEY}, ${OLD_KEY}` } },
      /\b2\b.*white space.*position 1\b/,
    ],
    [
      'a comma at the end',
      [],
      { env: { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: `${OLD_KEY},` } },
      /\b2\b.*\b0\b/,
    ],
  ];
  test.concurrent.each(cases)('%s', async (_, options, given, described) => {
    const { code, stdout, stderr } = await runHere(['key', 'show', ...options], given);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(described);
    expectNoKey(stderr);
  });

  describe.each([['none'], ['.']])('no such --env-file: %s', (path) => {
    const line = (command: string) => shell(`${command} key show --env-file ${path}`, { env: WITH_KEY });

    test.concurrent('is said in our words where Node is told that its own options are over', async () => {
      const { code, stdout, stderr } = await line('"$NODE" -- "$MAIN"');
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(/^credseal: --env-file cannot be read: .*\.\n$/);
    });

    // Node (20 to 24 at least) looks for --env-file behind the name of a script as well, and ends with 9 before the
    // script runs if that file is missing (nodejs/node#54232). A script has no say in it: "--" would have to stand
    // before its name, and a "#!" line can carry that on some systems only.
    test.concurrent('ends before anything runs where Node reads the option first', async () => {
      const { code, stdout, stderr } = await line('"$NODE" "$MAIN"');
      expect(stdout).toBe('');
      if (code === 9) expect(stderr).toMatch(/^\S*node: .*: (not found|invalid format)\n$/);
      else expect(code).toBe(3);
    });
  });

  test.concurrent.each([['seal'], ['open'], ['payload'], ['request']])(
    '%s stops before it reads what it was given',
    async (command) => {
      const outcome = await runHere([command], { stdin: Uint8Array.of(0xff) });
      expect(outcome).toMatchObject({ code: 3, stdout: '' });
    },
  );
});

describe('--env-file is read as dotenv files are written', () => {
  test.concurrent.each<[string, string]>([
    ['a line', variable(KEY)],
    ['no line break at the end', variable(KEY).trimEnd()],
    ['line breaks of Windows', `A=1\r\nCLOUDCRUISE_ENCRYPTION_KEY=${KEY}\r\nB=2\r\n`],
    ['quotation marks', `CLOUDCRUISE_ENCRYPTION_KEY="${KEY}"\n`],
    ['single quotation marks, spaces, comments', `# key\n\n CLOUDCRUISE_ENCRYPTION_KEY = '${KEY}' # mine\n`],
    ['export', `export CLOUDCRUISE_ENCRYPTION_KEY=${KEY}\n`],
    ['a byte order mark', `\uFEFF${variable(KEY)}`],
  ])('%s', async (_, env) => {
    const { stdout, stderr } = await runHere(['key', 'show', '--env-file', 'env'], { files: { env } });
    expect(stderr).toBe('');
    expect(stdout).toContain(FINGERPRINT);
  });
});

function expectNoKey(text: string): void {
  const shown = text.toLowerCase();
  // No eight digits of either key, wherever they start.
  const pieces = [KEY, OLD_KEY].flatMap((key) =>
    Array.from({ length: 16 }, (_, start) => key.slice(start, start + 8)),
  );
  expect(pieces.filter((piece) => shown.includes(piece))).toEqual([]);
  expect(text).not.toContain(jwkOf(KEY).k.slice(0, 10));
}
