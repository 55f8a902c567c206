import { declarations } from './declarations.js';
import { helpText } from './help.js';
import { topicAt } from './topics.js';

export { declarations };

/** The help on what a path names, which has to be there: `[]` the program, `['key', 'new']` a command. */
export async function helpOn(path: readonly string[]): Promise<string> {
  const topic = topicAt(await declarations(), path);
  if (topic === undefined) throw new RangeError('There is no such command.');
  return helpText(topic);
}
