import { describe, expect, test } from 'vitest';
import { runHere } from '../cli/in-process.js';
import { type CommandLine, inArguments, inInput, inKeys, succeeding } from './command-lines.js';
import { MARKER, ODD_MARKER, tracesOf } from './marker.js';

const tracesIn = (shown: string) => [MARKER, ODD_MARKER].flatMap((secret) => tracesOf(secret, shown));

const groups: [string, CommandLine[]][] = [
  ['among the arguments', inArguments],
  ['in keys, key files, --env-file and the environment', inKeys],
  ['in values, entries and TOTP secrets', inInput],
];

describe.each(groups)('a secret %s is shown neither on stdout nor on stderr', (_, commandLines) => {
  test.concurrent.each(commandLines)('%s', async (_rule, args, given) => {
    const { stdout, stderr } = await runHere(args, given);
    expect(stdout + stderr).not.toBe('');
    expect(tracesIn(stdout + stderr)).toEqual([]);
    // Nor is there a stack, which would say that somebody else has written the message.
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a command that does its work shows no secret, but where that is its result', () => {
  test.concurrent.each(succeeding)('%s', async (_, args, given) => {
    const { stdout, stderr } = await runHere(args, given);
    expect({ isEmpty: stdout === '', stderr }).toEqual({ isEmpty: false, stderr: '' });
    expect(tracesIn(stdout)).toEqual([]);
  });

  test.concurrent('open and totp show --secret do, on stdout alone', async () => {
    const sealed = await runHere(['seal'], {
      stdin: MARKER,
      env: { CLOUDCRUISE_ENCRYPTION_KEY: MARKER.padEnd(64, '5') },
    });
    const outcomes = await Promise.all([
      runHere(['open'], {
        stdin: sealed.stdout,
        env: { CLOUDCRUISE_ENCRYPTION_KEY: MARKER.padEnd(64, '5') },
      }),
      runHere(['totp', 'show', '--secret'], { stdin: MARKER }),
    ]);
    for (const { stdout, stderr } of outcomes) {
      expect(stdout).toContain(MARKER);
      expect(stderr).toBe('');
    }
  });
});
