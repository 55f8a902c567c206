import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  type FileHandle,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { withOutput } from '../../src/cli/output/output-file.js';
import { contextOf } from './in-process.js';
import { inFolder, MAIN, shell } from './run.js';
import { WITH_KEY } from './sealing.js';

const entry = (n: number) =>
  JSON.stringify({ permissioned_user_id: `user-${n}`, domain: 'https://example.com', password: 'hunter2' });
const two = `${entry(1)}\n${entry(2)}\n`;

function start(
  cwd: string,
  args: readonly string[],
): ChildProcess & { stdin: NonNullable<ChildProcess['stdin']>; stdout: NonNullable<ChildProcess['stdout']> } {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: WITH_KEY });
  child.stdin.on('error', () => undefined);
  return child;
}

async function finished(cwd: string, args: readonly string[], stdin: string) {
  const child = start(cwd, args);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdout.resume();
  child.stdin.end(stdin);
  const [code] = await once(child, 'close');
  return { code, stderr };
}

describe('-o writes a file', () => {
  test('of mode 0600, in place of one that was there, and nothing else', async () => {
    await inFolder({ 'sealed.ndjson': 'old' }, async (folder) => {
      await chmod(join(folder, 'sealed.ndjson'), 0o644);
      expect(await finished(folder, ['payload', '-o', 'sealed.ndjson'], two)).toEqual({
        code: 0,
        stderr: '',
      });
      expect(await readdir(folder)).toEqual(['sealed.ndjson']);
      expect((await stat(join(folder, 'sealed.ndjson'))).mode & 0o777).toBe(0o600);
      const lines = (await readFile(join(folder, 'sealed.ndjson'), 'utf8')).trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line).permissioned_user_id)).toEqual(['user-1', 'user-2']);
    });
  });

  test('over its own input', async () => {
    await inFolder({ 'entries.ndjson': two }, async (folder) => {
      expect(await finished(folder, ['payload', 'entries.ndjson', '-o', 'entries.ndjson'], '')).toEqual({
        code: 0,
        stderr: '',
      });
      const text = await readFile(join(folder, 'entries.ndjson'), 'utf8');
      expect(text.split('\n')).toHaveLength(3);
      expect(text).not.toContain('hunter2');
    });
  });

  test('over its own input not if that was changed meanwhile', async () => {
    const big = two.repeat(2000);
    await inFolder({ e: big }, async (folder) => {
      const done = finished(folder, ['payload', 'e', '-o', 'e', '--jobs', '1'], '');
      while ((await readdir(folder)).length === 1) await new Promise((resolve) => setTimeout(resolve, 1));
      await writeFile(join(folder, 'e'), two, { flag: 'a' });
      expect(await done).toEqual({ code: 4, stderr: expect.stringContaining('FILE was changed meanwhile') });
      expect(await readFile(join(folder, 'e'), 'utf8')).toBe(big + two);
      expect(await readdir(folder)).toEqual(['e']);
    });
  });

  test.each<[string, (path: string) => Promise<void>, string]>([
    ['changed', (path) => writeFile(path, 'newer'), 'e'],
    ['moved away', (path) => rename(path, `${path}.newer`), 'e.newer'],
  ])('nor if that was %s at the last, while the results go to the disk', async (_, meanwhile, left) => {
    await inFolder({ e: 'old' }, async (folder) => {
      const path = join(folder, 'e');
      const file = await open(path);
      const handle: FileHandle = Object.getPrototypeOf(file);
      await file.close();
      const sync = vi.spyOn(handle, 'sync').mockImplementationOnce(() => meanwhile(path));
      const done = withOutput(path, (write) => write('result'), contextOf(folder), { isInput: true });
      await expect(done).rejects.toMatchObject({
        exitCode: 4,
        message: expect.stringContaining('or is gone'),
      });
      expect(sync).toHaveBeenCalledOnce();
      sync.mockRestore();
      expect(await readdir(folder)).toEqual([left]);
      expect(await readFile(join(folder, left), 'utf8')).toBe(left === 'e' ? 'newer' : 'old');
    });
  });

  test('with the good ones, where some fail', async () => {
    await inFolder({}, async (folder) => {
      const { code } = await finished(
        folder,
        ['payload', '--output', 'out'],
        `${entry(1)}\n{}\n${entry(3)}\n`,
      );
      expect(code).toBe(1);
      expect((await readFile(join(folder, 'out'), 'utf8')).split('\n')).toHaveLength(3);
    });
  });

  test('through a link, which stays one', async () => {
    await inFolder({ target: 'old' }, async (folder) => {
      await symlink('target', join(folder, 'link'));
      expect((await finished(folder, ['payload', '-o', 'link'], two)).code).toBe(0);
      expect(await readlink(join(folder, 'link'))).toBe('target');
      expect((await readFile(join(folder, 'target'), 'utf8')).split('\n')).toHaveLength(3);
    });
  });

  test('or a device, which is not replaced', async () => {
    await inFolder({}, async (folder) => {
      expect(await finished(folder, ['payload', '-o', '/dev/null'], two)).toEqual({ code: 0, stderr: '' });
      expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
    });
  });
});

