import { existsSync } from 'node:fs';
import type { Command, Group } from './command.js';
import { type Context, located } from './context.js';
import { EXIT, failure, tell, UsageError } from './exit.js';
import { refuseConflicts } from './input/file-access.js';
import { filesOfVariables, namedFiles } from './input/named-files.js';
import { parse, type Values } from './parse.js';
import { program } from './program.js';
import { UnknownOption, unknownCommand } from './usage.js';

/**
 * Runs a command line.
 *
 * @param words what was typed behind `credseal`.
 * @returns the exit code; what went wrong is said on standard error.
 */
export async function run(words: readonly string[], context: Context): Promise<number> {
  try {
    const [option] = words;
    if (option === '--version' || option === '-V') return await printVersion(context);
    return await runGroup(program, words, 0, context);
  } catch (error) {
    return tell(failure(error), context);
  }
}

/** Runs what is named in a group; `start` is the place of that name. */
async function runGroup(
  group: Group,
  words: readonly string[],
  start: number,
  context: Context,
): Promise<number> {
  const path = words.slice(0, start);
  const word = words[start];
  if (word === '--help' || word === '-h') return help(path, context.stdout);
  const entry = word !== undefined && Object.hasOwn(group.commands, word) ? group.commands[word] : undefined;
  if (typeof entry === 'object') return runGroup(entry, words, start + 1, context);
  if (entry !== undefined) return runCommand((await entry()).command, words, start + 1, context);
  const fallback = group.default === undefined ? undefined : group.commands[group.default];
  const isOwnWord = word === undefined || word.startsWith('-');
  // What is neither a command nor a file may be a secret: that is an unknown command.
  if (typeof fallback === 'function' && (isOwnWord || existsSync(located(word, context))))
    return runCommand((await fallback()).command, words, start, context);
  if (word === undefined) {
    await help(path, context.stderr);
    return EXIT.usage;
  }
  const error = word.startsWith('-') ? new UnknownOption(start, word, []) : unknownCommand(path, word, group);
  throw error.withAdvice(path);
}

/** Runs a command whose own words begin at `start`. */
async function runCommand(
  command: Command,
  words: readonly string[],
  start: number,
  context: Context,
): Promise<number> {
  const path = command.name.split(' ');
  try {
    const values = parse(command, words.slice(start), start);
    if (values === 'help') return await help(path, context.stdout);
    const given = await withVariables(command, values, context);
    refuseConflicts(
      [...namedFiles(command, given), ...(await filesOfVariables(command, given, context))],
      context,
    );
    // What `parse` gives is what `defineCommand` has derived from the same declaration.
    return await command.run(given as never, context, whole);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw (await knownElsewhere(error)).withAdvice(path);
  }
}

/** Every command with what it declares: loaded only where that is shown. */
async function whole() {
  return (await import('./help/whole.js')).declarations();
}

/** Takes what was not given from the variables that stand for it. */
async function withVariables(command: Command, values: Values, context: Context): Promise<Values> {
  const all = { ...values };
  for (const [name, option] of Object.entries(command.options ?? {})) {
    if (option.type === 'flag' || option.variable === undefined || all[name] !== undefined) continue;
    // Loaded only here, as all that few commands need.
    const { environment } = await import('./options/environment.js');
    all[name] = (await environment(values, context))[option.variable] || undefined;
  }
  return all;
}

async function help(path: readonly string[], output: Context['stdout']): Promise<number> {
  const { helpOn } = await import('./help/whole.js');
  output.write(await helpOn(path));
  return EXIT.done;
}

async function printVersion({ stdout }: Context): Promise<number> {
  const { packageVersion } = await import('./input/package-files.js');
  stdout.write(`${packageVersion()}\n`);
  return EXIT.done;
}

/** An option that the command does not have, but another one does, can be named. */
async function knownElsewhere(error: UsageError): Promise<UsageError> {
  if (!(error instanceof UnknownOption)) return error;
  const { commandsOf, flagsOf } = await import('./help/topics.js');
  const flags = commandsOf(await whole()).flatMap(flagsOf);
  if (!flags.includes(error.flag)) return error;
  return new UsageError(`Unknown option for this command: ${error.flag}.${error.meant}`);
}
