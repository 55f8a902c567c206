import { type Argument, type Declaration, flagOf, type Option, type Topic } from '../command.js';

/** What may stand at a place of a command line: files, some words, or something that nobody can foresee. */
export type Expected = 'files' | 'anything' | readonly string[];

/** An option as shells are told of it. */
export interface Completed {
  readonly flag: string;
  readonly short: string | undefined;
  readonly summary: string;
  readonly isRepeatable: boolean;
  /** What its value may be; undefined where it has none. */
  readonly value: Expected | undefined;
}

/** A command or group as shells are told of it. */
export interface Place {
  /** The words that lead here: `['credseal', 'key', 'new']` */
  readonly path: readonly string[];
  readonly summary: string;
  readonly commands: readonly Place[];
  readonly options: readonly Completed[];
  /** What its arguments may be; undefined where it has none. */
  readonly arguments: Expected | undefined;
}

/** A place with all below it. */
export function allBelow(place: Place): readonly Place[] {
  return [place, ...place.commands.flatMap(allBelow)];
}

const HELP: Completed = {
  flag: '--help',
  short: 'h',
  summary: 'show help',
  isRepeatable: false,
  value: undefined,
};

export function placeOf(topic: Topic): Place {
  const { name, summary } = topic;
  const path = name === 'credseal' ? [name] : ['credseal', ...name.split(' ')];
  if (!('topics' in topic)) {
    const { options = {}, arguments: declared = {} } = topic;
    const [argument] = Object.values(declared);
    return {
      path,
      summary,
      commands: [],
      options: [...Object.entries(options).map(completed), HELP],
      arguments: argument && expectedOf(argument),
    };
  }
  // What stands behind a group's name may be for its default command.
  const usual = topic.topics.find((each): each is Declaration => each.name === `${name} ${topic.default}`);
  const options = [...Object.entries(usual?.options ?? {}).map(completed), HELP];
  return { path, summary, commands: topic.topics.map(placeOf), options, arguments: undefined };
}

function completed([name, option]: [string, Option]): Completed {
  const isFlag = option.type === 'flag';
  return {
    flag: flagOf(name),
    short: option.short,
    summary: option.summary,
    isRepeatable: 'isRepeatable' in option,
    value: isFlag ? undefined : expectedOf(option),
  };
}

function expectedOf(declared: Exclude<Option, { type: 'flag' }> | Argument): Expected {
  if (declared.type === 'file') return 'files';
  return (declared.type === 'text' && (declared.choices ?? declared.offers)) || 'anything';
}
