import { failure, tell } from './exit.js';
import { refuseConflicts } from './file-access.js';
import type { KeyOptions } from './keys.js';
import { namedFiles } from './named-files.js';
import { type OptionSpec, PLAIN_KEY_OPTIONS } from './options.js';
import type { Passphrases } from './passphrase.js';
import type { EntryOptions } from './payload.js';

/** A command that may run without the option parser, from a file that holds all it takes. */
export interface PlainCommand {
  readonly name: string;
  /** Its options beside the key's. */
  readonly options: readonly OptionSpec[];
  /** How many arguments it takes at most. */
  readonly operands: number;
  readonly run: (
    given: { readonly options: EntryOptions; readonly operands: readonly string[] },
    search: { readonly passphrases: Passphrases },
  ) => Promise<number>;
}

/** Options by the names that the parser gives them, as many as were given. */
type Options = Record<string, string | true | string[]>;

/** Has been met on the way: the whole program asks for it. */
class NeedsPassphrase extends Error {}

const noPassphrases: Passphrases = {
  toOpen: () => Promise.reject(new NeedsPassphrase()),
  toProtect: () => Promise.reject(new NeedsPassphrase()),
};

/**
 * Runs a command where nothing is special: those that are run again and again start in half the time without the option
 * parser and all that is loaded with it. Where something has to be judged or asked for, nothing of standard input is
 * read, and the whole program takes over.
 *
 * @param args what stands behind the name of the command.
 * @returns the exit code; undefined if the command line is for the whole program.
 */
export async function runPlain(command: PlainCommand, args: readonly string[]): Promise<number | undefined> {
  const given = plainArguments(args, [...PLAIN_KEY_OPTIONS, ...command.options], command.operands);
  if (given === undefined) return undefined;
  try {
    refuseConflicts(namedFiles(command.name, given.operands, { ...given.options }));
    if (!(await canBeReadTwice(given.options))) return undefined;
    return await command.run(given, { passphrases: noPassphrases });
  } catch (error) {
    if (error instanceof NeedsPassphrase) return undefined;
    // Told here, since another file that this is bundled into has classes of errors of its own.
    return tell(failure(error));
  }
}

/**
 * Arguments as the option parser would read them: `--name value`, `--name=value`, `--name`, `-n value`, and operands;
 * undefined if there is anything else.
 */
export function plainArguments(
  args: readonly string[],
  known: readonly OptionSpec[],
  maxOperands: number,
): { options: EntryOptions; operands: string[] } | undefined {
  const options: Options = {};
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] as string;
    if (!argument.startsWith('-')) {
      operands.push(argument);
      continue;
    }
    const [, flag = '', inline] = /^(-[a-z]$|--[a-z-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const option = known.find(({ flags }) => flags.split(/, | /).includes(flag));
    if (option === undefined) return undefined;
    const { name, takesValue } = read(option);
    if (!takesValue) {
      if (inline !== undefined) return undefined;
      options[name] = true;
      continue;
    }
    if (inline === undefined) at += 1;
    const value = inline ?? args[at];
    if (value === undefined || value.startsWith('-')) return undefined;
    options[name] = option.isRepeatable ? ([options[name] ?? [], value].flat() as string[]) : value;
  }
  // What each may be is declared by the command, as for the parser.
  return operands.length <= maxOperands ? { options: options as EntryOptions, operands } : undefined;
}

/** What the flags of an option say: the name that the parser gives it, and whether it has a value. */
function read({ flags }: OptionSpec): { name: string; takesValue: boolean } {
  const [, long = '', value] = /--([a-z-]+)( <)?/.exec(flags) ?? [];
  return {
    name: long.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    takesValue: value !== undefined,
  };
}

/** Whether the whole program finds in the files of keys what has been read here: it does not in a pipe. */
async function canBeReadTwice({ keyFile, envFile, previousKeyFile }: KeyOptions): Promise<boolean> {
  const paths = [keyFile, envFile, ...(previousKeyFile ?? [])].filter((path) => path !== undefined);
  if (paths.length === 0) return true;
  const { existsSync, statSync } = await import('node:fs');
  return paths.every((path) => existsSync(path) && statSync(path).isFile());
}