describe('nothing is left behind, and what was there stays', () => {
  test.each<[string, string[], string, number]>([
    ['where the document is refused', ['-o', 'out'], `${two}"\0"`, 4],
    ['where the only entry is invalid', ['-o', 'out'], '{}', 4],
    ['where the input is not there', ['none', '-o', 'out'], '', 4],
    ['where the place is a folder', ['-o', '.'], two, 2],
    ['where there is no such folder', ['-o', 'none/out'], two, 2],
  ])('%s', async (_, args, stdin, exitCode) => {
    await inFolder({ out: 'old' }, async (folder) => {
      const { code, stderr } = await finished(folder, ['payload', ...args], stdin);
      expect(code).toBe(exitCode);
      expect(stderr).not.toBe('');
      expect(await readdir(folder)).toEqual(['out']);
      expect(await readFile(join(folder, 'out'), 'utf8')).toBe('old');
    });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'after %s, by which the process ends',
    async (signal) => {
      await inFolder({ out: 'old' }, async (folder) => {
        const child = start(folder, ['payload', '-o', 'out']);
        child.stdin.write(two);
        // The file is begun, under a name that is not its own.
        while ((await readdir(folder)).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
        child.kill(signal);
        expect(await once(child, 'close')).toEqual([null, signal]);
        expect(await readdir(folder)).toEqual(['out']);
        expect(await readFile(join(folder, 'out'), 'utf8')).toBe('old');
      });
    },
  );

  test('after SIGKILL, nothing that looks complete', async () => {
    await inFolder({}, async (folder) => {
      const child = start(folder, ['payload', '-o', 'out']);
      child.stdin.write(two);
      while ((await readdir(folder)).length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const name of await readdir(folder)) expect(name).toMatch(/^\.out\..*\.tmp$/);
    });
  });
});

describe('a path that cannot be written is refused with 2, before anything is done', () => {
  const sealing = ['payload', 'request', 'rotate', 'import --plaintext --from chrome'];
  const paths: [string, RegExp][] = [
    ["''", /is empty: give a path/],
    ['none/out', /there is no such folder/],
    ['in/out', /goes through a file/],
    ['.', /is a directory/],
  ];

  test.concurrent.each(
    sealing.flatMap((command) => paths.map(([path, reason]) => [command, path, reason] as const)),
  )('%s -o %s', async (command, path, reason) => {
    const { stdout, stderr } = await shell(`credseal ${command} in -o ${path}; echo "exit $?"; ls -A`, {
      env: WITH_KEY,
      files: { in: two },
    });
    expect(stdout).toBe('exit 2\nin\n');
    expect(stderr).toMatch(/^credseal: --output .*\.\n$/);
    expect(stderr).toMatch(reason);
  });
});

describe('standard output', () => {
  test('is written while standard input goes on', async () => {
    await inFolder({}, async (folder) => {
      const child = start(folder, ['payload']);
      child.stdin.write(two);
      const [chunk] = await once(child.stdout, 'data');
      expect(String(chunk)).toMatch(/^\{.*\}\n\{.*\}\n$/);
      child.stdin.end(`${entry(3)}\n`);
      const [rest] = await once(child.stdout, 'data');
      expect(JSON.parse(String(rest)).permissioned_user_id).toBe('user-3');
      expect(await once(child, 'close')).toEqual([0, null]);
    });
  });

  test('ends in a whole line where the process is interrupted, however slow the reader', async () => {
    await inFolder({}, async (folder) => {
      await writeFile(join(folder, 'many'), `${entry(1)}\n`.repeat(20_000));
      const child = start(folder, ['payload', 'many', '--jobs', '2']);
      let text = '';
      for await (const chunk of child.stdout) {
        text += chunk;
        if (text.length === String(chunk).length) child.kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(child.signalCode ?? (await once(child, 'close'))[1]).toBe('SIGINT');
      expect(text.endsWith('}\n')).toBe(true);
      expect(text.split('\n').length).toBeLessThan(20_000);
      for (const line of text.trimEnd().split('\n')) JSON.parse(line);
    });
  });
});

describe('a file that is there', () => {
  const bad = '{"permissioned_user_id":"user-3","domain":"https://example.com","passwrod":"hunter2"}\n';
  const sealed = `${JSON.stringify({ permissioned_user_id: 'u', domain: 'https://example.com' })}\n`;

  test.each([['payload x -o x'], ['payload -o x < x'], ['request x -o x']])(
    'is not written over by what comes of it where something failed: %s',
    async (line) => {
      const files = { x: `${two}${bad}` };
      const { stdout, stderr } = await shell(`credseal ${line}; echo "exit $?"; cat x`, {
        env: WITH_KEY,
        files,
      });
      expect(stdout).toBe(`exit 1\n${two}${bad}`);
      expect(stderr).toMatch(
        /^credseal: 1 of 3 entries failed; nothing is written: FILE would have lost them\.$/m,
      );
    },
  );

  test.each([
    ['payload -o', `credseal payload bad.ndjson -o old`],
    ['payload -o, of an array', `credseal payload bad.json -o old`],
    ['push --failed', `credseal push sealed.ndjson --dry-run --failed old`],
  ])('is not replaced by an empty one: %s', async (_, line) => {
    const names = ['bad.json', 'bad.ndjson', 'old', 'sealed.ndjson'];
    const files = {
      old: 'old\n',
      'bad.json': `[${bad}]`,
      'bad.ndjson': bad + bad,
      'sealed.ndjson': sealed,
    };
    const { stdout } = await shell(`${line} || true; cat old; ls -A`, { env: WITH_KEY, files });
    expect(stdout).toBe(`old\n${names.map((name) => `${name}\n`).join('')}`);
  });

  test('is replaced by an array of no entries, of which none failed', async () => {
    const { stdout } = await shell('credseal payload empty -o old; cat old', {
      env: WITH_KEY,
      files: { old: 'old\n', empty: '[]' },
    });
    expect(stdout).toBe('[]\n');
  });
});
