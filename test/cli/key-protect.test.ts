import { spawn } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/index.js';
import {
  contentOf,
  fileOf,
  headerOf,
  jwk,
  OLD_KEY as OLD_VAULT_KEY,
  PASSPHRASE,
  KEY as VAULT_KEY,
  withPart,
} from '../key-file/files.js';
import { runHere, runHereIn } from './in-process.js';
import { type Given, inFolder, MAIN, shell } from './run.js';
import { FINGERPRINT, jwkOf, KEY, OLD_KEY, plaintextOf, WITH_KEY } from './sealing.js';

const OLD_FINGERPRINT = VaultKey.fromHex(OLD_KEY).fingerprint;
const env = { CREDSEAL_PASSPHRASE: PASSPHRASE };
const set = JSON.stringify({ keys: [jwk(VAULT_KEY), jwk(OLD_VAULT_KEY)] });
let ringFile: string;
let keyFile: string;
beforeAll(async () => {
  [ringFile, keyFile] = await Promise.all([fileOf(), fileOf({ content: { keys: [jwk(VAULT_KEY)] } })]);
});

const kidsOf = async (file: string) =>
  (await contentOf(file.trimEnd())).set.keys.map(({ kid }: { kid: string }) => kid);

describe('key protect', () => {
  test.concurrent.each<[string, string[], Given, string[]]>([
    ['hex on stdin', [], { stdin: `${KEY}\n` }, [FINGERPRINT]],
    ['a JWK on stdin', [], { stdin: JSON.stringify(jwkOf(KEY)) }, [FINGERPRINT]],
    ['a JWK set on stdin', [], { stdin: set }, [FINGERPRINT, OLD_FINGERPRINT]],
    ['stdin, whatever the environment has', [], { stdin: OLD_KEY, env: WITH_KEY }, [OLD_FINGERPRINT]],
    ['a hex --key-file', ['--key-file', 'key'], { files: { key: KEY } }, [FINGERPRINT]],
    [
      'a JWK set as --key-file',
      ['--key-file', 'key'],
      { files: { key: set } },
      [FINGERPRINT, OLD_FINGERPRINT],
    ],
    [
      'a previous key beside the current one',
      ['--key-file', 'key', '--previous-key-file', 'old'],
      { files: { key: KEY, old: OLD_KEY } },
      [FINGERPRINT, OLD_FINGERPRINT],
    ],
    ['the environment, where stdin is empty', [], { env: WITH_KEY }, [FINGERPRINT]],
    [
      '--env-file',
      ['--env-file', 'env'],
      { files: { env: `CLOUDCRUISE_ENCRYPTION_KEY=${KEY}\nCREDSEAL_PASSPHRASE="${PASSPHRASE}"` } },
      [FINGERPRINT],
    ],
  ])('makes of %s a file that bare jose opens', async (_, args, given, kids) => {
    const outcome = await runHere(['key', 'protect', ...args], { ...given, env: { ...env, ...given.env } });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toMatch(/^[\w-]+(\.[\w-]+){4}\n$/);
    expect(await kidsOf(outcome.stdout)).toEqual(kids);
    expect(headerOf(outcome.stdout).p2c).toBe(210_000);
  });

  test.concurrent('--max-iterations allows a file that would take longer than a second to open', async () => {
    const files = { k: await fileOf({ iterations: 1_000_001 }) };
    const show = ['key', 'show', '--key-file', 'k'];
    const [refused, shown, wrong] = await Promise.all([
      runHere(show, { files, env }),
      runHere([...show, '--max-iterations', '1000001'], { files, env }),
      runHere([...show, '--max-iterations', '10000001'], { files, env }),
    ]);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toMatch(
      /^credseal: --key-file: .*1000001 iterations.*at most 1000000.*--max-iterations/,
    );
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(FINGERPRINT) });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
  });

  test.concurrent('--iterations above a million says what the file will need', async () => {
    const { stderr } = await runHere(['key', 'protect', '--iterations', '1000001'], { stdin: KEY, env });
    expect(stderr).toBe('The file opens with --max-iterations 1000001, since it takes longer than others.\n');
  });

  test.concurrent('--iterations raises their number', async () => {
    const { stdout } = await runHere(['key', 'protect', '--iterations', '250000'], { stdin: KEY, env });
    expect(headerOf(stdout).p2c).toBe(250_000);
  });

  test.concurrent.each([['209999'], ['10000001'], ['1e6'], ['-1'], ['']])(
    '--iterations %j is refused',
    async (count) => {
      const outcome = await runHere(['key', 'protect', '--iterations', count], { stdin: KEY, env });
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
    },
  );

  test.concurrent('a protected file can be protected anew', async () => {
    const { stdout } = await runHere(['key', 'protect', '--iterations', '220000'], { stdin: ringFile, env });
    expect(headerOf(stdout).p2c).toBe(220_000);
    expect(await kidsOf(stdout)).toEqual([FINGERPRINT, OLD_FINGERPRINT]);
  });

  test.concurrent.each<[string, Given, RegExp]>([
    [
      'no passphrase',
      { stdin: KEY },
      /set CREDSEAL_PASSPHRASE, give --passphrase-fd N, or run this at a terminal/,
    ],
    ['an empty passphrase', { stdin: KEY, env: { CREDSEAL_PASSPHRASE: '' } }, /set CREDSEAL_PASSPHRASE/],
    ['a short passphrase', { stdin: KEY, env: { CREDSEAL_PASSPHRASE: 'seven77' } }, /at least 8 characters/],
    ['no key', { env }, /No key/],
    ['a malformed key', { stdin: `${KEY}0`, env }, /standard input: A vault key is 64 hex digits/],
    ['a malformed JWK set', { stdin: '{"keys":[{}]}', env }, /standard input: keys\[0\]/],
    ['a kid of another key', { stdin: set.replace(FINGERPRINT, OLD_FINGERPRINT), env }, /keys\[0\].*"kid"/],
  ])('ends with 3: %s', async (_, given, message) => {
    const { code, stdout, stderr } = await runHere(['key', 'protect'], given);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('seven77');
  });
});

