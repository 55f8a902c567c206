import { describe, expect, it } from 'vitest';
import { type SealedEntry, sealEntry, VaultKey } from '../../src/index.js';
import { runHere } from './in-process.js';
import { shell } from './run.js';
import { answer, KEY, OLD_KEY, WITH_KEY } from './sealing.js';

const key = VaultKey.fromHex(KEY);
const sealed = (user: string, vaultKey = key): SealedEntry =>
  sealEntry(
    { permissioned_user_id: user, domain: 'https://example.com', password: `hunter2 ${user}` },
    vaultKey,
  );
const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const answerOf = (user: string) => ({ ...answer, ...sealed(user) });
const misspelt = (user: string) => ({ ...sealed(user), passwrod: 'MARKER' });

describe('credseal preflight', () => {
  it.each([
    ['one object', JSON.stringify(sealed('a')), 1],
    ['one object over several lines', JSON.stringify(sealed('a'), null, 2), 1],
    ['an array', JSON.stringify([sealed('a'), sealed('b')]), 2],
    ['an array over several lines', JSON.stringify([sealed('a'), sealed('b')], null, 2), 2],
    ['an empty array', '[]', 0],
    ['NDJSON', line(sealed('a')) + line(sealed('b')), 2],
    [
      'NDJSON with CRLF, empty lines and no last line break',
      `\n${JSON.stringify(sealed('a'))}\r\n\r\n${JSON.stringify(sealed('b'))}`,
      2,
    ],
    ['NDJSON with a byte order mark', `\uFEFF${line(sealed('a'))}${line(sealed('b'))}`, 2],
  ])('finds nothing in %s that is sealed well, and exits with 0', async (_, stdin, checked) => {
    const { code, stdout, stderr } = await runHere(['preflight'], { stdin, env: WITH_KEY });
    expect(stderr).toBe('');
    expect(stdout).toBe(`${checked} checked: 0 errors, 0 warnings\n`);
    expect(code).toBe(0);
  });

  it('names file and line of a finding in NDJSON, and exits with 1', async () => {
    const files = { 'a.ndjson': line(sealed('a')) + line(misspelt('b')) + line(sealed('c')) };
    const { code, stdout } = await runHere(['preflight', 'a.ndjson'], { files, env: WITH_KEY });
    expect(stdout).toMatch(
      /^a\.ndjson:2 {2}error {2}payload\/unknown-field {2}passwrod\n.*Did you mean password\?/,
    );
    expect(stdout).toContain('3 checked: 1 error, 0 warnings\n');
    expect(stdout).not.toContain('MARKER');
    expect(code).toBe(1);
  });

  it('names file and element of a finding in an array', async () => {
    const files = { 'a.json': JSON.stringify([sealed('a'), misspelt('b')]) };
    const { stdout } = await runHere(['preflight', 'a.json'], { files, env: WITH_KEY });
    expect(stdout).toMatch(/^a\.json {2}error {2}payload\/unknown-field {2}\[1\]\.passwrod\n/);
  });

  it('sees the entries of all files as one batch', async () => {
    const files = {
      'a.ndjson': `\n${line(sealed('a'))}${line(sealed('b'))}`,
      'b.json': JSON.stringify([sealed('c'), sealed('b')]),
    };
    const { code, stdout } = await runHere(['preflight', 'a.ndjson', 'b.json'], { files, env: WITH_KEY });
    expect(stdout).toMatch(
      /^b\.json {2}error {2}batch\/duplicate-entry {2}\[1\]\.permissioned_user_id\n.*of a\.ndjson:3\./,
    );
    expect(stdout).toContain('4 checked: 1 error');
    expect(code).toBe(1);
  });

  it('reports a line that is no JSON, and goes on', async () => {
    const stdin = `${line(sealed('a'))}{"password": MARKER}\n${line(sealed('b'))}`;
    const { code, stdout } = await runHere(['preflight'], { stdin, env: WITH_KEY });
    expect(stdout).toMatch(/^stdin:2 {2}error {2}payload\/not-an-object\n/);
    expect(stdout).toContain('3 checked: 1 error');
    expect(stdout).not.toContain('MARKER');
    expect(code).toBe(1);
  });

  it('takes warnings for no failure: a value under a previous key', async () => {
    const stdin = line(sealed('a', VaultKey.fromHex(OLD_KEY)));
    const env = { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OLD_KEY };
    const { code, stdout } = await runHere(['preflight'], { stdin, env });
    expect(stdout).toMatch(/^stdin(:1)? {2}warning {2}credential\/previous-key {2}password\n/);
    expect(stdout).toContain('1 checked: 0 errors, 1 warning\n');
    expect(code).toBe(0);
  });

  it('checks for an update with --update: null credentials are fine, and an entry that changes nothing is not', async () => {
    const stdin =
      line({ ...sealed('a'), password: null }) +
      line({ permissioned_user_id: 'b', domain: 'https://example.com' });
    const { stdout } = await runHere(['preflight', '--update'], { stdin, env: WITH_KEY });
    expect(stdout).toMatch(/^stdin:2 {2}error {2}payload\/nothing-to-update\n/);
    expect(stdout).toContain('2 checked: 1 error');
  });

  it('gives one JSON document with --format json, of the shape that the README says', async () => {
    const stdin = line(sealed('a')) + line(misspelt('b')) + line(misspelt('c'));
    const { code, stdout } = await runHere(['preflight', '--format', 'json'], { stdin, env: WITH_KEY });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: false, checked: 3, errors: 2, warnings: 0 });
    expect(report.findings).toHaveLength(2);
    expect(Object.keys(report.findings[0])).toEqual([
      'file',
      'line',
      'rule',
      'severity',
      'path',
      'message',
      'hint',
    ]);
    expect(report.findings[1]).toMatchObject({
      file: 'stdin',
      line: 3,
      rule: 'payload/unknown-field',
      severity: 'error',
      path: 'passwrod',
    });
    expect(code).toBe(1);
  });

  it('gives a JSON document where there is nothing to find', async () => {
    const { stdout } = await runHere(['preflight', '--format', 'json'], {
      stdin: line(sealed('a')),
      env: WITH_KEY,
    });
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      opened: true,
      checked: 1,
      errors: 0,
      warnings: 0,
      findings: [],
    });
  });

  it('gives annotations with --format github, with what they reserve escaped', async () => {
    const files = { 'a,b:c.ndjson': line(sealed('a')) + line(misspelt('b')) };
    const { stdout } = await runHere(['preflight', '--format', 'github', 'a,b:c.ndjson'], {
      files,
      env: WITH_KEY,
    });
    expect(stdout).toMatch(
      /^::error file=a%2Cb%3Ac\.ndjson,line=2,title=payload\/unknown-field passwrod::passwrod is not/,
    );
  });

  it.each([
    ['no key', ['preflight'], { stdin: line(sealed('a')) }, 3],
    ['a file that is not there', ['preflight', 'none.json'], { env: WITH_KEY }, 4],
    ['a document that is no JSON', ['preflight'], { stdin: '{\n "password": MARKER\n}', env: WITH_KEY }, 4],
    ['an empty input', ['preflight'], { stdin: '', env: WITH_KEY }, 4],
    ['bytes that are no UTF-8', ['preflight'], { stdin: Uint8Array.of(0x7b, 0xff, 0x0a), env: WITH_KEY }, 4],
    ['a format that there is not', ['preflight', '--format', 'MARKER'], { stdin: '{}', env: WITH_KEY }, 2],
  ])('%s: a message on stderr and the exit code of the contract', async (_, args, given, exitCode) => {
    const { code, stdout, stderr } = await runHere(args, given);
    expect(stderr).toMatch(/^credseal: .+\n$/);
    expect(stdout + stderr).not.toContain('MARKER');
    expect(code).toBe(exitCode);
  });

  it('goes on behind a file that cannot be read, and closes its JSON document', async () => {
    const files = { 'b.json': JSON.stringify(misspelt('b')) };
    const args = ['preflight', '--format', 'json', 'MARKER', 'b.json'];
    const { code, stdout, stderr } = await runHere(args, { files, env: WITH_KEY });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: false, checked: 1, errors: 2 });
    expect(report.findings[0]).toMatchObject({ file: 'FILE 1', rule: 'payload/not-an-object' });
    expect(report.findings[1]).toMatchObject({ file: 'b.json', path: 'passwrod' });
    expect(stdout + stderr).not.toContain('MARKER');
    expect(code).toBe(4);
  });

  it.each([
    ['text', /^3 checked: 2 errors, 0 warnings\n$/],
    [
      'github',
      /^::error title=payload\/not-an-object::FILE 2 of 4 cannot be read: no such file\. Check its path and permissions\.\n::error file=bad\.json,/,
    ],
  ])('tells once of files that are not there, or no documents: --format %s', async (format, expected) => {
    const one = (user: string) => JSON.stringify(sealed(user));
    const files = { 'a.json': one('a'), 'bad.json': '{', 'b.json': `[${one('b')},${one('c')}]` };
    const args = ['preflight', '--format', format, 'a.json', 'MARKER', 'bad.json', 'b.json'];
    const { code, stdout, stderr } = await runHere(args, { files, env: WITH_KEY });
    expect(stdout).toMatch(expected);
    expect(stderr).toMatch(
      /^credseal: FILE 2 of 4 cannot be read: no such file\.\ncredseal: bad\.json: The input is neither .*\n$/,
    );
    expect(stdout + stderr).not.toContain('MARKER');
    expect(code).toBe(4);
  });

  const twice = (user: string) => JSON.stringify(sealed(user)).replace(/\}$/, ',"domain":"MARKER"}');

  it('refuses a line with a member twice, and checks the others', async () => {
    const stdin = `${line(sealed('a'))}${twice('b')}\n${line(sealed('c'))}`;
    const { code, stdout } = await runHere(['preflight'], { stdin, env: WITH_KEY });
    expect(stdout).toMatch(
      /^stdin:2 {2}error {2}payload\/not-an-object\n {4}The line is JSON with a member twice, at column \d+: which one counts,/,
    );
    expect(stdout).not.toContain('MARKER');
    expect(code).toBe(1);
  });

  it.each([
    ['an entry by itself', twice('a'), /^credseal: The input is JSON with a member twice, at column \d+: /],
    ['an array', `[${JSON.stringify(sealed('a'))},\n${twice('b')}]`, /twice, at line 2, column \d+: /],
  ])('refuses %s with a member twice', async (_, stdin, expected) => {
    const { code, stdout, stderr } = await runHere(['preflight'], { stdin, env: WITH_KEY });
    expect(stderr).toMatch(expected);
    expect(stdout + stderr).not.toContain('MARKER');
    expect(code).toBe(4);
  });

  it('lets a field through that --allow-unknown names, as payload does, and no other', async () => {
    const args = ['--allow-unknown', 'new_field', '--allow-unknown', 'newer'];
    const plain = { permissioned_user_id: 'a', domain: 'https://example.com', password: 'p', new_field: [1] };
    const made = await runHere(['payload', ...args], { stdin: JSON.stringify(plain), env: WITH_KEY });
    const checked = await runHere(['preflight', ...args], { stdin: made.stdout, env: WITH_KEY });
    expect(checked).toEqual({ code: 0, stdout: '1 checked: 0 errors, 0 warnings\n', stderr: '' });
    const { stdout } = await runHere(['preflight', ...args], { stdin: line(misspelt('b')), env: WITH_KEY });
    expect(stdout).toMatch(/payload\/unknown-field {2}passwrod/);
  });

  it('says once of the answers of the vault what to do, whatever its --format, and finds what else there is', async () => {
    const files = { 'a.json': JSON.stringify([answerOf('a'), { ...answerOf('b'), passwrod: 'MARKER' }]) };
    const lines = line(sealed('c')) + line(answerOf('d')) + line({ ...answerOf('e'), password: 'MARKER' });
    for (const operation of [[], ['--update']]) {
      const args = ['preflight', ...operation, '--format', 'json'];
      const array = await runHere([...args, 'a.json'], { files, env: WITH_KEY });
      expect(array.code).toBe(1);
      expect(JSON.parse(array.stdout)).toMatchObject({
        findings: [
          {
            file: 'a.json',
            rule: 'payload/read-only-field',
            severity: 'error',
            path: '[0]',
            message: expect.stringMatching(
              /^2 entries, this one the first, are answers of the vault, with fields that only/,
            ),
            hint: expect.stringContaining('credseal rotate --for-update'),
          },
        ],
        ok: false,
        checked: 2,
      });
      const ndjson = await runHere([...args], { stdin: lines, env: WITH_KEY });
      const { findings } = JSON.parse(ndjson.stdout);
      expect(findings).toMatchObject([
        { line: 3, rule: 'credential/plaintext', path: 'password' },
        { line: 2, rule: 'payload/read-only-field', path: '' },
      ]);
      expect(ndjson.stdout).not.toContain('MARKER');
    }
  });

  it('names a single field that only the vault sets: it may be a slip', async () => {
    const entry = { ...sealed('a'), created_at: '2026-01-01T00:00:00.000Z' };
    const { stdout } = await runHere(['preflight', '--update'], { stdin: line(entry), env: WITH_KEY });
    expect(stdout).toMatch(/^stdin:1 {2}error {2}payload\/read-only-field {2}created_at\n/);
  });

  it('ends quietly where its reader goes away', async () => {
    const stdin = Array.from({ length: 3000 }, (_, index) => line(misspelt(String(index)))).join('');
    const { stdout, stderr } = await shell('credseal preflight | head -1', { stdin, env: WITH_KEY });
    expect(stdout).toMatch(/^stdin:1 /);
    expect(stderr).toBe('');
  });
});

