import { type Argument, argumentsOf, type Declaration, flagOf, type Option } from '../command.js';

/** Something to type, with what it means: the rows of help, man page and reference. */
export type Row = readonly [term: string, meaning: string];

/** `-o, --output <path>` */
export function optionTerm(name: string, option: Option): string {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  return `${short}${flagOf(name)}${option.type === 'flag' ? '' : ` <${option.value}>`}`;
}

export function optionRows({ options = {} }: Declaration): Row[] {
  return Object.entries(options).map(([name, option]) => [optionTerm(name, option), meaningOf(option)]);
}

export function argumentRows({ arguments: declared = {} }: Declaration): Row[] {
  return Object.entries(declared).map(([name, argument]) => [name, meaningOf(argument)]);
}

/** The variables of a command: those that stand for options, and others. */
export function variableRows({ options = {}, variables = {} }: Declaration): Row[] {
  const standing = Object.entries(options).flatMap(([name, option]): Row[] =>
    option.type === 'flag' || option.variable === undefined
      ? []
      : [[option.variable, `stands for ${flagOf(name)}`]],
  );
  return [...Object.entries(variables), ...standing];
}

/** The exit codes of a command, the two that every command has included. */
export function exitCodeRows({ exitCodes = {} }: Declaration): Row[] {
  return Object.entries({ 0: 'done', 2: 'usage', ...exitCodes });
}

/** `credseal key protect [options] [file]` */
export function synopsisOf({ name, options = {}, arguments: declared }: Declaration): string {
  const hasOptions = Object.keys(options).length > 0;
  return ['credseal', name, hasOptions && '[options]', argumentsOf(declared)].filter(Boolean).join(' ');
}

/** The summary, and in parentheses what values there are. */
function meaningOf(declared: Option | Argument): string {
  if (declared.type === 'flag') return declared.summary;
  const notes = [];
  if ('choices' in declared && declared.choices) notes.push(declared.choices.join(', '));
  if (declared.type === 'number') notes.push(`${declared.least} to ${declared.most}`);
  if (declared.default !== undefined && declared.default !== '-') notes.push(`default ${declared.default}`);
  if ('variable' in declared) notes.push(`or ${declared.variable}`);
  return notes.length === 0 ? declared.summary : `${declared.summary} (${notes.join('; ')})`;
}
