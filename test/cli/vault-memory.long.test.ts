import { expect, test } from 'vitest';
import { atLargeVault, EVERY, MOST_MB } from './large-vault.js';

const ENTRIES = 100_000;
const MINUTES = 60_000;
/** For what remembers something of every entry: names, MACs, what is desired. A tenth of the list, which is 5 GB. */
const REMEMBERING_MB = 500;

test.each<[string, string[], number, RegExp, number]>([
  ['vault list', [], 0, /^$/, MOST_MB],
  ['vault pull', [], 0, /^$/, MOST_MB],
  ['vault status', ['--manifest', 'manifest', '-q'], 1, /^$/, REMEMBERING_MB],
  ['plan', ['desired', '--prune'], 0, /^$/, REMEMBERING_MB],
  [
    'vault rotate',
    ['--journal', 'journal', '--manifest-out', 'new'],
    0,
    /^100000 entries: 500 rotated, 99500 were/,
    REMEMBERING_MB,
  ],
])(
  `credseal %s of ${ENTRIES} entries with cookies of 50 kB each takes no memory that grows with the cookies`,
  async (command, args, exitCode, said, most) => {
    const { code, stderr, megabytes, written } = await atLargeVault(
      [...command.split(' '), ...args],
      ENTRIES,
    );
    expect(stderr).toMatch(said);
    expect({ code, written }).toEqual({
      code: exitCode,
      written: command === 'vault rotate' ? ENTRIES / EVERY : 0,
    });
    expect(megabytes).toBeLessThan(most);
  },
  20 * MINUTES,
);
