import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import type { GivenSecret } from '../options/environment.js';
import { outputOf } from '../programs/output.js';
import { decodeUtf8, withoutLineBreak } from './read.js';
import { MAX_SECRET_BYTES, readSecretFile } from './secret-file.js';

/** What a command prints on standard output, of which nothing is ever shown. */
export async function readCommand(command: string, source: string, context: Context): Promise<Uint8Array> {
  if (command.trim() === '') throw new CliError(EXIT.usage, `${source} is empty: give a command.`);
  const output = await outputOf(command, MAX_SECRET_BYTES, context);
  if ('problem' in output) throw new CliError(EXIT.key, `${source} ${output.problem}.`);
  if (output.bytes.length === 0) throw new CliError(EXIT.key, `${source} prints nothing.`);
  return output.bytes;
}

/** The bytes of a secret that is in a file or printed by a command. */
export async function readElsewhere(
  { form, source, text }: GivenSecret,
  context: Context,
): Promise<Uint8Array> {
  if (form === 'command') return readCommand(text, source, context);
  // A file of that name, where standard input is not meant.
  return (await readSecretFile(text === '-' ? './-' : text, source, context)).bytes;
}

/** A secret of one line, as text; the line break behind it does not belong to it. */
export async function readLine(given: GivenSecret, context: Context): Promise<string> {
  if (given.form === 'value') return given.text;
  const { source } = given;
  const text = withoutLineBreak(decodeUtf8(await readElsewhere(given, context), source, EXIT.key));
  if (text === '') throw new CliError(EXIT.key, `${source} contains only an empty line.`);
  const lines = text.split('\n').length;
  if (lines === 1) return text;
  throw new CliError(
    EXIT.key,
    `${source} gives ${lines} lines, where one is expected: the secret alone; messages belong on standard error.`,
  );
}
