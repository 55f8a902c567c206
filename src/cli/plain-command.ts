import { open } from './open.js';
import { ENV_FILE, KEY_FILE, PREVIOUS_KEY_FILE, SEAL_OPTIONS, type ValueOption } from './options.js';
import type { Passphrases } from './passphrase.js';
import { seal } from './seal.js';

const PLAIN_KEY_OPTIONS = [KEY_FILE, ENV_FILE, PREVIOUS_KEY_FILE];

/** Has been met on the way: the whole program asks for it. */
class NeedsPassphrase extends Error {}

const noPassphrases: Passphrases = {
  toOpen: () => Promise.reject(new NeedsPassphrase()),
  toProtect: () => Promise.reject(new NeedsPassphrase()),
};

/**
 * Runs `seal` and `open` where nothing is special: they are run once a value, and start in half the time without the
 * option parser and all that is loaded with it. Where something has to be judged or asked for, nothing of standard input
 * is read, and the whole program takes over.
 *
 * @returns the exit code; undefined if the command line is for the whole program.
 */
export async function runPlain([command, ...args]: readonly string[]): Promise<number | undefined> {
  if ((command !== 'seal' && command !== 'open') || process.stdin.isTTY) return undefined;
  const options = plainOptions(args, [...PLAIN_KEY_OPTIONS, ...(command === 'seal' ? SEAL_OPTIONS : [])]);
  if (options === undefined || !(await canBeReadTwice(options))) return undefined;
  try {
    return await (command === 'seal' ? seal : open)(options, { passphrases: noPassphrases });
  } catch (error) {
    if (error instanceof NeedsPassphrase) return undefined;
    throw error;
  }
}

type Options = Record<string, string | string[]>;

/** `--name value` and `--name=value` by the names that the parser gives them; undefined if there is anything else. */
export function plainOptions(args: readonly string[], known: readonly ValueOption[]): Options | undefined {
  const options: Options = {};
  for (let at = 0; at < args.length; at++) {
    const [argument = '', name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(args[at] ?? '') ?? [];
    if (!argument.includes('=')) at += 1;
    const value = inline ?? args[at];
    const option = known.find(({ flags }) => flags.startsWith(`--${name} `));
    if (name === undefined || option === undefined || value === undefined || value.startsWith('-'))
      return undefined;
    const key = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    options[key] = option.isRepeatable ? [...(options[key] ?? []), value] : value;
  }
  return options;
}

/** Whether the whole program finds in these files what has been read here: it does not in a pipe. */
async function canBeReadTwice(options: Options): Promise<boolean> {
  const paths = Object.entries(options).flatMap(([name, value]) => (name === 'padTo' ? [] : value));
  if (paths.length === 0) return true;
  const { existsSync, statSync } = await import('node:fs');
  return paths.every((path) => existsSync(path) && statSync(path).isFile());
}
