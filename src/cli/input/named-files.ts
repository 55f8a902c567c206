import { type Command, flagOf } from '../command.js';
import type { Context } from '../context.js';
import { environment } from '../options/environment.js';
import type { Values } from '../parse.js';
import type { NamedFile } from './file-access.js';
import { statsOf } from './stats.js';

/**
 * Every file that a command line names, and what is done to it, by the declaration of the command.
 *
 * @param values what was given, by the names of options and arguments.
 */
export function namedFiles(command: Command, values: Values): NamedFile[] {
  const files: NamedFile[] = [];
  const hasKeys = [values.keyFile, values.keyCommand, values.envFile].some((value) => value !== undefined);
  const readsKeys = command.readsStdin === 'for-keys' && !hasKeys;
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

/** The files that variables of the command name, as far as one can look without reading a pipe. */
export async function filesOfVariables(
  command: Command,
  { envFile }: Values,
  context: Context,
): Promise<NamedFile[]> {
  const names = Object.keys(command.variables ?? {}).filter((name) => name.endsWith('_FILE'));
  if (names.length === 0) return [];
  let { env } = context;
  if (typeof envFile === 'string') {
    if (!statsOf(envFile, context)?.isFile()) return [];
    env = await environment({ envFile }, context);
  }
  return names.flatMap((role) => {
    const path = env[role];
    return path ? [{ role, path, access: 'read' as const }] : [];
  });
}

function pathsIn(value: Values[string]): readonly string[] {
  return [value ?? []].flat().map(String);
}
