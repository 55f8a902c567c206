import { describe, expect, test } from 'vitest';
import { runHere } from './in-process.js';
import { WITH_RING } from './rotating.js';
import { KEY, OLD_KEY, plaintextOf, sealBytes, WITH_KEY } from './sealing.js';

const seal = (stdin: string | Uint8Array, options: string[] = []) =>
  runHere(['seal', ...options], { stdin, env: WITH_KEY });

describe('seal takes one line break off the end, and open puts one there', () => {
  test.concurrent.each<[string, string, string]>([
    ['no line break', 'hunter2', 'hunter2'],
    ['a line feed', 'hunter2\n', 'hunter2'],
    ['a line break of Windows', 'hunter2\r\n', 'hunter2'],
    ['two line feeds: one stays', 'hunter2\n\n', 'hunter2\n'],
    ['two line breaks of Windows: one stays', 'hunter2\r\n\r\n', 'hunter2\r\n'],
    ['a carriage return alone stays', 'hunter2\r', 'hunter2\r'],
    ['two carriage returns: one stays', 'hunter2\r\r\n', 'hunter2\r'],
    ['spaces around stay', '  hunter2 \n', '  hunter2 '],
    ['tabs and no-break spaces stay', '\thunter2\u00a0\t\n', '\thunter2\u00a0\t'],
    ['line breaks inside stay', '\nfirst\r\nsecond\n\nthird\n', '\nfirst\r\nsecond\n\nthird'],
    ['other line separators stay', 'hunter2\u2028\u0085\n', 'hunter2\u2028\u0085'],
    ['a byte order mark stays', '\uFEFFhunter2\n', '\uFEFFhunter2'],
    ['emoji, accents, both forms of é', '🔑 naïve é e\u0301 密码', '🔑 naïve é e\u0301 密码'],
    ['NUL and control characters', 'a\0b\x1b[31m\x7f', 'a\0b\x1b[31m\x7f'],
    ['what looks like JSON', '"quoted\\n"', '"quoted\\n"'],
    ['what looks like an option', '--pad-to', '--pad-to'],
    ['long hex that is no sealed value of this key', KEY, KEY],
  ])('%s', async (_, stdin, value) => {
    const sealed = await seal(stdin);
    expect(sealed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^[0-9a-f]+\n$/) });
    expect(JSON.parse(plaintextOf(sealed.stdout.trimEnd()))).toBe(value);
    const opened = await runHere(['open'], { stdin: sealed.stdout, env: WITH_KEY });
    expect(opened).toEqual({ code: 0, stderr: '', stdout: `${value}\n` });
  });

  test.concurrent('a value of a megabyte', async () => {
    const value = '🔑'.repeat(2 ** 18);
    const sealed = await seal(value);
    const opened = await runHere(['open'], { stdin: sealed.stdout, env: WITH_KEY });
    expect(opened.stdout === `${value}\n`).toBe(true);
  });
});

describe('seal', () => {
  test.concurrent('gives another sealed value every time', async () => {
    const [first, second] = await Promise.all([seal('hunter2'), seal('hunter2')]);
    expect(first.stdout.slice(0, 24)).not.toBe(second.stdout.slice(0, 24));
  });

  test.concurrent('seals with the current key, whatever previous keys there are', async () => {
    const { stdout } = await runHere(['seal', '--previous-key-file', 'old'], {
      stdin: 'hunter2',
      env: WITH_KEY,
      files: { old: OLD_KEY },
    });
    expect(plaintextOf(stdout.trimEnd(), KEY)).toBe('"hunter2"');
  });

  test.concurrent.each<[string, Uint8Array]>([
    ['a byte that is never UTF-8', Uint8Array.of(0x68, 0xff)],
    ['Latin-1', Buffer.from('pässword', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFFhunter2', 'utf16le')],
    ['a character cut off', Uint8Array.of(0x68, 0xc3)],
    ['a surrogate', Uint8Array.of(0xed, 0xa0, 0x80)],
    ['an overlong form', Uint8Array.of(0xc0, 0xaf)],
  ])('refuses what is not UTF-8 with 4: %s', async (_, bytes) => {
    const { code, stdout, stderr } = await seal(bytes);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/UTF-8/);
  });

  test.concurrent.each([[''], ['\n'], ['\r\n']])('refuses an empty value with 4: %j', async (stdin) => {
    const { code, stdout, stderr } = await seal(stdin);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/^credseal: The value is empty/);
  });

  test.concurrent.each<[string, string]>([
    ['as it is', sealBytes('"hunter2"')],
    ['with a line break', `${sealBytes('"hunter2"')}\n`],
    ['in upper case', sealBytes('"hunter2"').toUpperCase()],
    ['that does not hold a JSON string', sealBytes('{"a":1}')],
  ])('refuses a value that is sealed already with 4: %s', async (_, sealed) => {
    const { code, stdout, stderr } = await seal(sealed);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/sealed/);
  });

  test.concurrent.each<[string, string[], Record<string, string>]>([
    ['from a file', ['--previous-key-file', 'old'], WITH_KEY],
    ['from the environment', [], WITH_RING],
  ])('also under a previous key, which would be forgotten: %s', async (_, options, env) => {
    const { code, stdout, stderr } = await runHere(['seal', ...options], {
      stdin: sealBytes('"hunter2"', OLD_KEY),
      env,
      files: { old: OLD_KEY },
    });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/sealed/);
  });

  test.concurrent('a sealed value of a key that is not there is an ordinary value', async () => {
    const value = sealBytes('"hunter2"', OLD_KEY);
    const { stdout } = await seal(value);
    expect(plaintextOf(stdout.trimEnd())).toBe(`"${value}"`);
  });
});

describe('seal --pad-to', () => {
  test.concurrent('pads the JSON text with spaces, so that short and long passwords look alike', async () => {
    const values = ['x', 'hunter2', 'é'.repeat(31)];
    const sealed = await Promise.all(values.map((value) => seal(value, ['--pad-to', '64'])));
    const plaintexts = sealed.map(({ stdout }) => plaintextOf(stdout.trimEnd()));
    expect(plaintexts.map((text) => Buffer.byteLength(text))).toEqual([64, 64, 64]);
    expect(plaintexts.map((text) => text.trimEnd())).toEqual(values.map((value) => JSON.stringify(value)));
    const opened = await Promise.all(
      sealed.map(({ stdout }) => runHere(['open'], { stdin: stdout, env: WITH_KEY })),
    );
    expect(opened.map(({ stdout }) => stdout)).toEqual(values.map((value) => `${value}\n`));
  });

  test.concurrent.each([['1'], ['65536'], ['0064']])('takes %s', async (bytes) => {
    const { code, stdout } = await seal('hunter2', ['--pad-to', bytes]);
    expect(code).toBe(0);
    expect(Buffer.byteLength(plaintextOf(stdout.trimEnd())) % Number(bytes)).toBe(0);
  });

  test.concurrent.each([
    ['0'],
    ['-1'],
    ['65537'],
    ['1.5'],
    ['1e3'],
    ['0x40'],
    [' 64'],
    ['64 '],
    [''],
    ['sixty'],
    ['٦٤'],
    ['9'.repeat(400)],
  ])('refuses %j with 2, before it asks for a key', async (bytes) => {
    const outcome = await runHere(['seal', `--pad-to=${bytes}`], { stdin: 'hunter2' });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/--pad-to/);
  });
});
