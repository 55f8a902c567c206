import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENV_FILE, KEY_FILE, PASSPHRASE_FD, PREVIOUS_KEY_FILE, SEAL_OPTIONS } from '../../src/cli/options.js';
import { plainOptions } from '../../src/cli/plain-command.js';
import { program } from '../../src/cli/program.js';
import { run, shell } from './run.js';
import { KEY, plaintextOf, WITH_KEY } from './sealing.js';

const command = program.commands.find((each) => each.name() === 'seal');
const known = [KEY_FILE, ENV_FILE, PREVIOUS_KEY_FILE, PASSPHRASE_FD, ...SEAL_OPTIONS];

/** What the option parser makes of it; undefined if it has anything to say. */
function parsed(args: readonly string[]): Record<string, unknown> | undefined {
  for (const name of Object.keys(command?.opts() ?? {})) command?.setOptionValue(name, undefined);
  const rest = command?.parseOptions([...args]);
  const options = Object.entries(command?.opts() ?? {}).filter(([, value]) => value !== undefined);
  return rest?.operands.length || rest?.unknown.length ? undefined : Object.fromEntries(options);
}

describe('options that are plain', () => {
  test('are all that the parser knows for seal', () => {
    expect(known.map(({ flags }) => flags)).toEqual(command?.options.map(({ flags }) => flags));
  });

  test('mean what the parser says, or are left to it', () => {
    const names = known.map(({ flags }) => flags.split(' ')[0] as string);
    const word = fc.oneof(
      fc.constantFrom(...names, ...names.map((name) => `${name}=`), '--', '-', '--help', '--pad', 'a', ''),
      fc.constantFrom(...names).map((name) => `${name}=x=y`),
      fc.string({ maxLength: 3 }),
    );
    let plain = 0;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        const options = plainOptions(args, known);
        if (options === undefined) return;
        plain += 1;
        expect(options).toEqual(parsed(args));
      }),
      { numRuns: 3000 },
    );
    expect(plain).toBeGreaterThan(100);
  });
});

describe('seal and open hand over to the whole program', () => {
  const environment = { ...WITH_KEY, CREDSEAL_PASSPHRASE: 'correct horse' };

  test('where a key file is protected, before standard input is read', async () => {
    const line =
      'credseal key protect -o k.jwe </dev/null && printf %s hunter2 | credseal seal --key-file k.jwe | tee s && credseal open --key-file k.jwe <s';
    const { stdout, stderr } = await shell(line, { env: environment });
    const [sealed = '', opened] = stdout.split('\n');
    expect(stderr).toBe('');
    expect(plaintextOf(sealed)).toBe('"hunter2"');
    expect(opened).toBe('hunter2');
  });

  test('also where it can be read only once', async () => {
    const line =
      'credseal key protect -o k.jwe </dev/null && mkfifo p && (cat k.jwe >p & printf %s hunter2 | credseal seal --key-file p)';
    const { stdout, stderr } = await shell(line, { env: environment });
    expect(stderr).toBe('');
    expect(plaintextOf(stdout.trimEnd())).toBe('"hunter2"');
  });

  test('and where the passphrase is wrong or missing it says so, once', async () => {
    const files = { 'k.jwe': (await run(['key', 'protect'], { env: environment })).stdout };
    const args = ['seal', '--key-file', 'k.jwe'];
    expect(await run(args, { files, stdin: 'x' })).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'credseal: --key-file needs a passphrase: set CREDSEAL_PASSPHRASE, give --passphrase-fd N, or run this at a terminal.\n',
    });
    const wrong = await run(args, { files, stdin: 'x', env: { CREDSEAL_PASSPHRASE: 'wrong horse' } });
    expect(wrong).toMatchObject({ code: 3, stdout: '', stderr: expect.not.stringContaining('wrong horse') });
  });

  test('not where everything is plain', async () => {
    const files = { k: KEY };
    const { stdout } = await run(['seal', '--key-file=k', '--pad-to', '32'], { files, stdin: 'x' });
    expect(plaintextOf(stdout.trimEnd())).toBe('"x"'.padEnd(32));
  });
});