describe('key unprotect', () => {
  test.concurrent('asks for a key file where there is none, and for no key', async () => {
    expect(await runHere(['key', 'unprotect'])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'credseal: No key file: give --key-file PATH, or the file on standard input.\n',
    });
  });

  test.concurrent.each<[string, () => Given, string[]]>([
    ['on stdin', () => ({ stdin: keyFile }), []],
    ['on stdin, with a line break', () => ({ stdin: `${keyFile}\r\n` }), []],
    ['in --key-file', () => ({ files: { key: keyFile } }), ['--key-file', 'key']],
  ])('gives hex of a file with one key, %s', async (_, given, args) => {
    const outcome = await runHere(['key', 'unprotect', ...args], {
      ...given(),
      // Other keys have nothing to do with it.
      env: { ...env, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OLD_KEY },
    });
    expect(outcome).toEqual({ code: 0, stdout: `${KEY}\n`, stderr: '' });
  });

  test.concurrent('gives a JWK with --jwk', async () => {
    const { stdout } = await runHere(['key', 'unprotect', '--jwk'], { stdin: keyFile, env });
    expect(JSON.parse(stdout)).toEqual(jwkOf(KEY));
  });

  test.concurrent('gives a JWK set of a file with more, which is a key file itself', async () => {
    const { stdout } = await runHere(['key', 'unprotect'], { stdin: ringFile, env });
    expect(JSON.parse(stdout)).toEqual({ keys: [jwk(VAULT_KEY), jwk(OLD_VAULT_KEY)] });
    const shown = await runHere(['key', 'show', '--key-file', 'ring'], { files: { ring: stdout } });
    expect(shown.stdout).toBe(
      `current   ${FINGERPRINT}  JWK set  --key-file\nprevious  ${OLD_FINGERPRINT}  JWK set  --key-file\n`,
    );
  });

  test.concurrent('what protect makes, unprotect takes', async () => {
    const { stdout } = await shell('credseal key protect | credseal key unprotect', {
      stdin: `${KEY}\n`,
      env,
    });
    expect(stdout).toBe(`${KEY}\n`);
  });

  test.concurrent.each<[string, () => Given, RegExp]>([
    [
      'a key that is not protected',
      () => ({ stdin: KEY, env }),
      /is not protected: it comes from standard input, as hex/,
    ],
    ['nothing', () => ({ env }), /No key/],
    [
      'a wrong passphrase',
      () => ({ stdin: keyFile, env: { CREDSEAL_PASSPHRASE: 'wrong passphrase' } }),
      /standard input: The passphrase is wrong/,
    ],
    [
      'a file that was changed',
      () => ({ stdin: withPart(keyFile, 4, 'A'.repeat(22)), env }),
      /standard input: The passphrase is right, but the key file was changed/,
    ],
    [
      'no passphrase',
      () => ({ stdin: keyFile }),
      /standard input needs a passphrase: set CREDSEAL_PASSPHRASE/,
    ],
    [
      'another algorithm',
      () => ({ stdin: `eyJhbGciOiJkaXIifQ.${keyFile.split('.').slice(1).join('.')}`, env }),
      /another key management algorithm/,
    ],
  ])('ends with 3: %s', async (_, given, message) => {
    const { code, stdout, stderr } = await runHere(['key', 'unprotect'], given());
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('-o writes keys to a file', () => {
  test.concurrent.each([['protect'], ['unprotect']])(
    '%s: of mode 0600, and nothing on stdout',
    async (command) => {
      await inFolder({}, async (cwd) => {
        const stdin = command === 'protect' ? KEY : keyFile;
        const outcome = await runHereIn(cwd, ['key', command, '-o', 'out'], { env, stdin });
        expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
        expect((await stat(join(cwd, 'out'))).mode & 0o777).toBe(0o600);
        expect(await readdir(cwd)).toEqual(['out']);
        const text = await readFile(join(cwd, 'out'), 'utf8');
        if (command === 'protect') expect(await kidsOf(text)).toEqual([FINGERPRINT]);
        else expect(text).toBe(`${KEY}\n`);
      });
    },
  );

  test.concurrent('not over a file that is there, which may be the only one with its keys, but with --force', async () => {
    await inFolder({ out: 'last year' }, async (cwd) => {
      const refused = await runHereIn(cwd, ['key', 'protect', '--output', 'out'], { env, stdin: KEY });
      expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/--force/) });
      expect(await readFile(join(cwd, 'out'), 'utf8')).toBe('last year');
      const forced = await runHereIn(cwd, ['key', 'protect', '--output', 'out', '--force'], {
        env,
        stdin: KEY,
      });
      expect(forced.code).toBe(0);
      expect(await kidsOf(await readFile(join(cwd, 'out'), 'utf8'))).toEqual([FINGERPRINT]);
    });
  });

  test.concurrent('not over the keys that are read, not even with --force: a passphrase may be mistyped', async () => {
    await inFolder({ key: set }, async (cwd) => {
      const args = ['key', 'protect', '--key-file', 'key', '-o', 'key', '--force'];
      expect(await runHereIn(cwd, args, { env })).toMatchObject({ code: 2, stdout: '' });
      expect(await readFile(join(cwd, 'key'), 'utf8')).toBe(set);
    });
  });
});

