import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, linkSync, openSync, symlinkSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { lockBeside, openLocked } from '../../src/file/lock.js';
import { FileRefused } from '../../src/file/refused.js';
import { rounds } from '../rounds.js';

const ROUNDS = rounds(4, 20);
const TAKERS = 6;
const MODULE = fileURLToPath(new URL('../../dist/file/lock.js', import.meta.url));

/** Takes a path for each line of standard input, or gives it free, and says what came of it. */
const SOURCE = `
  import { createInterface } from 'node:readline';
  import { lockBeside } from ${JSON.stringify(MODULE)};
  let free;
  console.log('ready');
  for await (const path of createInterface({ input: process.stdin })) {
    if (path === '') { free(); console.log('free'); continue; }
    try { free = lockBeside(path); console.log('held'); } catch (error) { console.log(error.message); }
  }`;

/** A process that takes files. */
class Taker {
  readonly process: ChildProcess;
  readonly #lines: string[] = [];
  #wake = () => {};

  constructor(command: readonly string[] = []) {
    const [program = '', ...args] = [...command, process.execPath, '--input-type=module', '--eval', SOURCE];
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.stdout?.on('data', (chunk) => {
      this.#lines.push(...String(chunk).trimEnd().split('\n'));
      this.#wake();
    });
  }

  async says(): Promise<string> {
    while (this.#lines.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#lines.shift() ?? '';
  }

  /** Takes a path; an empty one gives free what was taken. */
  take(path: string): Promise<string> {
    this.process.stdin?.write(`${path}\n`);
    return this.says();
  }

  async kill(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

let folder: string;
let at: (name: string) => string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credseal-lock-'));
  at = (name) => join(folder, name);
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function taker(command: readonly string[] = []): Promise<Taker> {
  const started = new Taker(command);
  onTestFinished(() => void started.process.kill('SIGKILL'));
  expect(await started.says()).toBe('ready');
  return started;
}

describe(`${TAKERS} processes that take one file at once`, () => {
  let takers: Taker[];
  beforeAll(async () => {
    takers = Array.from({ length: TAKERS }, () => new Taker());
    for (const each of takers) expect(await each.says()).toBe('ready');
  });
  afterAll(() => Promise.all(takers.map((each) => each.kill())));

  /** Lets all take it, and gives the one that has it: the others are told that it is in use. */
  async function holderOf(path: string): Promise<number> {
    const answers = await Promise.all(takers.map((each) => each.take(path)));
    const others = answers.filter((answer) => answer !== 'held');
    expect(others).toHaveLength(TAKERS - 1);
    for (const answer of others) expect(answer).toMatch(/^it is in use by another process/);
    return answers.indexOf('held');
  }

  test(`${ROUNDS} times from none: one has it each time`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const holder = await holderOf(at('file'));
      expect(await takers[holder]?.take('')).toBe('free');
      expect(await readdir(folder)).toEqual([]);
    }
  });

  test(`${ROUNDS} times from the lock of one that was killed: one has it each time`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const holder = await holderOf(at('file'));
      await takers[holder]?.kill();
      expect(await readdir(folder)).toEqual(['file.lock']);
      takers[holder] = new Taker();
      expect(await takers[holder].says()).toBe('ready');
    }
  });
});

test('what is done by who holds a lock is done by one at a time', async () => {
  const source = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { lockBeside } from ${JSON.stringify(MODULE)};
    for (let done = 0; done < ${ROUNDS};) {
      let free;
      try { free = lockBeside('count'); } catch { continue; }
      const count = Number(readFileSync('count', 'utf8'));
      writeFileSync('count', String(count + 1));
      free();
      done += 1;
    }`;
  await writeFile(at('count'), '0');
  const processes = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', source], { cwd: folder, stdio: 'inherit' }),
  );
  for (const ended of processes.map((each) => once(each, 'exit'))) expect(await ended).toEqual([0, null]);
  expect(await readFile(at('count'), 'utf8')).toBe(String(3 * ROUNDS));
  expect(await readdir(folder)).toEqual(['count']);
});

const NAMESPACES = ['unshare', '--pid', '--fork', '--net', '--kill-child'];
const isAllowed = spawnSync(NAMESPACES[0] ?? '', [...NAMESPACES.slice(1), 'true']).status === 0;
test.runIf(isAllowed)('a lock holds across containers that share nothing but the folder', async () => {
  const [one, other] = [await taker(NAMESPACES), await taker(NAMESPACES)];
  expect(await one.take(at('file'))).toBe('held');
  expect(await other.take(at('file'))).toMatch(/^it is in use/);
  expect(await one.take('')).toBe('free');
  expect(await other.take(at('file'))).toBe('held');
});

describe('a file that is opened for one process alone', () => {
  const FLAGS = constants.O_RDWR | constants.O_CREAT;
  const IN_USE = /^it is in use by another process\./;

  test('is so by every name that it has, and for this process too', () => {
    const fd = openLocked(at('file'), FLAGS);
    symlinkSync('file', at('link'));
    linkSync(at('file'), at('hard'));
    for (const name of ['file', 'link', 'hard']) expect(() => openLocked(at(name), FLAGS)).toThrow(IN_USE);
    closeSync(fd);
    closeSync(openLocked(at('hard'), FLAGS));
  });

  test('is for its owner alone to read, where it is made, and stays what it is otherwise', async () => {
    closeSync(openLocked(at('new'), FLAGS));
    expect((await stat(at('new'))).mode & 0o777).toBe(0o600);
    await writeFile(at('old'), 'old', { mode: 0o644 });
    closeSync(openLocked(at('old'), FLAGS));
    expect((await stat(at('old'))).mode & 0o777).toBe(0o644);
    expect(await readFile(at('old'), 'utf8')).toBe('old');
  });

  test('is no pipe and no device, for which nobody waits', () => {
    spawnSync('mkfifo', [at('pipe')]);
    for (const path of [at('pipe'), '/dev/null', '/dev/full'])
      expect(() => openLocked(path, FLAGS)).toThrow(/^it is a pipe, a device or a socket\./);
    expect(() => openLocked(folder, FLAGS)).toThrow(/^EISDIR/);
  });

  test('is refused where there is no program to lock it', () => {
    vi.stubEnv('PATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => openLocked(at('file'), FLAGS)).toThrow(/^it cannot be locked without the program flock/);
  });

  test('is refused where the system takes no notice of the lock', () => {
    // Linux has no such flag, as a runtime that passes over it.
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    onTestFinished(() => platform.mockRestore());
    expect(() => openLocked(at('file'), FLAGS)).toThrow(/^it cannot be locked where it is\./);
  });
});

describe('the lock beside a file', () => {
  test('is gone when it is given free, and what was put in its place is not', async () => {
    lockBeside(at('file'))();
    expect(existsSync(at('file.lock'))).toBe(false);
    const free = lockBeside(at('file'));
    await rm(at('file.lock'));
    closeSync(openSync(at('file.lock'), 'w'));
    free();
    expect(existsSync(at('file.lock'))).toBe(true);
  });

  test('is never a file with something in it', async () => {
    await writeFile(at('file.lock'), 'a key');
    expect(() => lockBeside(at('file'))).toThrow(FileRefused);
    expect(() => lockBeside(at('file'))).toThrow(/is not a lock\. Move that file away$/);
    expect(await readFile(at('file.lock'), 'utf8')).toBe('a key');
  });
});
