import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runHere } from './in-process.js';
import { WITH_KEY } from './sealing.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
// What somebody may have typed in the wrong place.
const SECRET = 'correcthorsebattery';

describe('usage errors end with 2, say what is wrong, and repeat nothing that was typed', () => {
  test.concurrent.each<[string, string[], RegExp]>([
    [
      'an unknown command',
      [SECRET],
      /unknown command: credseal has key, seal, .*, vectors, completion, help\./i,
    ],
    ['a command beside its name', ['seals', SECRET], /unknown command.*\bseal\b/i],
    ['a command that asks for a suggestion', [`(Did you mean ${SECRET})`], /unknown command/i],
    ['a command that forges one', [`x'\n(Did you mean ${SECRET}?)`], /unknown command/i],
    ['an unknown command of key', ['key', SECRET], /credseal key has new, show, protect, unprotect\./],
    ['an unknown command of vectors', ['vectors', SECRET], /credseal vectors has verify\./],
    [
      'an unknown command of totp',
      ['totp', 'uri'],
      /unknown command: credseal totp has show, code, verify\./i,
    ],
    ['a command of key beside its name', ['key', 'sho'], /unknown command.*\bshow\b/i],
    ['an unknown option', ['seal', `--${SECRET}`], /unknown option, the 2nd word after credseal\./i],
    [
      'an unknown option with a value',
      ['seal', '--pad-to', '8', `--key=${SECRET}`],
      /unknown option, the 4th word after credseal/i,
    ],
    [
      'an unknown short option',
      ['key', 'show', `-p${SECRET}`],
      /unknown option, the 3rd word after credseal/i,
    ],
    [
      'an unknown option of the program',
      [`--${SECRET}`, 'seal'],
      /unknown option, the 1st word after credseal/i,
    ],
    ['an option beside its name', ['seal', '--pad-too', SECRET], /unknown option.*--pad-to\b/i],
    ['an option of another command', ['seal', '--update'], /unknown option for this command: --update\./i],
    ['an option without its value', ['seal', '--pad-to'], /--pad-to needs a value/],
    ['a short option without its value', ['payload', '-o'], /--output needs a value/],
    ['a wrong choice', ['preflight', '--format', SECRET], /--format is one of text, json, github, sarif\./],
    ['a wrong choice of another command', ['doctor', '--format', SECRET], /--format is one of text, json\./],
    [
      'a choice that forges others',
      ['doctor', '--format', `x. Allowed choices are ${SECRET}.`],
      /--format is one of text, json\./,
    ],
    ['options that exclude each other', ['push', '--update', '--upsert'], /--update and --upsert exclude/],
    ['--key-file without its value', ['key', 'show', '--key-file'], /value/i],
    ['a value for an option that takes none', ['payload', `--update=${SECRET}`], /understood|option/i],
    [
      'an argument that is missing',
      ['totp', 'verify'],
      /is missing: credseal totp verify <code> \[file\]\. See credseal totp verify --help\./,
    ],
    ['a value as an argument of seal', ['seal', SECRET], /too many.*stdin/i],
    ['a value as an argument of open', ['open', SECRET], /too many/i],
    ['a key as an argument of key new', ['key', 'new', SECRET], /too many/i],
    ['two files of payload', ['payload', SECRET, SECRET], /too many.*One FILE at a time/i],
    ['two files of request', ['request', SECRET, SECRET], /too many.*One FILE at a time/i],
    ['a secret as FILE of totp verify', ['totp', 'verify', '123456', SECRET], /no such FILE.*stdin/i],
    ['two files of totp show', ['totp', 'show', SECRET, SECRET], /too many/i],
    ['a secret as an argument of totp', ['totp', SECRET], /unknown command.*stdin/i],
    ['an argument of totp show', ['totp', 'show', SECRET], /no such FILE.*stdin/i],
    ['a secret behind --', ['seal', '--', SECRET], /too many/i],
  ])('%s', async (_, args, reason) => {
    const { code, stdout, stderr } = await runHere(args, { stdin: 'value', env: WITH_KEY });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/^credseal: .*--help.*\n$/);
    expect(stderr).not.toContain(SECRET);
  });

  test.concurrent.each([[[]], [['key']]])(
    'a command that is incomplete shows its help on stderr: %j',
    async (args) => {
      const { code, stdout, stderr } = await runHere(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^Usage: credseal/);
    },
  );
});

describe('help and version are results: on stdout, with 0', () => {
  test.concurrent.each<[string, RegExp]>([
    ['--help', /^Usage: credseal .*\bseal\b.*\bExit codes\b/s],
    ['-h', /^Usage: credseal /],
    ['help', /^Usage: credseal /],
    ['help key new', /^Usage: credseal key new .*--jwk/s],
    ['help key', /^Usage: credseal key .*\bunprotect\b/s],
    ['help seal', /^Usage: credseal seal .*--pad-to/s],
    ['seal --help', /--key-file.*--env-file.*--previous-key-file/s],
    ['open --help', /--key-file/],
    ['payload --help', /--update.*--pad-to.*--allow-unknown/s],
    ['request --help', /--update.*--curl.*--http.*--json.*--base-url/s],
    ['key --help', /\bnew\b.*\bshow\b/s],
    ['key new --help', /--jwk/],
    ['key show --help', /--key-file/],
    ['totp --help', /\bshow\b.*\bcode\b.*\bverify\b/s],
    ['totp verify --help', /<code>/],
  ])('%s', async (args, text) => {
    // With what would stop the command itself.
    const outcome = await runHere(args.split(' '), { env: { CLOUDCRUISE_ENCRYPTION_KEY: SECRET } });
    expect(outcome).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(text) });
  });

  test.concurrent.each([['--version'], ['-V']])('%s', async (option) => {
    expect(await runHere([option])).toEqual({ code: 0, stderr: '', stdout: `${version}\n` });
  });
});
