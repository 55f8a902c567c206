import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.js';
import { VaultKey } from '../../src/index.js';
import { runHere } from './in-process.js';
import { inFolder, shell } from './run.js';
import { KEY, plaintextOf, WITH_KEY } from './sealing.js';

const PATH = process.env.PATH ?? '';
const ENV = { ...WITH_KEY, PATH, PORTAL_PASSWORD: 'correct-horse' };
const ref = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
const from = (reference: unknown) => ({ ...ref, password: { from: reference } });
const payload = (entry: unknown, options: readonly string[] = [], given: object = {}) =>
  runHere(['payload', ...options], { stdin: JSON.stringify(entry), env: ENV, ...given });
const passwordIn = (text: string) => JSON.parse(plaintextOf(JSON.parse(text).password));

/**
 * `op read` as 1Password CLI 2.30's reference has it: the value and a line break; what is not there ends with 1 and a
 * line on standard error. `bw get` as Bitwarden CLI 2024's: the value without a line break; nothing found ends with 1.
 */
const OP = `#!/bin/sh
[ "$#" = 2 ] && [ "$1" = read ] || { echo "[ERROR] unknown flag" >&2; exit 1; }
case "$2" in
  op://Portals/Example/password) echo correct-horse ;;
  op://Portals/Example/username) echo ada ;;
  *) echo '[ERROR] 2026/11/28 03:00:00 could not read secret: "Portals" isn'"'"'t a vault' >&2; exit 1 ;;
esac
`;
const BW = `#!/bin/sh
case "$*" in
  "get password Example Portal") printf %s correct-horse ;;
  "get username Example Portal") printf %s ada ;;
  *) printf 'Not found.' >&2; exit 1 ;;
esac
`;

/** Runs with `op` and `bw` in the path. */
function withTools<T>(work: (folder: string, env: Record<string, string>) => Promise<T>): Promise<T> {
  return inFolder({ op: OP, bw: BW }, async (folder) => {
    for (const tool of ['op', 'bw']) await chmod(join(folder, tool), 0o700);
    return work(folder, { ...ENV, PATH: `${folder}:${PATH}` });
  });
}

