import type { Declaration, LoadedGroup } from '../command.js';
import { argumentRows, exitCodeRows, optionRows, type Row, synopsisOf, variableRows } from './describe.js';
import { commandsOf } from './topics.js';

/** The reference of the command line in Markdown: a section a command. */
export function reference(program: LoadedGroup): string {
  return `${commandsOf(program).flatMap(sectionOf).join('\n\n')}\n`;
}

function sectionOf(command: Declaration): string[] {
  const examples = Object.entries(command.examples ?? {}).map(([line, what]) => `${line}   # ${what}`);
  return [
    `### credseal ${command.name}`,
    `${escaped(command.summary)}.`,
    fenced(synopsisOf(command)),
    table('argument', argumentRows(command)),
    table('option', optionRows(command)),
    table('variable', variableRows(command)),
    command.details ? fenced(command.details) : '',
    examples.length > 0 ? fenced(examples.join('\n'), 'sh') : '',
    table('exit code', exitCodeRows(command)),
  ].filter(Boolean);
}

function table(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(([term, meaning]) => `| \`${term}\` | ${escaped(meaning)} |`);
  return [`| ${title} | |`, '|---|---|', ...lines].join('\n');
}

const fenced = (text: string, language = 'text') => `\`\`\`${language}\n${text}\n\`\`\``;

function escaped(text: string): string {
  return text.replaceAll(/[|<>*_[\]]/g, (mark) => `\\${mark}`);
}
