import { expect, test } from 'vitest';
import { atLargeVault, EVERY, MOST_MB } from './large-vault.js';

const ENTRIES = 100_000;
const MINUTES = 60_000;

test.each<[string, string[], number, RegExp]>([
  ['vault list', [], 0, /^$/],
  ['vault pull', [], 0, /^$/],
  ['vault status', ['--manifest', 'manifest', '-q'], 1, /^$/],
  ['plan', ['desired', '--prune'], 0, /^$/],
  [
    'vault rotate',
    ['--journal', 'journal', '--manifest-out', 'new'],
    0,
    /^100000 entries: 500 rotated, 99500 were/,
  ],
])(
  `credseal %s of ${ENTRIES} entries with cookies of 50 kB each takes no memory that grows with the cookies`,
  async (command, args, exitCode, said) => {
    const { code, stderr, megabytes, written } = await atLargeVault(
      [...command.split(' '), ...args],
      ENTRIES,
    );
    expect(stderr).toMatch(said);
    expect({ code, written }).toEqual({
      code: exitCode,
      written: command === 'vault rotate' ? ENTRIES / EVERY : 0,
    });
    expect(megabytes).toBeLessThan(MOST_MB);
  },
  20 * MINUTES,
);