describe('a reference is resolved before it is sealed', () => {
  test('env:, in every credential', async () => {
    const entry = {
      ...ref,
      user_name: { from: 'env:NAME' },
      password: { from: 'env:PORTAL_PASSWORD' },
      tfa_secret: { from: 'env:TOTP' },
      tfa_method: 'AUTHENTICATOR',
      proxy_setting: 'custom',
      proxy_value: { from: 'env:PROXY' },
    };
    const env = { ...ENV, NAME: 'ada', TOTP: 'jbsw y3dp ehpk 3pxp', PROXY: 'http://a:b@proxy.example:8080' };
    const { stdout, stderr } = await payload(entry, [], { env });
    expect(stderr).toBe('');
    const sealed = JSON.parse(stdout);
    const opened = ['user_name', 'password', 'tfa_secret', 'proxy_value'].map((name) =>
      JSON.parse(plaintextOf(sealed[name])),
    );
    expect(opened).toEqual(['ada', 'correct-horse', 'JBSWY3DPEHPK3PXP', 'http://a:b@proxy.example:8080']);
  });

  test('of --env-file, where that is given', async () => {
    const env = `CLOUDCRUISE_ENCRYPTION_KEY=${KEY}\nPORTAL_PASSWORD=battery\n`;
    const { stdout } = await payload(from('env:PORTAL_PASSWORD'), ['--env-file', 'env'], { files: { env } });
    expect(passwordIn(stdout)).toBe('battery');
  });

  test('file:, from the folder of the entry file, without one line break', async () => {
    await inFolder({}, async (folder) => {
      await mkdir(join(folder, 'entries'));
      await mkdir(join(folder, 'run'));
      await writeFile(join(folder, 'run', 'secret'), 'correct-horse\n');
      for (const path of ['../run/secret', join(folder, 'run/secret')]) {
        await writeFile(join(folder, 'entries/one.json'), JSON.stringify(from(`file:${path}`)));
        const { stdout, stderr } = await payload({}, [
          join(folder, 'entries/one.json'),
          '--allow-references',
          'file',
        ]);
        expect(stderr).toBe('');
        expect(passwordIn(stdout)).toBe('correct-horse');
      }
    });
    const { stdout } = await payload(from('file:secret'), ['--allow-references', 'file'], {
      files: { secret: 'a\n\n' },
    });
    expect(passwordIn(stdout)).toBe('a\n');
  });

  test.each([
    ['op://Portals/Example/password', 'op'],
    ['bw:Example Portal/password', 'bw'],
    ['exec:echo correct-horse', 'exec'],
    ['exec:printf %s correct-horse', 'op, exec'],
  ])('%s, where --allow-references has %s', async (reference, allowed) => {
    await withTools(async (_, env) => {
      const { stdout, stderr } = await payload(from(reference), ['--allow-references', allowed], { env });
      expect(stderr).toBe('');
      expect(passwordIn(stdout)).toBe('correct-horse');
    });
  });

  test('request writes the same', async () => {
    const outcome = await runHere(['request', '--json'], {
      stdin: JSON.stringify(from('env:PORTAL_PASSWORD')),
      env: ENV,
    });
    expect(passwordIn(JSON.parse(outcome.stdout).body)).toBe('correct-horse');
  });

  test('in NDJSON line by line, in an array entry by entry: one that fails stops itself alone', async () => {
    const entries = [from('env:PORTAL_PASSWORD'), from('env:NONE'), { ...ref, password: 'plain' }];
    const documents = [
      entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
      JSON.stringify(entries),
    ];
    for (const [index, stdin] of documents.entries()) {
      const { code, stdout, stderr } = await runHere(['payload'], { stdin, env: ENV });
      expect(code).toBe(1);
      const sealed =
        index === 0
          ? stdout
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line))
          : JSON.parse(stdout);
      expect(sealed.map(({ password }: { password: string }) => JSON.parse(plaintextOf(password)))).toEqual([
        'correct-horse',
        'plain',
      ]);
      expect(stderr).toBe(
        `${index === 0 ? 'line 2' : 'entry [1]'}: password is a reference that cannot be resolved: the variable is not set, or empty.\n1 of 3 entries failed; the others are written.\n`,
      );
    }
  });

  test('100 that take 300 ms each are resolved several at once, and each is asked once', async () => {
    await inFolder({}, async (folder) => {
      const entries = Array.from({ length: 200 }, (_, index) =>
        from(
          `exec:echo + >> '${folder}/log'; sleep 0.3; echo - >> '${folder}/log'; echo x >> '${folder}/${index % 100}'; echo ${index % 100}`,
        ),
      );
      const { code, stdout, stderr } = await payload(entries, ['--allow-references', 'exec']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toHaveLength(200);
      const asked = await Promise.all(
        (await readdir(folder))
          .filter((name) => name !== 'log')
          .map(async (name) => (await readFile(join(folder, name), 'utf8')).length),
      );
      expect(asked).toEqual(Array(100).fill(2));
      const log = (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');
      let running = 0;
      const most = Math.max(...log.map((line) => (running += line === '+' ? 1 : -1)));
      expect(most).toBeGreaterThanOrEqual(4);
    });
  });
});

