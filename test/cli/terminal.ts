import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Given, inFolder, MAIN } from './run.js';

/** Whether there is the `script` of util-linux, which runs a command on a pseudo-terminal (BSD's takes other options). */
export const hasTerminal = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false;

/** What is typed, once a question is on the screen. */
export interface Answer {
  readonly question: string;
  readonly typed: string;
}

export interface Session {
  readonly code: number | null;
  /** All that the terminal was sent: questions and stderr. */
  readonly screen: string;
  /** Standard output, where it goes into a file. */
  readonly stdout: string;
}

export const ENTER = '\r';
export const CTRL_C = '\x03';
export const CTRL_D = '\x04';

/**
 * Runs `credseal` with standard input and standard error on a terminal of 80 columns, and types the answers. Standard
 * output goes into a file, or for `/dev/tty` to the terminal as well.
 */
export async function atTerminal(
  args: readonly string[],
  answers: readonly Answer[],
  { env = {}, files, stdout = 'stdout' }: Pick<Given, 'env' | 'files'> & { stdout?: string } = {},
): Promise<Session> {
  return inFolder(files, async (cwd) => {
    const command = `stty rows 24 cols 80 && "$NODE" "$MAIN" ${args.join(' ')} > ${stdout}`;
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd,
      env: { PATH: process.env.PATH, SHELL: '/bin/sh', TERM: 'xterm', NODE: process.execPath, MAIN, ...env },
    });
    let screen = '';
    let seen = 0;
    const open = [...answers];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      const [next] = open;
      const at = next === undefined ? -1 : screen.indexOf(next.question, seen);
      if (next === undefined || at === -1) return;
      seen = at + next.question.length;
      open.shift();
      child.stdin.write(next.typed);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const printed = stdout === '/dev/tty' ? '' : await readFile(join(cwd, stdout), 'utf8');
    return { code, screen, stdout: printed };
  });
}