describe('a protected file is a key file for every command', () => {
  test.concurrent('key show lists the ring by fingerprint', async () => {
    const { code, stdout, stderr } = await runHere(['key', 'show', '--key-file', 'k'], {
      files: { k: ringFile },
      env,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `current   ${FINGERPRINT}  protected  --key-file\nprevious  ${OLD_FINGERPRINT}  protected  --key-file\n`,
    );
  });

  test.concurrent('as --previous-key-file too, with all its keys', async () => {
    const files = { key: VaultKey.generate().toHex(), old: ringFile };
    const { stdout } = await runHere(['key', 'show', '--key-file', 'key', '--previous-key-file', 'old'], {
      files,
      env,
    });
    expect(stdout.match(/previous {2}(\w+)/g)).toEqual([
      `previous  ${FINGERPRINT}`,
      `previous  ${OLD_FINGERPRINT}`,
    ]);
  });

  test.concurrent('seal, open and doctor', async () => {
    const files = { k: ringFile };
    const sealed = await runHere(['seal', '--key-file', 'k'], { stdin: 'value', files, env });
    expect(plaintextOf(sealed.stdout.trimEnd())).toBe('"value"');
    const opened = await runHere(['open', '--key-file', 'k'], { stdin: sealed.stdout, files, env });
    expect(opened.stdout).toBe('value\n');
    const doctor = await runHere(['doctor', '--key-file', 'k'], { files, env });
    expect(doctor).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`previous, ${OLD_FINGERPRINT}, protected`),
    });
    const unready = await runHere(['doctor', '--key-file', 'k'], { files });
    expect(unready).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(
        '--key-file needs a passphrase: set CREDSEAL_PASSPHRASE, or give --passphrase-fd N.',
      ),
    });
    const elsewhere = await runHere(['seal', '--key-file', 'k', '--env-file', 'env'], {
      files: { ...files, env: '' },
      env,
    });
    expect(elsewhere.stderr).toContain('set CREDSEAL_PASSPHRASE in --env-file, give --passphrase-fd N');
  });
});

