import { spawn } from 'node:child_process';
import type { Context } from '../context.js';
import { startProgram } from './program.js';

/** What is started: a line for the shell, or a program with its arguments, which no shell looks at. */
export type ProgramLine = string | readonly [program: string, ...words: string[]];

/** What a program has written to standard output, or what went wrong, as the end of a sentence. */
export type ProgramOutput = { readonly bytes: Uint8Array } | { readonly problem: string };

const SECONDS = 30;

/** What a shell means by exit codes of its own. */
const BY_SHELL: Readonly<Record<number, string>> = {
  126: ': what it names cannot be run',
  127: ': what it names was not found',
};

/**
 * Runs a program that is there to print one secret. It gets no input, since that is ours, no terminal, and none of our
 * variables. Its standard error passes through. What it has printed is never part of a message.
 *
 * @param most bytes that it may print: with more it is stopped.
 * @param seconds that it may take: then it is stopped with what it has started.
 */
export async function outputOf(
  line: ProgramLine,
  most: number,
  context: Context,
  seconds = SECONDS,
): Promise<ProgramOutput> {
  const { stderr } = context;
  const [program, words, shell] =
    typeof line === 'string' ? [line, [], true] : [line[0], line.slice(1), false];
  const { child, stop, ended } = startProgram(
    (options) => spawn(program, words, { ...options, shell, stdio: ['ignore', 'pipe', stderr.fd ?? 'pipe'] }),
    context,
  );
  const chunks: Buffer[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ProgramOutput>((resolve) => {
      function giveUp(problem: string): void {
        stop();
        resolve({ problem });
      }
      timer = setTimeout(
        () => giveUp(`took longer than ${seconds} s and was stopped, with what it had started`),
        seconds * 1000,
      );
      child.once('error', (error) => {
        const isMissing = 'code' in error && error.code === 'ENOENT';
        resolve({
          problem: `cannot be started: ${isMissing ? 'the program is not there, or not in PATH' : error.name}`,
        });
      });
      child.stdout?.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > most) giveUp(`prints more than ${most} bytes, and was stopped`);
      });
      child.stderr?.on('data', (chunk: Buffer) => stderr.write(chunk));
      child.once('close', (code, signal) => {
        if (code === 0) resolve({ bytes: Buffer.concat(chunks) });
        else if (code === null) resolve({ problem: `was ended by ${signal}` });
        else resolve({ problem: `failed with exit code ${code}${(shell && BY_SHELL[code]) || ''}` });
      });
    });
  } finally {
    clearTimeout(timer);
    ended();
    // What has left the group may hold the other end for ever.
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
    for (const chunk of chunks) chunk.fill(0);
  }
}
