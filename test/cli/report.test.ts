import { describe, expect, test } from 'vitest';
import { startScriptedVault } from '../bulk/scripted-vault.js';
import { runHere } from './in-process.js';
import { current, line, previous, sealed, strange, WITH_RING } from './rotating.js';
import { FINGERPRINT, KEY, OLD_KEY, WITH_KEY } from './sealing.js';

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const JSON_REPORT = ['--format', 'json'];
const CSV =
  'name,url,username,password,note\na,https://a.example,ada,hunter2,\nb,https://b.example,,,\nc,app://x,c,c,\n';

describe('--format json is one document', () => {
  test('of key show', async () => {
    const { code, stdout, stderr } = await runHere(['key', 'show', ...JSON_REPORT], { env: WITH_RING });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const source = 'CLOUDCRUISE_ENCRYPTION_KEY';
    expect(JSON.parse(stdout)).toEqual({
      keys: [
        { role: 'current', fingerprint: FINGERPRINT, format: 'hex', source },
        {
          role: 'previous',
          fingerprint: previous.fingerprint,
          format: 'hex',
          source: 'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS, key 1',
        },
      ],
    });
    expect(stdout).not.toMatch(new RegExp(`${KEY}|${OLD_KEY}`));
  });

  test('of totp show, which has the secret only with --secret', async () => {
    const stdin = `otpauth://totp/Example:ada?secret=${SECRET}&issuer=Example`;
    const settings = {
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
      bits: 160,
      issuer: 'Example',
      label: 'Example:ada',
    };
    const plain = JSON.parse((await runHere(['totp', ...JSON_REPORT], { stdin })).stdout);
    expect(plain).toEqual({
      secrets: [{ account: 1, ...settings, label: plain.secrets[0].label }],
      notUsed: [],
    });
    const whole = JSON.parse((await runHere(['totp', 'show', '--secret', ...JSON_REPORT], { stdin })).stdout);
    expect(whole.secrets[0].secret).toBe(SECRET);
  });

  test('of totp code and totp verify', async () => {
    const { stdout } = await runHere(['totp', 'code', ...JSON_REPORT], { stdin: SECRET });
    const { code, secondsLeft } = JSON.parse(stdout).codes[0];
    expect(code).toMatch(/^\d{6}$/);
    expect(secondsLeft).toBeLessThanOrEqual(30);
    const verified = await runHere(['totp', 'verify', code, ...JSON_REPORT], { stdin: SECRET });
    expect(verified).toEqual({ code: 0, stdout: '{"ok":true}\n', stderr: '' });
    const another = code === '000000' ? '000001' : '000000';
    const wrong = await runHere(['totp', 'verify', another, ...JSON_REPORT], { stdin: SECRET });
    expect(wrong).toEqual({ code: 1, stdout: '{"ok":false}\n', stderr: '' });
  });

  test('of rotate, on standard error, since standard output has the entries', async () => {
    const stdin = [sealed('a', previous), strange('b'), sealed('c', current)].map(line).join('');
    const { code, stdout, stderr } = await runHere(['rotate', ...JSON_REPORT], { stdin, env: WITH_RING });
    expect(code).toBe(1);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(JSON.parse(stderr)).toEqual({
      rotated: 1,
      current: 1,
      failed: 1,
      failures: [{ line: 2, problems: [expect.stringContaining('password')] }],
      ok: false,
      written: true,
    });
  });

  test('of rotate that writes no file, since that would have lost something', async () => {
    const files = { 'in.json': JSON.stringify([strange('a')]) };
    const args = ['rotate', 'in.json', '-o', 'out.json', ...JSON_REPORT];
    const { code, stderr } = await runHere(args, { files, env: WITH_RING });
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({
      failures: [{ index: 0 }],
      ok: false,
      written: false,
    });
  });

  test('of import, on standard error', async () => {
    const { code, stdout, stderr } = await runHere(['import', ...JSON_REPORT], { stdin: CSV, env: WITH_KEY });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ domain: 'https://a.example' });
    expect(JSON.parse(stderr)).toEqual({
      format: 'chrome',
      rows: 3,
      entries: 1,
      skipped: { 'no credentials': 1, 'not a web address': 1 },
      duplicates: [],
      failures: [],
      withoutTotp: 0,
      withoutPassword: 0,
      withFurtherSites: 0,
      ok: true,
      written: true,
    });
  });

  test('of push, on standard output', async () => {
    const vault = await startScriptedVault(({ body }) =>
      JSON.stringify(body).includes('user-b') ? { status: 400, body: '{"error":"no"}' } : undefined,
    );
    try {
      const stdin = ['user-a', 'user-b'].map((user) => line(sealed(user, current))).join('');
      const env = { ...WITH_KEY, CLOUDCRUISE_API_KEY: 'sk', CLOUDCRUISE_BASE_URL: vault.url };
      const { code, stdout, stderr } = await runHere(['push', ...JSON_REPORT], { stdin, env });
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({
        failures: [{ line: 2, permissioned_user_id: 'user-b', status: 'refused', httpStatus: 400 }],
        ok: false,
        read: 2,
        created: 1,
        refused: 1,
        unsent: 0,
        seconds: expect.any(Number),
      });
    } finally {
      await vault.close();
    }
  });
});

