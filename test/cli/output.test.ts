import { describe, expect, test } from 'vitest';
import { ENTRY, second } from './entries.js';
import { runHere } from './in-process.js';
import { type Given, shell } from './run.js';
import { sealBytes, WITH_KEY } from './sealing.js';

const line = JSON.stringify(ENTRY);
const bad = '{"permissioned_user_id":"user-3"}';
const TOTP = 'JBSWY3DPEHPK3PXP';
const TERMINAL = { TERM: 'xterm-256color', COLORTERM: 'truecolor' };

/** Every command as it succeeds and as it fails. */
const invocations: [string, Given][] = [
  ['key new', {}],
  ['key new --jwk', {}],
  ['key show', {}],
  ['seal', { stdin: 'value' }],
  ['open', { stdin: sealBytes('"value"') }],
  ['payload', { stdin: line }],
  ['request', { stdin: line }],
  ['totp', { stdin: TOTP }],
  ['totp code', { stdin: TOTP }],
  ['totp verify abc', { stdin: TOTP }],
  ['--help', {}],
  ['key', {}],
  ['nonsense', {}],
  ['seal --nonsense', {}],
  ['open', { stdin: 'nonsense' }],
  ['payload', { stdin: bad }],
  ['payload', { stdin: `[${line},${bad}]` }],
  ['payload none.json', {}],
  ['totp', { stdin: 'nonsense' }],
  ['key show', { env: {} }],
];

describe('where there is no terminal, there are no escape sequences', () => {
  test.concurrent.each(invocations)('%s %j', async (args, given) => {
    const { stdout, stderr } = await runHere(args.split(' '), {
      ...given,
      env: { ...TERMINAL, ...(given.env ?? WITH_KEY) },
    });
    expect(stdout + stderr).not.toBe('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the question
    expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  });
});

describe('a pipe that is closed ends the command quietly', () => {
  const entries = `${JSON.stringify(second)}\n`.repeat(3000);

  test.concurrent.each([['payload'], ['request --json'], ['payload --pad-to 512 -']])(
    '%s',
    async (command) => {
      const { code, stdout, stderr } = await shell(
        `{ credseal ${command}; echo "$?" > code; } | head -n 1; cat code`,
        {
          stdin: entries,
          env: WITH_KEY,
        },
      );
      const [first = '', exitCode] = stdout.split('\n');
      expect({ code, exitCode, stderr }).toEqual({ code: 0, exitCode: '0', stderr: '' });
      expect(JSON.parse(first)).toBeTypeOf('object');
    },
  );

  test.concurrent('where nobody reads the problems, the results are written all the same', async () => {
    const { stdout } = await shell(
      '{ credseal payload 2>&1 >results; echo "$?" > code; } | true; cat code results',
      {
        stdin: `${line}\n${`${bad}\n`.repeat(3000)}${line}\n`,
        env: WITH_KEY,
      },
    );
    const [exitCode, ...results] = stdout.trimEnd().split('\n');
    expect(exitCode).toBe('1');
    expect(results.map((text) => JSON.parse(text).permissioned_user_id)).toEqual(['user-1', 'user-1']);
  });

  test.concurrent('where nobody reads what is wrong, the exit code still tells', async () => {
    const { stdout } = await shell('{ credseal open 2>&1 >results; echo "$?" > code; } | true; cat code', {
      stdin: 'no sealed value',
      env: WITH_KEY,
    });
    expect(stdout).toBe('4\n');
  });
});

describe('what cannot be written or read is said without a stack', () => {
  test.concurrent.each<[string, string, RegExp]>([
    ['a full disk', 'credseal payload > /dev/full', /no space is left/],
    ['standard input that cannot be read', 'credseal seal 0> somewhere', /input.*not open for reading/i],
  ])('%s', async (_, command, reason) => {
    const { code, stdout, stderr } = await shell(command, { stdin: line, env: WITH_KEY });
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
