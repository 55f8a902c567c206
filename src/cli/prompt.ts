import { isCancel, password } from '@clack/prompts';
import { CliError, EXIT } from './exit.js';

/** Asks at the terminal, and shows nothing of the answer. The question goes to stderr: stdout is for results. */
export async function askHidden(question: string): Promise<string> {
  const answer = await password({ message: question, mask: '', output: process.stderr });
  if (isCancel(answer)) throw new CliError(EXIT.usage, 'Cancelled.');
  return answer;
}
