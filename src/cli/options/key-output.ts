import type { Given, Options } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { statsOf } from '../input/stats.js';

/** The options of the commands that write keys. */
export const keyOutputOptions = {
  output: {
    type: 'file',
    access: 'write',
    short: 'o',
    value: 'path',
    summary: 'write to a file that nobody else can read, instead of stdout',
  },
  force: { type: 'flag', summary: 'replace an existing file' },
} as const satisfies Options;

/** Writes keys; not over a file that is there, since that may be the only one with the keys of last year. */
export async function writeKeys(
  text: string,
  { output, force }: Given<typeof keyOutputOptions>,
  context: Context,
): Promise<number> {
  if (output !== undefined && !force && statsOf(output, context)?.isFile())
    throw new CliError(EXIT.usage, '--output exists already and was not changed. Use --force to replace it.');
  if (output === undefined) context.stdout.write(text);
  else {
    // Loaded only here: a key on standard output does not wait for it.
    const { withOutput } = await import('../output/output-file.js');
    await withOutput(output, (write) => write(text), context);
  }
  return EXIT.done;
}