describe('a reference that does not resolve ends with 4, and shows nothing that it leads to, or is', () => {
  const cases: [string, unknown, string[], RegExp][] = [
    ['to a variable that is not set', 'env:NO_SUCH', [], /the variable is not set, or empty/],
    ['to an empty variable', 'env:EMPTY', [], /the variable is not set, or empty/],
    ['to the vault key', 'env:CLOUDCRUISE_ENCRYPTION_KEY', [], /variables of credseal itself are never read/],
    ['to a variable of ours in lower case', 'env:credseal_passphrase', [], /variables of credseal itself/],
    ['to a variable of no name', 'env:', [], /env: is followed by the name of a variable/],
    ['to a variable of an odd name', 'env:A B', [], /env: is followed by the name of a variable/],
    [
      'of a scheme that is not allowed',
      'file:secret',
      [],
      /file: is not allowed here; .* give --allow-references file/,
    ],
    [
      'of another that is not allowed',
      'exec:touch ran',
      ['--allow-references', 'file'],
      /exec: is not allowed here/,
    ],
    [
      'of a scheme that is misspelt',
      'flie:secret',
      ['--allow-references', 'file'],
      /its scheme is not one of env:, file:, op:, bw:, exec: \(did you mean file:\?\)/,
    ],
    ['of a scheme in upper case', 'ENV:PORTAL_PASSWORD', [], /did you mean env:\?/],
    ['without scheme', 'hunter2', [], /its scheme is not one of/],
    ['that is empty', '', [], /its scheme is not one of/],
    ['that is a number', 5, [], /it has one member, "from", a text/],
    ['to no file', 'file:none', ['--allow-references', 'file'], /its file cannot be read: no such file/],
    ['to a folder', 'file:.', ['--allow-references', 'file'], /something else than a file|it is a directory/],
    ['to what never ends', 'file:/dev/zero', ['--allow-references', 'file'], /something else than a file/],
    ['to an empty file', 'file:empty', ['--allow-references', 'file'], /its value is empty/],
    [
      'to our own environment',
      'file:/proc/self/environ',
      ['--allow-references', 'file'],
      /its value is binary/,
    ],
    [
      'to a file that is a reference',
      'file:again',
      ['--allow-references', 'file'],
      /a reference itself, which is not followed/,
    ],
    ['to no text', 'file:latin1', ['--allow-references', 'file'], /not valid UTF-8/],
    [
      'to op, malformed',
      'op:Portals/Example',
      ['--allow-references', 'op'],
      /its form is op:\/\/vault\/item\/field/,
    ],
    [
      'to what op does not know',
      'op://Other/hunter2/password',
      ['--allow-references', 'op'],
      /its command failed with exit code 1/,
    ],
    [
      'to what bw does not know',
      'bw:hunter2/password',
      ['--allow-references', 'bw'],
      /its command failed with exit code 1/,
    ],
    [
      'to bw with an option for an item',
      'bw:--help/password',
      ['--allow-references', 'bw'],
      /ITEM does not begin with a hyphen/,
    ],
    ['to bw for a code', 'bw:Example/totp', ['--allow-references', 'bw'], /its form is bw:ITEM\/password/],
    [
      'to a command that fails',
      'exec:echo hunter2; exit 3',
      ['--allow-references', 'exec'],
      /its command failed with exit code 3/,
    ],
    [
      'to a command that is not there',
      'exec:no-such-program-here',
      ['--allow-references', 'exec'],
      /exit code 127: what it names was not found/,
    ],
    ['to a command that prints nothing', 'exec:true', ['--allow-references', 'exec'], /its value is empty/],
    [
      'to a command that prints two lines',
      'exec:echo hunter2; echo careful',
      ['--allow-references', 'exec'],
      /its command prints 2 lines/,
    ],
    [
      'to a command without end',
      'exec:yes',
      ['--allow-references', 'exec'],
      /its command prints more than 65538 bytes/,
    ],
    ['to no command', 'exec: ', ['--allow-references', 'exec'], /exec: is followed by a command/],
    [
      'to our variables, by a command',
      'exec:printf %s "$CLOUDCRUISE_ENCRYPTION_KEY"',
      ['--allow-references', 'exec'],
      /its value is empty/,
    ],
  ];
  test.each(cases)('%s', async (_, reference, options, message) => {
    await withTools(async (_folder, env) => {
      const { code, stdout, stderr } = await payload(from(reference), options, {
        env: { ...env, EMPTY: '', CREDSEAL_PASSPHRASE: 'hunter2' },
        files: { empty: '', again: '{"from":"file:again"}', latin1: Uint8Array.of(0xe4), secret: 'hunter2' },
      });
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      const ours = stderr.slice(stderr.lastIndexOf('credseal: '));
      expect(ours).toMatch(/^credseal: password is a reference that cannot be resolved: /);
      expect(ours).toMatch(message);
      expect(ours).not.toMatch(/hunter2|careful|NO_SUCH|no-such|ran\b/);
    });
  });

  test('with a member too many', async () => {
    const { code, stderr } = await payload({ ...ref, password: { from: 'env:PORTAL_PASSWORD', extra: 1 } });
    expect(code).toBe(4);
    expect(stderr).toContain('it has one member, "from", a text');
  });

  test('to 1 GB, without reading it', async () => {
    await inFolder({ large: '' }, async (folder) => {
      await truncate(join(folder, 'large'), 2 ** 30);
      const before = process.memoryUsage().rss;
      const { code, stderr } = await payload(from(`file:${folder}/large`), ['--allow-references', 'file']);
      expect(code).toBe(4);
      expect(stderr).toContain('larger than 65538 bytes');
      expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
    });
  });

  test('to a pipe that nobody writes to, without waiting', async () => {
    await inFolder({}, async (folder) => {
      await shell(`mkfifo '${folder}/pipe'`);
      const { code, stderr } = await payload(from(`file:${folder}/pipe`), ['--allow-references', 'file']);
      expect(code).toBe(4);
      expect(stderr).toContain('something else than a file');
    });
  });

  test('to files of ours: keys, variables, and the entries themselves, by whatever link', async () => {
    await inFolder({ 'vault.key': KEY, env: `CLOUDCRUISE_ENCRYPTION_KEY=${KEY}\n` }, async (folder) => {
      const at = (name: string) => join(folder, name);
      const cases: [string, string[], Record<string, string>][] = [
        ['vault.key', ['--key-file', at('vault.key')], {}],
        ['vault.key', ['--previous-key-file', at('vault.key')], WITH_KEY],
        ['vault.key', [], { CLOUDCRUISE_ENCRYPTION_KEY_FILE: at('vault.key') }],
        ['env', ['--env-file', at('env')], {}],
        ['entry.json', [], WITH_KEY],
      ];
      for (const [index, [name, options, env]] of cases.entries()) {
        await symlink(name, at(`link${index}`));
        await writeFile(at('entry.json'), JSON.stringify(from(`file:link${index}`)));
        const { code, stdout, stderr } = await payload(
          {},
          [at('entry.json'), '--allow-references', 'file', ...options],
          { env },
        );
        expect({ code, stdout, stderr }).toEqual({
          code: 4,
          stdout: '',
          stderr:
            'credseal: password is a reference that cannot be resolved: it leads to a file of keys, of our variables, or of the entries themselves.\n',
        });
      }
    });
  });

  test('to links in a circle', async () => {
    await inFolder({}, async (folder) => {
      await symlink('b', join(folder, 'a'));
      await symlink('a', join(folder, 'b'));
      const { code, stderr } = await payload(from(`file:${folder}/a`), ['--allow-references', 'file']);
      expect(code).toBe(4);
      expect(stderr).toContain('its links lead in a circle');
    });
  });

  test('of tools that are not there', async () => {
    const { code, stderr } = await payload(from('op://a/b/c'), ['--allow-references', 'op'], {
      env: { ...WITH_KEY, PATH: '/none' },
    });
    expect(code).toBe(4);
    expect(stderr).toContain('cannot be started: the program is not there, or not in PATH');
  });

  test('is asked for once, however often it is there, and told for each', async () => {
    await inFolder({}, async (folder) => {
      const entries = Array.from({ length: 5 }, () => from(`exec:echo x >> '${folder}/asked'; exit 1`));
      const { code, stderr } = await payload(entries, ['--allow-references', 'exec']);
      expect(code).toBe(1);
      expect(stderr.match(/exit code 1/g)).toHaveLength(5);
      expect(await readFile(join(folder, 'asked'), 'utf8')).toBe('x\n');
    });
  });
});

