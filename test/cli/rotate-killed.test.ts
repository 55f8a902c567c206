import { spawn } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rounds } from '../rounds.js';
import { line, passwordsIn, previous, sealed, WITH_RING } from './rotating.js';
import { inFolder, MAIN } from './run.js';

const COUNT = 2000;
const document = Array.from({ length: COUNT }, (_, index) => line(sealed(`user-${index}`, previous))).join(
  '',
);

interface End {
  /** What became of the file: the old one to the byte, or the new one with every entry in it. */
  readonly file: 'old' | 'new';
  readonly signal: NodeJS.Signals | null;
  readonly others: readonly string[];
}

/** Rotates a file in place, and sends a signal so long after the new file has begun to grow. */
function interrupted(signal: NodeJS.Signals, delay: number): Promise<End> {
  return inFolder({ 'e.ndjson': document }, async (cwd) => {
    const child = spawn(process.execPath, [MAIN, 'rotate', 'e.ndjson', '--in-place'], {
      cwd,
      env: WITH_RING,
      stdio: 'ignore',
    });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.on('exit', (_, by) => resolve(by));
    });
    while (child.exitCode === null && (await readdir(cwd)).length === 1) await pause(1);
    await pause(delay);
    child.kill(signal);
    const by = await ended;
    const text = await readFile(join(cwd, 'e.ndjson'), 'utf8');
    const others = (await readdir(cwd)).filter((name) => name !== 'e.ndjson');
    for (const name of others) expect((await stat(join(cwd, name))).mode & 0o777).toBe(0o600);
    if (text === document) return { file: 'old', signal: by, others };
    expect(passwordsIn(text)).toEqual(Array.from({ length: COUNT }, (_, index) => `hunter2 user-${index}`));
    return { file: 'new', signal: by, others };
  });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('credseal rotate --in-place that is killed leaves the old file or the new one, whole', () => {
  const MOMENTS = rounds(3, 30);
  test(`at ${MOMENTS} moments`, async () => {
    const ends: End[] = [];
    for (let round = 0; round < MOMENTS; round++)
      ends.push(await interrupted('SIGKILL', (round * 150) / MOMENTS));
    const killed = ends.filter(({ signal }) => signal === 'SIGKILL');
    // The first ones come while the new file is written, and what is left of it is not taken for the file.
    expect(killed.length).toBeGreaterThan(0);
    expect(killed.some(({ file }) => file === 'old')).toBe(true);
    for (const { others } of ends) for (const name of others) expect(name).toMatch(/^\.e\.ndjson\..*\.tmp$/);
  });

  test.each<[NodeJS.Signals]>([['SIGTERM'], ['SIGINT'], ['SIGHUP']])(
    'and %s leaves nothing else behind',
    async (signal) => {
      for (const delay of [0, 10, 40]) {
        const end = await interrupted(signal, delay);
        expect(end.others).toEqual([]);
        if (end.file === 'old') expect(end.signal).toBe(signal);
      }
    },
  );

  test('and what one leaves behind is not in the way of the next', async () => {
    await inFolder({ 'e.ndjson': document }, async (cwd) => {
      await writeFile(join(cwd, '.e.ndjson.left-behind.tmp'), 'half');
      const child = spawn(process.execPath, [MAIN, 'rotate', 'e.ndjson', '--in-place'], {
        cwd,
        env: WITH_RING,
        stdio: 'ignore',
      });
      expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
      expect(passwordsIn(await readFile(join(cwd, 'e.ndjson'), 'utf8'))).toHaveLength(COUNT);
    });
  });
});
