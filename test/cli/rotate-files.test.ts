import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHere, runHereIn } from './in-process.js';
import { current, line, passwordsIn, previous, sealed, strange, WITH_RING } from './rotating.js';
import { inFolder, shell } from './run.js';

const env = WITH_RING;
const old = sealed('old', previous);
const now = sealed('now', current);

describe('a file is written whole or not at all', () => {
  const document = line(old) + line(now) + line(sealed('last', previous));
  const all = ['hunter2 old', 'hunter2 now', 'hunter2 last'];

  test.concurrent.each([['--in-place'], ['--output e.ndjson'], ['-o new.ndjson']])(
    'with %s, for nobody else to read but in place',
    async (option) => {
      await inFolder({ 'e.ndjson': document }, async (cwd) => {
        await chmod(join(cwd, 'e.ndjson'), 0o644);
        const outcome = await runHereIn(cwd, ['rotate', 'e.ndjson', ...option.split(' ')], { env });
        expect(outcome).toMatchObject({ code: 0, stdout: '' });
        const name = option === '-o new.ndjson' ? 'new.ndjson' : 'e.ndjson';
        expect(passwordsIn(await readFile(join(cwd, name), 'utf8'))).toEqual(all);
        expect((await stat(join(cwd, name))).mode & 0o777).toBe(option === '--in-place' ? 0o644 : 0o600);
        expect(await readdir(cwd)).toEqual([...new Set(['e.ndjson', name])]);
      });
    },
  );

  test.concurrent.each([['--in-place'], ['--output e.ndjson'], ['--output new.ndjson']])(
    'nothing is replaced by %s if an entry fails, for it would be lost',
    async (option) => {
      const files = { 'e.ndjson': document + line(strange('x')) };
      await inFolder(files, async (cwd) => {
        const { code, stderr } = await runHereIn(cwd, ['rotate', 'e.ndjson', ...option.split(' ')], { env });
        expect(code).toBe(1);
        expect(stderr).toMatch(/Nothing is written.*--keep-failed/);
        expect(await readdir(cwd)).toEqual(['e.ndjson']);
        expect(await readFile(join(cwd, 'e.ndjson'), 'utf8')).toBe(files['e.ndjson']);
      });
    },
  );

  test.concurrent('with --keep-failed it is replaced, and the entries that fail are in it', async () => {
    const bad = line(strange('x'));
    await inFolder({ 'e.ndjson': bad + document }, async (cwd) => {
      const { code } = await runHereIn(cwd, ['rotate', 'e.ndjson', '--in-place', '--keep-failed'], { env });
      expect(code).toBe(1);
      const written = await readFile(join(cwd, 'e.ndjson'), 'utf8');
      expect(written.startsWith(bad)).toBe(true);
      expect(passwordsIn(written.slice(bad.length))).toEqual(all);
    });
  });

  test.concurrent('what stops in the middle leaves the old file, and no other', async () => {
    const files = { 'e.ndjson': Buffer.concat([Buffer.from(document), Uint8Array.of(0xff)]) };
    await inFolder(files, async (cwd) => {
      const { code } = await runHereIn(cwd, ['rotate', 'e.ndjson', '--in-place'], { env });
      expect(code).toBe(4);
      expect(await readdir(cwd)).toEqual(['e.ndjson']);
      expect(await readFile(join(cwd, 'e.ndjson'))).toEqual(files['e.ndjson']);
    });
  });

  test.concurrent('a link stays a link', async () => {
    await inFolder({ 'e.ndjson': document }, async (cwd) => {
      await symlink('e.ndjson', join(cwd, 'link'));
      await runHereIn(cwd, ['rotate', 'link', '--in-place'], { env });
      expect(passwordsIn(await readFile(join(cwd, 'e.ndjson'), 'utf8'))).toEqual(all);
      expect(
        (await readdir(cwd, { withFileTypes: true })).find(({ name }) => name === 'link')?.isSymbolicLink(),
      ).toBe(true);
    });
  });

  test.concurrent.each([['--in-place'], ['-o ./e.ndjson']])(
    'a file that grows while it is read is left alone: %s',
    async (option) => {
      // Enough lines that the file is read in more than one go.
      const big = line(sealed('many', previous)).repeat(4000);
      await inFolder({ 'e.ndjson': big }, async (cwd) => {
        const path = join(cwd, 'e.ndjson');
        const done = runHereIn(cwd, ['rotate', 'e.ndjson', ...option.split(' ')], { env });
        while ((await readdir(cwd)).length === 1) await new Promise((resolve) => setTimeout(resolve, 1));
        await writeFile(path, line(old), { flag: 'a' });
        const { code, stderr } = await done;
        expect({ code, stderr }).toMatchObject({
          code: 4,
          stderr: expect.stringContaining('changed meanwhile'),
        });
        expect(await readFile(path, 'utf8')).toBe(big + line(old));
        expect(await readdir(cwd)).toEqual(['e.ndjson']);
      });
    },
  );

  test.concurrent('what cannot be written is said of FILE, where that is written in place', async () => {
    const path = `${'x'.repeat(230)}.ndjson`;
    await inFolder({ [path]: document }, async (cwd) => {
      // The name of the file beside it is longer than names may be.
      const { code, stderr } = await runHereIn(cwd, ['rotate', path, '--in-place'], { env });
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^credseal: FILE cannot be written: /),
      });
    });
  });

  test.concurrent.each<[string, string[]]>([
    ['--in-place without a file', ['--in-place']],
    ['--in-place of standard input', ['-', '--in-place']],
    ['--in-place of what is not there', ['none', '--in-place']],
    ['--in-place of a folder', ['folder', '--in-place']],
    ['--in-place of a device', ['/dev/null', '--in-place']],
    ['--in-place and --output', ['e.ndjson', '--in-place', '--output', 'x']],
    ['--output into a folder', ['e.ndjson', '--output', 'folder']],
    ['--output where there is no folder', ['e.ndjson', '--output', 'none/x']],
  ])('refused as usage: %s', async (_, args) => {
    const files = { 'e.ndjson': document, folder: null };
    const { code, stdout, stderr } = await runHere(['rotate', ...args], { files, env, stdin: document });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^credseal: .+\n$/);
  });

  // A link of the test's own: if it were replaced, it would not be the machine's /dev/stdout.
  test.concurrent.each<[string, string]>([
    ['a link to a pipe', 'ln -s /proc/self/fd/1 out; credseal rotate e.ndjson -o out | cat'],
    ['a named pipe', 'mkfifo out; cat out & credseal rotate e.ndjson -o out; wait'],
  ])('--output may be %s, which is written to and stays what it is', async (_, command) => {
    const { code, stdout } = await shell(`${command}; test ! -f out`, {
      files: { 'e.ndjson': document },
      env,
    });
    expect({ code, opened: passwordsIn(stdout) }).toEqual({ code: 0, opened: all });
  });
});
