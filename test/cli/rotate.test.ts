import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openEntry, parseSealed } from '../../src/index.js';
import { runHere, runHereIn } from './in-process.js';
import { current, line, passwordsIn, previous, sealed, strange, WITH_RING } from './rotating.js';
import { inFolder, run } from './run.js';
import { answer, KEY, OLD_KEY, sealBytes, WITH_KEY } from './sealing.js';

const env = WITH_RING;
const old = sealed('old', previous);
const now = sealed('now', current);

describe('credseal rotate', () => {
  test.concurrent('brings one entry under the current key, and says what it did', async () => {
    const { code, stdout, stderr } = await runHere(['rotate'], { stdin: JSON.stringify(old), env });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '1 entry: 1 rotated, 0 current already, 0 failed.\n',
    });
    expect(openEntry(JSON.parse(stdout), current)).toEqual(openEntry(old, previous));
    expect(parseSealed(JSON.parse(stdout).password).ciphertext).toHaveLength(64);
  });

  test.concurrent.each<[string, string[], (text: string) => unknown[]]>([
    [
      'NDJSON',
      ['', '\n'],
      (text) =>
        text
          .trimEnd()
          .split('\n')
          .map((one) => JSON.parse(one)),
    ],
    ['an array', ['[', ']'], JSON.parse],
  ])('counts what was current already, rotated, and failed: %s', async (form, [open, close], read) => {
    const entries = [now, old, sealed('old too', previous), strange('x')];
    const stdin =
      open + entries.map((entry) => JSON.stringify(entry)).join(form === 'NDJSON' ? '\n' : ',') + close;
    const { code, stdout, stderr } = await runHere(['rotate'], { stdin, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      form === 'NDJSON' ? /^line 4: password: .*does not open/ : /^entry \[3\]: password: /,
    );
    expect(stderr).toContain('4 entries: 2 rotated, 1 current already, 1 failed.\n');
    expect(stderr).toContain('not in the output. With --keep-failed');
    const rotated = read(stdout);
    expect(rotated).toHaveLength(3);
    expect(rotated[0]).toEqual(now);
    expect(passwordsIn(rotated.map(line).join(''))).toEqual([
      'hunter2 now',
      'hunter2 old',
      'hunter2 old too',
    ]);
  });

  test.concurrent('takes the keys from wherever keys come from', async () => {
    const files = {
      key: KEY,
      old: OLD_KEY,
      'ring.jwks': JSON.stringify({ keys: [current.toJwk(), previous.toJwk()] }),
      'e.json': JSON.stringify(old),
    };
    for (const keys of [
      ['--key-file', 'key', '--previous-key-file', 'old'],
      ['--key-file', 'ring.jwks'],
    ]) {
      const { code, stdout } = await runHere(['rotate', 'e.json', ...keys], { files });
      expect({ code, opened: passwordsIn(stdout) }).toEqual({ code: 0, opened: ['hunter2 old'] });
    }
  });

  test.concurrent('a second run finds nothing to do', async () => {
    const { stdout } = await runHere(['rotate'], { stdin: line(old) + line(now), env });
    const again = await runHere(['rotate'], { stdin: stdout, env });
    expect(again).toEqual({
      code: 0,
      stdout,
      stderr: '2 entries: 0 rotated, 2 current already, 0 failed.\n',
    });
  });

  test.concurrent('preflight tells what has to be rotated, before and after', async () => {
    const stdin = line(old) + line(now);
    const before = await runHere(['preflight'], { stdin, env });
    expect(before.stdout).toMatch(/^stdin:1 {2}warning {2}credential\/previous-key {2}password\n/);
    expect(before.stdout).toContain('2 checked: 0 errors, 1 warning\n');
    const { stdout } = await runHere(['rotate'], { stdin, env });
    const after = await runHere(['preflight'], { stdin: stdout, env: WITH_KEY });
    expect(after).toMatchObject({ code: 0, stdout: '2 checked: 0 errors, 0 warnings\n' });
  });

  test.concurrent('an answer of the vault keeps what only the vault sets', async () => {
    const answer = { id: 'x', ...old, user_name: null, tfa_email: null, new_field: [1, { a: old.password }] };
    const { stdout } = await runHere(['rotate'], { stdin: JSON.stringify(answer), env });
    const { password, ...rest } = JSON.parse(stdout);
    const { password: _, ...expected } = answer;
    expect(rest).toEqual(expected);
    expect(openEntry({ ...old, password }, current).password).toBe('hunter2 old');
  });
});

