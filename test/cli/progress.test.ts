import { describe, expect, test } from 'vitest';
import { progressLine } from '../../src/cli/terminal/progress.js';
import { WITH_KEY } from './sealing.js';
import { atTerminal, hasTerminal } from './terminal.js';

describe('the line that shows how far a command is', () => {
  test.each<[string, Parameters<typeof progressLine>[0], string]>([
    [
      'with the whole unknown',
      { unit: 'rows', done: 12_345, part: undefined, seconds: 2 },
      '12,345 rows  6,173/s',
    ],
    [
      'with a bar and the time left',
      { unit: 'entries', done: 1000, part: 0.25, seconds: 30 },
      '[======>                 ] 25 %  1,000 entries  33/s  1:30 left',
    ],
    [
      'at the end',
      { unit: 'entries', done: 4000, part: 1, seconds: 120 },
      '[========================] 100 %  4,000 entries  33/s  0:00 left',
    ],
    ['at the very start', { unit: 'entries', done: 1, part: 0, seconds: 0 }, '1 entries  1,000/s'],
    [
      'never beyond the whole, should a file have grown',
      { unit: 'entries', done: 10, part: 1.5, seconds: 10 },
      '[========================] 100 %  10 entries  1/s  0:00 left',
    ],
  ])('%s', (_, state, line) => {
    expect(progressLine(state)).toBe(line);
  });
});

const entry = '{"permissioned_user_id":"user-1","domain":"https://example.com","password":"hunter2"}\n';

test.skipIf(!hasTerminal)(
  'is drawn on a terminal, makes room for messages, and is gone at the end',
  async () => {
    const files = { 'many.ndjson': `${entry.repeat(20_000)}{}\n${entry.repeat(20_000)}` };
    const { code, screen, stdout } = await atTerminal(['payload', 'many.ndjson', '--jobs', '1'], [], {
      env: WITH_KEY,
      files,
    });
    expect(code).toBe(1);
    expect(screen).toMatch(/\r\[=*> *\] \d+ % {2}[\d,]+ entries {2}[\d,]+\/s {2}\d+:\d\d left/);
    expect(screen).toContain('\r\x1b[Kline 20001: ');
    expect(screen.slice(screen.lastIndexOf('\r\x1b[K'))).toBe(
      '\r\x1b[K1 of 40001 entries failed; the others are written.\r\n',
    );
    expect(stdout).not.toContain('\r');
    expect(stdout.split('\n')).toHaveLength(40_001);
  },
);

test.skipIf(!hasTerminal)('is not drawn over results that go to the same terminal', async () => {
  const files = { 'many.ndjson': entry.repeat(15_000) };
  const { screen } = await atTerminal(['payload', 'many.ndjson', '--jobs', '1'], [], {
    env: WITH_KEY,
    files,
    stdout: '/dev/tty',
  });
  expect(screen).not.toMatch(/entries {2}/);
});
