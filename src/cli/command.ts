import type { Context } from './context.js';
import { failure, tell, UsageError } from './exit.js';

/** What every option and argument says of itself. */
interface Declared {
  /** One line for help, man page, completion and reference: what it does, in lower case, without a full stop. */
  readonly summary: string;
}

/** What an option says beside its type. Its name is the camelCase of what is typed: `keyFile` is `--key-file`. */
interface DeclaredOption extends Declared {
  /** The letter of its short form. */
  readonly short?: string;
  /** The names of options that it cannot be given with. */
  readonly conflicts?: readonly string[];
}

/** An option without a value. */
export interface Flag extends DeclaredOption {
  readonly type: 'flag';
}

/** What has a value. */
interface Valued {
  /** What its value is called in help: `path`, `bytes`. */
  readonly value: string;
  /** The variable that stands for it where it is not given; of `--env-file`, where the command takes that. */
  readonly variable?: string;
}

interface Text {
  readonly type: 'text';
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** Values for completion to offer. Others may be right, too: the command says. */
  readonly offers?: readonly string[];
  readonly default?: string;
  readonly isRepeatable?: true;
}

interface File {
  readonly type: 'file';
  /** What the command does with the file: `both` of one that it goes on from and writes to. */
  readonly access: 'read' | 'write' | 'both';
  /** The role of a file that it may be written over, `FILE` for the argument: the command sees to it that nothing is lost. */
  readonly mayReplace?: string;
  readonly default?: string;
  readonly isRepeatable?: true;
}

interface WholeNumber {
  readonly type: 'number';
  readonly least: number;
  readonly most: number;
  readonly default?: number;
}

export type Option = Flag | (DeclaredOption & Valued & (Text | File | WholeNumber));
export type Options = Readonly<Record<string, Option>>;

/** What stands in a command line by its place. A file is `-` for standard input. */
export type Argument = Declared & (Text | File) & { readonly isRequired?: true };
/** In their order; only the last one may be repeatable. */
export type Arguments = Readonly<Record<string, Argument>>;

type One<D> = D extends { type: 'number' }
  ? number
  : D extends { choices: readonly (infer Choice)[] }
    ? Choice
    : string;
type Many<D> = D extends { isRepeatable: true } ? readonly One<D>[] : One<D>;
type ValueOf<D> = D extends { type: 'flag' }
  ? boolean
  : D extends { default: unknown } | { isRequired: true }
    ? Many<D>
    : Many<D> | undefined;

/** What a command line gives, by the names of options and arguments. */
export type Given<D> = { readonly [Name in keyof D]: ValueOf<D[Name]> };

/** A command: what it is called, what it takes, what it does. */
export interface Command<O extends Options = Options, A extends Arguments = Arguments> {
  /** As it is typed behind `credseal`: `key new`. */
  readonly name: string;
  /** One line: what goes in → what comes out. */
  readonly summary: string;
  readonly arguments?: A;
  readonly options?: O;
  /**
   * Whether it reads something other than a file from standard input, such as the value to seal; `for-keys`: keys, where
   * no option says where they are.
   */
  readonly readsStdin?: true | 'for-keys';
  /** Whether what it writes to standard output is for people, and no result. */
  readonly printsNoResults?: true;
  /** Variables that it reads, with what they hold; those that stand for options are not repeated. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What else there is to know, in lines of at most 120 characters. */
  readonly details?: string;
  /** Command lines, with what they are for. */
  readonly examples?: Readonly<Record<string, string>>;
  /** What exit codes beside 0 and 2 mean here. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /**
   * @param whole gives all that there is, for the commands that show it.
   * @returns the exit code.
   */
  run(given: Given<O> & Given<A>, context: Context, whole: () => Promise<LoadedGroup>): Promise<number>;
}

/** Commands that belong together, each loaded when it is needed. */
export interface Group {
  readonly name: string;
  readonly summary: string;
  readonly commands: Readonly<Record<string, Group | (() => Promise<{ readonly command: Command }>)>>;
  /** The command that is meant where none is named. */
  readonly default?: string;
  readonly details?: string;
}

/** A command, or a group with all of its commands: what help, man page, completion and reference are made of. */
export type Topic = Declaration | LoadedGroup;

/** What a command declares, without what it does. */
export type Declaration = Omit<Command, 'run'>;

export interface LoadedGroup extends Omit<Group, 'commands'> {
  readonly topics: readonly Topic[];
}

/**
 * Types what `run` is given by what is declared beside it, and tells what it fails with: here, since each command is
 * bundled by itself, with errors of its own.
 */
export function defineCommand<
  const O extends Options = Record<never, never>,
  const A extends Arguments = Record<never, never>,
>(command: Command<O, A>): Command {
  return {
    ...command,
    async run(given, context, whole) {
      try {
        return await command.run(given as Given<O> & Given<A>, context, whole);
      } catch (error) {
        const isUsage = error instanceof UsageError;
        return tell(failure(isUsage ? error.withAdvice(command.name.split(' ')) : error), context);
      }
    },
  };
}

/** An option as it is typed. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The arguments of a command as help shows them: `<user> [file]`. */
export function argumentsOf(declared: Arguments = {}): string {
  return Object.entries(declared)
    .map(([name, { isRequired, isRepeatable }]) => {
      const text = `${name}${isRepeatable ? '...' : ''}`;
      return isRequired ? `<${text}>` : `[${text}]`;
    })
    .join(' ');
}
