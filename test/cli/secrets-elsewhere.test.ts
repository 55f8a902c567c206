import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { outputOf } from '../../src/cli/programs/output.js';
import { VaultKey } from '../../src/index.js';
import { protectKeys } from '../../src/key-file/index.js';
import { contextOf, runHere } from './in-process.js';
import { inFolder, type Outcome } from './run.js';
import { FINGERPRINT, jwkOf, KEY, OLD_KEY, WITH_KEY } from './sealing.js';

const exec = promisify(execFile);
const PATH = process.env.PATH ?? '';
const PASSPHRASE = 'correct horse battery staple';
const PROTECTED = await protectKeys(VaultKey.fromHex(KEY), PASSPHRASE);
const OLD = VaultKey.fromHex(OLD_KEY).fingerprint;
const show = (options: readonly string[], env = {}, files = {}): Promise<Outcome> =>
  runHere(['key', 'show', ...options], { env: { PATH, ...env }, files });

describe('a key by command', () => {
  test.each<[string, string]>([
    ['hex and a line break', `echo ${KEY}`],
    ['hex alone', `printf %s ${KEY}`],
    ['a JWK', `echo '${JSON.stringify(jwkOf(KEY))}'`],
    ['a JWK set', `echo '${JSON.stringify({ keys: [jwkOf(KEY), jwkOf(OLD_KEY)] })}'`],
    ['a key, and a warning on standard error', `echo careful >&2; echo ${KEY}`],
  ])('is what it prints: %s', async (_, command) => {
    const { code, stdout } = await show(['--key-command', command]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^current {3}${FINGERPRINT} .*--key-command\n`));
  });

  test('in the variable, in the environment of this process', async () => {
    const { stdout } = await show([], { CLOUDCRUISE_ENCRYPTION_KEY_COMMAND: `echo ${KEY}` });
    expect(stdout).toBe(`current   ${FINGERPRINT}  hex  CLOUDCRUISE_ENCRYPTION_KEY_COMMAND\n`);
  });

  test('protected, with the passphrase by command', async () => {
    const options = ['--key-command', 'cat keys', '--passphrase-command', `echo '${PASSPHRASE}'`];
    const { stdout } = await show(options, {}, { keys: PROTECTED });
    expect(stdout).toBe(`current   ${FINGERPRINT}  protected  --key-command\n`);
  });

  test('its standard error passes through as it is', async () => {
    const { stderr } = await show(['--key-command', `printf 'one\\ntwo' >&2; echo ${KEY}`]);
    expect(stderr).toBe('one\ntwo');
  });

  test('it gets no variable of ours, no input, and starts where we are', async () => {
    const command = `env | grep -iq cloudcruise && exit 9; read -r line && exit 8; cat key`;
    const outcome = await runHere(['seal', '--key-command', command], {
      env: { PATH, CLOUDCRUISE_API_KEY: 'sk', CREDSEAL_PASSPHRASE: PASSPHRASE },
      files: { key: KEY },
      stdin: 'hunter2',
    });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  test.each<[string, string, RegExp]>([
    ['fails', `echo ${KEY}; exit 7`, /--key-command failed with exit code 7\.$/],
    ['is not there', 'no-such-program-here', /failed with exit code 127: what it names was not found\.$/],
    ['cannot be run', './key', /failed with exit code 126: what it names cannot be run\.$/],
    ['is ended', 'kill -9 $$', /was ended by SIGKILL\.$/],
    ['prints nothing', 'true', /prints nothing\.$/],
    ['is empty', ' ', /--key-command is empty: give a command\.$/],
    ['prints an empty line', 'echo', /64 hex digits; got 0 characters/],
    ['prints two lines', `echo ${KEY}; echo ${OLD_KEY}`, /got 129 characters, white space at position 65/],
    ['prints a key and a warning', `echo ${KEY}; echo careful`, /got 72 characters, white space/],
    ['prints something else', 'echo password', /got 8 characters, no hex digit at position 1/],
    ['prints no text', "printf '\\377'", /not valid UTF-8/],
    ['prints without end', 'yes', /prints more than 65538 bytes, and was stopped\.$/],
  ])('that %s ends with its message, which shows nothing of it', async (_, command, message) => {
    const { code, stdout, stderr } = await show(['--key-command', command], {}, { key: KEY });
    expect(code).toBe(command === ' ' ? 2 : 3);
    expect(stdout).toBe('');
    const ours = stderr.trimEnd().split('\n').at(-1);
    expect(ours).toMatch(message);
    expect(ours).not.toContain(KEY.slice(0, 8));
    expect(ours).not.toMatch(/careful|password/);
  });

  test('and --key-file exclude each other, as passphrases by descriptor and by command do', async () => {
    const both = await show(['--key-command', 'true', '--key-file', 'key']);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('exclude each other') });
    const passphrases = await show(['--passphrase-command', 'true', '--passphrase-fd', '0']);
    expect(passphrases.code).toBe(2);
  });

  test('goes before --env-file and the environment, which may then have what it likes', async () => {
    const { stdout } = await show(['--key-command', `echo ${KEY}`, '--env-file', 'env'], WITH_KEY, {
      env: `CLOUDCRUISE_ENCRYPTION_KEY=${OLD_KEY}\n`,
    });
    expect(stdout).toContain(FINGERPRINT);
  });
});

describe('a command that hangs is stopped with its children', () => {
  const alive = async (mark: string) => {
    const { stdout } = await exec('sh', ['-c', `ps -eo args= | grep '[s]leep ${mark}' || true`]);
    return stdout;
  };

  test.each<[string, string]>([
    ['itself', 'exec sleep MARK'],
    ['a child of its shell', 'sleep MARK; true'],
    ['several, in the background', 'sleep MARK & sleep MARK & wait'],
    ['a grandchild', `sh -c 'sh -c "sleep MARK; true"; true'; true`],
    ['what has ended and left somebody with its output', 'sleep MARK & echo ready'],
    ['one that is deaf to SIGTERM', `trap '' TERM; sleep MARK; sleep MARK`],
  ])('%s', async (_, command) => {
    const mark = `${1000 + Math.floor(Math.random() * 1e6)}.5`;
    const context = contextOf(process.cwd(), { env: { PATH } });
    const output = await outputOf(command.replaceAll('MARK', mark), 100, context, 0.5);
    expect(output).toEqual({ problem: 'took longer than 0.5 s and was stopped, with what it had started' });
    await expect.poll(() => alive(mark), { timeout: 5000 }).toBe('');
  });

  test('one that leaves the group keeps nobody waiting', async () => {
    const context = contextOf(process.cwd(), { env: { PATH } });
    const start = performance.now();
    await outputOf('setsid sleep 4', 100, context, 0.5);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('a secret in a file that a variable names', () => {
  test('keys, previous keys and passphrase', async () => {
    const env = {
      CLOUDCRUISE_ENCRYPTION_KEY_FILE: 'current',
      CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS_FILE: 'previous',
      CREDSEAL_PASSPHRASE_FILE: 'passphrase',
    };
    const files = { current: PROTECTED, passphrase: `${PASSPHRASE}\n`, previous: `${OLD_KEY},${KEY}\n` };
    const { stdout } = await show([], env, files);
    expect(stdout.split('\n')).toEqual([
      `current   ${FINGERPRINT}  protected  CLOUDCRUISE_ENCRYPTION_KEY_FILE`,
      `previous  ${OLD}  hex  CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS_FILE, key 1`,
      `previous  ${FINGERPRINT}  hex  CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS_FILE, key 2`,
      '',
    ]);
  });

  test.each([
    ['a line', `${OLD_KEY}\n`],
    ['a JWK set', JSON.stringify({ keys: [jwkOf(OLD_KEY)] })],
  ])('previous keys as %s', async (_, previous) => {
    const env = { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS_FILE: 'previous' };
    expect((await show([], env, { previous })).stdout).toContain(`previous  ${OLD}`);
  });

  test('also by --env-file, from where the command is started', async () => {
    const env = 'CLOUDCRUISE_ENCRYPTION_KEY_FILE=key\n';
    const { stdout } = await show(['--env-file', 'env'], {}, { env, key: KEY });
    expect(stdout).toContain('CLOUDCRUISE_ENCRYPTION_KEY_FILE in --env-file');
  });

  test('by a name that means standard input elsewhere', async () => {
    expect((await show([], { CLOUDCRUISE_ENCRYPTION_KEY_FILE: '-' }, { '-': KEY })).stdout).toContain(
      FINGERPRINT,
    );
  });

  test('draws no warning, whoever may read it', async () => {
    const { stderr } = await runHere(['key', 'show', '--env-file', 'env'], {
      env: { PATH },
      files: { env: 'CLOUDCRUISE_ENCRYPTION_KEY_FILE=/dev/stdin\n' },
    });
    expect(stderr).not.toContain('warning');
    await inFolder({ key: KEY }, async (folder) => {
      await chmod(join(folder, 'key'), 0o644);
      const outcome = await show([], { CLOUDCRUISE_ENCRYPTION_KEY_FILE: join(folder, 'key') });
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
    });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['nowhere', { CLOUDCRUISE_ENCRYPTION_KEY_FILE: 'none' }, /KEY_FILE cannot be read: no such file\.$/],
    [
      'to a folder',
      { CLOUDCRUISE_ENCRYPTION_KEY_FILE: '.' },
      /KEY_FILE cannot be read: it is a directory\.$/,
    ],
    [
      'to what never ends',
      { CLOUDCRUISE_ENCRYPTION_KEY_FILE: '/dev/zero' },
      /is larger than 65538 bytes, which is too large for a secret\.$/,
    ],
    ['to a circle', { CLOUDCRUISE_ENCRYPTION_KEY_FILE: 'circle' }, /its links lead in a circle\.$/],
    ['to an empty file', { CLOUDCRUISE_ENCRYPTION_KEY_FILE: '/dev/null' }, /64 hex digits; got 0/],
    [
      'nowhere, for previous keys',
      { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS_FILE: 'none' },
      /KEYS_FILE cannot be read/,
    ],
  ])('that leads %s ends with 3', async (_, env, message) => {
    const outcome = await inFolder({}, async (folder) => {
      await symlink('circle', join(folder, 'circle'));
      const named = Object.fromEntries(
        Object.entries(env).map(([name, path]) => [name, path === 'circle' ? join(folder, path) : path]),
      );
      return show([], named);
    });
    expect(outcome).toMatchObject({ code: 3, stdout: '' });
    expect(outcome.stderr.trimEnd()).toMatch(message);
  });
});

describe('one secret in two forms is an error, and never a choice', () => {
  const forms = ['', '_FILE', '_COMMAND'];
  const pairs = forms.flatMap((one, at) => forms.slice(at + 1).map((other) => [one, other] as const));
  const names = ['CLOUDCRUISE_ENCRYPTION_KEY', 'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS', 'CREDSEAL_PASSPHRASE'];

  test.each(names.flatMap((name) => pairs.map(([one, other]) => [`${name}${one}`, `${name}${other}`])))(
    '%s and %s',
    async (one = '', other = '') => {
      const base = one.startsWith('CLOUDCRUISE_ENCRYPTION') ? {} : WITH_KEY;
      const options = one.startsWith('CREDSEAL') ? ['--key-file', 'key'] : [];
      const outcome = await show(options, { ...base, [one]: KEY, [other]: 'key' }, { key: PROTECTED });
      expect(outcome).toMatchObject({
        code: 3,
        stdout: '',
        stderr: `credseal: ${one} and ${other} are both set: keep one.\n`,
      });
    },
  );

  test('the API key', async () => {
    const outcome = await runHere(['vault', 'list'], {
      env: { ...WITH_KEY, CLOUDCRUISE_API_KEY: 'sk', CLOUDCRUISE_API_KEY_FILE: 'key' },
    });
    expect(outcome).toMatchObject({
      code: 2,
      stderr: 'credseal: CLOUDCRUISE_API_KEY and CLOUDCRUISE_API_KEY_FILE are both set: keep one.\n',
    });
  });

  test('one that is empty is not set', async () => {
    const { stdout } = await show([], { ...WITH_KEY, CLOUDCRUISE_ENCRYPTION_KEY_FILE: '' });
    expect(stdout).toContain(FINGERPRINT);
  });
});

describe('a command in --env-file', () => {
  test.each([
    'CLOUDCRUISE_ENCRYPTION_KEY',
    'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS',
    'CLOUDCRUISE_API_KEY',
    'CREDSEAL_PASSPHRASE',
  ])('%s_COMMAND is refused, and does not run, whatever else is given', async (name) => {
    await inFolder({}, async (folder) => {
      const env = `${name}_COMMAND=touch ${folder}/ran\nCLOUDCRUISE_ENCRYPTION_KEY=${KEY}\n`;
      const outcome = await show(['--env-file', 'env'], {}, { env });
      expect(outcome).toMatchObject({ code: 3, stdout: '' });
      expect(outcome.stderr).toMatch(
        new RegExp(`--env-file sets ${name}_COMMAND, but a data file may not name a command to run`),
      );
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

describe('the API key', () => {
  const list = (options: readonly string[], env: Record<string, string>, files = {}) =>
    runHere(['vault', 'list', '--base-url', 'http://127.0.0.1:1', '--retries', '0', ...options], {
      env: { PATH, ...WITH_KEY, ...env },
      files,
    });

  test.each<[string, string[], Record<string, string>]>([
    ['by --api-key-command', ['--api-key-command', 'echo sk_test'], {}],
    [
      'by --api-key-command, over the variable',
      ['--api-key-command', 'echo sk_test'],
      { CLOUDCRUISE_API_KEY: 'ü\n' },
    ],
    ['by its command', [], { CLOUDCRUISE_API_KEY_COMMAND: 'echo sk_test' }],
    ['by its file', [], { CLOUDCRUISE_API_KEY_FILE: 'api-key' }],
  ])('%s: only the network fails', async (_, options, env) => {
    expect((await list(options, env, { 'api-key': 'sk_test\n' })).code).toBe(6);
  });

  test.each<[string, string, number, RegExp]>([
    ['fails', 'exit 4', 3, /--api-key-command failed with exit code 4\.$/],
    ['prints two lines', 'echo sk; echo sk', 3, /gives 2 lines, where one is expected/],
    ['prints an empty line', 'echo', 3, /contains only an empty line/],
    ['prints what no header carries', 'echo sk_ü', 2, /API key/],
  ])('by a command that %s', async (_, command, code, message) => {
    const outcome = await list(['--api-key-command', command], {});
    expect(outcome.code).toBe(code);
    expect(outcome.stderr.trimEnd()).toMatch(message);
    expect(outcome.stderr).not.toContain('sk_');
  });
});

describe('who else can read a key file', () => {
  const WARNING =
    /^credseal: warning: --(?:previous-)?key-file can be read by others than its owner: run chmod 600 on it\.\n$/;
  const with644 = (content: string, options: (path: string) => string[], env = {}) =>
    inFolder({ key: content }, async (folder) => {
      await chmod(join(folder, 'key'), 0o644);
      return show(options(join(folder, 'key')), env);
    });

  test.each([0o640, 0o604, 0o620])('mode %o of a --key-file draws a warning', async (mode) => {
    await inFolder({ key: KEY }, async (folder) => {
      await chmod(join(folder, 'key'), mode);
      const outcome = await show(['--key-file', join(folder, 'key')]);
      expect(outcome).toMatchObject({ code: 0, stderr: expect.stringMatching(WARNING) });
    });
  });

  test('of a --previous-key-file as well', async () => {
    const outcome = await with644(OLD_KEY, (path) => ['--previous-key-file', path], WITH_KEY);
    expect(outcome).toMatchObject({ code: 0, stderr: expect.stringMatching(WARNING) });
  });

  test('of one for its owner alone, of a protected one and of a device it does not', async () => {
    expect((await show(['--key-file', 'key'], {}, { key: KEY })).stderr).toBe('');
    const env = { CREDSEAL_PASSPHRASE: PASSPHRASE };
    expect((await with644(PROTECTED, (path) => ['--key-file', path], env)).stderr).toBe('');
    expect((await show(['--previous-key-file', '/dev/null'], WITH_KEY)).stderr).not.toContain('warning');
  });
});

describe('-o of what makes keys and sealed values', () => {
  test.each<[string, string[], RegExp]>([
    ['key new', [], /^[0-9a-f]{64}\n$/],
    ['key new', ['--jwk'], /^\{"kty":"oct"/],
    ['seal', [], /^[0-9a-f]{74}\n$/],
  ])('%s %j writes a file with mode 0600, and nothing to standard output', async (name, options, content) => {
    await inFolder({}, async (folder) => {
      const file = join(folder, 'out');
      const outcome = await runHere([...name.split(' '), ...options, '-o', file], {
        env: WITH_KEY,
        stdin: 'hunter2',
      });
      expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).toMatch(content);
    });
  });

  test('key new replaces no file that is there, but with --force', async () => {
    const args = ['key', 'new', '-o', 'old.key'];
    const files = { 'old.key': KEY };
    expect(await runHere(args, { files })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--force'),
    });
    expect((await runHere([...args, '--force'], { files })).code).toBe(0);
  });

  test.each([
    ['CLOUDCRUISE_ENCRYPTION_KEY_FILE', {}],
    ['CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS_FILE', WITH_KEY],
    ['CREDSEAL_PASSPHRASE_FILE', WITH_KEY],
  ])('does not write over the file of %s', async (name, env) => {
    const outcome = await runHere(['seal', '-o', 'secret'], {
      env: { ...env, [name]: './secret' },
      files: { secret: KEY },
      stdin: 'x',
    });
    expect(outcome).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`the same file as ${name}`),
    });
  });

  test('nor over one that --env-file names', async () => {
    const files = { secret: KEY, env: 'CLOUDCRUISE_ENCRYPTION_KEY_FILE=secret\n' };
    const outcome = await runHere(['seal', '-o', 'secret', '--env-file', 'env'], { files, stdin: 'x' });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('--key-file - is standard input', () => {
  test('where that is not the data', async () => {
    const { stdout, stderr } = await runHere(['key', 'show', '--key-file', '-'], { stdin: `${KEY}\n` });
    expect({ stdout, stderr }).toEqual({ stdout: `current   ${FINGERPRINT}  hex  --key-file\n`, stderr: '' });
  });

  test.each([
    ['seal', '--key-file', '-'],
    ['payload', '--key-file', '-'],
    ['key', 'show', '--key-file', '-', '--passphrase-fd', '0'],
    ['seal', '--key-file', 'key', '--passphrase-fd', '0'],
  ])('and is read once: %s %s %s', async (...args) => {
    const outcome = await runHere(args, { stdin: KEY });
    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Standard input can be read only once'),
    });
  });
});

describe('as platforms mount secrets', () => {
  // Kubernetes: the file is a link to ..data/key, and ..data a link to a folder, which is swapped at once by a rename.
  test('a link to a link that is swapped while it is read: each reading gives one of the two keys', async () => {
    await inFolder({ a: null, b: null }, async (folder) => {
      const at = (path: string) => join(folder, path);
      await writeFile(at('a/key'), KEY);
      await writeFile(at('b/key'), `${OLD_KEY}\n`);
      await symlink('a', at('..data'));
      await symlink('..data/key', at('key'));
      const env = { CLOUDCRUISE_ENCRYPTION_KEY_FILE: at('key') };
      const seen = new Set<string>();
      let isOver = false;
      const swapping = (async () => {
        for (let turn = 0; !isOver; turn++) {
          await symlink(turn % 2 ? 'a' : 'b', at('..data_tmp'));
          await rename(at('..data_tmp'), at('..data'));
        }
      })();
      try {
        for (let reading = 0; reading < 100; reading++) {
          const { code, stdout, stderr } = await show([], env);
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
          seen.add(/[0-9a-f]{16}/.exec(stdout)?.[0] ?? '');
        }
      } finally {
        isOver = true;
        await swapping;
      }
      expect([...seen].sort()).toEqual([FINGERPRINT, OLD].sort());
    });
  });

  // systemd.exec(5), LoadCredential=: a folder of the service's own, its files for reading alone.
  test("a credential of systemd's, in $CREDENTIALS_DIRECTORY", async () => {
    await inFolder({}, async (folder) => {
      const directory = join(folder, 'vault.service');
      await mkdir(directory);
      await writeFile(join(directory, 'vault-key'), KEY, { mode: 0o400 });
      await chmod(directory, 0o500);
      const env = { CREDENTIALS_DIRECTORY: directory };
      const command = await show(['--key-command', 'cat "$CREDENTIALS_DIRECTORY/vault-key"'], env);
      const file = await show([], { ...env, CLOUDCRUISE_ENCRYPTION_KEY_FILE: `${directory}/vault-key` });
      for (const { stdout, stderr } of [command, file]) {
        expect(stdout).toContain(FINGERPRINT);
        expect(stderr).toBe('');
      }
      await chmod(directory, 0o700);
    });
  });
});

describe('tools that decrypt a key file', () => {
  test('age', async () => {
    await inFolder({ 'vault.key': `${KEY}\n` }, async (folder) => {
      await exec('age-keygen', ['-o', 'identity'], { cwd: folder });
      const { stdout: recipient } = await exec('age-keygen', ['-y', 'identity'], { cwd: folder });
      await exec('age', ['-r', recipient.trim(), '-o', 'vault.key.age', 'vault.key'], { cwd: folder });
      const outcome = await show(['--key-command', `cd '${folder}' && age -d -i identity vault.key.age`]);
      expect(outcome).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(FINGERPRINT) });
      const other = await show(['--key-command', `cd '${folder}' && age -d -i vault.key vault.key.age`]);
      expect(other).toMatchObject({ code: 3, stdout: '' });
      expect(other.stderr).toMatch(/^age: error: .*credseal: --key-command failed with exit code 1\.\n$/s);
    });
  });

  test('gpg', async () => {
    await inFolder({ 'vault.key': `${KEY}\n`, home: null }, async (folder) => {
      const home = join(folder, 'home');
      await chmod(home, 0o700);
      const gpg = `gpg --homedir '${home}' --batch --quiet --pinentry-mode loopback --passphrase secret`;
      try {
        await exec('sh', ['-c', `${gpg} --symmetric -o vault.key.gpg vault.key`], { cwd: folder });
        const outcome = await show(['--key-command', `${gpg} --decrypt '${folder}/vault.key.gpg'`]);
        expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining(FINGERPRINT) });
        const wrong = await show([
          '--key-command',
          `${gpg.replace('secret', 'other')} --decrypt '${folder}/vault.key.gpg'`,
        ]);
        expect(wrong).toMatchObject({ code: 3, stdout: '' });
        expect(wrong.stderr).toContain('--key-command failed with exit code 2.');
      } finally {
        await exec('gpgconf', ['--homedir', home, '--kill', 'all']);
      }
    });
  });
});
