import type { LoadedGroup } from '../command.js';
import { program } from '../program.js';
import { helpText } from './help.js';
import { loaded, topicAt } from './topics.js';

/** The program with all of its commands. */
export function whole(): Promise<LoadedGroup> {
  return loaded(program);
}

/** The help on what a path names, which has to be there: `[]` the program, `['key', 'new']` a command. */
export async function helpOn(path: readonly string[]): Promise<string> {
  const topic = topicAt(await whole(), path);
  if (topic === undefined) throw new RangeError('There is no such command.');
  return helpText(topic);
}
