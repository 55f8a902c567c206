import type { Command, CommanderError } from 'commander';

const NEVER_ARGUMENTS = 'Secrets are never arguments: they are read from stdin.';

/**
 * What is wrong with a command line. Commander's own messages repeat what was typed, and somebody may have typed a
 * secret: here are names of options and choices that the program knows, and nothing else.
 *
 * @param args the command line, to be looked up and not to be shown.
 */
export function usageMessage(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  program: Command,
  args: readonly string[],
): string {
  const commands = [program, ...program.commands.flatMap((each) => [each, ...each.commands])];
  const known = commands.flatMap(({ options }) => options);
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
        return first === undefined ? 'Unknown option.' : `Unknown option for this command: ${first}.`;
      case 'commander.unknownCommand':
        return 'Unknown command.';
      case 'commander.excessArguments':
        return excess(program, args, message);
      case 'commander.missingArgument':
        return 'An argument is missing.';
      case 'commander.optionMissingArgument':
        return `${first ?? 'An option'} needs a value.`;
      case 'commander.conflictingOption':
        return `${first && second ? `${first} and ${second}` : 'These options'} exclude each other.`;
      case 'commander.invalidArgument':
        if (first !== undefined && choices !== undefined) return `${first} is one of ${choices}.`;
    }
    return 'These arguments are not understood.';
  }
  return [said(), meant, 'See --help.'].filter(Boolean).join(' ');
}

function excess(program: Command, [group, name]: readonly string[], message: string): string {
  // What no command of a group is called is taken for an argument of its default command.
  const commands = program.commands.find((each) => each.name() === group)?.commands ?? [];
  if (commands.length > 0 && !commands.some((each) => each.name() === name))
    return `Unknown command. ${NEVER_ARGUMENTS}`;
  const asked = /^error: too many arguments for '([a-z]+)'/.exec(message)?.[1];
  const takesFile = program.commands.some(
    (each) => each.name() === asked && each.registeredArguments[0]?.name() === 'file',
  );
  return `Too many arguments. ${takesFile ? 'One FILE at a time.' : NEVER_ARGUMENTS}`;
}
