import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Command, defineCommand, flagOf } from '../../src/cli/command.js';
import { commandsOf, loaded } from '../../src/cli/help/topics.js';
import { parse } from '../../src/cli/parse.js';
import { program } from '../../src/cli/program.js';

const text = { type: 'text', value: 'text', summary: 'a text' } as const;
const flag = { type: 'flag', summary: 'a flag' } as const;
const example = defineCommand({
  name: 'example',
  summary: 'takes all there is',
  arguments: {
    from: { type: 'file', access: 'read', default: '-', summary: 'a file' },
    names: { type: 'text', isRepeatable: true, summary: 'names' },
  },
  options: {
    force: { ...flag, short: 'f' },
    quiet: { ...flag, short: 'q', conflicts: ['form'] },
    form: { ...text, choices: ['text', 'json'], default: 'text' },
    padTo: { type: 'number', value: 'bytes', least: 1, most: 64, summary: 'a number' },
    keyFile: { type: 'file', access: 'read', value: 'path', summary: 'a file' },
    output: { type: 'file', access: 'write', short: 'o', value: 'path', summary: 'a file' },
    map: { ...text, isRepeatable: true },
  },
  run: async () => 0,
});
const NOTHING = {
  from: '-',
  names: undefined,
  force: false,
  quiet: false,
  form: 'text',
  padTo: undefined,
  keyFile: undefined,
  output: undefined,
  map: undefined,
};
const parsed = (line: string, command: Command = example) =>
  parse(command, line.split(' ').filter(Boolean), 1);

describe('a command line is read by what the command declares', () => {
  test.each<[string, object]>([
    ['', {}],
    ['a', { from: 'a' }],
    ['a b c', { from: 'a', names: ['b', 'c'] }],
    ['- -- --force', { from: '-', names: ['--force'] }],
    ['--force', { force: true }],
    ['-fq', { force: true, quiet: true }],
    ['--form json', { form: 'json' }],
    ['--form=json', { form: 'json' }],
    ['--pad-to 64', { padTo: 64 }],
    ['--key-file k a', { keyFile: 'k', from: 'a' }],
    ['--key-file=k=1', { keyFile: 'k=1' }],
    ['-ofile', { output: 'file' }],
    ['-fo file', { force: true, output: 'file' }],
    ['--output one -o two', { output: 'two' }],
    ['--map a=b --map c=d', { map: ['a=b', 'c=d'] }],
    ['--map --force', { map: ['--force'] }],
    ['--output - a', { output: '-', from: 'a' }],
    ['--key-file - a', { keyFile: '-', from: 'a' }],
  ])('%s', (line, given) => {
    expect(parsed(line)).toEqual({ ...NOTHING, ...given });
  });

  test.each(['--help', '-h', 'a -h', '--force --help', '--unknown --help'])('%s asks for help', (line) => {
    expect(parsed(line)).toBe('help');
  });
});

describe('what it does not declare is a matter of usage', () => {
  test.each<[string, string]>([
    ['--forse', 'Unknown option, the 2nd word after credseal. (Did you mean --force?)'],
    ['a b --zzzzz', 'Unknown option, the 4th word after credseal.'],
    ['-x', 'Unknown option, the 2nd word after credseal.'],
    ['-fh', 'Unknown option, the 2nd word after credseal.'],
    ['-fx', 'Unknown option, the 2nd word after credseal.'],
    ['--no-force', 'Unknown option, the 2nd word after credseal. (Did you mean --force?)'],
    ['--force=yes', '--force is an option without a value.'],
    ['--form', '--form needs a value.'],
    ['-o', '--output needs a value.'],
    ['--form xml', '--form is one of text, json.'],
    ['--pad-to 0', '--pad-to takes a whole number from 1 to 64.'],
    ['--pad-to 65', '--pad-to takes a whole number from 1 to 64.'],
    ['--pad-to 1.5', '--pad-to takes a whole number from 1 to 64.'],
    ['--pad-to=', '--pad-to takes a whole number from 1 to 64.'],
    ['--quiet --form text', '--quiet and --form exclude each other.'],
    ['--key-file -', 'Standard input can be read only once, but is used for both --key-file and FROM.'],
  ])('%s', (line, message) => {
    expect(() => parsed(line)).toThrow(expect.objectContaining({ exitCode: 2, message }));
  });

  test('and so is a second standard input, where the command reads it for something else', () => {
    const command = { ...example, readsStdin: true, arguments: {} } as const;
    expect(() => parsed('--key-file -', command)).toThrow(
      /read only once, but is used for both the input and --key-file/,
    );
  });

  test('an argument too many, or missing', () => {
    const one = { ...example, arguments: { code: { ...text, isRequired: true } } } as const;
    expect(() => parsed('', one)).toThrow('An argument is missing: credseal example <code>.');
    expect(() => parsed('1 2', one)).toThrow(/^Too many arguments\. Secrets are never arguments/);
  });
});

describe('of every command', async () => {
  const commands = commandsOf(await loaded(program)).map((command) => [command.name, command] as const);

  test.each(commands)('%s: nothing that was typed is in a message', (_, command) => {
    const flags = Object.keys(command.options ?? {}).map(flagOf);
    const secret = fc.constant('correcthorsebattery');
    const word = fc.oneof(
      fc.constantFrom('--', '-', '-o', ...flags),
      secret,
      fc
        .constantFrom('--', '-', '--no-', ...flags.map((each) => `${each}=`))
        .map((each) => `${each}correcthorsebattery`),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        try {
          parse(command, words, 1);
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 2 });
          expect(String(error)).not.toContain('horse');
        }
      }),
    );
  });
});
