import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Argument, argumentsOf, type Declaration, flagOf, type Option } from './command.js';
import { UsageError } from './exit.js';
import { NEVER_ARGUMENTS, UnknownOption } from './usage.js';

type Value = string | number | boolean | readonly string[];
/** What a command line gives, by the names that are declared. */
export type Values = Record<string, Value | undefined>;

const HELP = { type: 'boolean', short: 'h' } as const;

/**
 * Reads a command line by what the command declares.
 *
 * @param words what stands behind the name of the command.
 * @param start the place of the first of them, for messages.
 * @returns `help` where that is asked for.
 * @throws UsageError
 */
export function parse(command: Declaration, words: readonly string[], start: number): Values | 'help' {
  const { options = {}, arguments: declared = {} } = command;
  const byFlag = new Map(Object.entries(options).map(([name, option]) => [flagOf(name), { name, option }]));
  // What is declared is looked up here: node's own strictness quotes what was typed.
  const { tokens } = parseArgs({
    args: [...words],
    options: { help: HELP, ...nodeOptions(options) },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values: Values = {};
  const operands: string[] = [];
  let problem: UsageError | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = token.rawName.startsWith('--') ? token.rawName : `--${token.name}`;
    // Not within a group of letters, which may be anything.
    if (flag === '--help' && words[token.index] === token.rawName) return 'help';
    const known = byFlag.get(flag);
    if (known === undefined) problem ??= new UnknownOption(start + token.index, flag, [...byFlag.keys()]);
    else problem ??= take(values, known, token.value);
  }
  if (problem !== undefined) throw problem;
  refuseConflicts(options, values);
  takeOperands(values, declared, operands, command.name);
  const all = { ...declared, ...options };
  for (const [name, each] of Object.entries(all)) values[name] ??= defaultOf(each);
  refuseSecondStdin(command, values);
  return values;
}

/** The options in the words of `parseArgs`. */
function nodeOptions(options: Readonly<Record<string, Option>>): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      flagOf(name).slice(2),
      { type: type === 'flag' ? 'boolean' : 'string', ...(short && { short }) },
    ]),
  );
}

/** Takes what an option was given. Of one that cannot be repeated, the last value counts. */
function take(
  values: Values,
  { name, option }: { readonly name: string; readonly option: Option },
  text: string | undefined,
): UsageError | undefined {
  if (option.type === 'flag') {
    if (text !== undefined) return new UsageError(`${flagOf(name)} is an option without a value.`);
    values[name] = true;
    return undefined;
  }
  if (text === undefined) return new UsageError(`${flagOf(name)} needs a value.`);
  if ('choices' in option && option.choices?.includes(text) === false)
    return new UsageError(`${flagOf(name)} is one of ${option.choices.join(', ')}.`);
  if (option.type === 'number') {
    const { least, most } = option;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most))
      return new UsageError(`${flagOf(name)} takes a whole number from ${least} to ${most}.`);
    values[name] = number;
  } else if (option.isRepeatable) values[name] = [...((values[name] as string[] | undefined) ?? []), text];
  else values[name] = text;
  return undefined;
}

function refuseConflicts(options: Readonly<Record<string, Option>>, values: Values): void {
  for (const [name, { conflicts = [] }] of Object.entries(options)) {
    const other = conflicts.find((each) => values[each] !== undefined);
    if (values[name] !== undefined && other !== undefined)
      throw new UsageError(`${flagOf(name)} and ${flagOf(other)} exclude each other.`);
  }
}

function takeOperands(
  values: Values,
  declared: Readonly<Record<string, Argument>>,
  operands: readonly string[],
  command: string,
): void {
  const rest = [...operands];
  for (const [name, argument] of Object.entries(declared)) {
    if (rest.length === 0) {
      if (argument.isRequired)
        throw new UsageError(`An argument is missing: credseal ${command} ${argumentsOf(declared)}.`);
      break;
    }
    const taken = rest.splice(0, argument.isRepeatable ? rest.length : 1);
    if (argument.type === 'text' && taken.some((text) => argument.choices?.includes(text) === false))
      throw new UsageError(`${name.toUpperCase()} is one of ${argument.choices?.join(', ')}.`);
    values[name] = argument.isRepeatable ? taken : taken[0];
  }
  if (rest.length === 0) return;
  const takesFile = Object.values(declared).some(({ type }) => type === 'file');
  throw new UsageError(`Too many arguments. ${takesFile ? 'One FILE at a time.' : NEVER_ARGUMENTS}`);
}

function defaultOf(declared: Option | Argument): Value | undefined {
  if (declared.type === 'flag') return false;
  if (declared.default === undefined || declared.type === 'number') return declared.default;
  return declared.isRepeatable ? [declared.default] : declared.default;
}

/** What is read twice from standard input is empty the second time. */
function refuseSecondStdin(command: Declaration, values: Values): void {
  const places = command.readsStdin === true ? ['the input'] : [];
  const placesOf = (
    declared: Readonly<Record<string, Option | Argument>>,
    word: (name: string) => string,
  ) => {
    for (const [name, each] of Object.entries(declared))
      if (each.type === 'file' && each.access !== 'write')
        for (const value of [values[name] ?? []].flat()) if (value === '-') places.push(word(name));
  };
  placesOf(command.options ?? {}, flagOf);
  if (values.passphraseFd === 0) places.push(flagOf('passphraseFd'));
  placesOf(command.arguments ?? {}, (name) => name.toUpperCase());
  if (places.length > 1)
    throw new UsageError(
      `Standard input can be read only once, but is used for both ${places.slice(0, 2).join(' and ')}.`,
    );
}
