import { type Declaration, flagOf, type Group, type LoadedGroup, type Topic } from '../command.js';

/** Loads a group with all that is in it. */
export async function loaded({ commands, ...group }: Group): Promise<LoadedGroup> {
  const topics = Object.values(commands).map(async (entry) =>
    typeof entry === 'function' ? (await entry()).command : loaded(entry),
  );
  return { ...group, topics: await Promise.all(topics) };
}

/** What help can be had on: the program itself, a group or a command, by its words; undefined where there is no such. */
export function topicAt(program: LoadedGroup, words: readonly string[]): Topic | undefined {
  const name = words.join(' ');
  if (name === '') return program;
  const all = (topic: Topic): readonly Topic[] =>
    'topics' in topic ? [topic, ...topic.topics.flatMap(all)] : [topic];
  return program.topics.flatMap(all).find((topic) => topic.name === name);
}

/** The commands in a topic, itself or those below it. */
export function commandsOf(topic: Topic): readonly Declaration[] {
  return 'topics' in topic ? topic.topics.flatMap(commandsOf) : [topic];
}

/** The options of a command as they are typed. */
export function flagsOf({ options = {} }: Declaration): readonly string[] {
  return Object.keys(options).map(flagOf);
}
