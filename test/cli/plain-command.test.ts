import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY_OPTIONS } from '../../src/cli/options/entries.js';
import { plainArguments } from '../../src/cli/plain-command.js';
import { plainPayload } from '../../src/cli/plain-payload.js';
import { plainOpen, plainSeal } from '../../src/cli/plain-value.js';
import { program } from '../../src/cli/program.js';
import { run, runNode, shell } from './run.js';
import { KEY, plaintextOf, WITH_KEY } from './sealing.js';

const DIST = new URL('../../dist/cli/', import.meta.url);

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
  const FILES = ['main', 'plain-payload', 'line-worker'];
  const textOf = (name: string) => readFileSync(new URL(`${name}.js`, DIST), 'utf8');

  test.each(FILES)('%s.js imports only what is in Node', (name) => {
    const imported = [...textOf(name).matchAll(/^import\b(?:.*? from)? ?"(.+)";$/gm)].map(([, from]) => from);
    expect(imported).toContain('crypto');
    expect(imported.filter((from = '') => !isBuiltin(from))).toEqual([]);
  });

  test.each(FILES)('%s.js loads later what is there, or what it never comes to', (name) => {
    // Questions are for the whole program: who is at a terminal, or has a passphrase, is handed over before.
    const unreached = ['../input/passphrase.js', '../terminal/prompt.js', '../../key-file/unprotect-keys.js'];
    const loaded = [...textOf(name).matchAll(/\bimport\("(.+?)"\)/g)].map(([, from = '']) => from);
    const missing = loaded.filter(
      (from) => !isBuiltin(from) && !unreached.includes(from) && !existsSync(new URL(from, DIST)),
    );
    expect(missing).toEqual([]);
  });
});

describe('without the option parser', () => {
  const entry = JSON.stringify({
    permissioned_user_id: 'u',
    domain: 'https://example.com',
    password: 'hunter2',
  });
  const files = {
    'e.json': entry,
    k: KEY,
    'bad.json': '{"domain":1}',
    dir: null,
    'two.ndjson': `${entry}\n{}\n`,
  };
  // The whole program by itself, as main.js hands over to it.
  const script = `import(${JSON.stringify(new URL('program.js', DIST).href)})
    .then(({ runProgram }) => runProgram(process.argv.slice(1)))
    .then((code) => { process.exitCode = code; });`;

  test.each([
    'seal',
    'seal --pad-to 0',
    'seal --pad-to=x',
    'seal --key-file nowhere',
    'seal --key-file dir',
    'seal surplus',
    'seal --pad',
    'open',
    'open --key-file bad.json',
    'open --key-file k',
    'payload',
    'payload e.json --jobs 0',
    'payload e.json --pad-to x',
    'payload e.json surplus',
    'payload nowhere',
    'payload dir',
    'payload bad.json',
    'payload two.ndjson',
    'payload e.json -o dir',
    'payload e.json -o',
    'payload e.json --output=',
    'payload -- e.json',
    'payload --update=yes e.json',
    'payload --env-file k e.json',
    'payload --previous-key-file bad.json e.json',
  ])('says and gives back the same: %s', async (line) => {
    const args = line.split(' ');
    const given = { files, stdin: 'x', env: WITH_KEY };
    const plain = await run(args, given);
    const whole = await runNode(['--input-type=module', '--eval', script, '--', ...args], given);
    expect({ ...plain, stdout: shapeOf(plain.stdout) }).toEqual({ ...whole, stdout: shapeOf(whole.stdout) });
  });
});

/** Sealed values are never the same twice. */
function shapeOf(text: string): string {
  return text.replace(/[\da-f]{60,}/g, (sealed) => `<${sealed.length}>`);
}

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