describe('what is not a credential keeps its text', () => {
  const text = ({ password }: { password?: string | null | undefined }) =>
    `{ "domain":"https://example.com",  "permissioned_user_id":"\\u0075",\t"password" : "${password}", "local_storage": {"n": 12345678901234567890, "m": 1.0, "k": 1e400} }`;
  const pattern = (given: string) =>
    new RegExp(
      `^${given
        .replace(old.password ?? '', 'X')
        .replaceAll(/[[\](){}.*+?^$\\|]/g, '\\$&')
        .replace('X', '[0-9a-f]+')}$`,
    );

  test.concurrent.each<[string, string]>([
    ['one object', text(old)],
    ['one object over several lines', text(old).replaceAll(',', ',\n')],
    ['an array', `[ ${text(old)},\n  ${text(now)} ]`],
    ['NDJSON', `${text(old)}\n${text(now)}`],
    ['NDJSON with the line breaks of Windows', `${text(old)}\r\n${text(now)}\r`],
  ])('%s', async (_, stdin) => {
    const { code, stdout } = await runHere(['rotate'], { stdin: `${stdin}\n`, env });
    expect(code).toBe(0);
    expect(stdout).not.toContain(old.password);
    expect(stdout.replace(/\n$/, '')).toMatch(pattern(stdin));
  });

  test.concurrent('documents that are current come out as they are', async () => {
    for (const stdin of [`[\n${text(now)} ]\n`, `${text(now)}\n`, '[]\n', `${text(now)}\n${text(now)}\n`])
      expect((await runHere(['rotate'], { stdin, env })).stdout).toBe(stdin);
  });

  test.concurrent('a value that is there twice is rotated where it is a credential, and nowhere else', async () => {
    const twice = { ...old, user_name: old.password, user_alias: old.password };
    const { stdout } = await runHere(['rotate'], { stdin: line(twice), env });
    const rotated = JSON.parse(stdout);
    expect(openEntry(rotated, current)).toMatchObject({ user_name: 'hunter2 old', password: 'hunter2 old' });
    expect(rotated.user_alias).toBe(old.password);
    expect(rotated.user_name).not.toBe(rotated.password);
  });

  const numbers = '"local_storage":{"n":12345678901234567890,"k":1e400,"m":1.0}';
  /** An entry whose numbers JavaScript cannot hold. */
  const withNumbers = (value: string) =>
    `{"permissioned_user_id":"u","domain":"https://example.com","password":"${value}",${numbers}}`;
  const value = old.password ?? '';
  const escapedValue = value.replace(/./, (hex) => `\\u00${hex.charCodeAt(0).toString(16)}`);

  test.concurrent.each<[string, string, number]>([
    ['the value is written with escapes', withNumbers(escapedValue), 1],
    ['the name is written with escapes', withNumbers(value).replace('"password', '"\\u0070assword'), 1],
    ['another text has such escapes', withNumbers(value).replace('"u"', '"\\u0061"'), 1],
    ['entries of an array share a value', `[ ${withNumbers(value)}, ${withNumbers(value)} ]`, 2],
    [
      'an entry of an array fails, and is kept',
      `[ ${JSON.stringify(strange('x'))},\n${withNumbers(value)}]`,
      1,
    ],
  ])('numbers that JavaScript cannot hold stay where %s', async (_, stdin, count) => {
    const { stdout } = await runHere(['rotate', '--keep-failed'], { stdin, env });
    expect(stdout.split(numbers)).toHaveLength(count + 1);
    const rotated = [JSON.parse(stdout)].flat().slice(-count);
    for (const entry of rotated) expect(openEntry(entry, current).password).toBe('hunter2 old');
    expect(new Set(rotated.map(({ password }) => password)).size).toBe(count);
  });

  test.concurrent('also where an entry of an array fails, and is not in the result', async () => {
    const bad = JSON.stringify(strange('x'));
    const { code, stdout } = await runHere(['rotate'], {
      stdin: `[${bad},\n ${withNumbers(value)},${bad}, ${withNumbers(value)}, ${bad}]`,
      env,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\[\n {.*}}, {.*}}\]\n$/);
    expect(stdout.split(numbers)).toHaveLength(3);
  });

  test.concurrent('lines that are empty stay, and count for nothing', async () => {
    const stdin = `\n${line(now)}\r\n \t\n${line(now)}\n\n`;
    const { code, stdout, stderr } = await runHere(['rotate'], { stdin, env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: stdin });
    expect(stderr).toContain('2 entries: ');
  });
});