describe('--passphrase-fd', () => {
  test.concurrent.each<[string, string]>([
    ['a file', 'printf "%s\\n" "$P" > p; credseal key show --key-file k --passphrase-fd 3 3< p'],
    [
      'a pipe',
      'printf %s "$P" | { exec 3<&0 0< /dev/null; credseal key show --key-file k --passphrase-fd 3; }',
    ],
    ['standard input', 'printf "%s\\r\\n" "$P" | credseal key show --key-file k --passphrase-fd 0'],
    [
      'standard input, the key being in a file',
      'printf %s "$P" | credseal key unprotect --key-file k --passphrase-fd 0 | credseal key show --key-file /dev/stdin',
    ],
    [
      'what goes before the environment',
      'printf %s "$P" | CREDSEAL_PASSPHRASE=wrong-passphrase credseal key show --key-file k --passphrase-fd 0',
    ],
    [
      'one for two files',
      'printf %s "$P" | credseal key show --key-file k --previous-key-file k --passphrase-fd 0',
    ],
  ])('%s', async (_, line) => {
    const { code, stdout, stderr } = await shell(line, { files: { k: ringFile }, env: { P: PASSPHRASE } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(FINGERPRINT);
  });

  test.concurrent('a pipe of another process, which takes its time', async () => {
    await inFolder({ k: ringFile }, async (cwd) => {
      const args = [MAIN, 'key', 'show', '--key-file', 'k', '--passphrase-fd', '3'];
      const child = spawn(process.execPath, args, {
        cwd,
        env: {},
        stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      });
      const pipe = child.stdio[3] as import('node:stream').Writable;
      setTimeout(() => pipe.end(PASSPHRASE), 200);
      let stdout = '';
      child.stdout?.on('data', (text) => {
        stdout += text;
      });
      expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
      expect(stdout).toContain(FINGERPRINT);
    });
  });

  test.concurrent.each<[string, string, number, RegExp]>([
    [
      'no number',
      'credseal key show --key-file k --passphrase-fd three',
      2,
      /--passphrase-fd takes a whole number/,
    ],
    [
      'a passphrase',
      'credseal key show --key-file k --passphrase-fd "$P"',
      2,
      /--passphrase-fd takes a whole number/,
    ],
    [
      'not open',
      'credseal key show --key-file k --passphrase-fd 97',
      3,
      /cannot be read: it is not open for reading/,
    ],
    ['empty', 'credseal key show --key-file k --passphrase-fd 3 3< /dev/null', 3, /gives no passphrase/],
    [
      'a line too many',
      'printf "%s\\n\\n" "$P" | credseal key show --key-file k --passphrase-fd 0',
      3,
      /passphrase is wrong/,
    ],
    ['not UTF-8', 'printf "\\377" | credseal key show --key-file k --passphrase-fd 0', 3, /not valid UTF-8/],
  ])('refused: %s', async (_, line, exitCode, message) => {
    const { code, stdout, stderr } = await shell(line, { files: { k: ringFile }, env: { P: PASSPHRASE } });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(PASSPHRASE.slice(0, 9));
  });
});
