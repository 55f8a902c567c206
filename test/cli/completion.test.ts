import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { runHere } from './in-process.js';
import { inFolder } from './run.js';
import { hasTerminal } from './terminal.js';

const has = (command: string) => spawnSync(command, ['--version']).status === 0;
const files = { 'vault.key': '', 'other.txt': '' };
const scriptOf = async (shell: string) => (await runHere(['completion', shell])).stdout;

/** How a shell is started at a terminal, and what it needs before anything is typed. */
const SHELLS = {
  bash: {
    start: 'bash --noprofile --norc -i',
    setUp: "bind 'set show-all-if-ambiguous on'; bind 'set enable-bracketed-paste off'",
  },
  zsh: {
    start: 'zsh -f -i',
    setUp: 'unsetopt zle_bracketed_paste list_ambiguous; autoload -Uz compinit; compinit -u -D',
  },
} as const;

/** A shell at a terminal, in a folder with the files and its script of completion. */
function startShell(shell: keyof typeof SHELLS, cwd: string) {
  const { start, setUp } = SHELLS[shell];
  const child = spawn('script', ['--quiet', '--return', '--command', start, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, SHELL: '/bin/sh', TERM: 'xterm', PS1: '> ' },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // Without colours and bells.
    screen = stripVTControlCharacters(screen + text).replaceAll('\x07', '');
  });
  const until = (condition: () => void) => vi.waitFor(condition, { timeout: 30_000, interval: 20 });
  let count = 0;

  /** Runs a line, and waits until the shell is ready for another. */
  async function runLine(line: string): Promise<void> {
    count += 1;
    // What the shell makes of a sum is not what was typed, and echoed.
    child.stdin.write(`${line}; echo done-$((${count} + 1000))\n`);
    await until(() => expect(screen).toMatch(new RegExp(`done-${count + 1000}\\s[\\s\\S]*> `)));
    screen = '';
  }

  return {
    setUp: () => runLine(`stty cols 200; ${setUp}; source ./script`),
    /** What is shown when the line is typed and then the tab key, once all of these words are. */
    async completed(line: string, offered: readonly string[]): Promise<string> {
      child.stdin.write(`${line}\t`);
      // Anything typed before would keep zsh from listing.
      await until(() => {
        for (const word of offered) expect(screen).toContain(word);
      });
      const shown = screen;
      // Ctrl-U throws the line away.
      child.stdin.write('\x15');
      await runLine(':');
      return shown;
    },
    async end(): Promise<void> {
      child.stdin.end('\x15exit\n');
      await ended;
    },
  };
}

/** What fish itself says that a line may go on with. */
async function completedByFish(line: string): Promise<string> {
  return inFolder({ ...files, script: await scriptOf('fish') }, async (cwd) =>
    execFileSync('fish', ['--no-config', '-c', `source ./script; complete -C '${line}'`], {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: cwd },
    }),
  );
}

const cases: [rule: string, line: string, offered: string[], others: RegExp][] = [
  ['a command', 'credseal pre', ['preflight'], /push|vault\.key/],
  [
    'the commands of a group',
    'credseal key ',
    ['new', 'show', 'protect', 'unprotect'],
    /preflight|vault\.key/,
  ],
  ['options', 'credseal preflight --', ['--key-file', '--update', '--format'], /--pad-to|vault\.key/],
  ['options of a command of a group', 'credseal key new --', ['--jwk', '--help'], /--key-file/],
  ['options of the command that is meant', 'credseal totp --se', ['--secret'], /--key-file/],
  [
    'names of files behind --key-file',
    'credseal seal --key-file v',
    ['vault.key'],
    /other|seal --key-file vectors/,
  ],
  ['names of files as arguments', 'credseal payload v', ['vault.key'], /other/],
  ['formats behind --from', 'credseal import --from 1', ['1password', '1pux'], /chrome|vault\.key/],
  ['formats behind --format', 'credseal preflight --format ', ['text', 'json', 'github'], /vault\.key/],
  ['what a short option takes', 'credseal payload -o v', ['vault.key'], /other/],
  ['shells', 'credseal completion ', ['bash', 'zsh', 'fish'], /vault\.key/],
];

describe.runIf(hasTerminal)('at a terminal', () => {
  test.each((['bash', 'zsh'] as const).filter(has))(
    '%s completes commands, options, names of files and choices',
    async (name) => {
      await inFolder({ ...files, script: await scriptOf(name) }, async (cwd) => {
        const shell = startShell(name, cwd);
        try {
          await shell.setUp();
          for (const [rule, line, offered, others] of cases)
            expect(await shell.completed(line, offered), rule).not.toMatch(others);
        } finally {
          await shell.end();
        }
      });
    },
  );
});

describe('fish', () => {
  test.runIf(has('fish')).each(cases)('completes %s', async (_, line, offered, others) => {
    const words = (await completedByFish(line)).split('\n').map((each) => each.split('\t')[0]);
    expect(words).toEqual(expect.arrayContaining(offered));
    expect(words.join(' ')).not.toMatch(others);
  });
});

test('bash completes what stands behind an equals sign', async () => {
  const script = `${await scriptOf('bash')}
    COMP_WORDS=(credseal preflight --format = j); COMP_CWORD=4; _credseal; echo "\${COMPREPLY[*]}"`;
  expect(execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })).toBe('json\n');
});

test.each(['sh', 'correcthorsebattery'])('%s is no shell that is known', async (shell) => {
  expect(await runHere(['completion', shell])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'credseal: SHELL is one of bash, zsh, fish. See credseal completion --help.\n',
  });
});