describe('an entry by itself that fails gives no result, and the exit code says why', () => {
  test.concurrent.each<[string, unknown, number, RegExp]>([
    ['does not open', strange('x'), 5, /password: .*does not open/],
    ['is changed', { ...old, password: `${old.password?.slice(0, -2)}00` }, 5, /does not open/],
    ['holds no JSON string', { ...old, password: sealBytes('hunter2', OLD_KEY) }, 5, /JSON string/],
    [
      'is not sealed',
      { ...old, password: 'hunter2' },
      4,
      /password: Not a sealed value.*sealed by credseal payload\./,
    ],
    ['is no entry', 5, 4, /An entry is one object/],
  ])('%s', async (_, entry, exitCode, message) => {
    for (const stdin of [
      JSON.stringify(entry),
      `${JSON.stringify(entry, null, 2)}\n`,
      `\n${line(entry)}\n`,
    ]) {
      const { code, stdout, stderr } = await runHere(['rotate'], { stdin, env });
      expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('hunter2');
    }
  });

  test.concurrent.each<[string, string, number]>([
    ['nothing', '', 4],
    ['no JSON', 'nonsense', 4],
    ['an object cut off', JSON.stringify(old).slice(0, -5), 4],
  ])('%s', async (_, stdin, exitCode) => {
    expect(await runHere(['rotate'], { stdin, env })).toMatchObject({ code: exitCode, stdout: '' });
  });

  const twice = JSON.stringify(old).replace('"password"', '"password":"MARKER","password"');

  test.concurrent.each<[string, string, number]>([
    ['by itself', twice, 4],
    ['in a line', `${line(now)}${twice}\n`, 1],
    ['in an array', `[${twice}]`, 4],
  ])('a member twice, %s: nobody can tell which is the credential', async (_, stdin, exitCode) => {
    const { code, stdout, stderr } = await runHere(['rotate'], { stdin, env });
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(/^(line 2:|credseal: The input is) JSON with a member twice, at column \d+: /);
    expect(stdout + stderr).not.toContain('MARKER');
  });

  test.concurrent('an array of one is an array', async () => {
    const outcome = await runHere(['rotate'], { stdin: JSON.stringify([strange('x')]), env });
    expect(outcome).toMatchObject({ code: 1, stdout: '[]\n' });
  });
});

describe('entries that fail among others', () => {
  const broken = '{"permissioned_user_id":"MARKER"';
  const stdin = `${line(old)}${line(strange('x'))}\n${broken}\n5\n${line(now)}`;

  test.concurrent('are told by line, field and reason, and never by value', async () => {
    const { code, stdout, stderr } = await runHere(['rotate'], { stdin, env });
    expect(code).toBe(1);
    expect(passwordsIn(stdout)).toEqual(['hunter2 old', 'hunter2 now']);
    const lines = stderr.split('\n');
    expect(lines[0]).toMatch(/^line 2: password: The value does not open/);
    expect(lines[1]).toMatch(/^line 4: not valid JSON, at column 33\.$/);
    expect(lines[2]).toMatch(/^line 5: An entry is one object.*Number\.$/);
    expect(lines[3]).toBe('5 entries: 1 rotated, 1 current already, 3 failed.');
    expect(stderr).not.toMatch(/MARKER|hunter2|[0-9a-f]{20}/);
  });

  test.concurrent('are taken along as they are with --keep-failed, in their place', async () => {
    const { code, stdout, stderr } = await runHere(['rotate', '--keep-failed'], { stdin, env });
    expect(code).toBe(1);
    const given = stdin.split('\n');
    const lines = stdout.split('\n');
    expect(lines.slice(1)).toEqual(given.slice(1));
    expect(stderr).not.toContain('--keep-failed');
  });

  test.concurrent('are taken along in an array too', async () => {
    const entries = [old, strange('x'), now];
    const { code, stdout } = await runHere(['rotate', '--keep-failed'], {
      stdin: JSON.stringify(entries, null, 1),
      env,
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      { ...old, password: expect.not.stringMatching(old.password ?? '') },
      ...entries.slice(1),
    ]);
  });

  test.concurrent('where the previous key was forgotten, the way out is told', async () => {
    const { stderr } = await runHere(['rotate'], { stdin: line(old) + line(now), env: WITH_KEY });
    expect(stderr).toContain('--previous-key-file');
  });
});

