import type { Declaration, LoadedGroup, Topic } from '../command.js';
import { argumentRows, exitCodeRows, optionRows, type Row, synopsisOf, variableRows } from './describe.js';

const COLUMNS = 80;
/** Terms that are longer have their meaning below them. */
const LONGEST_TERM = 26;
const HELP_ROW: Row = ['-h, --help', 'show this'];

/** The help on a command or a group, for a terminal. */
export function helpText(topic: Topic): string {
  return `${'topics' in topic ? helpOnGroup(topic) : helpOnCommand(topic)}\n`;
}

function helpOnCommand(command: Declaration): string {
  const examples = Object.entries(command.examples ?? {}).map(([line, what]) => `  ${line}\n      ${what}`);
  return [
    `Usage: ${synopsisOf(command)}`,
    command.summary,
    table('Arguments', argumentRows(command)),
    table('Options', [...optionRows(command), HELP_ROW]),
    table('Environment', variableRows(command)),
    command.details,
    examples.length > 0 && `Examples:\n${examples.join('\n')}`,
    table('Exit codes', exitCodeRows(command)),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function helpOnGroup({ name, summary, topics, default: usual, details }: LoadedGroup): string {
  const isProgram = name === 'credseal';
  const words = isProgram ? 'credseal' : `credseal ${name}`;
  const options: Row[] = isProgram ? [['-V, --version', 'show the version'], HELP_ROW] : [HELP_ROW];
  const commands = topics.map((topic): Row => {
    const last = topic.name.split(' ').at(-1) ?? '';
    return [last, `${topic.summary}${last === usual ? ' (the default)' : ''}`];
  });
  return [
    `Usage: ${words} ${usual === undefined ? '<command>' : '[command]'} [options]`,
    summary,
    table('Commands', commands),
    table('Options', options),
    details,
    `credseal help ${isProgram ? '' : `${name} `}COMMAND shows more.`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function table(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const width = Math.min(Math.max(...rows.map(([term]) => term.length)), LONGEST_TERM);
  const lines = rows.flatMap(([term, meaning]) => {
    const [first = '', ...others] = wrapped(meaning, COLUMNS - width - 4);
    const below = others.map((line) => `${' '.repeat(width + 4)}${line}`);
    if (term.length > width) return [`  ${term}`, `${' '.repeat(width + 4)}${first}`, ...below];
    return [`  ${term.padEnd(width)}  ${first}`, ...below];
  });
  return `${title}:\n${lines.join('\n')}`;
}

/** A text in lines that are cut between words. */
function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
