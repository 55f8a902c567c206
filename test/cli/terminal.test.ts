import { describe, expect, test } from 'vitest';
import { second } from './entries.js';
import { KEY, plaintextOf, sealBytes, WITH_KEY } from './sealing.js';
import { type Answer, atTerminal, CTRL_C, CTRL_D, ENTER, hasTerminal } from './terminal.js';

const KEY_QUESTION = 'Vault key';
const key = (typed: string): Answer => ({ question: KEY_QUESTION, typed });
const value = (typed: string): Answer => ({ question: 'Value to seal', typed });

// What is typed at the terminal is looked for in pieces: an echo comes character by character.
const PASSWORD = ' hunter2 "naïve 密码 🔑 ';

describe.skipIf(!hasTerminal)(
  'on a terminal, what is missing is asked for, and what is typed is not shown',
  () => {
    test.concurrent('seal asks for key and value', async () => {
      const { code, screen, stdout } = await atTerminal(
        ['seal'],
        [key(KEY + ENTER), value(PASSWORD + ENTER)],
      );
      expect(code).toBe(0);
      expect(JSON.parse(plaintextOf(stdout.trimEnd()))).toBe(PASSWORD);
      expectUnseen(screen, [KEY, PASSWORD]);
    });

    test.concurrent('seal asks for the value alone where there is a key', async () => {
      const { code, screen, stdout } = await atTerminal(['seal'], [value(`hunter2${ENTER}`)], {
        env: WITH_KEY,
      });
      expect(code).toBe(0);
      expect(plaintextOf(stdout.trimEnd())).toBe('"hunter2"');
      expect(screen).not.toContain(KEY_QUESTION);
      expectUnseen(screen, ['hunter2']);
    });

    test.concurrent('the screen does not tell how long it is', async () => {
      const screens = await Promise.all(
        ['x', 'hunter2'.repeat(5)].map(async (typed) => {
          const { screen } = await atTerminal(['seal'], [value(typed + ENTER)], { env: WITH_KEY });
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor
          return screen.replaceAll(/\x1b\[[?\d;]*[A-Za-z]/g, '');
        }),
      );
      expect(screens[0]).toContain('Value to seal');
      expect(screens[0]).toBe(screens[1]);
    });

    test.concurrent('what is typed can be corrected', async () => {
      const { stdout } = await atTerminal(['seal'], [value(`hunteß\x7fr3\x7f2${ENTER}`)], { env: WITH_KEY });
      expect(plaintextOf(stdout.trimEnd())).toBe('"hunter2"');
    });

    test.concurrent('open asks for the key, then for the sealed value', async () => {
      const sealed = sealBytes('"hunter2"');
      const answers = [key(KEY + ENTER), { question: 'Sealed value', typed: sealed + ENTER }];
      const { code, screen, stdout } = await atTerminal(['open'], answers);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'hunter2\n' });
      expectUnseen(screen, [KEY, sealed]);
    });

    test.concurrent('payload asks for the key of a file of entries', async () => {
      const files = { 'entry.json': JSON.stringify(second) };
      const { code, stdout } = await atTerminal(['payload', 'entry.json'], [key(KEY + ENTER)], { files });
      expect(code).toBe(0);
      expect(plaintextOf(JSON.parse(stdout).password)).toBe('"two"');
    });

    test.concurrent('totp asks for the secret', async () => {
      const answer = { question: 'TOTP secret', typed: `JBSW Y3DP EHPK 3PXP${ENTER}` };
      const { code, screen, stdout } = await atTerminal(['totp'], [answer]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/SHA1/);
      expectUnseen(screen, ['JBSW Y3DP']);
    });

    test.concurrent.each<[string, Answer[], number]>([
      ['a malformed key', [key(`${KEY.slice(1)}x${ENTER}`)], 3],
      ['no key', [key(ENTER)], 3],
      ['Ctrl-C', [key(KEY.slice(0, 20) + CTRL_C)], 2],
      ['Ctrl-D', [key(CTRL_D)], 2],
      ['Ctrl-D behind a beginning', [key(KEY.slice(0, 20) + CTRL_D)], 2],
      ['Ctrl-C at the second question', [key(KEY + ENTER), value(`hunter2${CTRL_C}`)], 2],
    ])('without an answer there is no result, and the cursor is back: %s', async (_, answers, exitCode) => {
      const { code, screen, stdout } = await atTerminal(['seal'], answers);
      expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
      expect(screen).toMatch(/credseal: .+/);
      expect(screen.lastIndexOf('\x1b[?25h')).toBeGreaterThanOrEqual(screen.lastIndexOf('\x1b[?25l'));
      expectUnseen(screen, [KEY, 'hunter2']);
    });

    test.concurrent('a key is not asked for where --env-file should have it', async () => {
      const { code, screen } = await atTerminal(['seal', '--env-file', 'env'], [], { files: { env: '' } });
      expect(code).toBe(3);
      expect(screen).not.toContain('64 hex digits)');
    });

    test.concurrent('NO_COLOR is honoured', async () => {
      const session = (env: Record<string, string>) =>
        atTerminal(['seal'], [value(`x${ENTER}`)], { env: { ...WITH_KEY, ...env }, stdout: '/dev/tty' });
      const [plain, coloured] = await Promise.all([session({ NO_COLOR: '1' }), session({})]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that set a colour
      const colour = /\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10[0-7])(?:;\d+)*m/;
      expect(coloured.screen).toMatch(colour);
      expect(plain.screen).not.toMatch(colour);
    });
  },
);

function expectUnseen(screen: string, secrets: readonly string[]): void {
  const pieces = secrets.flatMap((secret) =>
    Array.from({ length: secret.length - 3 }, (_, start) => secret.slice(start, start + 4)),
  );
  expect(pieces.filter((piece) => screen.includes(piece))).toEqual([]);
}