describe('--for-update', () => {
  const { persist_cookies, max_concurrency } = answer;
  const kept = { max_concurrency, persist_cookies };
  const answers = [
    { ...answer, ...old },
    { ...now, ...answer },
  ];

  test.concurrent.each<[form: string, stdin: string]>([
    ['NDJSON', answers.map(line).join('')],
    ['an array', JSON.stringify(answers)],
    ['an indented array', JSON.stringify(answers, null, 2)],
  ])('leaves out of answers of the vault what toUpdate does: %s', async (_, stdin) => {
    const { code, stdout, stderr } = await runHere(['rotate', '--for-update'], { stdin, env });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '2 entries: 1 rotated, 1 current already, 0 failed.\n',
    });
    const entries = stdout.startsWith('[')
      ? JSON.parse(stdout)
      : stdout
          .trimEnd()
          .split('\n')
          .map((one) => JSON.parse(one));
    expect(passwordsIn(entries.map(line).join(''))).toEqual(['hunter2 old', 'hunter2 now']);
    expect(entries).toEqual([
      { ...old, ...kept, password: expect.any(String) },
      { ...now, ...kept },
    ]);
    const checked = await runHere(['preflight', '--update'], { stdin: stdout, env });
    expect(checked.stdout).toBe('2 checked: 0 errors, 0 warnings\n');
  });

  test.concurrent('keeps the text of all that stays', async () => {
    const text = `{ "id" : null,\n  "local_storage": {"n": [1e400, 12345678901234567890]},\n  "password": "${now.password}",\n  "permissioned_user_id": "now", "domain":"https://example.com", "session_id": "x"\n}`;
    const { stdout } = await runHere(['rotate', '--for-update'], { stdin: text, env });
    expect(stdout).toBe(
      `{\n  "local_storage": {"n": [1e400, 12345678901234567890]},\n  "password": "${now.password}",\n  "permissioned_user_id": "now", "domain":"https://example.com"\n}\n`,
    );
  });

  test.concurrent('takes along as it is what fails, with --keep-failed', async () => {
    const failing = { ...answer, ...strange('x') };
    const { code, stdout } = await runHere(['rotate', '--for-update', '--keep-failed'], {
      stdin: line(failing) + line(old),
      env,
    });
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toBe(JSON.stringify(failing));
  });
});

describe('--dry-run', () => {
  test.concurrent('writes nothing, and comes to the same counts and exit codes', async () => {
    const files = { 'e.ndjson': line(old) + line(strange('x')) };
    await inFolder(files, async (cwd) => {
      const outcome = await runHereIn(cwd, ['rotate', 'e.ndjson', '--in-place', '--dry-run'], { env });
      expect(outcome).toMatchObject({ code: 1, stdout: '' });
      expect(outcome.stderr).toContain(
        '2 entries: 1 rotated, 0 current already, 1 failed. Nothing is written',
      );
      expect(await readFile(join(cwd, 'e.ndjson'), 'utf8')).toBe(files['e.ndjson']);
      expect(await readdir(cwd)).toEqual(['e.ndjson']);
    });
    const alone = await runHere(['rotate', '--dry-run'], { stdin: line(strange('x')), env });
    expect(alone).toMatchObject({ code: 5, stdout: '' });
    expect(await runHere(['rotate', '--dry-run'], { stdin: line(old), env })).toMatchObject({
      code: 0,
      stdout: '',
    });
  });
});

describe('many lines, on several threads', () => {
  const COUNT = 6000;
  const isStrange = (n: number) => n % 2000 === 1999;
  const lines = Array.from({ length: COUNT }, (_, n) =>
    line(isStrange(n) ? strange(`${n}`) : sealed(`${n}`, n % 3 === 0 ? current : previous)),
  );

  test.each(['1', '3'])('--jobs %s: in order, each line rotated, kept, or told of', async (jobs) => {
    const options = ['--jobs', jobs, '--keep-failed'];
    const { code, stdout, stderr } = await run(['rotate', ...options], { stdin: lines.join(''), env });
    expect(code).toBe(1);
    const written = stdout.split('\n').slice(0, -1);
    expect(written).toHaveLength(COUNT);
    for (const [n, text] of written.entries()) {
      if (isStrange(n) || n % 3 === 0) expect(`${text}\n`).toBe(lines[n]);
      else expect(passwordsIn(text)).toEqual([`hunter2 ${n}`]);
    }
    expect(stderr.trimEnd().split('\n')).toEqual([
      ...[2000, 4000, 6000].map((number) => expect.stringContaining(`line ${number}: password: `)),
      '6000 entries: 3998 rotated, 1999 current already, 3 failed.',
    ]);
  });
});
