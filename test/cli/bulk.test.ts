import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unsealed } from './entries.js';
import { runHere } from './in-process.js';
import { run } from './run.js';
import { WITH_KEY } from './sealing.js';

const SECRET = 'correcthorsebattery';
const entry = (n: number, more = {}) =>
  JSON.stringify({
    permissioned_user_id: `user-${n}`,
    domain: 'https://example.com',
    password: `p${n}`,
    ...more,
  });
const bad = (n: number) => entry(n, { passwrod: SECRET });

/** Much more than is done before threads have started. */
const COUNT = 32_000;
const BAD_COUNT = COUNT / 1000;
const isBad = (n: number) => n % 1000 === 7;
const many = Array.from({ length: COUNT }, (_, n) => (isBad(n) ? bad(n) : entry(n)));

describe('NDJSON of many entries is sealed in order, whatever number of threads', () => {
  test.each(['1', '2', '3'])('--jobs %s', async (jobs) => {
    const { code, stdout, stderr } = await run(['payload', '--jobs', jobs], {
      stdin: many.join('\n'),
      env: WITH_KEY,
    });
    expect(code).toBe(1);
    const sealed = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    const good = Array.from({ length: COUNT }, (_, n) => n).filter((n) => !isBad(n));
    expect(sealed.map(({ permissioned_user_id }) => permissioned_user_id)).toEqual(
      good.map((n) => `user-${n}`),
    );
    for (const at of [0, 5000, 10_000, good.length - 1])
      expect(unsealed(sealed[at]).credentials).toEqual({ password: `p${good[at]}` });
    const reported = stderr.trimEnd().split('\n');
    expect(reported.pop()).toBe(`${BAD_COUNT} of ${COUNT} entries failed; the others are written.`);
    expect(reported.map((text) => text.replace(/: passwrod is not .*/, ''))).toEqual(
      Array.from({ length: BAD_COUNT }, (_, n) => `line ${n * 1000 + 8}`),
    );
    expect(stderr).not.toContain(SECRET);
  });

  test.each(['curl', 'http', 'json'])(
    'as requests, for %s, with nothing between or missing',
    async (form) => {
      const stdin = many.slice(0, 20_000).filter((_, n) => !isBad(n));
      const [one, two] = await Promise.all(
        ['1', '2'].map((jobs) =>
          run(['request', `--${form}`, '--jobs', jobs], { stdin: stdin.join('\n'), env: WITH_KEY }),
        ),
      );
      // Every sealing is another: what is compared is everything else.
      const frame = (text = '') => text.replace(/[0-9a-f]{60,}/g, '…');
      expect(one?.code).toBe(0);
      expect(frame(two?.stdout)).toBe(frame(one?.stdout));
      expect(one?.stdout.split('user-')).toHaveLength(stdin.length + 1);
    },
  );
});

describe('memory', () => {
  test('a document is not held: sixty megabytes go through a heap of a third', async () => {
    const storage = { local_storage: { blob: 'x'.repeat(100_000) } };
    const stdin = Array.from({ length: 600 }, (_, n) => `${entry(n, storage)}\n`).join('');
    const env = { ...WITH_KEY, NODE_OPTIONS: '--max-old-space-size=20' };
    const { code, stdout } = await run(['payload', '--jobs', '2'], { stdin, env });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(600);
  });

  test('a field of ten megabytes goes through', async () => {
    const password = 'x'.repeat(10 * 2 ** 20);
    const { code, stdout } = await run(['payload'], {
      stdin: `${entry(1)}\n${entry(2, { password })}\n${entry(3)}\n`,
      env: WITH_KEY,
    });
    expect(code).toBe(0);
    expect(unsealed(JSON.parse(stdout.split('\n')[1] ?? '')).credentials).toEqual({ password });
  });

  test('a line of twenty megabytes fails, and is the only one', async () => {
    const long = entry(2, { password: SECRET.repeat(1_100_000) });
    const { code, stdout, stderr } = await run(['payload'], {
      stdin: `${entry(1)}\n${entry(1)}\n${long}\n${entry(3)}\n`,
      env: WITH_KEY,
    });
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 3 });
    expect(stderr).toMatch(/^line 3: .*longer than/);
    expect(stderr).not.toContain(SECRET);
  });

  test('an array is held whole, and may be one long line', async () => {
    const array = JSON.stringify(
      Array.from({ length: 200 }, (_, n) => ({ ...JSON.parse(entry(n)), user_alias: 'x'.repeat(100_000) })),
    );
    const { code, stdout } = await run(['payload'], { stdin: array, env: WITH_KEY });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(200);
  });
});

