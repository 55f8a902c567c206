import { type Command, flagOf, type Group } from '../command.js';

/** A command, or a group with all of its commands: what help, man page, completion and reference are made of. */
export type Topic = Command | LoadedGroup;

export interface LoadedGroup extends Omit<Group, 'commands'> {
  readonly topics: readonly Topic[];
}

/** Loads a group with all that is in it. */
export async function loaded({ commands, ...group }: Group): Promise<LoadedGroup> {
  const topics = Object.values(commands).map(async (entry) =>
    typeof entry === 'function' ? (await entry()).default : loaded(entry),
  );
  return { ...group, topics: await Promise.all(topics) };
}

/** What help can be had on: the program itself, a group or a command, by its words; undefined where there is no such. */
export async function topicAt(program: Group, words: readonly string[]): Promise<Topic | undefined> {
  let group = program;
  for (const [at, word] of words.entries()) {
    const entry = Object.hasOwn(group.commands, word) ? group.commands[word] : undefined;
    if (entry === undefined) return undefined;
    if (typeof entry === 'function') return at === words.length - 1 ? (await entry()).default : undefined;
    group = entry;
  }
  return loaded(group);
}

/** The commands in a topic, itself or those below it. */
export function commandsOf(topic: Topic): readonly Command[] {
  return 'run' in topic ? [topic] : topic.topics.flatMap(commandsOf);
}

/** The options of a command as they are typed. */
export function flagsOf({ options = {} }: Command): readonly string[] {
  return Object.keys(options).map(flagOf);
}
