import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../src/cli/output/id-file.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { startScriptedVault } from '../bulk/scripted-vault.js';
import { HERE, runHereIn } from './in-process.js';
import { inFolder, MAIN, shell } from './run.js';

const COUNT = 40;
const key = VaultKey.generate();
const sealed = (index: number) =>
  sealEntry({ permissioned_user_id: `user-${index}`, domain: 'https://example.com', password: 'pw' }, key);
const entries = Array.from({ length: COUNT }, (_, index) => `${JSON.stringify(sealed(index))}\n`).join('');

let vault: Awaited<ReturnType<typeof startScriptedVault>>;
beforeEach(async () => {
  vault = await startScriptedVault(undefined, 50);
});
afterEach(() => vault.close());
const environment = () => ({
  CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
  CLOUDCRUISE_API_KEY: 'sk',
  CLOUDCRUISE_BASE_URL: vault.url,
});
const args = ['push', 'entries', '--journal', 'journal', '--concurrency', '2'];
const posts = () => vault.received.filter(({ method }) => method === 'POST').length;

/** Starts a push, and waits until the vault has heard of it. */
async function begun(cwd: string) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: environment(), stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  while (vault.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return { child, ended };
}

describe('a journal has one push at a time', () => {
  test('another is told so, sends nothing, and goes on from where the first has ended', async () => {
    await inFolder({ entries }, async (cwd) => {
      const { child, ended } = await begun(cwd);
      // However slow it is.
      child.kill('SIGSTOP');
      const other = await runHereIn(cwd, args, { env: environment() });
      child.kill('SIGCONT');
      expect(other).toEqual({
        code: 4,
        stdout: '',
        stderr:
          'credseal: --journal cannot be used: it is in use by another process. Let that one end, or give another file.\n',
      });
      expect(await ended).toEqual([0, null]);
      expect(posts()).toBe(COUNT);
      const { code, stderr } = await runHereIn(cwd, args, { env: environment() });
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('sent before') });
      expect(posts()).toBe(COUNT);
    });
  });

  test('one that was killed gives it free at once', async () => {
    await inFolder({ entries }, async (cwd) => {
      const { child, ended } = await begun(cwd);
      child.kill('SIGKILL');
      await ended;
      expect(await runHereIn(cwd, args, { env: environment() })).toMatchObject({ code: 0 });
      expect(vault.stored.size).toBe(COUNT);
    });
  });
});

test.each<[what: string, setUp: string, path: string, reason: RegExp]>([
  ['a device that is always full', ':', '/dev/full', /it is a pipe, a device or a socket\. Give a file\.$/m],
  ['a device that keeps nothing', ':', '/dev/null', /it is a pipe, a device or a socket\. Give a file\.$/m],
  ['a named pipe', 'mkfifo pipe', 'pipe', /it is a pipe, a device or a socket\. Give a file\.$/m],
  ['a folder', 'mkdir folder', 'folder', /it is a directory\.$/m],
  ['what has no folder', ':', 'none/journal', /no such file\.$/m],
])('a journal is not %s: nothing is sent', async (_, setUp, path, reason) => {
  const line = `${setUp}; timeout 60 "$NODE" "$MAIN" push entries --journal ${path}; echo "exit $?"`;
  const { stdout, stderr } = await shell(line, { env: environment(), files: { entries } });
  expect(stdout).toBe('exit 4\n');
  expect(stderr).toMatch(/^credseal: --journal cannot be used: /);
  expect(stderr).toMatch(reason);
  expect(vault.received).toEqual([]);
});

describe('on a disk that is full', () => {
  test('the push ends with a sentence, and a later one goes on', async () => {
    const push = `credseal ${args.join(' ')}; echo "exit $?"`;
    // One block of 512 bytes: for the first line, and the ids of some entries.
    const line = `(ulimit -f 1; ${push}); cp journal then; ${push}; cat then`;
    const { stdout, stderr } = await shell(line, { env: environment(), files: { entries } });
    const [full, whole, , ...ids] = stdout.split('\n');
    expect([full, whole]).toEqual(['exit 4', 'exit 0']);
    expect(stderr).toMatch(
      /^credseal: --journal cannot be written: the file would be too large\. .* again with the same --journal\.$/m,
    );
    // Behind the last line break is what was cut off.
    const noted = ids.length - 1;
    expect(noted).toBeGreaterThan(5);
    expect(stderr).toContain(`${noted} sent before, says the journal`);
    expect(vault.stored.size).toBe(COUNT);
    // What was under way when it was full was sent again, and found there: two.
    expect(posts()).toBeLessThanOrEqual(COUNT + 2);
  });

  test('nothing is noted behind a line that was cut off, even when there is room again', async () => {
    await inFolder({}, async (folder) => {
      const path = join(folder, 'journal');
      const id = (index: number) => index.toString(16).padStart(32, '0');
      const limit = (bytes: string) =>
        execFileSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`]);
      const journal = openJournal(path, 'https://vault.example', HERE);
      onTestFinished(() => void limit('unlimited'));
      // Room for two ids, and half of one.
      limit(String(readFileSync(path).length + 2 * 33 + 16));
      journal.add(id(1));
      journal.add(id(2));
      expect(() => journal.add(id(3))).toThrow('--journal cannot be written: the file would be too large.');
      expect(journal.has(id(3))).toBe(false);
      limit('unlimited');
      expect(() => journal.add(id(4))).toThrow('--journal cannot be written');
      journal.close();
      expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`\n${id(2)}\n0{16}$`));
      const again = openJournal(path, 'https://vault.example', HERE);
      expect([1, 2, 3, 4].map((index) => again.has(id(index)))).toEqual([true, true, false, false]);
      again.add(id(4));
      again.close();
      expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`\n${id(2)}\n${id(4)}\n$`));
    });
  });
});