describe('what is no text in UTF-8 is refused with 4 and the way out, and nothing of it is shown', () => {
  const lines = `${entry(1, { password: SECRET })}\n`.repeat(3);
  const utf16 = Buffer.from(lines, 'utf16le');
  const latin1 = Buffer.from(`${lines}${entry(4, { password: `ä${SECRET}` })}\n`, 'latin1');
  test.concurrent.each<[string, Uint8Array, RegExp]>([
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), /UTF-16.*iconv/],
    ['UTF-16 without a mark', utf16, /UTF-16.*iconv/],
    ['Latin-1', latin1, /Line 4 .*Latin-1.*iconv -f ISO-8859-1/],
    ['gzip', gzipSync(lines), /gzip.*gunzip/],
    ['a ZIP archive', Buffer.from('PK\x03\x04\n\n', 'latin1'), /ZIP.*unzip/],
    [
      'a NUL byte in the third line',
      Buffer.from(`${entry(1)}\n${entry(2)}\n${entry(3)}\0\n`),
      /Line 3 .*NUL/,
    ],
  ])('%s', async (_, stdin, message) => {
    const { code, stdout, stderr } = await runHere(['payload'], { stdin, env: WITH_KEY });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(SECRET.slice(0, 6));
  });

  test('behind many entries too, in whatever thread it is met', async () => {
    const stdin = Buffer.concat([
      Buffer.from(`${many.join('\n')}\n`),
      Buffer.from(`{"password":"ä${SECRET}"}\n`, 'latin1'),
    ]);
    const { code, stdout, stderr } = await run(['payload', '--jobs', '2'], { stdin, env: WITH_KEY });
    expect(code).toBe(4);
    expect(stderr).toMatch(new RegExp(`Line ${COUNT + 1} .*Latin-1`));
    // What came before is written in whole lines.
    for (const text of stdout.trimEnd().split('\n')) JSON.parse(text);
  });
});

test.concurrent.each(['payload', 'request', 'preflight', 'rotate'])(
  '%s refuses UTF-16 and Latin-1 alike, whole or in lines',
  async (command) => {
    for (const count of [1, 3]) {
      const text = `${entry(1, { password: `ä${SECRET}` })}\n`.repeat(count);
      const encoded: [Uint8Array, RegExp][] = [
        [Buffer.from(text, 'utf16le'), /UTF-16.*iconv/],
        [Buffer.from(text, 'latin1'), /Line 1 .*Latin-1.*iconv/],
      ];
      for (const [stdin, message] of encoded) {
        const { code, stderr } = await runHere([command], { stdin, env: WITH_KEY });
        expect(code).toBe(4);
        expect(stderr).toMatch(message);
        expect(stderr).not.toContain(SECRET.slice(0, 6));
      }
    }
  },
);

test('a last line that was cut off is told as that', async () => {
  const { code, stdout, stderr } = await runHere(['payload'], {
    stdin: `${entry(1)}\n${entry(2)}\n${entry(3, { password: SECRET }).slice(0, -3)}`,
    env: WITH_KEY,
  });
  expect(code).toBe(1);
  expect(stdout.split('\n')).toHaveLength(3);
  expect(stderr).toMatch(/^line 3: .*cut off/);
  expect(stderr).not.toContain(SECRET.slice(0, 6));
});

test.each(['0', 'many', '65'])('--jobs %s is refused as usage', async (jobs) => {
  const outcome = await runHere(['payload', '--jobs', jobs], { stdin: entry(1), env: WITH_KEY });
  expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/--jobs/) });
});