describe('what an entry file may reach', () => {
  test.each(['file,exce', 'flie', 'file,', '', 'all', 'file;exec'])(
    '--allow-references %j is refused with 2',
    async (list) => {
      const outcome = await payload(ref, ['--allow-references', list]);
      expect(outcome).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('--allow-references is a list of file, op, bw, exec'),
      });
    },
  );

  test('is no field that is sent in clear', async () => {
    for (const entry of [
      { ...ref, user_alias: { from: 'env:PORTAL_PASSWORD' } },
      { ...ref, domain: { from: 'env:PORTAL_PASSWORD' } },
      { ...ref, proxy_setting: 'country', proxy_value: { from: 'env:PORTAL_PASSWORD' } },
    ]) {
      const { code, stdout, stderr } = await payload(entry);
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toContain('must be a string');
    }
  });

  test('however "from" is written, a reference is sealed as no value', async () => {
    const line = JSON.stringify(from('env:PORTAL_PASSWORD')).replace('"from"', '"\\u0066rom"');
    const { code, stdout, stderr } = await runHere(['payload'], { stdin: `${line}\n${line}\n`, env: ENV });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('password is a reference: resolveReferences comes first');
  });
});

describe('payload --check', () => {
  const check = (entries: unknown, options: readonly string[] = [], given = {}) =>
    runHere(['payload', '--check', ...options], { stdin: JSON.stringify(entries), ...given });

  test('needs no key, resolves nothing, and says how many entries are in order', async () => {
    const entries = [
      from('env:NO_SUCH'),
      from('exec:touch ran'),
      from('op://a/b/c'),
      { ...ref, password: 'plain' },
    ];
    expect(await check(entries)).toEqual({
      code: 0,
      stdout: '',
      stderr: '4 entries are well-formed and complete.\n',
    });
    expect(await check(entries[0])).toMatchObject({
      code: 0,
      stderr: '1 entry is well-formed and complete.\n',
    });
    expect(await check(entries, ['-q'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test.each<[string, object, string[], RegExp]>([
    ['a field that is missing', { password: { from: 'env:A' } }, [], /permissioned_user_id is required/],
    ['a misspelt field', { ...ref, passwrod: { from: 'env:A' } }, [], /Did you mean password\?/],
    [
      'a second factor without its secret',
      { ...ref, tfa_method: 'AUTHENTICATOR' },
      [],
      /tfa_secret is required/,
    ],
    ['an unknown scheme', from('evn:A'), [], /did you mean env:\?/],
    ['a variable of ours', from('env:CLOUDCRUISE_API_KEY'), [], /never read/],
    ['a malformed reference', from('op:a/b'), [], /its form is op:/],
    [
      'a scheme that is not in the list',
      from('exec:a'),
      ['--allow-references', 'file'],
      /exec: is not allowed here/,
    ],
    ['a plain credential that is none', { ...ref, tfa_secret: '123456' }, [], /tfa_secret is not usable/],
    ['a null of an update', { ...ref, password: null }, [], /must not be null/],
  ])('finds %s, with 4, and among several with 1', async (_, entry, options, message) => {
    const one = await check(entry, options);
    expect(one).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(message) });
    const several = await check([entry, ref], options);
    expect(several).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(message) });
    expect(several.stderr).toContain('entry [0]: ');
    expect(several.stderr).toContain('1 of 2 entries failed.');
  });

  test('takes a reference for what a rule between fields needs, and an update as one', async () => {
    const entry = { ...ref, tfa_method: 'AUTHENTICATOR', tfa_secret: { from: 'env:A' } };
    expect((await check(entry)).code).toBe(0);
    expect((await check({ ...ref, password: null }, ['--update'])).code).toBe(0);
  });

  test('writes nothing, and takes no option of what it does not do', async () => {
    for (const option of [['-o', 'out'], ['--key-file', 'key'], ['--open'], ['--pad-to', '8']])
      expect((await check(ref, option)).code).toBe(2);
  });
});

describe('plan and apply', () => {
  test('resolve; one reference that does not resolve, and nothing is planned', async () => {
    const local = await startEmulator({ key: VaultKey.fromHex(KEY), apiKey: 'sk' });
    try {
      const env = { ...ENV, CLOUDCRUISE_API_KEY: 'sk', CLOUDCRUISE_BASE_URL: local.url };
      const run = (args: string[], entries: object[]) =>
        runHere(args, { env, stdin: entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') });
      const good = from('env:PORTAL_PASSWORD');
      const planned = await run(['plan'], [good]);
      expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('+ create  user-1') });
      const applied = await run(['apply', '--yes'], [good]);
      expect(applied.code).toBe(0);
      expect((await run(['plan'], [good])).stdout).toBe('= 1 unchanged\n');
      const bad = await run(
        ['apply', '--yes', '--prune'],
        [from('env:NONE'), { ...from('file:x'), permissioned_user_id: 'user-2' }],
      );
      expect(bad).toMatchObject({ code: 4, stdout: '' });
      expect(bad.stderr).toMatch(
        /^line 1: password is a reference.*\nline 2: password .*not allowed here.*\ncredseal: Nothing is planned, since references of 2 entries do not resolve\.\n$/,
      );
      expect((await run(['plan'], [good])).stdout).toBe('= 1 unchanged\n');
    } finally {
      await local.close();
    }
  });
});

describe('what is not resolved is not sent', () => {
  test('preflight and push refuse it', async () => {
    const stdin = JSON.stringify(from('env:PORTAL_PASSWORD'));
    const found = await runHere(['preflight'], { stdin, env: ENV });
    expect(found).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('password is a reference, not resolved and not sealed'),
    });
    const env = { ...ENV, CLOUDCRUISE_API_KEY: 'sk', CLOUDCRUISE_BASE_URL: 'http://127.0.0.1:1' };
    const pushed = await runHere(['push'], { stdin, env });
    expect(pushed).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('is a reference, not resolved and not sealed'),
    });
  });
});
