import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY_OPTIONS } from '../../src/cli/options.js';
import { plainArguments } from '../../src/cli/plain-command.js';
import { plainPayload } from '../../src/cli/plain-payload.js';
import { plainOpen, plainSeal } from '../../src/cli/plain-value.js';
import { program } from '../../src/cli/program.js';
import { run, shell } from './run.js';
import { KEY, plaintextOf, WITH_KEY } from './sealing.js';

describe.each([
  ['seal', plainSeal],
  ['open', plainOpen],
  ['payload', plainPayload],
])('arguments of %s that are plain', (name, { options, operands }) => {
  const command = program.commands.find((each) => each.name() === name);
  const known = [...KEY_OPTIONS, ...options];

  /** What the option parser makes of it; undefined if it has anything to say. */
  function parsed(args: readonly string[]) {
    for (const option of Object.keys(command?.opts() ?? {})) command?.setOptionValue(option, undefined);
    const rest = command?.parseOptions([...args]);
    if (rest === undefined || rest.unknown.length > 0 || rest.operands.length > operands) return undefined;
    const given = Object.entries(command?.opts() ?? {}).filter(([, value]) => value !== undefined);
    return { options: Object.fromEntries(given), operands: rest.operands };
  }

  test('are all that the parser knows', () => {
    expect(known.map(({ flags }) => flags)).toEqual(command?.options.map(({ flags }) => flags));
    expect(operands).toBe(command?.registeredArguments.length);
  });

  test('mean what the parser says, or are left to it', () => {
    const names = known.flatMap(({ flags }) => flags.replace(/ <.*/, '').split(', '));
    const word = fc.oneof(
      fc.constantFrom(...names, ...names.map((each) => `${each}=`), '--', '-', '--help', '--pad', 'a', ''),
      fc.constantFrom(...names).map((each) => `${each}=x=y`),
      fc.constantFrom(...names).map((each) => `${each}x`),
      fc.string({ maxLength: 3 }),
    );
    let plain = 0;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        const given = plainArguments(args, known, operands);
        if (given === undefined) return;
        plain += 1;
        expect(given).toEqual(parsed(args));
      }),
      { numRuns: 3000 },
    );
    expect(plain).toBeGreaterThan(100);
  });
});

describe('what is run again and again does not look for files', () => {
  test.each(['main', 'plain-payload', 'line-worker'])('%s.js imports only what is in Node', (name) => {
    const text = readFileSync(new URL(`../../dist/cli/${name}.js`, import.meta.url), 'utf8');
    const imported = [...text.matchAll(/^import\b.*? from "(.+)";$/gm)].map(([, from = '']) => from);
    expect(imported).toContain('crypto');
    expect(imported.filter((from) => !isBuiltin(from))).toEqual([]);
  });
});

describe('seal, open and payload hand over to the whole program', () => {
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

  test('so that entries on standard input are all there', async () => {
    const entry = { permissioned_user_id: 'u', domain: 'https://example.com', password: 'hunter2' };
    const line = 'credseal key protect -o k.jwe </dev/null && credseal payload --key-file k.jwe <entry.json';
    const files = { 'entry.json': JSON.stringify(entry) };
    const { stdout, stderr } = await shell(line, { env: environment, files });
    expect(stderr).toBe('');
    expect(plaintextOf(JSON.parse(stdout).password)).toBe('"hunter2"');
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
