import { parseEnv } from 'node:util';
import type { Context } from '../context.js';
import { EXIT } from '../exit.js';
import { decodeUtf8, readBytes, withoutMark } from '../input/read.js';

/**
 * The variables that apply: those of `--env-file` where it is given, else those of the process. (A file that is
 * missing seldom comes this far: Node looks for this option behind the name of a script as well, and ends with 9 before
 * the script runs. Nothing in the script can change that, and a `#!` line that could, `env -S node --`, is not understood
 * by every `env`.)
 */
export async function environment(
  { envFile }: { readonly envFile?: string | undefined },
  context: Context,
): Promise<Context['env']> {
  if (envFile === undefined) return context.env;
  const bytes = await readBytes(envFile, '--env-file', EXIT.key, context);
  // With the mark, the first variable would have another name.
  return parseEnv(withoutMark(decodeUtf8(bytes, '--env-file', EXIT.key)));
}
