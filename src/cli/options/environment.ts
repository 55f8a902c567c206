import { parseEnv } from 'node:util';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
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
  const env = parseEnv(withoutMark(decodeUtf8(bytes, '--env-file', EXIT.key)));
  const command = SECRETS.map((name) => `${name}_COMMAND`).find((name) => env[name] !== undefined);
  if (command === undefined) return env;
  throw new CliError(
    EXIT.key,
    `--env-file sets ${command}, but a data file may not name a command to run. Set it in the environment, or give the command as an option.`,
  );
}

const SECRETS = [
  'CLOUDCRUISE_ENCRYPTION_KEY',
  'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS',
  'CLOUDCRUISE_API_KEY',
  'CREDSEAL_PASSPHRASE',
  'CREDSEAL_QUEUE_URL',
] as const;

/** A secret as variables give it: its value, or where it is. */
export interface GivenSecret {
  /** Whether `text` is the secret itself, the path of a file that holds it, or a command that prints it. */
  readonly form: 'value' | 'file' | 'command';
  /** The variable. */
  readonly source: string;
  readonly text: string;
}

/**
 * The one form in which a secret is given by variables; undefined where it is in none.
 *
 * @throws CliError if it is given in two: which one counts is never chosen here.
 */
export function givenSecret(
  name: string,
  env: Context['env'],
  exitCode: number = EXIT.key,
): GivenSecret | undefined {
  const [first, second] = (['value', 'file', 'command'] as const).flatMap((form) => {
    const source = form === 'value' ? name : `${name}_${form.toUpperCase()}`;
    const text = env[source];
    return text ? [{ form, source, text }] : [];
  });
  if (first === undefined || second === undefined) return first;
  throw new CliError(exitCode, `${first.source} and ${second.source} are both set: keep one.`);
}