describe('--quiet says nothing but what went wrong', () => {
  test.each<[string, string[], string, Record<string, string>]>([
    ['rotate', ['rotate'], line(sealed('a', previous)), WITH_RING],
    ['import', ['import'], CSV, WITH_KEY],
    ['push', ['push', '--dry-run'], line(sealed('a', current)), WITH_KEY],
  ])('%s', async (_, args, stdin, env) => {
    const loud = await runHere(args, { stdin, env });
    expect(loud.stderr).not.toBe('');
    expect(await runHere([...args, '-q'], { stdin, env })).toMatchObject({ code: 0, stderr: '' });
  });

  test('such as an entry that failed', async () => {
    const given = { stdin: line(strange('a')) + line(strange('b')), env: WITH_RING };
    const { code, stderr } = await runHere(['rotate', '-q'], given);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^line 1: .*\nline 2: .*\n$/);
  });
});

describe('- is standard input', () => {
  const files = {
    'e.json': JSON.stringify({ domain: 'https://a.example', permissioned_user_id: 'a', password: 'x' }),
  };

  test('of --key-file and of --previous-key-file', async () => {
    expect((await runHere(['payload', 'e.json', '--key-file', '-'], { files, stdin: `${KEY}\n` })).code).toBe(
      0,
    );
    const given = { stdin: OLD_KEY, env: WITH_KEY };
    const { stdout } = await runHere(['key', 'show', '--previous-key-file', '-'], given);
    expect(stdout).toContain(`previous  ${previous.fingerprint}`);
  });

  test.each([
    ['payload --key-file -', /both --key-file and FILE\./],
    ['seal --key-file -', /both the input and --key-file\./],
    ['payload e.json --key-file - --previous-key-file -', /both --key-file and --previous-key-file\./],
  ])('once: %s', async (typed, reason) => {
    const { code, stderr } = await runHere(typed.split(' '), { files, stdin: KEY });
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
  });
});

test('commands run in this process leave it as it is, and know only what they are given', async () => {
  const before = [process.exitCode, process.cwd(), process.listenerCount('SIGINT')];
  const env = { ...WITH_RING };
  const outcomes = await Promise.all(
    ['a', 'b', 'c'].map((user) =>
      runHere(['rotate', 'in.json'], {
        env,
        files: { 'in.json': JSON.stringify(sealed(user, previous)) },
      }),
    ),
  );
  for (const [index, { code, stdout }] of outcomes.entries()) {
    expect(code).toBe(0);
    expect(JSON.parse(stdout).permissioned_user_id).toBe(['a', 'b', 'c'][index]);
  }
  expect([process.exitCode, process.cwd(), process.listenerCount('SIGINT')]).toEqual(before);
});
