import type { Command, CommanderError } from 'commander';

const NEVER_ARGUMENTS = 'Secrets are never arguments: they are read from stdin.';

/**
 * What is wrong with a command line. Commander's own messages repeat what was typed, and somebody may have typed a
 * secret: here are names of commands, options and choices that the program knows, and nothing else.
 *
 * @param args the command line, to be looked up and not to be shown.
 */
export function usageMessage(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  program: Command,
  args: readonly string[],
): string {
  const command = commandOf(program, args);
  const known = allOf(program).flatMap(({ options }) => options);
  // Commander begins with the option, as it was declared; what was typed comes behind.
  const quoted = /^error: (?:unknown )?option '([^']*)'(?: cannot be used with option '([^']*)')?/.exec(
    message,
  );
  const [first, second] = (quoted?.slice(1) ?? []).map(
    (typed) => known.find(({ flags, long }) => typed === flags || typed === long)?.long,
  );
  // And ends with the choices, or with a suggestion.
  const choices = /^.*Allowed choices are (.*)\.$/s.exec(message)?.[1];
  const meant = /\(Did you mean [^()']*\)$/.exec(message)?.[0];

  function said(): string {
    switch (code) {
      case 'commander.unknownOption':
        return first === undefined
          ? unknownOption(message, args)
          : `Unknown option for this command: ${first}.`;
      case 'commander.unknownCommand':
        return meant === undefined ? unknownCommand(command) : 'Unknown command.';
      case 'commander.excessArguments':
        return excess(command);
      case 'commander.missingArgument':
        return `An argument is missing: ${nameOf(command)} ${command.usage().replace('[options] ', '')}.`;
      case 'commander.optionMissingArgument':
        return `${first ?? 'An option'} needs a value.`;
      case 'commander.conflictingOption':
        return `${first && second ? `${first} and ${second}` : 'These options'} exclude each other.`;
      case 'commander.invalidArgument':
        if (first !== undefined && choices !== undefined) return `${first} is one of ${choices}.`;
    }
    return 'These arguments are not understood.';
  }
  return [said(), meant, `See ${nameOf(command)} --help.`].filter(Boolean).join(' ');
}

const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)];

/** The command that a command line begins with: options come behind its name. */
function commandOf(command: Command, [name, ...args]: readonly string[]): Command {
  const found = command.commands.find((each) => each.name() === name);
  return found === undefined ? command : commandOf(found, args);
}

/** The name of a command as it is typed, with the program's before it. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** By its place, since its name may be anything. */
function unknownOption(message: string, args: readonly string[]): string {
  const place = 1 + args.findIndex((typed) => message.startsWith(`error: unknown option '${typed}'`));
  return place === 0 ? 'Unknown option.' : `Unknown option: word ${place} behind "credseal".`;
}

function unknownCommand(group: Command): string {
  const names = group.commands.map((command) => command.name());
  return `Unknown command: ${nameOf(group)} has ${names.join(', ')}.`;
}

function excess(command: Command): string {
  // What no command of a group is called is taken for an argument of its default command.
  if (command.commands.length > 0) return `${unknownCommand(command)} ${NEVER_ARGUMENTS}`;
  const takesFile = command.registeredArguments[0]?.name() === 'file';
  return `Too many arguments. ${takesFile ? 'One FILE at a time.' : NEVER_ARGUMENTS}`;
}