describe('credseal preflight --no-key', () => {
  const LAST = /\n.*plain text that happens to be long hex passes for sealed\.\n$/;

  it('checks all that needs no key, and its last line says what it cannot know', async () => {
    const { code, stdout, stderr } = await runHere(['preflight', '--no-key'], { stdin: line(sealed('a')) });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^1 checked: 0 errors, 0 warnings\n/);
    expect(stdout).toMatch(LAST);
    expect(code).toBe(0);
  });

  it('finds plain text, misspelt fields and copies, and exits with 1', async () => {
    const plain = { ...sealed('a'), password: 'MARKER' };
    const copies = [sealed('b'), { ...sealed('b'), permissioned_user_id: 'c' }];
    const password = copies[0]?.password;
    const stdin = [plain, misspelt('d'), copies[0], { ...copies[1], password }].map(line).join('');
    const { code, stdout } = await runHere(['preflight', '--no-key'], { stdin });
    for (const rule of ['credential/plaintext', 'payload/unknown-field', 'credential/copied'])
      expect(stdout).toContain(rule);
    expect(stdout).toContain('4 checked: 3 errors, 0 warnings\n');
    expect(stdout).toMatch(LAST);
    expect(stdout).not.toContain('MARKER');
    expect(code).toBe(1);
  });

  it('opens nothing, be a key at hand or not', async () => {
    const stdin = line(sealed('a', VaultKey.fromHex(OLD_KEY)));
    expect(await runHere(['preflight', '--no-key'], { stdin, env: WITH_KEY })).toMatchObject({ code: 0 });
    expect(await runHere(['preflight'], { stdin, env: WITH_KEY })).toMatchObject({ code: 1 });
  });

  it('says so in JSON and in annotations too', async () => {
    const stdin = line(sealed('a'));
    const json = await runHere(['preflight', '--no-key', '--format', 'json'], { stdin });
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, opened: false, checked: 1 });
    const github = await runHere(['preflight', '--no-key', '--format', 'github'], { stdin });
    expect(github.stdout).toMatch(/\n::notice title=preflight::opened: false\. .*\n$/);
  });

  it('is nothing that a missing key turns into, and takes no option about keys beside it', async () => {
    const stdin = line(sealed('a'));
    expect(await runHere(['preflight'], { stdin })).toMatchObject({ code: 3, stdout: '' });
    const both = await runHere(['preflight', '--no-key', '--key-file', 'MARKER'], { stdin });
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toMatch(/--no-key and --key-file exclude each other/);
  });
});
