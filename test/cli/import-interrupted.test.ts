import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder, MAIN } from './run.js';
import { WITH_KEY } from './sealing.js';

const rows = Array.from({ length: 60_000 }, (_, row) => `a,https://a.example,user-${row},p${row},`);
const EXPORT = `name,url,username,password,note\n${rows.join('\n')}\n`;

const start = (cwd: string, args: readonly string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [MAIN, 'import', 'export.csv', ...args], { cwd, env: WITH_KEY });

const shortly = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('an import that is interrupted', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s leaves no file behind, and the old one as it was',
    async (signal) => {
      await inFolder({ 'export.csv': EXPORT, out: 'old' }, async (folder) => {
        const child = start(folder, ['-o', 'out']);
        // The file is begun, under a name that is not its own.
        while ((await readdir(folder)).length < 3) await shortly();
        child.kill(signal);
        expect(await once(child, 'close')).toEqual([null, signal]);
        expect((await readdir(folder)).sort()).toEqual(['export.csv', 'out']);
        expect(await readFile(join(folder, 'out'), 'utf8')).toBe('old');
      });
    },
  );

  test.each([['--jobs', '1'], ['--jobs', '2'], ['--plaintext']])(
    'writes whole lines on standard output: %s %s',
    async (...args) => {
      await inFolder({ 'export.csv': EXPORT }, async (folder) => {
        const child = start(folder, args);
        let text = '';
        for await (const chunk of child.stdout) {
          if (text === '') child.kill('SIGTERM');
          text += chunk;
          await shortly();
        }
        expect(child.signalCode ?? (await once(child, 'close'))[1]).toBe('SIGTERM');
        expect(text.endsWith('}\n')).toBe(true);
        const lines = text.trimEnd().split('\n');
        expect(lines.length).toBeLessThan(rows.length);
        for (const line of lines) JSON.parse(line);
      });
    },
  );

  test('ends quietly where nobody reads any more', async () => {
    await inFolder({ 'export.csv': EXPORT }, async (folder) => {
      const child = start(folder, []);
      const said: Buffer[] = [];
      child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
      await once(child.stdout, 'data');
      child.stdout.destroy();
      expect(await once(child, 'close')).toEqual([0, null]);
      expect(Buffer.concat(said).toString()).toBe('');
    });
  });
});
