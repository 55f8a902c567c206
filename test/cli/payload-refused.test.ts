import { describe, expect, test } from 'vitest';
import { second, unsealed } from './entries.js';
import { runHere } from './in-process.js';
import { WITH_KEY } from './sealing.js';

const payload = (stdin: string) => runHere(['payload'], { stdin, env: WITH_KEY });

const SECRET = 'correcthorsebattery';
const misspelt = { permissioned_user_id: 'user-3', domain: 'https://example.com', passwrod: SECRET };
const faulty = { ...second, domain: 'example.com', password: '', max_concurrency: -1, tfa_secret: SECRET };
const good = JSON.stringify(second);
const bad = JSON.stringify(misspelt);

describe('one entry that is invalid ends with 4, and nothing is written', () => {
  test.concurrent('every problem is told at once, with its field and without its value', async () => {
    const { code, stdout, stderr } = await payload(JSON.stringify(faulty));
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    for (const field of ['domain', 'password', 'max_concurrency', 'tfa_secret'])
      expect(stderr).toContain(field);
    expect(stderr).not.toContain(SECRET.slice(0, 8));
  });

  test.concurrent('a misspelt field gets the right name', async () => {
    const { stderr } = await payload(bad);
    expect(stderr).toMatch(/passwrod.*\bpassword\b/);
    expect(stderr).not.toContain(SECRET);
  });

  test.concurrent.each([['null'], ['"text"'], ['17'], ['true'], ['{}']])('%s is no entry', async (json) => {
    expect(await payload(json)).toMatchObject({ code: 4, stdout: '' });
  });
});

describe('of many entries the good ones are written, the bad ones reported, and the exit is 1', () => {
  test.concurrent.each<[string, string, RegExp]>([
    ['an array', `[${good},${bad},${good}]`, /\[1\].*passwrod/],
    ['an array with something else in it', `[${good},null,${good}]`, /\[1\]/],
    ['NDJSON', `${good}\n${bad}\n${good}\n`, /line 2\b.*passwrod/],
    ['NDJSON with empty lines, which count', `\n${good}\r\n\r\n${bad}\r\n${good}`, /line 4\b.*passwrod/],
    ['NDJSON with a broken line', `${good}\n{"password":"${SECRET}\n${good}\n`, /line 2\b.*JSON/],
    ['NDJSON whose first line is broken', `{"password":"${SECRET}\n${good}\n${good}\n`, /line 1\b.*JSON/],
    [
      'NDJSON with a member twice',
      `${good}\n{"password":"${SECRET}","password":"b"}\n${good}\n`,
      /line 2: The line has a member twice, at column \d+: /,
    ],
    [
      'NDJSON with one in its first line',
      `{"password":"${SECRET}","password":"b"}\n${good}\n${good}\n`,
      /line 1: .* member twice, at column \d+: /,
    ],
    ['NDJSON with something else in it', `${good}\n["${SECRET}"]\n${good}\n`, /line 2\b/],
  ])('%s', async (_, stdin, report) => {
    const { code, stdout, stderr } = await payload(stdin);
    expect(code).toBe(1);
    const written = stdin.startsWith('[')
      ? JSON.parse(stdout)
      : stdout
          .trimEnd()
          .split('\n')
          .map((text) => JSON.parse(text));
    expect(written.map((entry: Record<string, unknown>) => unsealed(entry).credentials)).toEqual([
      { password: 'two' },
      { password: 'two' },
    ]);
    expect(stderr).toMatch(report);
    expect(stderr).toMatch(/\b1 of 3\b/);
    expect(stderr).not.toContain(SECRET);
  });

  test.concurrent.each<[string, string, string]>([
    ['an array of bad ones only', `[${bad},${bad}]`, '[]\n'],
    ['NDJSON of bad ones only', `${bad}\n${bad}\n`, ''],
  ])('%s gives an empty document', async (_, stdin, stdout) => {
    const outcome = await payload(stdin);
    expect(outcome).toMatchObject({ code: 1, stdout });
    expect(outcome.stderr.match(/passwrod/g)).toHaveLength(2);
  });
});

describe('what is no JSON ends with 4 and its line and column, of which nothing is shown', () => {
  const pretty = JSON.stringify(misspelt, null, 2);
  test.concurrent.each<[string, string, RegExp]>([
    ['a text', SECRET, /column 1\b/],
    ['a text that speaks of positions', `[at position ${SECRET.length}44]`, /column 2\b/],
    ['a comma too many', `{"password": "${SECRET}",}`, /column 36\b/],
    ['single quotation marks', `{'password': '${SECRET}'}`, /column 2\b/],
    ['a value without quotation marks', `{"password": ${SECRET}}`, /column 14\b/],
    ['two objects in one line', `{"password": "${SECRET}"}{"a": 1}`, /column 36\b/],
    ['an escape that JSON does not have', `{"password": "\\x${SECRET}"}`, /column 15\b/],
    ['an object cut off in the middle', pretty.slice(0, -12), /line 4, column/],
    ['a broken line in a document of many', pretty.replace('": "user', '"; "user'), /line 2, column 25\b/],
    ['a bracket too many', `${pretty}\n}\n`, /line 6, column 1\b/],
    [
      'an array cut off',
      JSON.stringify([misspelt, misspelt], null, 1).slice(0, -1),
      /line 11, column|line 12, column/,
    ],
    [
      'a member twice',
      pretty.replace('{', `{\n  "passwrod": "${SECRET}",`),
      /JSON with a member twice, at line 5, column 3\b/,
    ],
    ['a comment', `// entries\n${pretty}`, /column 1\b/],
  ])('%s', async (_, stdin, place) => {
    const { code, stdout, stderr } = await payload(stdin);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/JSON/);
    expect(stderr).toMatch(place);
    expect(stderr).not.toContain(SECRET.slice(0, 4));
  });

  test.concurrent.each([
    ['nothing', ''],
    ['spaces', ' \n\t\r\n'],
    ['a byte order mark', '\uFEFF'],
  ])('%s: there is no entry', async (_, stdin) => {
    const outcome = await payload(stdin);
    expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/no entry/) });
  });
});
