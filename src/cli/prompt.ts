import { isCancel, password } from '@clack/prompts';
import { CliError, EXIT } from './exit.js';

/** Asks at the terminal, and shows nothing of the answer. The question goes to stderr: stdout is for results. */
export async function askHidden(question: string): Promise<string> {
  const end = new AbortController();
  // The end of input (Ctrl-D), which the prompt itself would wait through for ever.
  const onKey = (_text: unknown, key: { ctrl?: boolean; name?: string }) => {
    if (key.ctrl && key.name === 'd') end.abort();
  };
  process.stdin.on('keypress', onKey);
  try {
    const answer = await password({
      message: question,
      mask: '',
      output: process.stderr,
      signal: end.signal,
    });
    if (isCancel(answer)) throw new CliError(EXIT.usage, 'Cancelled.');
    return answer;
  } finally {
    process.stdin.off('keypress', onKey);
  }
}
