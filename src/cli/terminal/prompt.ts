import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { isCancel, password } from '@clack/prompts';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';

/** Asks at the terminal, and shows nothing of the answer. The question goes to stderr: stdout is for results. */
export async function askHidden(
  question: string,
  { stdin, stderr }: Context,
  input: Context['stdin'] = stdin,
): Promise<string> {
  const end = new AbortController();
  // The end of input (Ctrl-D), which the prompt itself would wait through for ever.
  const onKey = (_text: unknown, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl && key.name === 'd') end.abort();
  };
  input.on('keypress', onKey);
  try {
    const answer = await password({
      message: question,
      mask: '',
      input,
      output: stderr,
      signal: end.signal,
    });
    if (isCancel(answer)) throw new CliError(EXIT.usage, 'Cancelled.');
    return answer;
  } finally {
    input.off('keypress', onKey);
  }
}

/**
 * Asks the person in front of the terminal where there is one, also where standard input is something else, such as
 * the entries to work on; undefined where there is nobody to ask.
 */
export async function askAtTerminal(question: string, context: Context): Promise<string | undefined> {
  if (context.stdin.isTTY) return askHidden(question, context);
  // A question that is not seen would be waited on for ever.
  const terminal = context.stderr.isTTY ? controllingTerminal() : undefined;
  if (terminal === undefined) return undefined;
  try {
    return await askHidden(question, context, terminal);
  } finally {
    terminal.destroy();
  }
}

function controllingTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    // There is none: a service, or a system that knows it by another name.
    return undefined;
  }
}
