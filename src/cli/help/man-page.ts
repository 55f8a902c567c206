import type { Declaration, LoadedGroup } from '../command.js';
import { argumentRows, exitCodeRows, optionRows, type Row, synopsisOf, variableRows } from './describe.js';
import { commandsOf } from './topics.js';

/** The manual page credseal(1), in the macros of man(7). */
export function manPage(program: LoadedGroup, version: string): string {
  const commands = commandsOf(program);
  return [
    `.TH CREDSEAL 1 "" "credseal ${escaped(version)}" "User Commands"`,
    '.SH NAME',
    `credseal \\- ${escaped(program.summary.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => [escaped(synopsisOf(command)), '.br']),
    '.SH DESCRIPTION',
    ...verbatim(program.details),
    '.SH COMMANDS',
    ...commands.flatMap(sectionOf),
    '.SH SEE ALSO',
    escaped('credseal help COMMAND shows the part about one command.'),
    '',
  ].join('\n');
}

function sectionOf(command: Declaration): string[] {
  const examples = Object.entries(command.examples ?? {});
  return [
    `.SS "${escaped(synopsisOf(command))}"`,
    escaped(command.summary),
    ...rows('Arguments', argumentRows(command)),
    ...rows('Options', optionRows(command)),
    ...rows('Environment', variableRows(command)),
    ...(command.details ? ['.PP', ...verbatim(command.details)] : []),
    ...rows('Examples', examples),
    ...rows('Exit codes', exitCodeRows(command)),
  ];
}

function rows(title: string, all: readonly Row[]): string[] {
  if (all.length === 0) return [];
  return ['.PP', `${title}:`, ...all.flatMap(([term, meaning]) => ['.TP', bold(term), escaped(meaning)])];
}

const bold = (text: string) => `\\fB${escaped(text)}\\fR`;

/** Lines that stay as they are. */
function verbatim(text = ''): string[] {
  return ['.nf', ...text.split('\n').map(escaped), '.fi'];
}

/**
 * Text without meaning to roff: its escape character, hyphens that are to be copied, lines that look like macros, and
 * what is not ASCII, which not every roff reads.
 */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll(
      /[^\n -~]/gu,
      (character) => `\\[u${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^(?=[.'])/, '\\&');
}
