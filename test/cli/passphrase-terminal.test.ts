import { beforeAll, describe, expect, test } from 'vitest';
import { contentOf, fileOf, jwk, PASSPHRASE, KEY as VAULT_KEY } from '../key-file/files.js';
import { FINGERPRINT, KEY, plaintextOf, WITH_KEY } from './sealing.js';
import { type Answer, atTerminal, CTRL_C, ENTER, hasTerminal } from './terminal.js';

const typed = (question: string, text: string): Answer => ({ question, typed: text + ENTER });
const opening = (text = PASSPHRASE) => typed('Passphrase of --key-file', text);
let file: string;
beforeAll(async () => {
  file = await fileOf({ content: { keys: [jwk(VAULT_KEY)] } });
});

const unseen = (screen: string) => {
  for (const secret of [PASSPHRASE, KEY])
    for (let start = 0; start + 5 <= secret.length; start++)
      expect(screen).not.toContain(secret.slice(start, start + 5));
};

describe.skipIf(!hasTerminal)('at a terminal, a passphrase is asked for and not shown', () => {
  test.concurrent('key show asks for the one of its file', async () => {
    const args = ['key', 'show', '--key-file', 'k'];
    const { code, screen, stdout } = await atTerminal(args, [opening()], { files: { k: file } });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `current   ${FINGERPRINT}  protected  --key-file\n`,
    });
    unseen(screen);
  });

  test.concurrent('each file is asked for by itself', async () => {
    const files = { k: file, old: await fileOf({ passphrase: 'last year it was this' }) };
    const answers = [opening(), typed('Passphrase of --previous-key-file', 'last year it was this')];
    const args = ['key', 'show', '--key-file', 'k', '--previous-key-file', 'old'];
    const { code, stdout } = await atTerminal(args, answers, { files });
    expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 4 });
  });

  test.concurrent('also where standard input is the value to seal', async () => {
    const files = { k: file, value: 'hunter2' };
    const args = ['seal', '--key-file', 'k', '<', 'value'];
    const { code, screen, stdout } = await atTerminal(args, [opening()], { files });
    expect(code).toBe(0);
    expect(plaintextOf(stdout.trimEnd())).toBe('"hunter2"');
    unseen(screen);
  });

  test.concurrent('nothing is asked for where it is given', async () => {
    const { code, screen } = await atTerminal(['key', 'show', '--key-file', 'k'], [], {
      files: { k: file },
      env: { CREDSEAL_PASSPHRASE: PASSPHRASE },
    });
    expect({ code, screen }).toEqual({ code: 0, screen: '' });
  });

  test.concurrent('a terminal as --passphrase-fd is refused: it would show what is typed', async () => {
    const args = ['key', 'show', '--key-file', 'k', '--passphrase-fd', '0'];
    const { code, screen } = await atTerminal(args, [], { files: { k: file } });
    expect(code).toBe(2);
    expect(screen).toContain('is a terminal');
  });

  test.concurrent.each<[string, Answer, number, RegExp]>([
    ['a wrong one', opening('wrong passphrase'), 3, /passphrase is wrong/],
    ['none', opening(''), 3, /passphrase is empty/],
    ['Ctrl-C', { question: 'Passphrase of', typed: CTRL_C }, 2, /Cancelled/],
  ])('%s', async (_, answer, exitCode, message) => {
    const { code, screen, stdout } = await atTerminal(['key', 'unprotect', '--key-file', 'k'], [answer], {
      files: { k: file },
    });
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(screen.replaceAll(/\s+/g, ' ')).toMatch(message);
  });

  test.concurrent('doctor asks for nothing', async () => {
    const { code, stdout } = await atTerminal(['doctor', '--key-file', 'k'], [], { files: { k: file } });
    expect(code).toBe(3);
    expect(stdout).toContain('needs a passphrase');
  });
});

describe.skipIf(!hasTerminal)('at a terminal, key protect asks for the new passphrase twice', () => {
  const twice = (second = PASSPHRASE) => [
    typed('New passphrase', PASSPHRASE),
    typed('The same again', second),
  ];

  test.concurrent('and protects the keys in use', async () => {
    const { code, screen, stdout } = await atTerminal(['key', 'protect'], twice(), { env: WITH_KEY });
    expect(code).toBe(0);
    expect((await contentOf(stdout.trimEnd())).set.keys).toEqual([jwk(VAULT_KEY)]);
    unseen(screen);
  });

  test.concurrent('or a key on standard input', async () => {
    const { code, stdout } = await atTerminal(['key', 'protect', '<', 'key'], twice(), {
      files: { key: KEY },
    });
    expect(code).toBe(0);
    expect((await contentOf(stdout.trimEnd())).set.keys).toEqual([jwk(VAULT_KEY)]);
  });

  test.concurrent('and writes nothing if they differ', async () => {
    const { code, screen, stdout } = await atTerminal(['key', 'protect'], twice('correct horse'), {
      env: WITH_KEY,
    });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(screen).toMatch(/two\s+passphrases\s+differ/);
    unseen(screen);
  });

  test.concurrent.each([
    ['too short', 'seven77', /at least 8 characters/],
    ['empty', '', /passphrase is empty/],
  ])('but not one that is %s', async (_, text, message) => {
    const answers = [typed('New passphrase', text)];
    const { code, screen, stdout } = await atTerminal(['key', 'protect'], answers, { env: WITH_KEY });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(screen.replaceAll(/\s+/g, ' ')).toMatch(message);
    expect(screen).not.toContain('The same again');
  });

  test.concurrent('the passphrase of a file is changed so: the old one, then the new one twice', async () => {
    const other = 'another year, another phrase';
    const answers = [opening(), typed('New passphrase', other), typed('The same again', other)];
    const { code, stdout } = await atTerminal(['key', 'protect', '--key-file', 'k'], answers, {
      files: { k: file },
    });
    expect(code).toBe(0);
    expect((await contentOf(stdout.trimEnd(), other)).set.keys).toEqual([jwk(VAULT_KEY)]);
  });
});
