import { type Command, flagOf } from '../command.js';
import type { Values } from '../parse.js';
import type { NamedFile } from './file-access.js';

/**
 * Every file that a command line names, and what is done to it, by the declaration of the command.
 *
 * @param values what was given, by the names of options and arguments.
 */
export function namedFiles(command: Command, values: Values): NamedFile[] {
  const files: NamedFile[] = [];
  const readsKeys =
    command.readsStdin === 'for-keys' && values.keyFile === undefined && values.envFile === undefined;
  if (command.readsStdin === true || readsKeys) files.push({ role: 'standard input', access: 'read' });
  for (const [name, argument] of Object.entries(command.arguments ?? {})) {
    if (argument.type !== 'file') continue;
    const isChanged = values.inPlace === true && name === 'file';
    for (const [index, path] of pathsIn(values[name]).entries())
      files.push({
        role: index === 0 ? 'FILE' : `FILE ${index + 1}`,
        path,
        access: isChanged ? 'both' : argument.access,
      });
  }
  for (const [name, option] of Object.entries(command.options ?? {})) {
    if (name === 'passphraseFd') {
      const fd = values[name];
      if (typeof fd === 'number') files.push({ role: flagOf(name), fd, access: 'read' });
    }
    if (option.type !== 'file') continue;
    for (const path of pathsIn(values[name])) {
      if (path === '-' && option.access === 'write') continue;
      files.push({
        role: flagOf(name),
        path,
        access: option.access,
        over: option.mayReplace,
      });
    }
  }
  const { output } = values;
  const isElsewhere = values.inPlace === true || (typeof output === 'string' && output !== '-');
  if (!isElsewhere && !command.printsNoResults) files.push({ role: 'standard output', access: 'write' });
  return files;
}

function pathsIn(value: Values[string]): readonly string[] {
  return [value ?? []].flat().map(String);
}
