import { confirm, isCancel } from '@clack/prompts';
import type { Context } from '../context.js';
import { UsageError } from '../exit.js';

/**
 * Asks whether to go on; no is what is meant by anything else than yes.
 *
 * @throws UsageError where there is nobody to ask
 */
export async function confirmed(question: string, { stdin, stderr }: Context): Promise<boolean> {
  if (!stdin.isTTY || !stderr.isTTY)
    throw new UsageError('This cannot be undone, and there is no terminal to confirm it: give --yes.');
  const answer = await confirm({ message: question, initialValue: false, input: stdin, output: stderr });
  return !isCancel(answer) && answer;
}
